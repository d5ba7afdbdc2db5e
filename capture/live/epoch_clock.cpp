#include "capture/live/epoch_clock.h"

#include <ctime>
#include <limits>

namespace fusewire {

namespace {

constexpr std::int64_t refresh_interval_ns = 10'000'000'000;

std::int64_t now_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

} // namespace

// Of a few attempts the one that was interrupted least.
void EpochClock::measure() {
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    for (int attempt = 0; attempt < 5; attempt++) {
        const std::int64_t before = now_ns(CLOCK_MONOTONIC);
        const std::int64_t real = now_ns(CLOCK_REALTIME);
        const std::int64_t after = now_ns(CLOCK_MONOTONIC);
        if (after - before >= best)
            continue;
        best = after - before;
        offset_ns_ = real - (before + best / 2);
        measured_ns_ = after;
    }
}

std::int64_t EpochClock::now() const {
    return now_ns(CLOCK_MONOTONIC) + offset_ns_;
}

void EpochClock::refresh() {
    if (now_ns(CLOCK_MONOTONIC) - measured_ns_ > refresh_interval_ns)
        measure();
}

} // namespace fusewire
