#include "dissector/render/statistics.h"
#include "dissector/statistics/statistics.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <string>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3, unlink_op = 10, read = 15,
                        interrupt = 36;
constexpr std::int64_t us = 1000, second = 1'000'000'000;
constexpr std::uint64_t resent = std::uint64_t{1} << 63;

// Messages one by one, a millisecond apart unless told.
class Counted {
  public:
    explicit Counted(GroupBy by = GroupBy::opcode,
                     std::optional<std::int64_t> interval_ns = std::nullopt)
        : statistics(by, interval_ns) {}

    void see(const Wire& wire, Direction direction, std::uint32_t flags = 0) {
        kept_.push_back(wire);
        Record record = record_of(kept_.back(), direction, time_ns, ++frame);
        record.flags = flags;
        record.conn = conn;
        record.transport = transport;
        record.server_pid = tid == 0 ? 0 : 800;
        record.server_tid = tid;
        session_.see(record, message_, exchange_);
        statistics.see({record, message_, exchange_}, counted);
        time_ns += us * 1000;
    }
    void ask(const Wire& wire, std::uint32_t flags = 0) { see(wire, Direction::request, flags); }
    void answer(const Wire& wire, std::uint32_t flags = 0) { see(wire, Direction::reply, flags); }

    const Tally& row(std::string_view name) const {
        for (const MessageGroup* group : statistics.groups().groups())
            if (name_of(*group, statistics.groups().by()) == name)
                return group->tally;
        static const Tally none;
        return none;
    }
    std::vector<std::string> names(GroupOrder order = GroupOrder::latency) const {
        std::vector<std::string> names;
        for (const MessageGroup* group : ordered_groups(statistics.groups(), order))
            names.push_back(name_of(*group, statistics.groups().by()));
        return names;
    }
    std::string text(const StatisticsStyle& style = {}) const {
        std::string out;
        append_statistics_text(out, {statistics, {}, {}, ""}, style);
        return out;
    }

    Statistics statistics;
    ConnId conn{42};
    Transport transport = Transport::read_write;
    std::uint32_t tid = 0;
    bool counted = true;
    std::int64_t time_ns = second;
    std::uint64_t frame = 0;

