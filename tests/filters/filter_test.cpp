// Display filters: what the tables of cases beside this file do not show.
#include "dissector/filter/filter.h"
#include "dissector/message_fields.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

namespace fusewire {
namespace {

using namespace fusewire::testing;

constexpr std::uint32_t lookup = 1;

// A message looked at by itself.
class OneMessage {
  public:
    explicit OneMessage(Wire wire) : wire_(std::move(wire)) {
        record_ = record_of(wire_, Direction::request);
        session_.see(record_, message_, exchange_);
    }
    Decoded decoded() const { return {record_, message_, exchange_}; }

  private:
    Wire wire_;
    Record record_;
    Session session_;
    Message message_;
    Exchange exchange_;
};

OneMessage lookup_of(std::string_view name) {
    return OneMessage(request(lookup, 4, 1, Wire().name(name)));
}

FilterError error_of(std::string_view text) {
    auto filter = Filter::parse(text);
    EXPECT_FALSE(filter);
    return filter ? FilterError{} : filter.error();
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(Filter, TellsWhatHasToBeKnownFirst) {
    EXPECT_EQ(Filter::parse("frame.len > 100 && fuse.error")->needs(), 0);
    EXPECT_EQ(Filter::parse("fuse.reply_frame")->needs(), need_survey);
    EXPECT_EQ(Filter::parse("fuse.name == \"a\"")->needs(), need_body | need_survey);
    EXPECT_EQ(Filter::parse("fuse.request.uid == 1")->needs(), need_body | need_survey);
    EXPECT_EQ(Filter::parse("fuse.finding")->needs(), need_body | need_findings | need_survey);
}

TEST(Filter, KnowsWhatWasMeantInstead) {
    const auto hint = [](const char* text) { return std::string(Filter::parse(text)->hint()); };
    EXPECT_EQ(hint("fuse.error == ENOENT"),
              "errors of operations in compounds are in fuse.sub.error");
    EXPECT_EQ(hint("fuse.nodeid == 2 && fuse.opcode == LOOKUP_HANDLE"),
              "operations in compounds are in fuse.sub.opcode");
    EXPECT_EQ(hint("fuse.error == ENOENT || any fuse.sub.error == ENOENT"), "");
    EXPECT_EQ(hint("fuse.nodeid == 2"), "");
}

TEST(Filter, ShowsThePlaceOfAnErrorBelowTheFilter) {
    const std::string text = "fuse.opcod == 1";
    EXPECT_EQ(describe(error_of(text), text),
              "column 1: no field is called fuse.opcod; did you mean fuse.opcode?\n"
              "  fuse.opcod == 1\n"
              "  ^~~~~~~~~~");
}

TEST(Filter, ShowsOnlyTheSurroundingsInALongFilter) {
    const std::string text =
        repeated("fuse.error || ", 100) + "fuse.wrong" + repeated(" || fuse.error", 100);
    const std::string lines = describe(error_of(text), text);
    EXPECT_LT(lines.size(), 400u) << lines;
    const std::size_t second = lines.find('\n') + 1, third = lines.find('\n', second) + 1;
    EXPECT_EQ(lines.find("fuse.wrong", second) - second, lines.find('^') - third);
}

TEST(Filter, CountsColumnsInCharacters) {
    const std::string text = "fuse.name == \"gr\xc3\xbc\xc3\x9f\" && fuse.nme";
    EXPECT_EQ(error_of(text).column, 24u);
    EXPECT_NE(describe(error_of(text), text).find("gr\xc3\xbc\xc3\x9f"), std::string::npos);
}

TEST(Filter, ShowsNothingThatTurnsTheLineAround) {
    const std::string text = "fuse.opcode == \"\xe2\x80\xaeX\"";
    EXPECT_EQ(describe(error_of(text), text).find("\xe2\x80\xae"), std::string::npos);
}

TEST(Filter, RefusesOneThatIsTooLong) {
    const std::string text(std::size_t{1} << 20, ' ');
    EXPECT_EQ(error_of(text).message, "a filter has at most 65536 bytes, not 1048576");
    EXPECT_EQ(error_of("fuse.error" + std::string(Filter::max_length, ' ')).column, 1u);
}

TEST(Filter, TakesTheLongestThatIsAllowed) {
    const std::string text = "fuse.error" + std::string(Filter::max_length - 10, ' ');
    EXPECT_TRUE(Filter::parse(text));
}

TEST(Filter, RefusesAThousandBrackets) {
    const std::string text = repeated("(", 1000) + "fuse.error" + repeated(")", 1000);
    EXPECT_EQ(error_of(text).message, "more than 199 brackets in each other");
    EXPECT_TRUE(Filter::parse(repeated("(", 150) + "fuse.error" + repeated(")", 150)));
}

TEST(Filter, RefusesAThousandSignsAndNots) {
    EXPECT_EQ(error_of(repeated("!", 1000) + "fuse.error").message, "more than 200 nots in a row");
    EXPECT_EQ(error_of("fuse.error == " + repeated("- ", 1000) + "1").message,
              "more than 200 signs in a row");
}

TEST(Filter, RefusesSumsThatAreTooLong) {
    EXPECT_EQ(error_of("fuse.error == 1" + repeated(" + 1", 5000)).message,
              "more than 1000 operators in a row");
    EXPECT_TRUE(Filter::parse("fuse.error == 1" + repeated(" + 1", 500)));
}

TEST(Filter, TakesThousandsOfAlternatives) {
    auto filter = Filter::parse("frame.len == 0" + repeated(" || frame.len == 1", 3500) +
                                " || frame.len > 2");
    ASSERT_TRUE(filter);
    EXPECT_TRUE(filter->matches(lookup_of("a").decoded()));
}

TEST(Filter, GivesUpCatastrophicExpressionsInTime) {
    auto filter = Filter::parse("fuse.name matches \"^(([a-z]+)*)*$\"");
    ASSERT_TRUE(filter);
    const OneMessage message = lookup_of(repeated("a", 200) + "!");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(filter->matches(message.decoded()));
    EXPECT_LT(seconds_since(begin), 2.0);
    EXPECT_EQ(filter->undecided(), 1u);
}

TEST(Filter, LeavesOutWhatItCannotDecideInEitherSense) {
    const OneMessage message = lookup_of(repeated("a", 200) + "!");
    const std::string endless = "fuse.name matches \"^(([a-z]+)*)*$\"";
    for (const std::string& text : {endless, "!(" + endless + ")", endless + " ^^ fuse.unique"}) {
        auto filter = Filter::parse(text);
        EXPECT_FALSE(filter->matches(message.decoded())) << text;
        EXPECT_EQ(filter->undecided(), 1u) << text;
    }
    // What something else decides is no doubt.
    for (const std::string& text :
         {endless + " || fuse.unique", "!(" + endless + " && !fuse.unique)"}) {
        auto filter = Filter::parse(text);
        EXPECT_TRUE(filter->matches(message.decoded())) << text;
        EXPECT_EQ(filter->undecided(), 0u) << text;
    }
}

TEST(Filter, FollowsSimpleRepeatsThroughLongTexts) {
    const OneMessage message = lookup_of(repeated("a", 60000));
    for (const char* text :
         {"fuse.name matches \"^([a-z]|[0-9])*$\"", "fuse.name matches \"^(\\w|-|\\.)*$\"",
          "fuse matches \"(?s)^([^z]|z)*$\""}) {
        auto filter = Filter::parse(text);
        ASSERT_TRUE(filter) << filter.error().message;
        EXPECT_TRUE(filter->matches(message.decoded())) << text;
        EXPECT_EQ(filter->undecided(), 0u) << text;
    }
}

TEST(Filter, LooksAtAMegabyteInTime) {
    auto filter = Filter::parse("fuse matches \"(x+x+)+y\" || fuse contains \"needle\"");
    ASSERT_TRUE(filter);
    const OneMessage message = lookup_of(std::string(1 << 20, 'x'));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(filter->matches(message.decoded()));
    EXPECT_LT(seconds_since(begin), 5.0);
}

// BATCH_FORGET of nodes 1, 2, ... count.
OneMessage forget_of(std::uint32_t count) {
    Wire body;
    body.u32(count).u32(0);
    for (std::uint32_t i = 1; i <= count; ++i)
        body.u64(i).u64(1);
    return OneMessage(request(42, 4, 1, body));
}

TEST(Filter, ComparesThousandsOfValuesWithEachOther) {
    const OneMessage message = forget_of(1000); // and its own nodeid, 1
    const auto selects = [&](const std::string& text) {
        auto filter = Filter::parse(text);
        EXPECT_TRUE(filter) << text;
        const bool selected = filter && filter->matches(message.decoded());
        EXPECT_EQ(filter->undecided(), 0u) << text;
        return selected;
    };
    const std::string nodes = "fuse.batch_forget.forgets.nodeid";
    const std::string counts = "fuse.batch_forget.forgets.nlookup";
    EXPECT_TRUE(selects(nodes + " == " + nodes));
    EXPECT_FALSE(selects(nodes + " === " + nodes));
    EXPECT_TRUE(selects(counts + " === " + counts));
    EXPECT_FALSE(selects(counts + " !== " + counts));
    EXPECT_TRUE(selects(nodes + " !== " + nodes));
    EXPECT_FALSE(selects(nodes + " != " + nodes));
    EXPECT_TRUE(selects(nodes + " + 999 <= " + nodes));
    EXPECT_FALSE(selects(nodes + " + 1000 <= " + nodes));
    EXPECT_TRUE(selects(nodes + " >= " + nodes + " + 999"));
    EXPECT_TRUE(selects("all " + nodes + " + 1000 > " + nodes));
    EXPECT_FALSE(selects("all " + nodes + " + 998 > " + nodes));
    EXPECT_TRUE(selects("all " + counts + " <= " + nodes));
}

TEST(Filter, LeavesOutCalculationsWithTooManyValues) {
    const OneMessage message = forget_of(1000);
    const std::string nodes = "fuse.batch_forget.forgets.nodeid";
    for (const std::string& text :
         {nodes + " + " + nodes + " > 0", "!(" + nodes + " + " + nodes + " == 0)",
          "all " + nodes + " + " + nodes + " < 1999"}) {
        auto filter = Filter::parse(text);
        EXPECT_FALSE(filter->matches(message.decoded())) << text;
        EXPECT_EQ(filter->undecided(), 1u) << text;
    }
}

TEST(Filter, OverflowsIntoNoValue) {
    const OneMessage message = lookup_of("a");
    std::string text = "fuse.unique";
    for (int i = 0; i < 10; ++i)
        text += " * 0xffffffffffffffff";
    auto filter = Filter::parse(text + " == 0");
    ASSERT_TRUE(filter);
    EXPECT_FALSE(filter->matches(message.decoded()));
    filter = Filter::parse(text + " != 0");
    ASSERT_TRUE(filter);
    EXPECT_FALSE(filter->matches(message.decoded())) << "nothing is there to compare";
}

TEST(Filter, ComparesTheWholeRangeOfNumbers) {
    const OneMessage message(request(lookup, 0xffffffffffffffff, 1, Wire().name("a")));
    for (const char* text : {"fuse.unique == 0xffffffffffffffff", "fuse.unique > 0",
                             "fuse.unique == 18446744073709551615", "fuse.unique + 1 > fuse.unique",
                             "-fuse.unique < -1", "fuse.unique & 0x8000000000000000"}) {
        auto filter = Filter::parse(text);
        ASSERT_TRUE(filter) << filter.error().message;
        EXPECT_TRUE(filter->matches(message.decoded())) << text;
    }
}

TEST(Filter, SelectsTheSameAfterItWasCloned) {
    auto filter = Filter::parse("fuse.name matches \"^a\" && fuse.name[0] == 61");
    ASSERT_TRUE(filter);
    Filter copy = filter->clone();
    EXPECT_EQ(copy.text(), filter->text());
    EXPECT_TRUE(copy.matches(lookup_of("abc").decoded()));
    EXPECT_FALSE(copy.matches(lookup_of("bc").decoded()));
    const Filter moved = std::move(*filter);
    EXPECT_EQ(moved.text(), copy.text());
}

TEST(Filter, FindsNamesThatAreNoText) {
    auto filter = Filter::parse("fuse.name == \"a\\0\\xff\\\"\\\\\\n\"");
    ASSERT_TRUE(filter) << filter.error().message;
    EXPECT_FALSE(filter->matches(lookup_of("a").decoded()));
    filter = Filter::parse("fuse.name contains \"\\xff\\\"\\\\\\n\"");
    ASSERT_TRUE(filter) << filter.error().message;
    EXPECT_TRUE(filter->matches(lookup_of("a\xff\"\\\nz").decoded()));
}

} // namespace
} // namespace fusewire
