// When a capture ends by itself: `capture -a duration:10,messages:1000,size:64M` and `-c N`.
#pragma once

#include "dissector/result.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace fusewire {

struct StopRules {
    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

    std::optional<std::chrono::nanoseconds> duration;
    std::uint64_t messages = never;
    std::uint64_t bytes = never; // of the capture file, of all files with -b
    std::uint64_t files = never; // of -b

    // Adds one rule, as "messages:1000". Errc::usage for others.
    [[nodiscard]] Result<void> add(std::string_view rule);
};

} // namespace fusewire
