// The history of one node or fhandle: what happened, in which frame, and what the kernel held then.
#include "dissector/render/text.h"
#include "dissector/timeline.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3, unlink = 10, rename = 12, open = 14,
                        read = 15, release = 18, init = 26;
constexpr std::int32_t inval_inode = 2;
constexpr std::int32_t enoent = -2;
constexpr std::int64_t millisecond = 1'000'000;

void describe_message(std::string& out, const Message& message) {
    append_request(out, message, {});
}

Wire attr(std::uint64_t ino, std::uint64_t size) {
    return Wire()
        .u64(ino)
        .u64(size)
        .zeros(44)
        .u32(0100644)
        .u32(1)
        .u32(0)
        .u32(0)
        .u32(0)
        .u32(4096)
        .u32(0);
}
Wire entry(std::uint64_t nodeid, std::uint64_t generation = 1, std::uint64_t size = 0) {
    return Wire()
        .u64(nodeid)
        .u64(generation)
        .u64(1)
        .u64(1)
        .u32(0)
        .u32(0)
        .append(attr(nodeid, size));
}
Wire attr_out(std::uint64_t ino, std::uint64_t size) {
    return Wire().u64(1).u32(0).u32(0).append(attr(ino, size));
}

class TimelineTest : public ::testing::Test {
  protected:
    TimelineTest() { checker.keep_latest(); }

    void follow(std::uint64_t nodeid) {
        timeline = make_node_timeline(ConnId{42}, nodeid, describe_message);
        begin();
    }
    void begin() {
        ask(request(init, next(), 0, Wire().u32(7).u32(45).u32(0).u32(0).zeros(48)));
        answer(reply(unique, 0, Wire().u32(7).u32(45).zeros(56)));
    }
    std::uint64_t next() { return unique += 2; }
    void ask(const Wire& wire) { see(wire, Direction::request); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    void exchange(std::uint32_t opcode, std::uint64_t nodeid, const Wire& asked,
                  const Wire& answered, std::int32_t error = 0) {
        ask(request(opcode, next(), nodeid, asked));
        answer(reply(unique, error, answered));
    }
    void look_up(const char* name, const Wire& found) {
        exchange(lookup, 1, Wire().name(name), found);
    }
    void forget_node(std::uint64_t nodeid, std::uint64_t count) {
        ask(request(forget, next(), nodeid, Wire().u64(count)));
    }
    void see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        const Record record = record_of(kept_.back(), direction, time_ns += millisecond, ++frame);
        checker.see(record, message_, exchange_);
        timeline->see(record, message_, exchange_, checker);
    }
    // "3 introduced 1": frame, what, references then.
    std::vector<std::string> told() const {
        std::vector<std::string> list;
        for (const TimelineEvent& event : timeline->events())
            list.push_back(std::to_string(event.frame) + " " + std::string(spelling(event.kind)) +
                           " " + std::to_string(event.sent));
        return list;
    }
    const TimelineEvent& last() const { return timeline->events().back(); }

    using Told = std::vector<std::string>;
    Checker checker;
    std::unique_ptr<Timeline> timeline;
    std::uint64_t frame = 0;
    std::uint64_t unique = 0;
    std::int64_t time_ns = 0;

