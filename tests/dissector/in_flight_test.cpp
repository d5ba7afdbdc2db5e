// Requests that were on their way before the capture could see them, and that later looks list again.
#include "dissector/judged_session.h"
#include "dissector/ledger.h"
#include "dissector/render/fields.h"
#include "dissector/render/json.h"
#include "dissector/render/text.h"
#include "tests/dissector/judged.h"

#include <algorithm>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3, init = 26;
constexpr std::int64_t second = 1'000'000'000;

class InFlight : public ::testing::Test {
  protected:
    void see(const Wire& wire, Direction direction, std::uint32_t flags = 0) {
        kept_.push_back(wire);
        record = record_of(kept_.back(), direction, time_ns, ++frame_);
        record.flags = flags;
        record.pair_key = pair_key;
        record.server_tid = tid;
        record.transport = Transport::read_write;
        checker.see(record, message, exchange);
        ledger.see(record, message, exchange, checker);
    }
    void ask(const Wire& wire, std::uint32_t flags = 0) { see(wire, Direction::request, flags); }
    void list(const Wire& wire, std::uint32_t flags = 0) { ask(wire, flags | record_in_flight); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    // Findings but for what every capture without INIT has.
    std::vector<std::string> found() const {
        std::vector<std::string> ids;
        for (const Judgement& judgement : checker.judgements())
            if (std::string_view(judgement.rule->id) != "init-missing")
                ids.emplace_back(judgement.rule->id);
        return ids;
    }
    std::string line() const {
        std::string out;
        append_line(out, {record, message, exchange}, {});
        return out;
    }
    std::string json() const {
        std::string out;
        append_json(out, {record, message, exchange});
        return out;
    }

    using Found = std::vector<std::string>;
    Checker checker;
    Ledger ledger;
    Record record;
    Message message;
    Exchange exchange;
    std::uint64_t pair_key = 0;
    std::uint32_t tid = 0;
    std::int64_t time_ns = second;

  private:
    std::deque<Wire> kept_;
    std::uint64_t frame_ = 0;
};

const Wire asked = request(lookup, 10, 1, Wire().name("a"));

TEST_F(InFlight, ReplyHasItsRequestButNoLatency) {
    list(asked);
    EXPECT_NE(line().find("(in flight at start)"), std::string::npos) << line();
    time_ns += second;
    answer(reply(10, -2));
    EXPECT_EQ(exchange.request_frame, 1u);
    EXPECT_EQ(exchange.latency_ns, std::nullopt);
    EXPECT_TRUE(exchange.ends_request);
    EXPECT_NE(json().find("\"latency_ns\":null"), std::string::npos) << json();
    EXPECT_EQ(found(), Found());
}

TEST_F(InFlight, JsonSaysSoOfTheseAlone) {
    list(asked, record_unread);
    EXPECT_NE(json().find("\"in_flight\":true,\"unread\":true"), std::string::npos) << json();
    ask(request(lookup, 12, 1, Wire().name("b")));
    EXPECT_EQ(json().find("in_flight"), std::string::npos) << json();
    EXPECT_EQ(json().find("unread"), std::string::npos) << json();
}

TEST_F(InFlight, ListedAgainIsNoNewRequest) {
    ask(asked);
    time_ns += second / 2;
    list(asked);
    EXPECT_TRUE(exchange.again);
    EXPECT_EQ(exchange.request_frame, 1u);
    EXPECT_EQ(exchange.began_ns, second);
    EXPECT_NE(line().find("(still in flight)"), std::string::npos) << line();
    EXPECT_NE(json().find("\"request_frame\":1"), std::string::npos) << json();
    EXPECT_EQ(checker.messages(), 1u);
    EXPECT_EQ(checker.session().outstanding(), 1u);
    time_ns += second / 2;
    answer(reply(10, -2));
    EXPECT_EQ(exchange.request_frame, 1u);
    EXPECT_EQ(exchange.latency_ns, second);
    EXPECT_EQ(found(), Found());
}

TEST_F(InFlight, TheSameIsTrueWhereRequestsArePairedByAddress) {
    pair_key = 0xffff1234;
    ask(request(lookup, 0, 1, Wire().name("a")));
    list(asked); // the number is assigned by now
    EXPECT_TRUE(exchange.again);
    EXPECT_EQ(exchange.request_frame, 1u);
    answer(reply(10, -2));
    EXPECT_EQ(exchange.request_frame, 1u);
    EXPECT_EQ(found(), Found());
}

TEST_F(InFlight, AnAddressThatIsUsedAnewIsAnotherRequest) {
    pair_key = 0xffff1234;
    ask(request(lookup, 0, 1, Wire().name("a")));
    list(request(getattr, 12, 1, Wire().zeros(16)));
    EXPECT_FALSE(exchange.again);
}

TEST_F(InFlight, AReadOfWhatWasListedUnreadIsNoNewRequest) {
    list(asked, record_unread);
    EXPECT_NE(line().find("(in flight at start, unread)"), std::string::npos) << line();
    tid = 7;
    ask(asked);
    EXPECT_TRUE(exchange.again);
    EXPECT_NE(line().find("(was unread until now)"), std::string::npos) << line();
    EXPECT_EQ(checker.states().at(42).requests.outstanding(10)->server_tid, 7u);
    answer(reply(10, -2));
    EXPECT_EQ(exchange.request_frame, 1u);
    EXPECT_EQ(exchange.latency_ns, std::nullopt);
    EXPECT_EQ(found(), Found());
}

TEST_F(InFlight, ASecondReadIsStillADuplicate) {
    ask(request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48)));
    answer(reply(2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48)));
    ask(asked);
    ask(asked);
    EXPECT_FALSE(exchange.again);
    const Found rules = found();
    EXPECT_TRUE(std::ranges::find(rules, "unique-reused") != rules.end());
}

