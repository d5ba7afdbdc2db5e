#include "capture/live/epoch_clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace fusewire {

namespace {

std::int64_t time_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TEST(EpochClock, MonotonicTimesBecomeWallClockTimes) {
    EpochClock clock;
    clock.refresh();
    const auto monotonic = static_cast<std::uint64_t>(time_of(CLOCK_MONOTONIC));
    const std::int64_t difference = clock.from_monotonic(monotonic) - time_of(CLOCK_REALTIME);
    EXPECT_LT(std::abs(difference), 50'000'000);
    EXPECT_LT(std::abs(clock.now() - time_of(CLOCK_REALTIME)), 50'000'000);
}

TEST(EpochClock, DifferencesAreKeptExactly) {
    const EpochClock clock;
    EXPECT_EQ(clock.from_monotonic(1'000'000'007) - clock.from_monotonic(1'000'000'000), 7);
}

} // namespace

} // namespace fusewire
