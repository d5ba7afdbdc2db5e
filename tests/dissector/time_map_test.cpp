// The map of latency over time: bounded, and nothing is counted twice or forgotten.
#include "dissector/statistics/time_map.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>
#include <limits>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::int64_t start_ns = 1'700'000'000'000'000'000;

class Timed {
  public:
    void exchange(std::uint64_t unique, std::int64_t at_ns, std::int64_t latency_ns) {
        see(request(3, unique, 1), Direction::request, at_ns);
        see(reply(unique, 0), Direction::reply, at_ns + latency_ns);
    }
    std::uint64_t in_cells() const {
        std::uint64_t sum = 0;
        for (const TimeMap::Column& column : map.columns())
            for (const TimeMap::Cell& cell : column.cells)
                sum += cell.replies;
        return sum;
    }
    std::uint64_t messages() const {
        std::uint64_t sum = 0;
        for (const TimeMap::Column& column : map.columns())
            sum += column.messages();
        return sum;
    }

    TimeMap map;

  private:
    void see(const Wire& wire, Direction direction, std::int64_t time_ns) {
        kept_.push_back(wire);
        const Record record = record_of(kept_.back(), direction, time_ns, ++frame_);
        session_.see(record, message_, exchange_);
        map.see({record, message_, exchange_});
    }

    std::deque<Wire> kept_;
    Session session_;
    Message message_;
    Exchange exchange_;
    std::uint64_t frame_ = 0;
};

TEST(TimeMap, RowsOfLatencyAdjoin) {
    for (std::size_t row = 0; row + 1 < TimeMap::row_count; ++row) {
        EXPECT_EQ(TimeMap::highest(row) + 1, TimeMap::lowest(row + 1));
        EXPECT_EQ(TimeMap::row_of(TimeMap::lowest(row)), row);
        EXPECT_EQ(TimeMap::row_of(TimeMap::highest(row)), row);
    }
    EXPECT_EQ(TimeMap::row_of(std::numeric_limits<std::uint64_t>::max()), TimeMap::row_count - 1);
}

TEST(TimeMap, AReplyIsInTheCellOfItsTimeAndLatency) {
    Timed timed;
    timed.exchange(2, start_ns, 3000);
    ASSERT_EQ(timed.map.columns().size(), 4U);
    EXPECT_EQ(timed.map.interval_ns(), 1000);
    const TimeMap::Cell& cell = timed.map.columns()[3].cells[TimeMap::row_of(3000)];
    EXPECT_EQ(cell.replies, 1U);
    EXPECT_EQ(cell.frame, 2U);
    EXPECT_EQ(timed.map.columns()[0].frame, 1U);
    EXPECT_EQ(timed.map.begin_ns(3), start_ns + 3000);
}

TEST(TimeMap, ColumnsWidenAndNothingIsForgotten) {
    Timed timed;
    for (std::uint64_t i = 1; i <= 1000; ++i)
        timed.exchange(2 * i, start_ns + static_cast<std::int64_t>(i * i) * 1'000'000, 5000);
    EXPECT_LE(timed.map.columns().size(), TimeMap::most_columns);
    EXPECT_EQ(timed.map.interval_ns(), 2'000'000'000);
    EXPECT_EQ(timed.messages(), 2000U);
    EXPECT_EQ(timed.in_cells(), 1000U);
    EXPECT_EQ(timed.map.columns()[0].frame, 1U);
}

TEST(TimeMap, AClockThatGoesBackExtendsItToTheLeft) {
    Timed timed;
    timed.exchange(2, start_ns, 1000);
    timed.exchange(4, start_ns - 50'000, 1000);
    EXPECT_EQ(timed.messages(), 4U);
    EXPECT_EQ(timed.map.begin_ns(0), start_ns - 50'000);
    EXPECT_EQ(timed.map.columns()[0].frame, 3U);
}

TEST(TimeMap, HostileTimesMakeNoMoreColumns) {
    Timed timed;
    timed.exchange(2, 0, 1000);
    timed.exchange(4, std::numeric_limits<std::int64_t>::max() / 2, 1000);
    timed.exchange(6, std::numeric_limits<std::int64_t>::min() / 3, 1000);
    timed.exchange(8, std::numeric_limits<std::int64_t>::max() - 2000, 1000);
    EXPECT_LE(timed.map.columns().size(), TimeMap::most_columns);
    EXPECT_EQ(timed.messages() + timed.map.left_out(), 8U);
}

} // namespace
} // namespace fusewire
