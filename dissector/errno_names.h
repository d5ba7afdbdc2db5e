// Names of Linux errno numbers, independent of the machine that decodes: captures travel.
#pragma once

#include <cstdint>
#include <string_view>

namespace fusewire {

// "ENOENT" for 2 or -2; empty when the number has no name.
std::string_view errno_name(std::int64_t number);

} // namespace fusewire
