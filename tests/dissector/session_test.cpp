#include "dissector/session.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3, init = 26, interrupt = 36,
                        compound = 54;

// A COMPOUND of LOOKUP_HANDLE RFC v3 with nothing but the lookup of a name.
Wire lookup_compound() {
    return Wire().u32(1).u32(0).u32(170).u32(0).u64(0).append(request(55, 0, 1, Wire().name("a")));
}

class SessionTest : public ::testing::Test {
  protected:
    const Exchange& see(const Wire& wire, Direction direction) {
        kept_.push_back(wire);
        ++frame_;
        Record record =
            record_of(kept_.back(), direction, static_cast<std::int64_t>(1000 * frame_), frame_);
        record.pair_key = pair_key;
        record.conn = conn;
        session.see(record, message, exchange);
        return exchange;
    }
    const Exchange& ask(const Wire& wire) { return see(wire, Direction::request); }
    const Exchange& answer(const Wire& wire) { return see(wire, Direction::reply); }
    void negotiate(std::uint32_t minor, std::uint64_t offer, std::uint32_t server_minor,
                   std::uint64_t accepted) {
        ask(request(
            init, 2, 0,
            Wire().u32(7).u32(minor).u32(0).u32(offer | 1u << 30).u32(offer >> 32).zeros(44)));
        answer(reply(2, 0,
                     Wire()
                         .u32(7)
                         .u32(server_minor)
                         .u32(0)
                         .u32(accepted | 1u << 30)
                         .zeros(16)
                         .u32(accepted >> 32)
                         .zeros(28)));
    }

    Session session;
    Message message;
    Exchange exchange;
    std::uint64_t pair_key = 0;
    ConnId conn{42};

  private:
    std::deque<Wire> kept_;
    std::uint64_t frame_ = 0;
};

TEST_F(SessionTest, ReplyIsPairedWithItsRequestByUnique) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    ask(request(getattr, 12, 5, Wire().zeros(16)));
    const Exchange& found = answer(reply(10, -2));
    EXPECT_EQ(found.request_frame, 1u);
    EXPECT_EQ(found.latency_ns, 2000);
    ASSERT_NE(found.request, nullptr);
    EXPECT_EQ(found.request->first_name(), "a");
    EXPECT_EQ(found.request->nodeid, 1u);
    EXPECT_STREQ(message.opcode->name, "LOOKUP");
    EXPECT_EQ(session.outstanding(), 1u);
}

TEST_F(SessionTest, SecondReplyToOneUniqueHasNoRequest) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    answer(reply(10, -2));
    EXPECT_EQ(answer(reply(10, -2)).request_frame, 0u);
    EXPECT_EQ(message.opcode, nullptr);
    EXPECT_FALSE(message.opcode_known);
}

TEST_F(SessionTest, ReplyWithoutTheResendBitIsStillPaired) {
    ask(request(lookup, (std::uint64_t{1} << 63) | 10, 1, Wire().name("a")));
    EXPECT_EQ(answer(reply(10, -2)).request_frame, 1u);
}

TEST_F(SessionTest, TimesTooFarApartGiveNoLatency) {
    const Wire asked = request(lookup, 10, 1, Wire().name("a"));
    const Wire answered = reply(10, -2);
    session.see(record_of(asked, Direction::request, std::numeric_limits<std::int64_t>::min()),
                message, exchange);
    session.see(record_of(answered, Direction::reply, 1), message, exchange);
    EXPECT_EQ(exchange.request_frame, 1u);
    EXPECT_FALSE(exchange.latency_ns);
}

TEST_F(SessionTest, ForgetWaitsForNoReply) {
    ask(request(forget, 10, 5, Wire().u64(1)));
    EXPECT_EQ(session.outstanding(), 0u);
}

TEST_F(SessionTest, InterruptReplyIsPairedWithTheInterrupt) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    ask(request(interrupt, 11, 0, Wire().u64(10)));
    EXPECT_EQ(answer(reply(11, -11)).request_frame, 2u);
    EXPECT_EQ(answer(reply(10, -4)).request_frame, 1u);
}

TEST_F(SessionTest, RequestWithoutUniqueIsPairedByItsAddress) {
    pair_key = 77;
    ask(request(lookup, 0, 1, Wire().name("a")));
    EXPECT_EQ(answer(reply(10, -2)).request_frame, 1u);
}

TEST_F(SessionTest, ConnectionsDoNotShareUniques) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    conn = ConnId{43};
    EXPECT_EQ(answer(reply(10, -2)).request_frame, 0u);
}

TEST_F(SessionTest, InitSettlesTheLowerMinorAndTheAcceptedFlags) {
    negotiate(45, 0xfffb, 31, 0x8021);
    const Dialect* dialect = session.dialect_of(conn);
    ASSERT_NE(dialect, nullptr);
    EXPECT_EQ(dialect->name, DialectName::upstream);
    EXPECT_TRUE(dialect->init_known);
    EXPECT_EQ(dialect->minor, 31u);
    EXPECT_EQ(dialect->init_flags, 0x40008021u);
}

