// What the checker makes of small conversations. The rules here are about references and nodeids.
#include "dissector/checker.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3, rename_op = 12, init = 26,
                        batch_forget = 42;

Wire entry(std::uint64_t nodeid) {
    constexpr std::uint32_t regular = 0100644;
    const Wire attr = Wire().u64(nodeid).zeros(52).u32(regular).u32(1).zeros(20);
    return Wire().u64(nodeid).u64(1).zeros(24).append(attr);
}

class CheckerTest : public ::testing::Test {
  protected:
    void ask(const Wire& wire) { see(wire, Direction::request); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    void see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        Record record = record_of(kept_.back(), direction, 0, ++frame);
        record.lost = lost;
        checker.see(record, message_, exchange_);
    }
    void begin() {
        ask(request(init, 2, 0, Wire().u32(7).u32(31).u32(0).u32(0)));
        answer(reply(2, 0, Wire().u32(7).u32(31).zeros(12).u32(4096).zeros(40)));
    }
    void hand_out(std::uint64_t nodeid, std::string_view name = "a", std::uint64_t parent = 1) {
        const std::uint64_t unique = 100 + 2 * frame;
        ask(request(lookup, unique, parent, Wire().name(name)));
        answer(reply(unique, 0, entry(nodeid)));
    }
    void give_back(std::uint64_t nodeid, std::uint64_t count) {
        ask(request(forget, 50 + 2 * frame, nodeid, Wire().u64(count)));
    }
    // "rule@frame" of each finding, in order.
    std::vector<std::string> found() const {
        std::vector<std::string> list;
        for (const Judgement& judgement : checker.judgements())
            list.push_back(judgement.rule->id + std::string("@") + std::to_string(judgement.frame));
        return list;
    }

    Checker checker;
    std::uint64_t frame = 0;
    std::uint64_t lost = 0;

