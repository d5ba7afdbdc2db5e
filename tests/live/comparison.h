// Compares a capture with the log of the server, byte for byte.
#pragma once

#include "tests/live/live_fixture.h"
#include "tests/live/tier_sight.h"

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
    std::uint64_t results = 0;             // refused replies of which both know the same errno
    std::uint64_t stale = 0;               // replies of which only the header was comparable
    std::uint64_t nameless = 0;            // captured requests whose unique is not known (6.12)
    std::vector<std::string> differences;

    const ComparisonTotals& of(LogDirection direction) const {
        return equal[static_cast<std::size_t>(direction)];
    }
};

// Every message of the log that the tier sees must be in the capture with the same bytes, the right
// transport and the same result of write(), and nothing else. Messages are matched by direction and
// unique. Messages that were on their way when the capture began are left out.
Comparison compare(const std::vector<LogRecord>& log, const std::vector<CapturedRecord>& capture,
                   const TierSight& sight, const ServerWays& ways = {});

// Prints what was compared and makes it properties of the running test.
void report(const Comparison& comparison, const TierSight& sight);

} // namespace fusewire::live_test
