// Converts the probe's CLOCK_MONOTONIC times to nanoseconds since the epoch. The offset between the
// clocks is measured again during long captures, since the wall clock is adjusted.
#pragma once

#include <cstdint>

namespace fusewire {

class EpochClock {
  public:
    EpochClock() { measure(); }

    // Measures the offset again if the last time is more than 10 s ago; cheap otherwise.
    void refresh();

    // Now, on the same scale.
    std::int64_t now() const;

    std::int64_t from_monotonic(std::uint64_t time_ns) const {
        return static_cast<std::int64_t>(time_ns) + offset_ns_;
    }

  private:
    void measure();

    std::int64_t offset_ns_ = 0;
    std::int64_t measured_ns_ = 0; // CLOCK_MONOTONIC
};

} // namespace fusewire