  private:
    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

using Found = std::vector<std::string>;

TEST_F(CheckerTest, NodesThatWereHandedOutMayBeUsedAndForgotten) {
    begin();
    hand_out(5);
    hand_out(5);
    ask(request(getattr, 60, 5, Wire().zeros(16)));
    give_back(5, 2);
    EXPECT_EQ(found(), Found());
}

TEST_F(CheckerTest, ANodeThatNobodyReturnedIsUnknown) {
    begin();
    ask(request(getattr, 60, 9, Wire().zeros(16)));
    EXPECT_EQ(found(), Found{"use-unknown-node@3"});
    EXPECT_EQ(checker.judgements()[0].severity, Severity::error);
}

TEST_F(CheckerTest, TheSameObjectIsReportedOnceAndCounted) {
    begin();
    ask(request(getattr, 10, 1, Wire().zeros(16)));
    hand_out(5);
    give_back(5, 3);
    hand_out(5);
    give_back(5, 3);
    ASSERT_EQ(checker.judgements().size(), 1u);
    EXPECT_STREQ(checker.judgements()[0].rule->id, "forget-underflow");
    EXPECT_EQ(checker.judgements()[0].count, 2u);
    EXPECT_EQ(checker.judgements()[0].sighting.observed, "nlookup 3");
    EXPECT_EQ(checker.judgements()[0].sighting.expected, "at most 1");
}

TEST_F(CheckerTest, UseAfterTheLastReferenceIsNamedWithTheForget) {
    begin();
    hand_out(5);
    give_back(5, 1);
    ask(request(getattr, 60, 5, Wire().zeros(16)));
    EXPECT_EQ(found(), Found{"use-after-forget@6"});
    EXPECT_EQ(checker.judgements()[0].sighting.related, std::vector<std::uint64_t>{5});
}

TEST_F(CheckerTest, ANodeThatIsHandedOutAgainIsLiveAgain) {
    begin();
    hand_out(5);
    give_back(5, 1);
    hand_out(5);
    ask(request(getattr, 60, 5, Wire().zeros(16)));
    EXPECT_EQ(found(), Found());
}

TEST_F(CheckerTest, EachItemOfABatchForgetCounts) {
    begin();
    hand_out(5);
    hand_out(6);
    ask(request(batch_forget, 60, 0, Wire().u32(2).zeros(4).u64(5).u64(1).u64(6).u64(0)));
    EXPECT_EQ(found(), Found{"forget-zero@7"});
}

TEST_F(CheckerTest, NodesNamedInTheBodyCountAsUsed) {
    begin();
    ask(request(rename_op, 60, 1, Wire().u64(77).name("a").name("b")));
    EXPECT_EQ(found(), Found{"use-unknown-node@3"});
    EXPECT_EQ(checker.judgements()[0].sighting.offset, 40u);
}

TEST_F(CheckerTest, ALateCaptureOnlyNotes) {
    ask(request(getattr, 60, 9, Wire().zeros(16)));
    ASSERT_EQ(found(), (Found{"init-missing@1", "use-unknown-node@1"}));
    EXPECT_EQ(checker.judgements()[1].severity, Severity::note);
}

TEST_F(CheckerTest, AfterAGapStateRulesOnlyNote) {
    begin();
    lost = 3;
    ask(request(getattr, 60, 9, Wire().zeros(16)));
    ASSERT_EQ(checker.judgements().size(), 1u);
    EXPECT_EQ(checker.judgements()[0].severity, Severity::note);
}

TEST_F(CheckerTest, ANewInitForgetsTheOldMount) {
    begin();
    hand_out(5);
    begin();
    ask(request(getattr, 60, 5, Wire().zeros(16)));
    EXPECT_EQ(found(), Found{"use-unknown-node@7"});
}

TEST(State, PathsFollowNamesAndEndWhereAParentIsUnknown) {
    State state;
    state.introduce(root_nodeid, 1);
    state.introduce(5, 1);
    state.name(root_nodeid, "dir", {.nodeid = 5});
    state.introduce(6, 1);
    state.name(5, "file", {.nodeid = 6});
    EXPECT_EQ(state.path(6), "/dir/file");
    EXPECT_EQ(state.path(root_nodeid), "/");
    EXPECT_EQ(state.path(99), "?");
}

TEST(State, ACycleOfParentsEnds) {
    State state;
    state.introduce(5, 1);
    state.introduce(6, 1);
    state.name(6, "a", {.nodeid = 5});
    state.name(5, "b", {.nodeid = 6});
    EXPECT_EQ(state.path(5).front(), '?');
}

TEST(State, TheNodesIntroducedFirstGoWhenThereAreTooMany) {
    State state;
    state.node_limit = 3;
    state.introduce(root_nodeid, 1);
    state.introduce(5, 2);
    state.name(root_nodeid, "a", {.nodeid = 5});
    state.introduce(6, 3);
    state.name(root_nodeid, "b", {.nodeid = 6});
    EXPECT_TRUE(state.unbroken());
    state.introduce(7, 4);
    EXPECT_FALSE(state.unbroken());
    EXPECT_EQ(state.nodes.size(), 3u);
    EXPECT_NE(state.find(root_nodeid), nullptr);
    EXPECT_EQ(state.find(5), nullptr);
    EXPECT_EQ(state.at(root_nodeid, "a"), nullptr);
    EXPECT_NE(state.at(root_nodeid, "b"), nullptr);
}

TEST(State, ANodeThatComesAgainIsAsYoungAsItsReturn) {
    State state;
    state.node_limit = 3;
    state.introduce(root_nodeid, 1);
    state.introduce(5, 2);
    state.introduce(6, 3);
    state.forget(5, 1, 4);
    state.introduce(5, 5);
    EXPECT_TRUE(state.unbroken());
    state.introduce(7, 6);
    EXPECT_NE(state.find(5), nullptr);
    EXPECT_EQ(state.find(6), nullptr);
}

TEST(State, LinksToOneNodeAreBounded) {
    State state;
    state.node_limit = 100;
    state.introduce(root_nodeid, 1);
    state.introduce(5, 1);
    for (int i = 0; i < 200; ++i)
        state.name(root_nodeid, std::to_string(i), {.nodeid = 5});
    EXPECT_FALSE(state.unbroken());
    EXPECT_NE(state.at(root_nodeid, "99"), nullptr);
    EXPECT_EQ(state.at(root_nodeid, "100"), nullptr);
}

TEST(State, AnOpenFileOfAnotherNodeIsFoundUntilItIsReleased) {
    State state;
    state.open({FhSpace::file, 3, 5}, 1);
    EXPECT_EQ(state.other_node(FhSpace::file, 3, 6), 5u);
    EXPECT_EQ(state.other_node(FhSpace::file, 3, 5), 0u);
    EXPECT_EQ(state.other_node(FhSpace::directory, 3, 6), 0u);
    state.release({FhSpace::file, 3, 5}, 2);
    EXPECT_EQ(state.other_node(FhSpace::file, 3, 6), 0u);
    state.open({FhSpace::file, 3, 6}, 3);
    EXPECT_FALSE(state.shares_fhs(FhSpace::file));
    state.open({FhSpace::file, 3, 7}, 4);
    EXPECT_TRUE(state.shares_fhs(FhSpace::file));
}

TEST(Rules, HaveDistinctIdsAndSayWhatTheyMean) {
    std::vector<std::string> ids;
    for (const RuleInfo* rule : all_rules()) {
        EXPECT_STRNE(rule->text, "") << rule->id;
        EXPECT_STRNE(rule->consequence, "") << rule->id;
        ids.emplace_back(rule->id);
    }
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

} // namespace
} // namespace fusewire