  private:
    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

TEST_F(TimelineTest, CountsReferencesFromLookupToForget) {
    follow(5);
    look_up("a", entry(5));
    look_up("a", entry(5));
    forget_node(5, 1);
    forget_node(5, 1);
    look_up("a", entry(5));
    EXPECT_EQ(told(), Told({"4 introduced 1", "6 looked up 2", "7 forgotten 1", "8 forgotten 0",
                            "10 introduced 1"}));
    EXPECT_EQ(timeline->events()[0].text, "/a, generation 1");
    EXPECT_EQ(timeline->events()[2].text, "1 given back, 1 left");
    EXPECT_EQ(timeline->events()[3].text, "1 given back, none left");
    EXPECT_EQ(timeline->events()[0].request_frame, 3u);
    EXPECT_EQ(timeline->events()[0].time_ns, 4 * millisecond);
}

TEST_F(TimelineTest, LeavesOtherNodesOut) {
    follow(5);
    look_up("a", entry(5));
    look_up("b", entry(6));
    exchange(getattr, 6, Wire().zeros(16), attr_out(6, 0));
    forget_node(6, 1);
    EXPECT_EQ(told(), Told({"4 introduced 1"}));
}

TEST_F(TimelineTest, ARequestKnowsItsReply) {
    follow(5);
    look_up("a", entry(5));
    exchange(open, 5, Wire().zeros(8), Wire().u64(9).u32(0).u32(0));
    ask(request(release, next(), 5, Wire().u64(9).zeros(16)));
    EXPECT_EQ(told(), Told({"4 introduced 1", "5 opened 1", "7 released 1"}));
    EXPECT_EQ(timeline->events()[1].reply_frame, 6u);
    EXPECT_EQ(timeline->events()[1].fh, 9u);
    EXPECT_EQ(timeline->events()[2].reply_frame, 0u);
    EXPECT_EQ(timeline->events()[2].fh, 9u);
}

TEST_F(TimelineTest, ReadsInARowAreOneEvent) {
    follow(5);
    look_up("a", entry(5));
    for (int i = 0; i < 3; ++i)
        exchange(read, 5, Wire().u64(9).zeros(32), Wire().zeros(100));
    exchange(read, 5, Wire().u64(10).zeros(32), Wire().zeros(100)); // another open file
    ASSERT_EQ(told(), Told({"4 introduced 1", "5 read 1", "11 read 1"}));
    const TimelineEvent& event = timeline->events()[1];
    EXPECT_EQ(event.count, 3u);
    EXPECT_EQ(event.bytes, 300u);
    EXPECT_EQ(event.last_frame, 9u);
    EXPECT_NE(describe(event).find("300 bytes, 3 times"), std::string::npos) << describe(event);
}

TEST_F(TimelineTest, ErrorsStandOut) {
    follow(5);
    look_up("a", entry(5));
    for (int i = 0; i < 2; ++i)
        exchange(getattr, 5, Wire().zeros(16), Wire(), enoent);
    EXPECT_EQ(told(), Told({"4 introduced 1", "5 error 1"}));
    EXPECT_EQ(last().count, 2u);
    EXPECT_TRUE(describe(last()).ends_with("ENOENT")) << describe(last());
}

TEST_F(TimelineTest, AnErrorAmongReadsIsAnEventOfItsOwn) {
    follow(5);
    look_up("a", entry(5));
    exchange(getattr, 5, Wire().zeros(16), attr_out(5, 0));
    exchange(getattr, 5, Wire().zeros(16), Wire(), enoent);
    EXPECT_EQ(told(), Told({"4 introduced 1", "5 request 1", "8 error 1"}));
    EXPECT_EQ(last().request_frame, 7u);
}

TEST_F(TimelineTest, TellsWhatChanged) {
    follow(5);
    look_up("a", entry(5));
    exchange(getattr, 5, Wire().zeros(16), attr_out(5, 4096));
    EXPECT_EQ(told(), Told({"4 introduced 1", "5 request 1", "6 attributes 1"}));
    EXPECT_EQ(last().text, "size 0 -> 4096");
    EXPECT_STREQ(last().opcode->name, "GETATTR");
}

TEST_F(TimelineTest, TellsAnotherGenerationAlsoOfANodeidUsedAgain) {
    follow(5);
    look_up("a", entry(5));
    forget_node(5, 1);
    look_up("b", entry(5, 7));
    EXPECT_EQ(told(),
              Told({"4 introduced 1", "5 forgotten 0", "7 introduced 1", "7 generation 1"}));
    EXPECT_EQ(last().text, "1 -> 7");
}

TEST_F(TimelineTest, FollowsNames) {
    follow(5);
    look_up("a", entry(5));
    exchange(rename, 1, Wire().u64(1).name("a").name("b"), Wire());
    exchange(unlink, 1, Wire().name("b"), Wire());
    ASSERT_EQ(told(), Told({"4 introduced 1", "6 renamed 1", "8 name gone 1"}));
    EXPECT_EQ(timeline->events()[1].text, "/a -> /b");
    EXPECT_EQ(timeline->events()[2].text, "/b");
    EXPECT_STREQ(last().opcode->name, "UNLINK");
}

TEST_F(TimelineTest, NotificationsNameNodes) {
    follow(5);
    look_up("a", entry(5));
    answer(reply(0, inval_inode, Wire().u64(5).u64(0).u64(0)));
    answer(reply(0, inval_inode, Wire().u64(6).u64(0).u64(0)));
    EXPECT_EQ(told(), Told({"4 introduced 1", "5 notified 1"}));
}

TEST_F(TimelineTest, HasFindingsWhereTheyWereMade) {
    follow(5);
    look_up("a", entry(5));
    forget_node(5, 3); // more than there are
    const TimelineEvent& event = timeline->events().back();
    ASSERT_EQ(event.frame, 5u);
    ASSERT_EQ(event.findings.size(), 1u);
    EXPECT_STREQ(event.findings[0].rule->id, checker.judgements().back().rule->id);
    EXPECT_EQ(event.worst(), event.findings[0].severity);
}

TEST_F(TimelineTest, WhatIsCountedOnKeepsItsFindings) {
    follow(1);
    exchange(lookup, 1, Wire().name("a"), Wire(), enoent);
    exchange(lookup, 1, Wire().name("\xff"), Wire(), enoent);
    ASSERT_EQ(timeline->events().size(), 1u);
    EXPECT_EQ(last().count, 2u);
    ASSERT_EQ(last().findings.size(), 1u);
    EXPECT_STREQ(last().findings[0].rule->id, "name-not-utf8");
}

TEST_F(TimelineTest, AFindingOfTheEndGoesToItsFrame) {
    follow(5);
    look_up("a", entry(5));
    exchange(open, 5, Wire().zeros(8), Wire().u64(9).u32(0).u32(0));
    const std::size_t before = checker.judgements().size();
    checker.finish();
    timeline->finish(checker);
    for (std::size_t i = before; i < checker.judgements().size(); ++i) {
        const Judgement& found = checker.judgements()[i];
        if (found.sighting.nodeid != 5)
            continue;
        bool shown = false;
        for (const TimelineEvent& event : timeline->events())
            for (const TimelineFinding& finding : event.findings)
                shown = shown || finding.rule == found.rule;
        EXPECT_TRUE(shown) << found.rule->id;
    }
    EXPECT_TRUE(std::ranges::is_sorted(timeline->events(), {}, &TimelineEvent::frame));
}

TEST_F(TimelineTest, AMountWithTheSameNumberHasOtherNodes) {
    follow(5);
    look_up("a", entry(5));
    unique = 0;
    begin();
    look_up("a", entry(5, 9));
    EXPECT_EQ(told(), Told({"4 introduced 1", "5 ended 0", "8 introduced 1"}));
}

TEST_F(TimelineTest, MemoryIsBoundedAndSaysWhatIsMissing) {
    follow(5);
    look_up("a", entry(5));
    for (std::uint64_t i = 0; i < Timeline::most_events; ++i)
        answer(reply(0, i % 2 == 0 ? 2 : 4, Wire().u64(5).u64(0).u64(0).zeros(24)));
    EXPECT_EQ(timeline->events().size(), Timeline::most_events);
    EXPECT_GT(timeline->dropped(), 0u);
}

TEST(TimelineWords, EveryKindHasOne) {
    for (int kind = 0; kind < static_cast<int>(TimelineKind::count_); ++kind) {
        EXPECT_FALSE(spelling(static_cast<TimelineKind>(kind)).empty());
        EXPECT_FALSE(title(lane_of(static_cast<TimelineKind>(kind))).empty());
    }
}

} // namespace
} // namespace fusewire
