// Numbers as they are written on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fusewire {

// Digits alone; nullopt for anything else.
std::optional<std::uint64_t> parse_number(std::string_view text);

// "65536", "64K", "16M", "1G"; nullopt for anything else and for more than 64 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

// Nanoseconds of "10ns", "250us", "500ms", "1s", "2min", "1h", or of seconds without a unit; nullopt for
// anything else and for more than 63 bits.
std::optional<std::uint64_t> parse_duration(std::string_view text);

} // namespace fusewire
