#include "dissector/checker.h"
#include "dissector/outstanding.h"
#include "dissector/render/outstanding.h"
#include "dissector/render/text.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, forget = 2, getattr = 3, init = 26, interrupt = 36,
                        destroy = 38, compound = 54;
constexpr std::int64_t second = 1'000'000'000;

void describe(std::string& out, const Message& message) {
    append_request(out, message, {});
}

class Outstanding : public ::testing::Test {
  protected:
    void see(const Wire& wire, Direction direction, std::uint32_t flags = 0) {
        kept_.push_back(wire);
        Record record = record_of(kept_.back(), direction, time_ns, ++frame);
        record.flags = flags;
        record.conn = conn;
        record.pair_key = pair_key;
        record.server_pid = record.server_tid = 0;
        if (tid != 0) {
            record.server_pid = 800;
            record.server_tid = tid;
        }
        session.see(record, message_, exchange_);
        requests.see({record, message_, exchange_});
    }
    void ask(const Wire& wire, std::uint32_t flags = 0) { see(wire, Direction::request, flags); }
    void list(const Wire& wire, std::uint32_t flags = 0) { ask(wire, flags | record_in_flight); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    std::vector<std::uint64_t> uniques() const {
        std::vector<std::uint64_t> list;
        for (const OutstandingRequest* one : requests.oldest(OutstandingRequests::kept))
            list.push_back(one->unique);
        return list;
    }
    const OutstandingRequest& only() const { return *requests.oldest(1).front(); }
    std::string text(const OutstandingStyle& style = {}) const {
        std::string out;
        append_outstanding_text(out, scene(), style);
        return out;
    }
    OutstandingScene scene() const {
        return {.requests = requests, .connections = {}, .now_ns = time_ns, .path_of = {}};
    }

    using Uniques = std::vector<std::uint64_t>;
    Session session;
    OutstandingRequests requests{describe};
    ConnId conn{42};
    std::uint64_t pair_key = 0;
    std::uint64_t frame = 0;
    std::uint32_t tid = 0;
    std::int64_t time_ns = second;

  private:
    std::deque<Wire> kept_;
    Message message_;
    Exchange exchange_;
};

Wire lookup_of(std::uint64_t unique, std::string_view name = "a") {
    return request(lookup, unique, 1, Wire().name(name));
}

TEST_F(Outstanding, ARequestIsThereUntilItsReply) {
    tid = 801;
    ask(lookup_of(10, "stuck"));
    ASSERT_EQ(uniques(), Uniques({10}));
    EXPECT_STREQ(only().opcode->name, "LOOKUP");
    EXPECT_EQ(only().text, " \"stuck\"");
    EXPECT_EQ(only().pid, 4242u);
    EXPECT_EQ(only().uid, 1000u);
    EXPECT_EQ(only().since_ns, second);
    EXPECT_EQ(only().read_by, ReadBy::thread);
    EXPECT_EQ(only().server_tid, 801u);
    EXPECT_EQ(requests.count_on(conn), 1u);
    answer(reply(10, -2));
    EXPECT_EQ(requests.size(), 0u);
    EXPECT_EQ(requests.count_on(conn), 0u);
}

TEST_F(Outstanding, WhatHasNoReplyIsNotWaitedFor) {
    ask(request(forget, 10, 5, Wire().u64(1)));
    ask(request(interrupt, 13, 0, Wire().u64(12)));
    EXPECT_EQ(requests.size(), 0u);
}

TEST_F(Outstanding, AReplyThatTheKernelRefusesLeavesItWaiting) {
    ask(lookup_of(10));
    answer(reply(10, 5)); // errors are negative
    ASSERT_EQ(uniques(), Uniques({10}));
    EXPECT_EQ(only().refused_frame, 2u);
    EXPECT_NE(text().find("reply in frame 2 refused"), std::string::npos) << text();
}

TEST_F(Outstanding, AnInterruptMarksItsTarget) {
    ask(lookup_of(10));
    ask(request(interrupt, 11, 0, Wire().u64(10)));
    EXPECT_EQ(only().interrupt_frame, 2u);
    EXPECT_NE(text().find("(interrupted)"), std::string::npos) << text();
}

TEST_F(Outstanding, TheOldestComesFirst) {
    ask(lookup_of(10));
    time_ns += second;
    ask(lookup_of(12));
    list(lookup_of(8)); // began before all that was seen
    EXPECT_EQ(uniques(), Uniques({8, 10, 12}));
    EXPECT_EQ(requests.oldest(2).size(), 2u);
    EXPECT_EQ(requests.oldest(2).front()->unique, 8u);
    EXPECT_TRUE(requests.oldest(2).front()->began_unseen);
}

TEST_F(Outstanding, WhoHasReadIt) {
    list(lookup_of(10), record_unread);
    EXPECT_EQ(only().read_by, ReadBy::nobody);
    tid = 801;
    ask(lookup_of(10));
    EXPECT_EQ(only().read_by, ReadBy::thread);
    tid = 0;
    list(lookup_of(10)); // a look does not know by whom
    EXPECT_EQ(only().read_by, ReadBy::thread);
    EXPECT_EQ(only().server_tid, 801u);
    answer(reply(10, -2));
    list(lookup_of(12));
    EXPECT_EQ(only().read_by, ReadBy::somebody);
    answer(reply(12, -2));
    ask(lookup_of(14));
    EXPECT_EQ(only().read_by, ReadBy::unknown);
}

TEST_F(Outstanding, PairedByAddressItLearnsItsNumber) {
    pair_key = 77;
    ask(request(lookup, 0, 1, Wire().name("a")));
    EXPECT_EQ(uniques(), Uniques({0}));
    list(lookup_of(10));
    EXPECT_EQ(uniques(), Uniques({10}));
    answer(reply(10, -2));
    EXPECT_EQ(requests.size(), 0u);
}

TEST_F(Outstanding, TwoLooksThatDoNotListItTakeItAway) {
    ask(lookup_of(10));
    ask(lookup_of(12));
    for (int look = 0; look < 2; ++look) {
        EXPECT_EQ(requests.size(), 2u);
        requests.begin_look();
        list(lookup_of(12));
        requests.end_look(true);
    }
    EXPECT_EQ(uniques(), Uniques({12}));
    EXPECT_EQ(requests.answered_unseen(), 1u);
}

TEST_F(Outstanding, AnIncompleteLookProvesNothing) {
    ask(lookup_of(10));
    for (int look = 0; look < 3; ++look) {
        requests.begin_look();
        requests.end_look(false);
    }
    EXPECT_EQ(uniques(), Uniques({10}));
}

TEST_F(Outstanding, WhatComesDuringALookNeedNotBeListed) {
    for (std::uint64_t look = 0; look < 3; ++look) {
        requests.begin_look();
        ask(lookup_of(10 + 2 * look));
        for (std::uint64_t earlier = 0; earlier < look; ++earlier)
            list(lookup_of(10 + 2 * earlier));
        requests.end_look(true);
    }
    EXPECT_EQ(requests.size(), 3u);
}

TEST_F(Outstanding, WhatWasTakenAwayTooEarlyComesBackWithItsAge) {
    ask(lookup_of(10));
    for (int look = 0; look < 2; ++look) {
        requests.begin_look();
        requests.end_look(true);
    }
    ASSERT_EQ(requests.size(), 0u);
    time_ns += second;
    list(lookup_of(10));
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_EQ(only().since_ns, second);
    EXPECT_EQ(only().frame, 1u);
    EXPECT_FALSE(only().began_unseen);
}

TEST_F(Outstanding, AListingBehindTheReplyBringsNothingBack) {
    ask(lookup_of(10));
    answer(reply(10, -2));
    list(lookup_of(10));
    EXPECT_EQ(requests.size(), 0u);
}

TEST_F(Outstanding, NothingWaitsOnAConnectionThatEnded) {
    ask(lookup_of(10));
    conn = ConnId{43};
    ask(lookup_of(10));
    conn = ConnId{42};
    ask(request(destroy, 12, 0));
    answer(reply(12));
    EXPECT_EQ(requests.count_on(ConnId{42}), 0u);
    EXPECT_EQ(requests.count_on(ConnId{43}), 1u);
    conn = ConnId{43};
    ask(request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(1).zeros(48))); // mounted anew
    EXPECT_EQ(uniques(), Uniques({2}));
}