TEST_F(SessionTest, OfferOfFileOpsWithMinor46IsTheLookupHandleRfc) {
    negotiate(46, 0xffff, 46, std::uint64_t{1} << 43);
    EXPECT_EQ(session.dialect_of(conn)->name, DialectName::lookup_handle_v3);
}

TEST_F(SessionTest, Minor46WithBothRingBitsIsUpstream) {
    const std::uint64_t ring = std::uint64_t{1} << 41 | std::uint64_t{1} << 43;
    negotiate(46, 0xfffb | ring, 46, ring);
    EXPECT_EQ(session.dialect_of(conn)->name, DialectName::upstream);
}

TEST_F(SessionTest, WithoutInitACompoundRequestTellsTheDialect) {
    ask(request(lookup, 10, 1, Wire().name("a")));
    EXPECT_EQ(message.dialect, DialectName::unknown);
    ask(request(compound, 12, 0, lookup_compound()));
    EXPECT_EQ(message.dialect, DialectName::lookup_handle_v3);
}

TEST_F(SessionTest, ANewInitBeginsAnotherEpochWithItsOwnDialect) {
    negotiate(46, 0xffff, 46, std::uint64_t{1} << 43);
    negotiate(45, 0xfffb, 45, 0x21);
    EXPECT_EQ(session.dialect_of(conn)->name, DialectName::upstream);
    ASSERT_EQ(session.survey().dialects.size(), 2u);
    EXPECT_EQ(session.survey().dialects[0].name, DialectName::lookup_handle_v3);
}

TEST_F(SessionTest, ForcedDialectOverridesInit) {
    session.force_dialect(DialectName::upstream);
    negotiate(46, 0xffff, 46, std::uint64_t{1} << 43);
    EXPECT_EQ(session.dialect_of(conn)->name, DialectName::upstream);
}

TEST_F(SessionTest, SurveyGivesEarlierMessagesTheFinalDialectAndTheReplyFrame) {
    session.keep_survey();
    ask(request(lookup, 10, 1, Wire().name("a")));
    answer(reply(10, -2));
    ask(request(compound, 12, 0, lookup_compound()));
    const Survey survey = session.survey();
    ASSERT_EQ(survey.reply_frames.size(), 3u);
    EXPECT_EQ(survey.reply_frames[0], 2u);
    EXPECT_EQ(survey.reply_frames[2], 0u);

    Session second(&survey);
    const Wire wire = request(lookup, 10, 1, Wire().name("a"));
    const Record record = record_of(wire, Direction::request);
    second.see(record, message, exchange);
    EXPECT_EQ(message.dialect, DialectName::lookup_handle_v3);
    EXPECT_EQ(exchange.reply_frame, 2u);
}

TEST_F(SessionTest, UnansweredRequestsAreBounded) {
    for (std::uint64_t i = 1; i <= Session::pending_limit + 10; ++i) {
        const Wire wire = request(getattr, 2 * i, 1, Wire().zeros(16));
        session.see(record_of(wire, Direction::request, 0, i), message, exchange, false);
    }
    EXPECT_EQ(session.outstanding(), Session::pending_limit);
    EXPECT_EQ(answer(reply(2)).request_frame, 0u) << "the oldest was given up";
    EXPECT_EQ(answer(reply(2 * (Session::pending_limit + 10))).request_frame,
              Session::pending_limit + 10);
}

TEST_F(SessionTest, TakesALinearTimeWhenOneNumberIsUsedAgainAndAgain) {
    const Wire wire = request(getattr, 2, 1, Wire().zeros(16));
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 1; i <= 200'000; ++i)
        session.see(record_of(wire, Direction::request, 0, i), message, exchange, false);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    EXPECT_EQ(session.outstanding(), 1u);
    EXPECT_EQ(answer(reply(2)).request_frame, 200'000u) << "the latest one is answered";
}

TEST_F(SessionTest, GivesUpTheOldestAlthoughItsNumberWasUsedAgain) {
    const auto ask = [&](std::uint64_t unique, std::uint64_t frame) {
        const Wire wire = request(getattr, unique, 1, Wire().zeros(16));
        session.see(record_of(wire, Direction::request, 0, frame), message, exchange, false);
    };
    ask(2, 1);
    ask(4, 2);
    ask(2, 3);
    for (std::uint64_t i = 4; i <= Session::pending_limit + 2; ++i)
        ask(2 * i, i);
    EXPECT_EQ(answer(reply(4)).request_frame, 0u) << "the oldest was given up";
    EXPECT_EQ(answer(reply(2)).request_frame, 3u);
}

} // namespace
} // namespace fusewire
