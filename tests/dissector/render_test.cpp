// The three views on the same messages. What whole samples look like is in the goldens; here are the
// facts that a golden would not explain.
#include "dissector/judged_session.h"
#include "dissector/render/fields.h"
#include "dissector/render/json.h"
#include "dissector/render/text.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <optional>

namespace fusewire {
namespace {

using testing::record_of;
using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, read_op = 15, getattr = 3;

class RenderTest : public ::testing::Test {
  protected:
    void ask(const Wire& wire) { see(wire, Direction::request); }
    void answer(const Wire& wire) { see(wire, Direction::reply); }
    void see(const Wire& wire, Direction direction) {
        wire_ = wire;
        const std::uint64_t lost = record.lost;
        record = record_of(wire_, direction, 1500000, ++frame_);
        record.lost = lost;
        show();
    }
    void show() { decoded.emplace(session_.see(record)); }
    std::string line() {
        std::string out;
        append_line(out, *decoded, style);
        return out;
    }
    std::string json() {
        std::string out;
        append_json(out, *decoded);
        return out;
    }
    std::string row(std::vector<std::string> names) {
        std::string out;
        auto table = FieldTable::choose(names);
        EXPECT_TRUE(table) << table.error().message;
        if (table)
            table->append_row(out, *decoded);
        return out;
    }

    Record record;
    std::optional<Decoded> decoded;
    TextStyle style;