// The look and the server run at the same time.
TEST_F(InFlight, ListedBehindItsReplyItWaitsForNothing) {
    ask(asked);
    answer(reply(10, -2));
    list(asked);
    EXPECT_TRUE(exchange.again);
    EXPECT_TRUE(exchange.ends_request);
    EXPECT_EQ(checker.session().outstanding(), 0u);
    answer(reply(20, -2)); // of a request that was not seen
    list(request(lookup, 20, 1, Wire().name("b")));
    EXPECT_EQ(checker.session().outstanding(), 0u);
}

TEST_F(InFlight, AForgetInTheQueueCountsWhenItIsRead) {
    ask(asked);
    answer(reply(10, 0, Wire().u64(5).zeros(32).u64(5).zeros(52).u32(0100644).zeros(16)));
    const Wire forgets = request(forget, 0, 5, Wire().u64(1));
    list(forgets, record_unread);
    list(forgets, record_unread);
    EXPECT_NE(checker.states().at(42).find(5), nullptr);
    ask(forgets);
    EXPECT_EQ(checker.states().at(42).find(5), nullptr);
    EXPECT_EQ(ledger.nodes().at({42, 5}).forgotten, 1u);
}

TEST_F(InFlight, ListedInAnyOrderTheyAreNotOutOfOrder) {
    ask(request(lookup, 20000, 1, Wire().name("z")));
    list(asked);
    EXPECT_EQ(found(), Found());
}

TEST_F(InFlight, AnInitThatWaitsIsNotARemountEachTimeItIsListed) {
    const Wire offer = request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48));
    list(offer);
    list(offer);
    EXPECT_TRUE(exchange.again);
    EXPECT_EQ(checker.session().survey().dialects.size(), 1u);
}

TEST_F(InFlight, UnansweredItWaitedForMoreThanWasSeen) {
    list(asked);
    time_ns += 3 * second;
    ask(request(getattr, 12, 1, Wire().zeros(16)));
    checker.finish();
    ASSERT_EQ(found(), Found({"reply-missing"}));
    EXPECT_NE(checker.judgements().back().message().find("more than 3 s"), std::string::npos)
        << checker.judgements().back().message();
}

TEST_F(InFlight, BothPassesPairAlike) {
    const std::vector<Wire> wires{asked, asked, reply(10, -2)};
    const auto run = [&](JudgedSession& session) {
        std::vector<std::uint64_t> reply_frames;
        for (std::size_t i = 0; i < wires.size(); ++i) {
            Record one = record_of(wires[i], i < 2 ? Direction::request : Direction::reply,
                                   static_cast<std::int64_t>(i), i + 1);
            one.flags = i == 1 ? record_in_flight : 0u;
            reply_frames.push_back(session.see(one).exchange.reply_frame);
        }
        return reply_frames;
    };
    JudgedSession first({});
    first.keep_first_pass();
    run(first);
    const FirstPass learnt = first.first_pass();
    JudgedSession again({}, &learnt);
    EXPECT_EQ(run(again), (std::vector<std::uint64_t>{3, 0, 0}));
}

} // namespace
} // namespace fusewire
