// How dialects are told apart: each way of recognition with a conversation that it recognises and one
// that is nearly the same, and what a connection's dialect does over time.
#include "dissector/dialect_detection.h"
#include "dissector/session.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <string>

namespace fusewire {
namespace {

using testing::record_of;
using testing::Wire;
using enum DialectName;

constexpr std::uint64_t bit(unsigned number) {
    return std::uint64_t{1} << number;
}

// What Linux 6.18 offers, without io_uring.
constexpr std::uint64_t linux_offer = 0x5dd'73fffffb;

// A connection as a session sees it.
class Talk {
  public:
    explicit Talk(Session& session, std::uint32_t conn = 42) : session_(session), conn_(conn) {}

    Talk& init(std::uint32_t minor, std::uint64_t flags, std::uint32_t max_readahead = 131072) {
        return ask(
            26, 0,
            Wire().u32(7).u32(minor).u32(max_readahead).u32(flags).u32(flags >> 32).zeros(44));
    }
    Talk& init_reply(std::uint32_t minor, std::uint64_t flags, std::uint32_t max_handle_sz = 0) {
        return answer(Wire()
                          .u32(7)
                          .u32(minor)
                          .u32(0)
                          .u32(flags | bit(30))
                          .zeros(16)
                          .u32(flags >> 32)
                          .zeros(6)
                          .u16(max_handle_sz)
                          .zeros(20));
    }
    Talk& ask(std::uint32_t opcode, std::uint64_t nodeid, const Wire& body,
              std::size_t captured = SIZE_MAX) {
        unique_ += 2;
        return see(testing::request(opcode, unique_, nodeid, body), Direction::request, captured);
    }
    Talk& answer(const Wire& body, std::int32_t error = 0) {
        return see(testing::reply(unique_, error, body), Direction::reply, SIZE_MAX);
    }

    DialectName dialect() const { return session_.dialect_of(ConnId{conn_})->name; }
    std::string reason() const {
        const Recognition* row = session_.recognition_of(ConnId{conn_});
        return row != nullptr ? row->id : "";
    }
    const Message& message() const { return message_; }

  private:
    Talk& see(const Wire& wire, Direction direction, std::size_t captured) {
        Record record = record_of(wire, direction);
        record.bytes = record.bytes.first(std::min(captured, record.bytes.size()));
        record.conn = ConnId{conn_};
        session_.see(record, message_, exchange_);
        return *this;
    }