  private:
    Session session_;
    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

Wire lookup_of(std::uint64_t unique, std::string_view name = "a", std::uint64_t parent = 1) {
    return request(lookup, unique, parent, Wire().name(name));
}
Wire getattr_of(std::uint64_t unique, std::uint64_t nodeid = 1) {
    return request(getattr, unique, nodeid, Wire().zeros(16));
}
Wire attr_out(std::uint64_t valid_s) {
    return Wire().u64(valid_s).u32(0).u32(0).zeros(88);
}
Wire entry_out(std::uint64_t nodeid, std::uint64_t entry_valid_s, std::uint64_t attr_valid_s = 0) {
    return Wire().u64(nodeid).u64(1).u64(entry_valid_s).u64(attr_valid_s).u32(0).u32(0).zeros(88);
}

TEST(Statistics, RequestsRepliesErrorsAndBytesAreCounted) {
    Counted counted;
    counted.ask(lookup_of(2));
    counted.answer(reply(2, 0, entry_out(7, 1)));
    counted.ask(lookup_of(4));
    counted.answer(reply(4, -2));
    counted.ask(lookup_of(6));
    counted.answer(reply(6, -2));
    counted.ask(lookup_of(8));
    counted.answer(reply(8, -13));
    counted.ask(lookup_of(10));
    const Tally& row = counted.row("LOOKUP");
    EXPECT_EQ(row.requests, 5u);
    EXPECT_EQ(row.replies, 4u);
    EXPECT_EQ(row.unanswered, 1u);
    EXPECT_EQ(row.messages(), 9u);
    EXPECT_EQ(row.request_bytes, 5u * 42);
    EXPECT_EQ(row.reply_bytes, 16u + 128 + 3 * 16);
    EXPECT_EQ(row.errors.total(), 3u);
    ASSERT_EQ(row.errors.sorted().size(), 2u);
    EXPECT_EQ(row.errors.sorted()[0].error, -2);
    EXPECT_EQ(row.errors.sorted()[0].count, 2u);
    EXPECT_EQ(row.errors.sorted()[1].error, -13);
}

TEST(Statistics, LatencyIsFromTheRequestToItsReply) {
    Counted counted;
    counted.ask(lookup_of(2));
    counted.ask(getattr_of(4));
    counted.answer(reply(2, -2)); // 2 ms
    counted.answer(reply(4, -5)); // 2 ms
    counted.ask(lookup_of(6));
    counted.answer(reply(6, -2)); // 1 ms
    const Histogram& latency = counted.row("LOOKUP").latency;
    EXPECT_EQ(latency.count(), 2u);
    EXPECT_EQ(latency.min(), 1'000'000u);
    EXPECT_EQ(latency.max(), 2'000'000u);
    EXPECT_EQ(latency.sum(), 3'000'000u);
    EXPECT_EQ(counted.statistics.groups().total().latency.sum(), 5'000'000u);
    EXPECT_EQ(counted.names(), (std::vector<std::string>{"LOOKUP", "GETATTR"}));
    EXPECT_EQ(counted.names(GroupOrder::key), (std::vector<std::string>{"LOOKUP", "GETATTR"}));
}

TEST(Statistics, AClockThatGoesBackGivesNoLatency) {
    Counted counted;
    counted.ask(lookup_of(2));
    counted.time_ns = second / 2;
    counted.answer(reply(2, -2));
    EXPECT_TRUE(counted.row("LOOKUP").latency.empty());
    EXPECT_EQ(counted.row("LOOKUP").backwards, 1u);
    EXPECT_NE(counted.text().find("1 reply is older than its request"), std::string::npos);
}

TEST(Statistics, MessagesWithoutATimeHaveNoLatency) {
    Counted counted(GroupBy::opcode, second);
    counted.ask(lookup_of(2), record_no_time);
    counted.answer(reply(2, -2), record_no_time);
    EXPECT_TRUE(counted.row("LOOKUP").latency.empty());
    EXPECT_EQ(counted.row("LOOKUP").unanswered, 0u);
    EXPECT_EQ(counted.statistics.series()->untimed(), 2u);
    EXPECT_NE(counted.text().find("no message has a time"), std::string::npos);
}

TEST(Statistics, WhatNeedsNoReplyIsNotUnanswered) {
    Counted counted;
    counted.ask(request(forget, 2, 7, Wire().u64(1)));
    counted.ask(request(interrupt, 3, 0, Wire().u64(2)));
    EXPECT_EQ(counted.row("FORGET").requests, 1u);
    EXPECT_EQ(counted.row("FORGET").unanswered, 0u);
    EXPECT_EQ(counted.row("INTERRUPT").unanswered, 0u);
}

TEST(Statistics, AResentRequestWaitsOnce) {
    Counted counted;
    counted.ask(getattr_of(2));
    counted.ask(getattr_of(2 | resent));
    EXPECT_EQ(counted.row("GETATTR").requests, 2u);
    EXPECT_EQ(counted.row("GETATTR").unanswered, 1u);
    counted.answer(reply(2 | resent, -5));
    EXPECT_EQ(counted.row("GETATTR").unanswered, 0u);
}

TEST(Statistics, AReplyToNothingKnownIsNamedSo) {
    Counted counted;
    counted.answer(reply(2, -2));
    EXPECT_EQ(counted.row("no request seen").replies, 1u);
    EXPECT_EQ(counted.row("no request seen").errors.total(), 1u);
    EXPECT_NE(counted.text().find("latency: not known"), std::string::npos);
}

TEST(Statistics, NotificationsHaveRowsOfTheirOwn) {
    const Wire inval_inode = reply(0, 2, Wire().u64(7).u64(0).u64(0));
    Counted by_opcode;
    by_opcode.answer(inval_inode);
    EXPECT_EQ(by_opcode.row("INVAL_INODE").notifications, 1u);
    EXPECT_EQ(by_opcode.row("INVAL_INODE").errors.total(), 0u);
    Counted by_nodeid(GroupBy::nodeid);
    by_nodeid.answer(inval_inode);
    EXPECT_EQ(by_nodeid.row("7").notifications, 1u);
    Counted by_pid(GroupBy::pid);
    by_pid.answer(inval_inode);
    EXPECT_EQ(by_pid.row("not known").notifications, 1u);
}

TEST(Statistics, NodesAndConnectionsAreKeptApart) {
    for (const GroupBy by : {GroupBy::nodeid, GroupBy::conn}) {
        Counted counted(by);
        for (const std::uint32_t conn : {42u, 43u}) {
            counted.conn = ConnId{conn};
            counted.ask(getattr_of(2, 7));
            counted.answer(reply(2, -5));
        }
        EXPECT_EQ(counted.statistics.groups().groups().size(), 2u);
        for (const MessageGroup* group : counted.statistics.groups().groups())
            EXPECT_EQ(group->tally.messages(), 2u);
    }
}

TEST(Statistics, AThreadOwnsWhatItReadAndWhatItWrote) {
    Counted counted(GroupBy::thread);
    counted.tid = 801;
    counted.ask(getattr_of(2));
    counted.ask(getattr_of(4));
    counted.tid = 802;
    counted.answer(reply(2, -5));
    EXPECT_EQ(counted.row("800/801").requests, 2u);
    EXPECT_EQ(counted.row("800/801").unanswered, 1u);
    EXPECT_EQ(counted.row("800/802").replies, 1u);
    EXPECT_EQ(counted.row("800/802").latency.count(), 1u);
}

TEST(Statistics, ARequestWhoseReaderIsUnknownCountsForItsAnswerer) {
    Counted counted(GroupBy::thread);
    counted.ask(getattr_of(2));
    counted.ask(getattr_of(4));
    counted.tid = 801;
    counted.answer(reply(2, -5));
    EXPECT_EQ(counted.row("800/801").requests, 1u);
    EXPECT_EQ(counted.row("800/801").request_bytes, 56u);
    EXPECT_EQ(counted.row("800/801").unanswered, 0u);
    EXPECT_EQ(counted.row("not known").requests, 1u);
    EXPECT_EQ(counted.row("not known").unanswered, 1u);
}

TEST(Statistics, TooManyGroupsAreCountedTogether) {
    GroupTally groups(GroupBy::nodeid, 2);
    Session session;
    Message message;
    Exchange exchange;
    for (std::uint64_t nodeid = 1; nodeid <= 5; ++nodeid) {
        const Wire asked = getattr_of(2 * nodeid, nodeid), answered = reply(2 * nodeid, -5);
        const Record first = record_of(asked, Direction::request, 0, 2 * nodeid);
        session.see(first, message, exchange);
        groups.see({first, message, exchange});
        const Record second_record = record_of(answered, Direction::reply, us, 2 * nodeid + 1);
        session.see(second_record, message, exchange);
        groups.see({second_record, message, exchange});
    }
    EXPECT_EQ(groups.groups().size(), 2u);
    EXPECT_EQ(groups.others().requests, 3u);
    EXPECT_EQ(groups.others().replies, 3u);
    EXPECT_EQ(groups.others().unanswered, 0u);
    EXPECT_EQ(groups.total().requests, 5u);
}

TEST(Statistics, WhatIsNotCountedStillAnswersAndIsAnswered) {
    Counted counted;
    counted.ask(getattr_of(2));
    counted.counted = false;
    counted.answer(reply(2, -5));
    EXPECT_EQ(counted.row("GETATTR").requests, 1u);
    EXPECT_EQ(counted.row("GETATTR").replies, 0u);
    EXPECT_EQ(counted.row("GETATTR").unanswered, 0u);
    counted.ask(getattr_of(4));
    counted.counted = true;
    counted.answer(reply(4, -5));
    EXPECT_EQ(counted.row("GETATTR").requests, 1u);
    EXPECT_EQ(counted.row("GETATTR").replies, 1u);
    EXPECT_EQ(counted.row("GETATTR").latency.count(), 1u);
    EXPECT_EQ(counted.row("GETATTR").unanswered, 0u);
}

TEST(Statistics, LatencySaysWhatItCountsFrom) {
    struct Case {
        Transport transport;
        LatencyStart start;
    };
    for (const Case& one : {Case{Transport::tracepoint, LatencyStart::queued},
                            Case{Transport::read_write, LatencyStart::read},
                            Case{Transport::splice, LatencyStart::read},
                            Case{Transport::io_uring, LatencyStart::read},
                            Case{Transport::imported, LatencyStart::unknown},
                            Case{Transport::unknown, LatencyStart::unknown}}) {
        Counted counted;
        counted.transport = one.transport;
        counted.ask(getattr_of(2));
        counted.answer(reply(2, -5));
        EXPECT_EQ(counted.statistics.groups().latencies_from(one.start), 1u);
    }
}

TEST(Statistics, ARequestThatWasSeenWaitingTellsItsTimeInTheQueue) {
    Counted counted;
    counted.ask(getattr_of(2), record_in_flight | record_unread);
    counted.time_ns = 3 * second;
    counted.ask(getattr_of(2)); // a thread has read it
    counted.answer(reply(2, -5));
    const Tally& row = counted.row("GETATTR");
    EXPECT_EQ(row.requests, 1u);
    EXPECT_EQ(row.unanswered, 0u);
    EXPECT_TRUE(row.latency.empty()) << "when it began is not known";
    EXPECT_EQ(row.queue.count(), 1u);
    EXPECT_EQ(row.queue.max(), 2u * second);
    EXPECT_NE(counted.text().find("queue: 1 request was seen waiting"), std::string::npos);
}

TEST(Statistics, ARequestThatWasReadBeforeALookTellsNothingOfTheQueue) {
    Counted counted;
    counted.ask(getattr_of(2));
    counted.ask(getattr_of(2), record_in_flight);
    counted.answer(reply(2, -5));
    EXPECT_TRUE(counted.row("GETATTR").queue.empty());
    EXPECT_EQ(counted.row("GETATTR").requests, 1u);
}

TEST(Lookups, ANameThatIsAskedForAgainIsCounted) {
    Counted counted;
    for (std::uint64_t unique = 2; unique <= 10; unique += 2) {
        counted.ask(lookup_of(unique, "again"));
        counted.answer(reply(unique, -2));
    }
    counted.ask(lookup_of(12, "once"));
    counted.answer(reply(12, 0, entry_out(7, 1)));
    counted.ask(lookup_of(14, "again", 7)); // in another directory
    counted.answer(reply(14, 0, entry_out(0, 1)));
    const LookupStatistics& lookups = counted.statistics.lookups();
    EXPECT_EQ(lookups.lookups(), 7u);
    EXPECT_EQ(lookups.negative(), 6u);
    EXPECT_EQ(lookups.negative_entries(), 1u);
    EXPECT_EQ(lookups.again(), 4u);
    EXPECT_EQ(lookups.within_cache_time(), 0u);
    const auto worst = lookups.worst(10);
    ASSERT_EQ(worst.size(), 1u);
    EXPECT_EQ(worst[0]->name, "again");
    EXPECT_EQ(worst[0]->parent, 1u);
    EXPECT_EQ(worst[0]->lookups, 5u);
    EXPECT_EQ(worst[0]->negative, 5u);
}

TEST(Lookups, AnAnswerHoldsUntilItExpires) {
    Counted counted;
    const auto ask_at = [&](std::uint64_t unique, std::int64_t time_ns) {
        counted.time_ns = time_ns;
        counted.ask(lookup_of(unique));
        counted.answer(reply(unique, 0, entry_out(7, 2)));
    };
    ask_at(2, 10 * second);
    ask_at(4, 11 * second); // too early
    ask_at(6, 14 * second); // the second answer expired a second ago
    ask_at(8, 15 * second); // too early
    EXPECT_EQ(counted.statistics.lookups().again(), 3u);
    EXPECT_EQ(counted.statistics.lookups().within_cache_time(), 2u);
}

TEST(Lookups, TwoAtOnceAreNotTooEarly) {
    Counted counted;
    counted.ask(lookup_of(2));
    counted.ask(lookup_of(4));
    counted.answer(reply(2, 0, entry_out(7, 100)));
    counted.answer(reply(4, 0, entry_out(7, 100)));
    EXPECT_EQ(counted.statistics.lookups().again(), 1u);
    EXPECT_EQ(counted.statistics.lookups().within_cache_time(), 0u);
}

TEST(Lookups, ANameThatWasTakenAwayMayBeAskedForAgain) {
    const Wire inval_entry = reply(0, 3, Wire().u64(1).u32(1).u32(0).name("a"));
    for (const bool notified : {true, false}) {
        Counted counted;
        counted.ask(lookup_of(2));
        counted.answer(reply(2, 0, entry_out(7, 100)));
        if (notified) {
            counted.answer(inval_entry);
        } else {
            counted.ask(request(unlink_op, 4, 1, Wire().name("a")));
            counted.answer(reply(4));
        }
        counted.ask(lookup_of(6));
        counted.answer(reply(6, -2));
        EXPECT_EQ(counted.statistics.lookups().again(), 1u);
        EXPECT_EQ(counted.statistics.lookups().within_cache_time(), 0u) << notified;
    }
}

TEST(Lookups, TooManyOrTooLongNamesAreOnlyCounted) {
    Counted counted;
    counted.ask(lookup_of(2, std::string(LookupStatistics::longest_name + 1, 'x')));
    counted.answer(reply(2, -2));
    EXPECT_EQ(counted.statistics.lookups().left_out(), 1u);
    EXPECT_EQ(counted.statistics.lookups().lookups(), 1u);
}

TEST(CacheTimes, EachFallsIntoOneRange) {
    CacheTimes times;
    times.add(0, 0);
    times.add(0, 1);
    times.add(0, 999'999'999);
    times.add(0, ~std::uint64_t{0}); // the kernel takes less than a second of it
    times.add(1, 0);
    times.add(10, 0);
    times.add(60, 0);
    times.add(3600, 0);
    times.add(~std::uint64_t{0}, 0);
    const std::uint64_t expected[] = {1, 3, 1, 1, 1, 2};
    for (std::size_t i = 0; i < CacheTimes::range_count; ++i)
        EXPECT_EQ(times.count(i), expected[i]) << CacheTimes::ranges[i].name;
    EXPECT_EQ(times.total(), 9u);
}

TEST(CacheTimes, EntriesAndAttributesAreToldApart) {
    Counted counted;
    counted.ask(lookup_of(2));
    counted.answer(reply(2, 0, entry_out(7, 1, 100)));
    counted.ask(lookup_of(4, "none"));
    counted.answer(reply(4, 0, entry_out(0, 30)));
    counted.ask(getattr_of(6, 7));
    counted.answer(reply(6, 0, attr_out(0)));
    const LookupStatistics& lookups = counted.statistics.lookups();
    EXPECT_EQ(lookups.entries().count(2), 1u);
    EXPECT_EQ(lookups.entries().total(), 1u);
    EXPECT_EQ(lookups.negatives().count(3), 1u);
    EXPECT_EQ(lookups.attributes().count(4), 1u);
    EXPECT_EQ(lookups.attributes().count(0), 1u);
    EXPECT_EQ(lookups.attributes().total(), 2u) << "an entry without a node has no attributes";
}

TEST(Intervals, MessagesCountWhereTheyHappened) {
    Counted counted(GroupBy::opcode, second);
    counted.time_ns = 100 * second;
    counted.ask(lookup_of(2));
    counted.time_ns = 100 * second + second - 1;
    counted.ask(lookup_of(4));
    counted.time_ns = 103 * second;
    counted.answer(reply(2, -2));
    const auto& intervals = counted.statistics.series()->intervals();
    ASSERT_EQ(intervals.size(), 2u);
    EXPECT_EQ(intervals.at(0).requests, 2u);
    EXPECT_EQ(intervals.at(0).replies, 0u);
    EXPECT_EQ(intervals.at(3).errors.total(), 1u);
    EXPECT_EQ(intervals.at(3).latency.max(), 3u * second);
    EXPECT_NE(counted.text().find("after 2 intervals without a message"), std::string::npos);
}

TEST(Intervals, TimesBeforeTheFirstHaveNegativeNumbers) {
    Counted counted(GroupBy::opcode, second);
    counted.time_ns = 100 * second;
    counted.ask(lookup_of(2));
    counted.time_ns = 100 * second - 1;
    counted.ask(lookup_of(4));
    counted.time_ns = 98 * second;
    counted.ask(lookup_of(6));
    const auto& intervals = counted.statistics.series()->intervals();
    ASSERT_EQ(intervals.size(), 3u);
    EXPECT_EQ(intervals.at(-1).requests, 1u);
    EXPECT_EQ(intervals.at(-2).requests, 1u);
}

TEST(Intervals, AClockThatLeapsTakesNoMemory) {
    const Wire wire = getattr_of(2);
    Record record = record_of(wire, Direction::request);
    Session session;
    Message message;
    Exchange exchange;
    session.see(record, message, exchange);
    IntervalSeries series(1);
    for (std::size_t i = 0; i < IntervalSeries::kept + 7; ++i) {
        record.time_ns = static_cast<std::int64_t>(i) * 1000 * second;
        series.see({record, message, exchange});
    }
    EXPECT_EQ(series.intervals().size(), IntervalSeries::kept);
    EXPECT_EQ(series.left_out(), 7u);
    IntervalSeries far(1); // the difference does not fit into 64 bits
    for (const std::int64_t time_ns :
         {std::int64_t{-2}, std::numeric_limits<std::int64_t>::max()}) {
        record.time_ns = time_ns;
        far.see({record, message, exchange});
    }
    EXPECT_EQ(far.left_out(), 1u);
}

TEST(StatisticsText, WithoutMessagesItSaysSo) {
    EXPECT_EQ(Counted().text(), "no messages\n");
}

TEST(StatisticsText, RowsBeyondTheLimitAreTogether) {
    Counted counted(GroupBy::nodeid);
    for (std::uint64_t nodeid = 1; nodeid <= 4; ++nodeid) {
        counted.ask(getattr_of(2 * nodeid, nodeid));
        counted.answer(reply(2 * nodeid, -5));
    }
    const std::string text = counted.text({.most_rows = 1});
    EXPECT_NE(text.find("\n3 others "), std::string::npos) << text;
    EXPECT_NE(counted.text({.most_rows = 3}).find("\n1 other "), std::string::npos);
    EXPECT_NE(text.find("\ntotal "), std::string::npos);
}

TEST(StatisticsText, LinesFitTheTerminal) {
    Counted counted;
    counted.ask(lookup_of(2));
    counted.answer(reply(2, -2));
    for (const std::size_t width : {200u, 100u, 80u, 60u, 40u}) {
        const std::string text = counted.text({.width = width});
        const std::string table = text.substr(0, text.find("\nlatency:"));
        for (std::size_t begin = 0; begin < table.size();) {
            const std::size_t end = std::min(table.find('\n', begin), table.size());
            EXPECT_LE(end - begin, width) << table;
            begin = end + 1;
        }
    }
}

} // namespace
} // namespace fusewire
