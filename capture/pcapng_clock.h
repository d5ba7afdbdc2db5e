// Clock: turns the ticks of a pcapng interface (if_tsresol, if_tsoffset) into nanoseconds.
#pragma once

#include <cstdint>

namespace fusewire::files {

class Clock {
  public:
    // if_tsresol: ticks per second are 10^n, or 2^n with the top bit set. The format's default is
    // microseconds.
    void set_resolution(std::uint8_t resolution);

    // if_tsoffset: seconds to add.
    void set_offset(std::int64_t seconds) {
        offset_s_ = seconds;
        plain_ = false;
    }

    // Nanoseconds since the epoch; what does not fit becomes the nearest that does.
    std::int64_t to_ns(std::uint64_t ticks) const {
        if (plain_ && ticks <= static_cast<std::uint64_t>(INT64_MAX))
            return static_cast<std::int64_t>(ticks);
        return convert(ticks);
    }

  private:
    std::int64_t convert(std::uint64_t ticks) const;

    std::uint64_t multiplier_ = 1000;
    std::uint64_t divisor_ = 1; // 0: so fine that every time is zero
    unsigned shift_ = 0;
    std::int64_t offset_s_ = 0;
    bool plain_ = false; // ticks are nanoseconds since the epoch
};

} // namespace fusewire::files
