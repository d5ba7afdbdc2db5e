// What a source knows of a connection whose INIT was not captured.
#include "dissector/judged_session.h"
#include "tests/dissector/judged.h"

#include <algorithm>

namespace fusewire {
namespace {

using testing::find_node;
using testing::has_finding;
using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, read = 15, write = 16, init = 26;

Wire entry(std::size_t attributes) {
    return Wire().u64(5).zeros(32).u64(5).zeros(attributes - 8);
}
constexpr std::size_t old_attributes = 80, new_attributes = 88;

class Facts : public ::testing::Test {
  protected:
    void see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        Record record = record_of(kept_.back(), direction, 0, ++frame_);
        record.about = about;
        record.transport = Transport::read_write;
        checker.see(record, message, exchange);
    }
    void ask(const Wire& wire) { see(wire, Direction::request); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    bool fired(std::string_view rule) const {
        return std::ranges::any_of(checker.judgements(), [&](const Judgement& judgement) {
            return judgement.rule->id == rule;
        });
    }

    Connection known{.conn = ConnId{42}, .minor = 8, .init_flags = 3};
    const Connection* about = &known;
    Checker checker;
    Message message;
    Exchange exchange;

  private:
    std::deque<Wire> kept_;
    std::uint64_t frame_ = 0;
};

TEST_F(Facts, MinorDecidesTheLayoutWithoutInit) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    answer(reply(10, 0, entry(old_attributes)));
    EXPECT_EQ(find_node(message, "blksize"), nullptr);
    EXPECT_FALSE(fired("reply-size-wrong"));
    ASSERT_NE(checker.session().dialect_of(ConnId{42}), nullptr);
    EXPECT_EQ(checker.session().dialect_of(ConnId{42})->minor, 8u);
    EXPECT_TRUE(checker.session().dialect_of(ConnId{42})->from_facts);
}

TEST_F(Facts, AReplyOfALaterMinorHasTheWrongSize) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    answer(reply(10, 0, entry(new_attributes)));
    EXPECT_TRUE(fired("reply-size-wrong"));
}

TEST_F(Facts, BothSizesAreTakenWhenNothingIsKnown) {
    about = nullptr;
    ask(request(lookup, 10, 1, Wire().name("a")));
    answer(reply(10, 0, entry(new_attributes)));
    ask(request(lookup, 12, 1, Wire().name("a")));
    answer(reply(12, 0, entry(old_attributes)));
    EXPECT_FALSE(fired("reply-size-wrong"));
}

TEST_F(Facts, AWriteBefore79HasTheShortStruct) {
    ask(request(write, 10, 1, Wire().u64(7).u64(0).u32(16).u32(0).zeros(16)));
    EXPECT_FALSE(has_finding(message, Rule::body_short));
    EXPECT_EQ(find_node(message, "lock_owner"), nullptr);
}

TEST_F(Facts, AShortReadIsTooShortForALaterMinor) {
    known.minor = 31;
    ask(request(read, 10, 1, Wire().u64(7).u64(0).u32(4096).zeros(4)));
    EXPECT_NE(find_node(message, "size"), nullptr);
    ask(request(read, 12, 1, Wire().u64(7).u64(0).u32(4096).zeros(12)));
    EXPECT_TRUE(has_finding(message, Rule::body_short));
}

TEST_F(Facts, ACapturedInitWins) {
    ask(request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48)));
    answer(reply(2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48)));
    EXPECT_EQ(checker.session().dialect_of(ConnId{42})->minor, 45u);
    EXPECT_FALSE(checker.session().dialect_of(ConnId{42})->from_facts);
    ask(request(lookup, 10, 1, Wire().name("a")));
    answer(reply(10, 0, entry(old_attributes)));
    EXPECT_TRUE(fired("reply-size-wrong"));
}

TEST_F(Facts, AnInitThatComesLaterWins) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    ask(request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48)));
    answer(reply(2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48)));
    EXPECT_EQ(checker.session().dialect_of(ConnId{42})->minor, 45u);
}

// The kernel does not keep every flag, so that one is missing means nothing.
TEST_F(Facts, FlagsThatAreMissingAreNoReasonForAFinding) {
    constexpr std::uint32_t readdirplus = 44, setlk = 32;
    known.minor = 45;
    known.init_flags = 0;
    ask(request(readdirplus, 10, 1, Wire().zeros(16).u32(4096).zeros(20)));
    ask(request(setlk, 12, 5, Wire().u64(1).u64(1).u64(0).u64(9).u32(1).u32(7).zeros(8)));
    EXPECT_FALSE(fired("readdirplus-not-negotiated"));
    EXPECT_FALSE(fired("lk-not-negotiated"));
    EXPECT_FALSE(fired("request-exceeds-negotiated"));
}

TEST_F(Facts, ARequestThatTheMinorDoesNotHaveIsFound) {
    constexpr std::uint32_t rename2 = 45;
    known.minor = 12;
    ask(request(rename2, 10, 1, Wire().u64(1).u32(1).u32(0).name("a").name("b")));
    EXPECT_TRUE(fired("request-exceeds-negotiated"));
}

TEST_F(Facts, BothPassesOfAFileUseThem) {
    const Wire asked = request(lookup, 10, 1, Wire().name("a"));
    const Wire answered = reply(10, 0, entry(old_attributes));
    JudgedSession first({});
    first.keep_first_pass();
    const auto run = [&](JudgedSession& session) {
        Record record = record_of(asked, Direction::request, 0, 1);
        record.about = &known;
        session.see(record);
        record = record_of(answered, Direction::reply, 0, 2);
        record.about = &known;
        return session.see(record).message.findings.size();
    };
    EXPECT_EQ(run(first), 0u);
    const FirstPass learnt = first.first_pass();
    JudgedSession second({}, &learnt);
    EXPECT_EQ(run(second), 0u);
    EXPECT_EQ(second.session().dialect_of(ConnId{42})->minor, 8u);
}

} // namespace
} // namespace fusewire