TEST_F(Outstanding, ACompoundNamesItsOperations) {
    ask(request(compound, 10, 0,
                Wire()
                    .u32(2)
                    .u32(0)
                    .u32(170)
                    .u32(0)
                    .u64(0)
                    .append(request(55, 0, 33, Wire().name("a")))
                    .append(request(52, 0, 1, Wire().zeros(24)))));
    ASSERT_EQ(only().operations.size(), 2u);
    EXPECT_STREQ(only().operations[0].opcode->name, "LOOKUP_HANDLE");
    EXPECT_STREQ(only().operations[1].opcode->name, "STATX");
    EXPECT_EQ(only().nodeid, 33u);
}

TEST_F(Outstanding, MemoryIsBoundedAndSaysWhatIsMissing) {
    constexpr std::uint64_t surplus = 1000;
    Session small;
    Message message;
    Exchange exchange;
    for (std::uint64_t i = 0; i < OutstandingRequests::kept + surplus; ++i) {
        const Wire wire = request(getattr, 2 + 2 * i, 1, Wire().zeros(16));
        const Record record = record_of(wire, Direction::request, 0, 1 + i);
        small.see(record, message, exchange);
        requests.see({record, message, exchange});
    }
    EXPECT_EQ(requests.size(), OutstandingRequests::kept);
    EXPECT_EQ(requests.dropped(), surplus);
    EXPECT_EQ(requests.oldest(1).front()->unique, 2u); // what hangs longest is kept
    EXPECT_NE(text({.height = 10}).find("and 1000 more were too many to be kept"),
              std::string::npos);
}

