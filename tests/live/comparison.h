// Compares a capture with the log of the server, byte for byte.
#pragma once

#include "tests/live/live_fixture.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace fusewire::live_test {

struct ComparisonTotals {
    std::uint64_t messages = 0; // with every byte equal
    std::uint64_t bytes = 0;
};

struct Comparison {
    std::array<ComparisonTotals, 2> equal; // by LogDirection
    std::uint64_t stale = 0;               // replies of which only the header was comparable
    std::uint64_t nameless = 0;            // captured requests whose unique is not known (6.12)
    std::vector<std::string> differences;

    const ComparisonTotals& of(LogDirection direction) const {
        return equal[static_cast<std::size_t>(direction)];
    }
};

// Messages of the log that tracepoints see: all but FORGET, BATCH_FORGET and INTERRUPT.
std::vector<const LogRecord*> visible_to_tracepoints(const std::vector<LogRecord>& log);

// Every visible message of the log must be in the capture with the same bytes, and nothing else.
// Messages are matched by direction and unique.
Comparison compare(const std::vector<LogRecord>& log, const std::vector<CapturedRecord>& capture);

} // namespace fusewire::live_test
