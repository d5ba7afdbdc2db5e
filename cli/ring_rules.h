// The rules of ring files: `capture -b duration:60,files:10`.
#pragma once

#include "capture/ring_sink.h"

#include <string>
#include <vector>

namespace fusewire {

// What all rules of -b together mean. Errc::usage for rules that make no sense, and if there is
// none by which a file could ever be full.
[[nodiscard]] Result<RingRules> parse_ring_rules(const std::vector<std::string>& rules);

} // namespace fusewire
