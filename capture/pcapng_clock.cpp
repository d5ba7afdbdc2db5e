#include "capture/pcapng_clock.h"

#include <algorithm>

namespace fusewire::files {

namespace {

__extension__ using Wide = __int128;

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr unsigned ns_exponent = 9;
constexpr unsigned max_exponent = 19; // 10^19 still fits in 64 bits

std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t value = 1;
    for (unsigned i = 0; i < exponent; ++i)
        value *= 10;
    return value;
}

} // namespace

void Clock::set_resolution(std::uint8_t resolution) {
    const unsigned exponent = resolution & 0x7f;
    const bool binary = (resolution & 0x80) != 0;
    multiplier_ = 1;
    divisor_ = 1;
    shift_ = 0;
    if (binary) {
        multiplier_ = ns_per_second;
        shift_ = exponent;
    } else if (exponent <= ns_exponent) {
        multiplier_ = power_of_ten(ns_exponent - exponent);
    } else {
        const unsigned excess = exponent - ns_exponent;
        divisor_ = excess <= max_exponent ? power_of_ten(excess) : 0;
    }
    plain_ = !binary && exponent == ns_exponent && offset_s_ == 0;
}

std::int64_t Clock::convert(std::uint64_t ticks) const {
    Wide ns = 0;
    if (divisor_ != 0)
        ns = ((static_cast<Wide>(ticks) * multiplier_) >> shift_) / divisor_;
    ns += static_cast<Wide>(offset_s_) * static_cast<Wide>(ns_per_second);
    return static_cast<std::int64_t>(std::clamp<Wide>(ns, INT64_MIN, INT64_MAX));
}

} // namespace fusewire::files