TEST_F(Outstanding, LongNamesAreCut) {
    ask(lookup_of(10, std::string(4000, 'n')));
    EXPECT_LE(only().text.size(), OutstandingRequest::most_text + 3);
}

TEST_F(Outstanding, TextShowsAgesInUnitsOfPeople) {
    ask(lookup_of(10));
    const auto aged = [&](std::int64_t ns) {
        OutstandingScene later = scene();
        later.now_ns = second + ns;
        std::string out;
        append_outstanding_text(out, later, {});
        return out;
    };
    EXPECT_NE(aged(120'000'000).find("  120 ms "), std::string::npos) << aged(120'000'000);
    EXPECT_NE(aged(5'230'000'000).find("  5.2 s "), std::string::npos);
    EXPECT_NE(aged(200 * second).find(" 3 min 20 s "), std::string::npos);
    EXPECT_NE(aged(7500 * second).find(" 2 h 5 min "), std::string::npos);
    EXPECT_NE(aged(3 * 86400 * second).find(" 3 d 0 h "), std::string::npos);
    EXPECT_NE(aged(-second).find("  0 ms "), std::string::npos); // clocks may differ
}

TEST_F(Outstanding, TextFitsTheTerminal) {
    for (std::uint64_t i = 0; i < 50; ++i)
        ask(lookup_of(10 + 2 * i,
                      "a name that is far too long for a line of forty columns \xc3\xa4"));
    const std::string out = text({.width = 40, .height = 12});
    std::size_t lines = 0;
    for (std::size_t at = 0; at < out.size(); at = out.find('\n', at) + 1) {
        EXPECT_LE(out.find('\n', at) - at, 40u);
        ++lines;
    }
    EXPECT_LE(lines, 12u);
    EXPECT_NE(out.find("and 42 more"), std::string::npos) << out;
}

TEST_F(Outstanding, NamesDoNotReachTheTerminalRaw) {
    ask(lookup_of(10, "\033[2J\n"));
    EXPECT_EQ(text().find('\033'), std::string::npos);
    EXPECT_NE(text().find("\\x1b[2J\\n"), std::string::npos) << text();
}

TEST_F(Outstanding, ColoursGrowWithAge) {
    ask(lookup_of(10));
    time_ns += 2 * second;
    EXPECT_NE(text({.color = true}).find("\033[33m       2.0 s"), std::string::npos);
    time_ns += 20 * second;
    EXPECT_NE(text({.color = true}).find("\033[31m      22.0 s"), std::string::npos);
    EXPECT_EQ(text().find('\033'), std::string::npos);
}

} // namespace
} // namespace fusewire