  private:
    JudgedSession session_{ViewNeeds{}};
    Wire wire_;
    std::uint64_t frame_ = 0;
};

TEST_F(RenderTest, AMarkIsNoComment) {
    ask(request(getattr, 2, 1, Wire().zeros(16)));
    const auto comment = [this](std::string_view text) {
        record.comment = text; // which is what was decoded
        std::string out;
        append_marks(out, *decoded, style);
        return out;
    };
    EXPECT_EQ(comment(""), "");
    EXPECT_EQ(comment("slow"), " # slow");
    EXPECT_EQ(json().find("marked"), std::string::npos);
    EXPECT_EQ(row({"frame.comment", "frame.marked"}), "slow\t");
    EXPECT_EQ(comment("slow\nfusewire:mark"), " [marked] # slow");
    EXPECT_NE(json().find(R"("comment":"slow","marked":true)"), std::string::npos) << json();
    EXPECT_EQ(row({"frame.comment", "frame.marked"}), "slow\t1");
    EXPECT_EQ(comment("fusewire:mark"), " [marked]");
    EXPECT_EQ(json().find("comment"), std::string::npos);
    EXPECT_EQ(row({"frame.comment", "frame.marked"}), "\t1");
}

TEST_F(RenderTest, LineOfARequestHasNameAndKeyFields) {
    ask(request(lookup, 10, 1, Wire().name("file")));
    EXPECT_EQ(line(), "     1     0.001500   42 > LOOKUP            10    1 \"file\"");
}

TEST_F(RenderTest, LineOfAReplyNamesTheErrorAndTheRequest) {
    ask(request(lookup, 10, 1, Wire().name("file")));
    answer(reply(10, -2));
    EXPECT_EQ(line(), "     2     0.001500   42 < LOOKUP            10    1 \"file\" ENOENT 0 us");
}

TEST_F(RenderTest, LossAndFindingsAreMarkedInTheLine) {
    record.lost = 3;
    ask(request(getattr, 10, 1, Wire().zeros(12)));
    EXPECT_NE(line().find("[3 messages lost before]"), std::string::npos) << line();
    EXPECT_NE(line().find("[body-short]"), std::string::npos) << line();
}

TEST_F(RenderTest, ColoursOnlyWhenAskedFor) {
    ask(request(lookup, 10, 1, Wire().name("file")));
    EXPECT_EQ(line().find('\033'), std::string::npos);
    style.color = true;
    EXPECT_NE(line().find('\033'), std::string::npos);
}

TEST_F(RenderTest, NamesCannotSteerTheTerminal) {
    ask(request(lookup, 10, 1, Wire().name("\033[31mred\n")));
    EXPECT_EQ(line().find('\033'), std::string::npos);
    EXPECT_NE(line().find("\"\\x1b[31mred\\n\""), std::string::npos) << line();
}

TEST_F(RenderTest, JsonGivesANameThatIsNoUtf8AlsoAsHex) {
    ask(request(lookup, 10, 1, Wire().name("a\xff")));
    EXPECT_NE(json().find(R"("name":"a\\xff","name_hex":"61ff")"), std::string::npos) << json();
}

TEST_F(RenderTest, JsonGivesALargeUniqueAlsoAsHex) {
    ask(request(getattr, (std::uint64_t{1} << 63) | 10, 1, Wire().zeros(16)));
    EXPECT_NE(json().find(R"("unique":9223372036854775818,"unique_hex":"800000000000000a")"),
              std::string::npos)
        << json();
}

TEST_F(RenderTest, ANumberThatWasNotCapturedHasNoValue) {
    const Wire wire = request(read_op, 10, 5, Wire().u64(3).u64(4096).u32(512).zeros(20));
    record = record_of(wire, Direction::request);
    record.bytes = record.bytes.first(in_header_size + 8); // fh alone
    show();
    EXPECT_NE(json().find(R"("fh":3,"offset":null,"size":null)"), std::string::npos) << json();
    EXPECT_EQ(row({"fuse.read.fh", "fuse.read.size"}), "3\t");
}

TEST_F(RenderTest, JsonOfAReplyWithoutRequestSaysWhatItsSizeFits) {
    answer(reply(10, 0, Wire().zeros(104)));
    const std::string text = json();
    EXPECT_NE(text.find(R"("opcode":null)"), std::string::npos) << text;
    EXPECT_NE(text.find("GETATTR"), std::string::npos) << text;
}

TEST_F(RenderTest, FieldsAreRawValuesWithTabsAndCommas) {
    ask(request(read_op, 10, 5, Wire().u64(3).u64(4096).u32(512).zeros(20)));
    EXPECT_EQ(
        row({"frame.number", "fuse.opcode", "fuse.opcode_name", "fuse.read.size", "fuse.nodeid"}),
        "1\t15\tREAD\t512\t5");
}

TEST_F(RenderTest, AFieldThatAMessageLacksIsAnEmptyColumn) {
    ask(request(lookup, 10, 1, Wire().name("a\tb")));
    EXPECT_EQ(row({"fuse.read.size", "fuse.lookup.name"}), "\ta\\tb");
}

TEST_F(RenderTest, AnUnknownFieldIsRefusedWithTheNearestName) {
    const std::vector<std::string> names = {"fuse.read.sise"};
    const auto table = FieldTable::choose(names);
    ASSERT_FALSE(table);
    EXPECT_NE(table.error().message.find("did you mean fuse.read.size?"), std::string::npos)
        << table.error().message;
}

TEST_F(RenderTest, HeaderFieldsNeedNoBody) {
    const std::vector<std::string> names = {"frame.number", "fuse.opcode"};
    EXPECT_EQ(FieldTable::choose(names)->needs() & need_body, 0);
}

TEST(HexDump, ShowsOffsetBytesAndText) {
    const Wire wire = Wire().text("0123456789abcdefg\n");
    std::string out;
    append_hex_dump(out, wire.bytes());
    EXPECT_EQ(out, "  0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n"
                   "  0010  67 0a                                             g.\n");
}

TEST(Duration, HasTheUnitThatFits) {
    const auto text = [](std::int64_t ns) {
        std::string out;
        append_duration(out, ns);
        return out;
    };
    EXPECT_EQ(text(113000), "113 us");
    EXPECT_EQ(text(2400000), "2.40 ms");
    EXPECT_EQ(text(1500000000), "1.50 s");
}

} // namespace
} // namespace fusewire