    Session& session_;
    std::uint32_t conn_;
    std::uint64_t unique_ = 0;
    Message message_;
    Exchange exchange_;
};

// Requests inside a COMPOUND.
Wire sub(std::uint32_t opcode, const Wire& body, std::uint64_t unique = 0) {
    return testing::request(opcode, unique, 5, body);
}
Wire open(std::uint64_t unique = 0) {
    return sub(14, Wire().zeros(8), unique);
}
Wire getattr(std::uint64_t unique = 0) {
    return sub(3, Wire().zeros(16), unique);
}
Wire lookup_handle() {
    return sub(55, Wire().name("file.txt"));
}
Wire with_count(std::uint32_t flags, const std::vector<Wire>& subs) {
    Wire body = Wire().u32(subs.size()).u32(flags).u32(120).u32(0).u64(0);
    for (const Wire& one : subs)
        body.append(one);
    return body;
}
Wire without_count(const std::vector<Wire>& subs) {
    Wire body = Wire().u32(1).u32(120).u64(0);
    for (const Wire& one : subs)
        body.append(one);
    return body;
}
Wire with_prefix(const std::vector<Wire>& subs, std::size_t size = 4) {
    Wire body = Wire().zeros(16);
    for (std::size_t i = 0; i < subs.size(); ++i)
        body.number(i == 0 ? 0xff : 0, 1).zeros(size - 1).append(subs[i]);
    return body;
}

Wire ext_handle(std::uint16_t size = 6) {
    return Wire().u32(16).u32(33).u16(size).zeros(6);
}
Wire mkobjx(bool stat_first, std::uint32_t namesize = 5) {
    const Wire head = Wire().u32(namesize).u32(0).zeros(56);
    const Wire stat = Wire().u32(0xfff).zeros(252);
    return (stat_first ? Wire(stat).append(head) : Wire(head).append(stat)).name("name");
}
Wire setstatx(std::uint32_t mask) {
    return Wire().u64(0).u64(0).u32(mask).zeros(252);
}
Wire create_in(std::uint32_t mode) {
    return Wire().u32(0102).u32(mode).u32(022).u32(0);
}

using Conversation = std::function<void(Talk&)>;
struct Pair {
    Conversation hit;
    Conversation miss;
};

const std::map<std::string, Pair>& conversations() {
    static const std::uint64_t fusex_offer = bit(16) | bit(30) | bit(41);
    static const std::map<std::string, Pair> all = {
        {"init-fusex",
         {[](Talk& t) { t.init(46, fusex_offer, 0); },
          [](Talk& t) { t.init(46, fusex_offer, 4096); }}},
        {"init-file-ops-46",
         {[](Talk& t) { t.init(46, linux_offer | bit(2)); },
          [](Talk& t) { t.init(46, linux_offer); }}},
        {"init-file-ops-45",
         {[](Talk& t) { t.init(45, linux_offer | bit(2)); },
          [](Talk& t) { t.init(44, linux_offer | bit(2)); }}},
        {"init-reduced",
         {[](Talk& t) { t.init(45, bit(16) | bit(30)); }, [](Talk& t) { t.init(28, bit(16)); }}},
        {"init-43-without-41",
         {[](Talk& t) { t.init(46, linux_offer | bit(43)); },
          [](Talk& t) { t.init(46, linux_offer | bit(43) | bit(41)); }}},
        {"init-43-before-46",
         {[](Talk& t) { t.init(45, linux_offer | bit(43)); },
          [](Talk& t) { t.init(45, linux_offer | bit(42)); }}},
        {"init-46-io-uring",
         {[](Talk& t) { t.init(46, linux_offer | bit(43) | bit(41)); },
          [](Talk& t) { t.init(46, linux_offer | bit(41)); }}},
        {"init-46",
         {[](Talk& t) { t.init(46, linux_offer); }, [](Talk& t) { t.init(45, linux_offer); }}},
        {"init",
         {[](Talk& t) { t.init(45, linux_offer); }, [](Talk& t) { t.init(46, linux_offer); }}},
        {"init-reply-handle-size",
         {[](Talk& t) { t.init(45, linux_offer | bit(43)).init_reply(45, bit(43), 128); },
          [](Talk& t) { t.init(45, linux_offer).init_reply(45, bit(43), 128); }}},
        {"lookup-root-45",
         {[](Talk& t) { t.init(45, bit(16) | bit(30)).ask(54, 0, Wire()); },
          [](Talk& t) { t.ask(54, 0, Wire()); }}},
        {"lookup-root",
         {[](Talk& t) { t.ask(54, 0, Wire()); }, [](Talk& t) { t.ask(54, 0, Wire().zeros(8)); }}},
        {"compound-handle",
         {[](Talk& t) {
              t.ask(54, 0, with_count(0, {lookup_handle(), getattr()}));
          },
          [](Talk& t) {
              t.ask(54, 7, with_count(0, {lookup_handle(), getattr()}));
          }}},
        {"compound-24-flags",
         {[](Talk& t) {
              t.ask(54, 0, with_count(1, {open(), getattr()}));
          },
          [](Talk& t) {
              t.ask(54, 0, with_count(0, {open(), getattr()}));
          }}},
        {"compound-24",
         {[](Talk& t) {
              t.ask(54, 0, with_count(0, {open(), getattr()}));
          },
          [](Talk& t) { t.ask(54, 0, with_count(0, {sub(54, Wire().zeros(24))})); }}},
        {"compound-16",
         {[](Talk& t) {
              t.ask(54, 0, without_count({open(0), getattr(1)}));
          },
          [](Talk& t) { t.ask(54, 0, without_count({sub(4711, Wire())})); }}},
        {"compound-prefix",
         {[](Talk& t) {
              t.ask(54, 0, with_prefix({open(), getattr()}));
          },
          [](Talk& t) { t.ask(54, 0, with_prefix({sub(0, Wire())})); }}},
        {"lookup-handle-54",
         {[](Talk& t) { t.ask(54, 3, Wire().name("a").u32(4).u32(1).zeros(4)); },
          [](Talk& t) { t.ask(54, 3, Wire().name("a").u32(4).u32(1).zeros(3)); }}},
        {"lookup-handle-ext",
         {[](Talk& t) { t.ask(55, 3, Wire().name("a").append(ext_handle())); },
          [](Talk& t) { t.ask(55, 3, Wire().name("a").append(ext_handle(7))); }}},
        {"lookup-handle-reply",
         {[](Talk& t) {
              t.ask(55, 3, Wire().name("a")).answer(Wire().zeros(40).u16(3).text("abc"));
          },
          [](Talk& t) {
              t.ask(55, 3, Wire().name("a")).answer(Wire().zeros(40).u16(4).text("abc"));
          }}},
        {"lookupx-45",
         {[](Talk& t) {
              t.init(45, bit(16) | bit(30)).ask(55, 3, Wire().name("a")).answer(Wire().zeros(32));
          },
          [](Talk& t) { t.ask(55, 3, Wire().name("a")).answer(Wire().zeros(32)); }}},
        {"lookupx",
         {[](Talk& t) { t.ask(55, 3, Wire().name("a")).answer(Wire().zeros(32)); },
          [](Talk& t) { t.ask(55, 3, Wire().name("a")).answer(Wire().zeros(40)); }}},
        {"mkobjx",
         {[](Talk& t) { t.ask(56, 3, mkobjx(false)); },
          [](Talk& t) { t.ask(56, 3, mkobjx(false, 4)); }}},
        {"mkobjx-a",
         {[](Talk& t) { t.ask(56, 3, mkobjx(true)); },
          [](Talk& t) { t.ask(56, 3, mkobjx(true, 6)); }}},
        {"mkobj-handle",
         {[](Talk& t) { t.ask(56, 3, create_in(0100644).name("new").append(ext_handle())); },
          [](Talk& t) { t.ask(56, 3, create_in(0040755).name("new").append(ext_handle())); }}},
        {"setstatx-45",
         {[](Talk& t) { t.init(45, linux_offer).ask(58, 3, setstatx(0x200)); },
          [](Talk& t) { t.init(46, linux_offer).ask(58, 3, setstatx(0x200)); }}},
        {"setstatx",
         {[](Talk& t) { t.ask(58, 3, setstatx(0x200)); },
          [](Talk& t) { t.ask(58, 3, setstatx(0x80000000)); }}},
        {"compound-60",
         {[](Talk& t) {
              t.ask(60, 0, with_prefix({sub(55, Wire().name("a")), getattr()}));
          },
          [](Talk& t) {
              t.ask(60, 0, with_count(1, {open(), getattr()}));
          }}},
        {"dlm-wb-lock",
         {[](Talk& t) { t.ask(100, 3, Wire().zeros(32)); },
          [](Talk& t) { t.ask(100, 3, Wire().zeros(24)); }}},
        {"compound-101",
         {[](Talk& t) {
              t.ask(101, 0, with_count(0, {open(), getattr()}));
          },
          [](Talk& t) {
              t.ask(101, 0, without_count({open(0), getattr(1)}));
          }}},
    };
    return all;
}

TEST(DialectDetection, EachRowRecognisesItsDialectAndNotWhatIsNearlyTheSame) {
    for (const Recognition& row : recognitions()) {
        SCOPED_TRACE(row.id);
        const auto found = conversations().find(row.id);
        ASSERT_NE(found, conversations().end()) << "no conversation shows this row";
        Session session;
        Talk hit(session, 1);
        found->second.hit(hit);
        EXPECT_EQ(hit.reason(), row.id);
        EXPECT_EQ(hit.dialect(), row.dialect);
        Talk miss(session, 2);
        found->second.miss(miss);
        EXPECT_NE(miss.reason(), row.id);
    }
    EXPECT_EQ(conversations().size(), recognitions().size());
}

// Each dialect can be recognised, and most also without INIT.
TEST(DialectDetection, EveryDialectIsRecognisedByAMessage) {
    DialectSet by_form = 0;
    for (const Recognition& row : recognitions())
        if (row.opcode != 26)
            by_form |= in_dialect(row.dialect);
    EXPECT_EQ(by_form, all_dialects & ~in_dialects(unknown, upstream));
}

TEST(DialectDetection, EveryDialectIsSpelledAndDescribed) {
    for (int i = 0; i < dialect_count; ++i) {
        const auto name = static_cast<DialectName>(i);
        DialectName parsed = unknown;
        EXPECT_TRUE(parse_dialect(spelling(name), parsed));
        EXPECT_EQ(parsed, name);
        EXPECT_FALSE(description(name).empty());
    }
}

class DetectionTest : public ::testing::Test {
  protected:
    Session session;
    Talk talk{session};
};

TEST_F(DetectionTest, NothingIsKnownWithoutInitAndOutOfTreeMessages) {
    talk.ask(1, 1, Wire().name("a")).answer(Wire(), -2);
    EXPECT_EQ(talk.dialect(), unknown);
    EXPECT_EQ(talk.reason(), "");
}

TEST_F(DetectionTest, TheRfcKernelIsKnownBeforeAndAfterTheReplyThatAcceptsBit43) {
    talk.init(46, linux_offer | bit(2));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    talk.init_reply(46, linux_offer | bit(43));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    EXPECT_EQ(talk.reason(), "init-file-ops-46");
}

TEST_F(DetectionTest, Minor46WithBits41And43IsUpstream) {
    talk.init(46, linux_offer | bit(41) | bit(43)).init_reply(46, linux_offer | bit(41) | bit(43));
    EXPECT_EQ(talk.dialect(), upstream);
}

// A kernel without the feature does not look at bit 43; if it has it, its first lookup shows it.
TEST_F(DetectionTest, AServerAloneDoesNotTurnUpstreamIntoAnotherDialect) {
    talk.init(46, linux_offer).init_reply(46, linux_offer | bit(43));
    EXPECT_EQ(talk.dialect(), upstream);
    talk.ask(54, 0, with_count(0, {lookup_handle(), getattr()}));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    EXPECT_EQ(talk.reason(), "compound-handle");
}

TEST_F(DetectionTest, OpenWithGetattrIsAsExpectedOfTheRfcKernel) {
    talk.init(46, linux_offer | bit(2)).ask(54, 0, with_count(1, {open(), getattr()}));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    EXPECT_EQ(talk.reason(), "init-file-ops-46");
}

TEST_F(DetectionTest, FormIsStrongerThanInit) {
    talk.init(45, linux_offer | bit(2)).ask(54, 0, without_count({lookup_handle(), getattr(1)}));
    EXPECT_EQ(talk.dialect(), compound_v6);
}

TEST_F(DetectionTest, CompoundV4BecomesV5WithFlagsAndV3WithHandles) {
    talk.ask(54, 0, with_count(0, {open(), getattr()}));
    EXPECT_EQ(talk.dialect(), compound_v4);
    talk.ask(54, 0, with_count(1, {open(), getattr()}));
    EXPECT_EQ(talk.dialect(), compound_v5);
    talk.ask(54, 0, with_count(0, {open(), getattr()}));
    EXPECT_EQ(talk.dialect(), compound_v5) << "what was seen stays seen";
    talk.ask(54, 0, with_count(2, {sub(56, create_in(0100644).name("new"))}));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    EXPECT_STREQ(talk.message().subs.front().opcode->name, "MKOBJ_HANDLE");
}

TEST_F(DetectionTest, WhatAMessageConfirmedIsKept) {
    talk.ask(54, 0, with_count(0, {lookup_handle()})).ask(54, 0, without_count({open(0)}));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    talk.ask(54, 0, Wire()).ask(58, 3, setstatx(1));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
}

TEST_F(DetectionTest, FusexIsToldFromItsFirstFormByMkobjx) {
    talk.ask(54, 0, Wire());
    EXPECT_EQ(talk.dialect(), fusex_b);
    talk.ask(56, 3, mkobjx(true));
    EXPECT_EQ(talk.dialect(), fusex_a);
    talk.ask(54, 0, Wire());
    EXPECT_EQ(talk.dialect(), fusex_a);
}

TEST_F(DetectionTest, FusexOf745IsNotYetTheLaterOne) {
    talk.init(45, bit(16) | bit(30) | bit(41), 0);
    EXPECT_EQ(talk.dialect(), unknown);
    talk.ask(54, 0, Wire());
    EXPECT_EQ(talk.dialect(), fusex_a);
}

TEST_F(DetectionTest, DependenciesOfEightBytesAreAcceptedToo) {
    talk.ask(54, 0, with_prefix({open(), getattr()}, 8));
    EXPECT_EQ(talk.dialect(), compound_v7);
    EXPECT_EQ(talk.message().subs.size(), 2u);
    EXPECT_TRUE(talk.message().findings.empty());
}

TEST_F(DetectionTest, BrokenChainsSayMostlyWhatTheyAre) {
    Wire broken = with_count(1, {open(), getattr()}).text("odd bytes");
    talk.ask(54, 0, broken);
    EXPECT_EQ(talk.dialect(), compound_v5);
    talk.ask(54, 0, without_count({open(0), getattr(1)}));
    EXPECT_EQ(talk.dialect(), compound_v6) << "a whole chain knows better";
}

TEST_F(DetectionTest, WhatWasNotCapturedDoesNotContradict) {
    talk.ask(54, 0, with_count(0, {lookup_handle(), getattr()}), 80);
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
}

TEST_F(DetectionTest, BigEndianRequestsAreRecognised) {
    Wire name(ByteOrder::big);
    Wire body(ByteOrder::big);
    body.u32(1).u32(0).u32(170).u32(0).u64(0).append(
        testing::request(55, 0, 5, name.name("a"), ByteOrder::big));
    const Wire wire = testing::request(54, 2, 0, body, ByteOrder::big);
    Message message;
    Exchange exchange;
    session.see(record_of(wire, Direction::request), message, exchange);
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
}

TEST_F(DetectionTest, ConnectionsKeepTheirDialectsApart) {
    Talk other(session, 43);
    talk.init(46, linux_offer | bit(2));
    other.init(45, linux_offer).ask(54, 0, without_count({open(0)}));
    talk.ask(54, 0, with_count(1, {open()}));
    EXPECT_EQ(talk.dialect(), lookup_handle_v3);
    EXPECT_EQ(other.dialect(), compound_v6);
}

TEST_F(DetectionTest, AForcedDialectHasNoReason) {
    session.force_dialect(compound_v7);
    talk.init(46, linux_offer | bit(2)).ask(54, 0, with_count(0, {lookup_handle()}));
    EXPECT_EQ(talk.dialect(), compound_v7);
    EXPECT_EQ(talk.reason(), "");
}

TEST_F(DetectionTest, ASecondPassKnowsDialectAndReasonFromTheStart) {
    session.keep_survey();
    talk.ask(1, 1, Wire().name("a")).answer(Wire(), -2);
    talk.ask(54, 3, Wire().name("b"));
    Session second(&session.survey());
    Talk again(second);
    again.ask(1, 1, Wire().name("a"));
    EXPECT_EQ(again.dialect(), lookup_handle_v2);
    EXPECT_EQ(again.reason(), "lookup-handle-54");
    EXPECT_EQ(again.message().dialect, lookup_handle_v2);
}

TEST_F(DetectionTest, AReplyThatTellsIsDecodedAccordingly) {
    talk.ask(55, 3, Wire().name("a")).answer(Wire().u64(66).zeros(24));
    EXPECT_STREQ(talk.message().opcode->name, "LOOKUPX");
    EXPECT_EQ(testing::find_node(talk.message(), "nodeid")->value, 66u);
}

// The kernel refuses such a reply, and the request goes on waiting; it tells the dialect all the same.
TEST_F(DetectionTest, AReplyWithAWrongLengthTellsToo) {
    talk.ask(55, 3, Wire().name("a"));
    const Wire wire = testing::reply(2, 0, Wire().zeros(24));
    Record record = record_of(wire, Direction::reply);
    record.wire_length += 8;
    Message message;
    Exchange exchange;
    session.see(record, message, exchange);
    EXPECT_EQ(session.outstanding(), 1u);
    EXPECT_EQ(talk.reason(), "lookupx");
    EXPECT_STREQ(message.opcode->name, "LOOKUPX");
}

TEST_F(DetectionTest, TheInitReplyOfV2ShowsItsHandleSize) {
    talk.init(45, linux_offer | bit(43)).init_reply(45, bit(43), 100);
    EXPECT_EQ(testing::find_node(talk.message(), "max_handle_sz")->value, 100u);
}

TEST_F(DetectionTest, AnyBytesAreWeighedWithinTheirBounds) {
    std::mt19937 random(20260225);
    const std::uint32_t opcodes[] = {54, 55, 56, 58, 60, 100, 101};
    for (int round = 0; round < 20000; ++round) {
        Session fresh;
        Talk wild(fresh);
        Wire body;
        const std::size_t length = random() % 400;
        while (body.size() < length) // small numbers, so that some look like lengths and opcodes
            body.u32(random() % 4 != 0 ? random() % 64 : random());
        const std::size_t captured = random() % 2 != 0 ? SIZE_MAX : 40 + random() % 400;
        wild.ask(opcodes[random() % std::size(opcodes)], random() % 2, body, captured);
        wild.answer(body, random() % 2 != 0 ? 0 : -5);
    }
}

} // namespace
} // namespace fusewire
