// The language that samples are written in: what a text means, and what is said about a wrong one.
#include "tests/capture/temp_dir.h"
#include "tests/samples/sample_files.h"

#include <gtest/gtest.h>

#include "samples/builder/numbers.h"
#include "samples/builder/syntax.h"

namespace fusewire::samples {
namespace {

std::uint64_t number(std::string_view text) {
    const NameOfNumber names = [](std::string_view name) -> std::optional<std::uint64_t> {
        return name == "S_IFREG" ? std::optional<std::uint64_t>(0100000) : std::nullopt;
    };
    std::string problem;
    const auto value = number_of(text, names, problem);
    EXPECT_TRUE(value) << problem;
    return value.value_or(0);
}

std::string complaint(std::string_view text) {
    const auto samples = build_samples(text, "wrong.txt");
    EXPECT_FALSE(samples) << text;
    return samples ? "" : samples.error().message;
}

std::uint64_t le(const SampleRecord& record, std::size_t offset, std::size_t width) {
    return get(record.bytes, offset, width, ByteOrder::little);
}

std::string body(const SampleRecord& record) {
    const std::size_t header = record.header.direction == Direction::request ? 40 : 16;
    return hex(record.view().bytes.subspan(header));
}

TEST(Numbers, AreWrittenAsInC) {
    EXPECT_EQ(number("12"), 12u);
    EXPECT_EQ(number("0x1F"), 31u);
    EXPECT_EQ(number("0644"), 420u);
    EXPECT_EQ(number("0b101"), 5u);
    EXPECT_EQ(number("4K"), 4096u);
    EXPECT_EQ(number("-1"), ~std::uint64_t{0});
    EXPECT_EQ(number("~0xff"), ~std::uint64_t{0xff});
    EXPECT_EQ(number("S_IFREG|0644"), 0100644u);
    EXPECT_EQ(number("(2+3)*4-1"), 19u);
    EXPECT_EQ(number("1<<63|2"), (std::uint64_t{1} << 63) + 2);
    EXPECT_EQ(number("0xffffffffffffffff"), ~std::uint64_t{0});
}

TEST(Numbers, ThatAreNoneSayWhy) {
    for (const char* wrong :
         {"", "x", "12q", "0x", "09", "18446744073709551616", "(1", "1+", "1 2"}) {
        std::string problem;
        EXPECT_FALSE(number_of(wrong, {}, problem)) << wrong;
        EXPECT_FALSE(problem.empty()) << wrong;
    }
}

TEST(Numbers, DurationsHaveUnits) {
    EXPECT_EQ(duration_of("10us"), 10'000);
    EXPECT_EQ(duration_of("1.5s"), 1'500'000'000);
    EXPECT_EQ(duration_of("7ns"), 7);
    EXPECT_FALSE(duration_of("10"));
    EXPECT_FALSE(duration_of("10 us"));
}

TEST(Language, LengthsUniquesAndPairingAreFilledIn) {
    const Sample sample =
        built("> LOOKUP name=abc\n< LOOKUP nodeid=5\n> UNLINK name=x\n< error=EACCES\n");
    ASSERT_EQ(sample.records.size(), 4u);
    EXPECT_EQ(le(sample.records[0], 0, 4), 44u);
    EXPECT_EQ(le(sample.records[0], 8, 8), 2u);
    EXPECT_EQ(le(sample.records[1], 0, 4), 144u);
    EXPECT_EQ(le(sample.records[1], 8, 8), 2u);
    EXPECT_EQ(le(sample.records[2], 8, 8), 4u);
    EXPECT_EQ(hex(sample.records[3].bytes), "10000000"
                                            "f3ffffff"
                                            "0400000000000000");
}

TEST(Language, RepliesFindTheLatestRequestOfTheirNameThatWaits) {
    const Sample sample = built("> LOOKUP name=a\n> GETATTR\n> LOOKUP name=b\n"
                                "< LOOKUP\n< GETATTR\n< LOOKUP\n");
    ASSERT_EQ(sample.records.size(), 6u);
    EXPECT_EQ(le(sample.records[3], 8, 8), 6u);
    EXPECT_EQ(le(sample.records[4], 8, 8), 4u);
    EXPECT_EQ(le(sample.records[5], 8, 8), 2u);
}

TEST(Language, LabelsAndUniquesNameRequests) {
    const Sample sample = built("> LOOKUP name=a as=one\n> LOOKUP name=b unique=100\n"
                                "< to=one error=EIO\n< unique=100 nodeid=3\n< to=one\n"
                                "> INTERRUPT unique=&one\n> LOOKUP name=c\n");
    ASSERT_EQ(sample.records.size(), 7u);
    EXPECT_EQ(le(sample.records[2], 8, 8), 2u);
    EXPECT_EQ(le(sample.records[3], 8, 8), 100u);
    EXPECT_EQ(le(sample.records[4], 8, 8), 2u);
    EXPECT_EQ(le(sample.records[5], 8, 8), 3u); // INTERRUPT: the target with bit 0 set
    EXPECT_EQ(le(sample.records[5], 40, 8), 2u);
    EXPECT_EQ(le(sample.records[6], 8, 8), 102u); // counting goes on from the highest
}

TEST(Language, EverythingFilledInCanBeGiven) {
    const Sample sample = built(
        "> WRITE header{len=7 opcode=99 unique=1 nodeid=2 uid=3 gid=4 pid=5} size=9 data=abc\n"
        "> BATCH_FORGET count=7 forgets{nodeid=1}\n"
        "< LOOKUP unique=3 header.len=1 error=2\n"
        "! INVAL_ENTRY name=abc namelen=9 header{unique=8 notify=77}\n");
    ASSERT_EQ(sample.records.size(), 4u);
    EXPECT_EQ(hex(sample.records[0].view().bytes.first(40)), "07000000630000000100000000000000"
                                                             "0200000000000000"
                                                             "03000000"
                                                             "04000000"
                                                             "05000000"
                                                             "00000000");
    EXPECT_EQ(le(sample.records[0], 40 + 16, 4), 9u);
    EXPECT_EQ(le(sample.records[1], 40, 4), 7u);
    EXPECT_EQ(hex(sample.records[2].bytes), "01000000"
                                            "02000000"
                                            "0300000000000000");
    EXPECT_EQ(le(sample.records[3], 4, 4), 77u);
    EXPECT_EQ(le(sample.records[3], 8, 8), 8u);
    EXPECT_EQ(le(sample.records[3], 24, 4), 9u);
}

TEST(Language, BodiesCanBeCutReplacedAndPoked) {
    const Sample sample =
        built("> LOOKUP name=abc cut=1\n> LOOKUP name=abc append=hex:ff cut=2\n"
              "> LOOKUP bytes=hex:0102\n> LOOKUP name=abc poke{at=40 bytes=Z}\n"
              "> 4711 bytes=[hex:00 \"a\" zeros:2 fill:2:7f]\n> raw bytes=hex:0a0b\n");
    ASSERT_EQ(sample.records.size(), 6u);
    EXPECT_EQ(body(sample.records[0]), "616263");
    EXPECT_EQ(body(sample.records[1]), "616263");
    EXPECT_EQ(body(sample.records[2]), "0102");
    EXPECT_EQ(body(sample.records[3]), "5a626300");
    EXPECT_EQ(le(sample.records[4], 4, 4), 4711u);
    EXPECT_EQ(body(sample.records[4]), "006100007f7f");
    EXPECT_EQ(hex(sample.records[5].bytes), "0a0b");
}

TEST(Language, ErrorRepliesAreBareUnlessAskedForMore) {
    const Sample sample =
        built("> LOOKUP name=a\n< LOOKUP error=ENOENT\n> LOOKUP name=a\n"
              "< LOOKUP error=ENOENT nodeid=3\n> LOOKUP name=a\n< LOOKUP error=-5 append=hex:00\n");
    ASSERT_EQ(sample.records.size(), 6u);
    EXPECT_EQ(sample.records[1].bytes.size(), 16u);
    EXPECT_EQ(sample.records[3].bytes.size(), 144u);
    EXPECT_EQ(sample.records[5].bytes.size(), 17u);
}

TEST(Language, TimesAreFractionsInEitherForm) {
    const Sample sample = built("> GETATTR\n< GETATTR attr_valid=1.5 attr.mtime=7.000000009\n"
                                "> STATX\n< STATX mtime=7.000000009 ctime=8\n");
    ASSERT_EQ(sample.records.size(), 4u);
    EXPECT_EQ(le(sample.records[1], 16, 8), 1u);
    EXPECT_EQ(le(sample.records[1], 24, 4), 500'000'000u);
    EXPECT_EQ(le(sample.records[1], 32 + 32, 8), 7u);
    EXPECT_EQ(le(sample.records[1], 32 + 52, 4), 9u);
    EXPECT_EQ(le(sample.records[3], 48 + 112, 8), 7u);
    EXPECT_EQ(le(sample.records[3], 48 + 120, 4), 9u);
    EXPECT_EQ(le(sample.records[3], 48 + 96, 8), 8u);
}

TEST(Language, RecordsHaveTimesAndOptions) {
    const Sample sample = built(
        "> GETATTR\n@+1ms [snap=20 cpu=3 comment=\"a \\\"b\\\"\"] < GETATTR\n"
        "@2s [wire=50 transport=splice flags=stale|fault] > GETATTR\nstep 1s\n> GETATTR\nloss 4\n");
    ASSERT_EQ(sample.records.size(), 5u);
    const std::int64_t start = sample.records[0].header.time_ns;
    EXPECT_EQ(sample.records[1].header.time_ns, start + 1'000'000);
    EXPECT_EQ(sample.records[1].bytes.size(), 20u);
    EXPECT_EQ(sample.records[1].header.wire_length, 120u);
    EXPECT_EQ(sample.records[1].header.flags, record_truncated);
    EXPECT_EQ(sample.records[1].header.cpu, 3u);
    EXPECT_EQ(sample.records[1].comment, "a \"b\"");
    EXPECT_EQ(sample.records[2].header.time_ns, start + 2'000'000'000);
    EXPECT_EQ(sample.records[2].header.transport, Transport::splice);
    EXPECT_EQ(sample.records[2].bytes.size(), 50u);
    EXPECT_EQ(sample.records[2].header.flags, record_stale | record_fault);
    EXPECT_EQ(sample.records[4].header.direction, Direction::loss);
    EXPECT_EQ(sample.records[4].header.lost, 4u);
    EXPECT_EQ(sample.records[4].header.time_ns, sample.records[3].header.time_ns + 1'000'000'000);
}

TEST(Language, WriteResultsBelongToTheReplyBeforeThem) {
    const Sample sample =
        built("> GETATTR\n[server_tid=7 cpu=1] < GETATTR cut=1\nwrite_result EINVAL\n");
    ASSERT_EQ(sample.records.size(), 3u);
    const Record& result = sample.records[2].header;
    EXPECT_EQ(result.direction, Direction::write_result);
    EXPECT_EQ(result.result, -22);
    EXPECT_EQ(result.server_tid, 7u);
    EXPECT_EQ(result.wire_length, 0u);
}

TEST(Language, MacrosRepetitionsAndVariablesUnroll) {
    const Sample sample =
        built("set first = 10\n"
              "macro ask name id=3 { > LOOKUP name=$name ; < LOOKUP nodeid=$id $times() }\n"
              "macro times { entry_valid=1\n attr_valid=2 }\n"
              "repeat 3 i { $ask(\"f${i}x\", $first+$i) }\n$ask(last)\nset first=$first*2\n"
              "> BATCH_FORGET repeat 2 k { forgets{nodeid=$first+$k} }\n");
    ASSERT_EQ(sample.records.size(), 9u);
    EXPECT_EQ(body(sample.records[2]), "66317800"); // f1x
    EXPECT_EQ(le(sample.records[3], 16, 8), 11u);
    EXPECT_EQ(le(sample.records[3], 16 + 24, 8), 2u);
    EXPECT_EQ(le(sample.records[7], 16, 8), 3u);
    EXPECT_EQ(le(sample.records[8], 40, 4), 2u);
    EXPECT_EQ(le(sample.records[8], 48 + 16, 8), 21u);
}

TEST(Language, IndentedLinesContinueAMessage) {
    const Sample sample = built(
        "> WRITE nodeid=3\n  fh=7 # the open file\n  data=\"x\" \\\noffset=5\n< WRITE size=1\n");
    ASSERT_EQ(sample.records.size(), 2u);
    EXPECT_EQ(le(sample.records[0], 40, 8), 7u);
    EXPECT_EQ(le(sample.records[0], 48, 8), 5u);
}

TEST(Language, SectionsShareWhatComesBeforeThem) {
    const auto samples = build_samples(
        "dialect upstream\n> INIT minor=31\n< INIT minor=31\n"
        "sample one { > LOOKUP name=a ; expect entry-nodeid-root }\n"
        "sample two {\n  > LOOKUP name=b\n  < LOOKUP\n  also name-long \"by design\"\n}\n",
        "both.txt");
    ASSERT_TRUE(samples) << samples.error().message;
    ASSERT_EQ(samples->size(), 2u);
    EXPECT_EQ((*samples)[0].name, "one");
    EXPECT_EQ((*samples)[0].records.size(), 3u);
    EXPECT_EQ((*samples)[1].records.size(), 4u);
    EXPECT_EQ(le((*samples)[1].records[2], 8, 8), 4u);
    ASSERT_EQ((*samples)[0].expectations.size(), 1u);
    EXPECT_EQ((*samples)[0].expectations[0].rule, "entry-nodeid-root");
    ASSERT_EQ((*samples)[1].expectations.size(), 1u);
    EXPECT_TRUE((*samples)[1].expectations[0].kind == Expectation::Kind::also);
    EXPECT_EQ((*samples)[1].expectations[0].reason, "by design");
}

TEST(Language, NegotiatedMinorsDecideLayouts) {
    const Sample sample =
        built("> INIT minor=46\n< INIT minor=8\n> GETATTR\n< GETATTR\n> SETXATTR name=a value=b\n"
              "conn 2\nminor 11\n> MKNOD name=a\n");
    ASSERT_EQ(sample.records.size(), 6u);
    EXPECT_EQ(sample.records[0].bytes.size(), 40u + 64u);
    EXPECT_EQ(sample.records[1].bytes.size(), 16u + 24u);
    EXPECT_EQ(sample.records[2].bytes.size(), 40u);
    EXPECT_EQ(sample.records[3].bytes.size(), 16u + 96u);
    EXPECT_EQ(sample.records[4].bytes.size(), 40u + 8u + 2u + 1u); // SETXATTR_EXT was not accepted
    EXPECT_EQ(sample.records[5].bytes.size(), 40u + 8u + 2u);
}

TEST(Language, ExtensionsAreCountedFrom738) {
    const Sample sample = built(
        "minor 38\n> MKDIR name=a ext{groups=[1 2]}\nminor 37\n> MKDIR name=a ext.nr_secctx=0\n");
    ASSERT_EQ(sample.records.size(), 2u);
    EXPECT_EQ(le(sample.records[0], 36, 2), 3u);
    EXPECT_EQ(body(sample.records[0]), "0000000000000000"
                                       "6100"
                                       "18000000"
                                       "20000000"
                                       "02000000"
                                       "01000000"
                                       "02000000"
                                       "00000000");
    EXPECT_EQ(le(sample.records[1], 36, 2), 0u);
    EXPECT_EQ(body(sample.records[1]), "0000000000000000"
                                       "6100"
                                       "08000000"
                                       "00000000");
}

TEST(Language, IncludesComeFromTheOwnFolderOrTheGivenOnes) {
    const test::TempDir folder;
    test::write_file(folder.path("part.inc"), test::bytes_of("> LOOKUP name=included\n"));
    const auto samples = build_samples(
        "include part.inc\n", "elsewhere/text.txt",
        {.include_folders = {std::filesystem::path(folder.path("x")).parent_path().string()}});
    ASSERT_TRUE(samples) << samples.error().message;
    EXPECT_EQ((*samples)[0].records.size(), 1u);
    EXPECT_NE(complaint("include part.inc\n").find("cannot read \"part.inc\""), std::string::npos);
}

struct Wrong {
    const char* text;
    const char* complaint;
};

class WrongText : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongText, IsNamedWithItsPlace) {
    const std::string said = complaint(GetParam().text);
    const std::string place = "wrong.txt:";
    EXPECT_EQ(said.substr(0, place.size()), place);
    EXPECT_EQ(said, GetParam().complaint != nullptr ? GetParam().complaint : said);
}

INSTANTIATE_TEST_SUITE_P(
    Language, WrongText,
    ::testing::Values(
        Wrong{"> LOKUP name=a\n", "wrong.txt:1:3: no opcode \"LOKUP\"; did you mean \"LOOKUP\"?"},
        Wrong{"> LOOKUP nodid=5 name=a\n",
              "wrong.txt:1:10: LOOKUP request has no field \"nodid\"; did you mean \"nodeid\"?"},
        Wrong{"> LOOKUP\n", "wrong.txt:1:3: LOOKUP request needs name="},
        Wrong{"> GETATTR\n< GETATTR mod=5\n",
              "wrong.txt:2:11: GETATTR reply has no field \"mod\"; did you mean \"mode\"?"},
        Wrong{"> GETATTR\n< GETATTR attr{mod=5}\n",
              "wrong.txt:2:16: fuse_attr has no field \"mod\"; did you mean \"mode\"?"},
        Wrong{"> MKNOD name=a mode=S_IFRG\n", "wrong.txt:1:21: \"S_IFRG\" is neither a number nor "
                                              "a known name; did you mean \"S_IFREG\"?"},
        Wrong{"> MKNOD name=a mode=1<<40\n",
              "wrong.txt:1:21: 1<<40 does not fit the 4 bytes of \"mode\""},
        Wrong{"< LOOKUP nodeid=2\n",
              "wrong.txt:1:3: no LOOKUP waits for a reply; say unique= or to="},
        Wrong{"< LOOKUP to=x\n", "wrong.txt:1:13: no request is labelled \"x\" with as="},
        Wrong{"> OPEN {\n STATX\n}\n", "wrong.txt:1:3: OPEN request carries no operations"},
        Wrong{"dialect upstreem\n",
              "wrong.txt:1:9: no dialect \"upstreem\"; did you mean \"upstream\"?"},
        Wrong{"dialect upstream\n> LOOKUP_HANDLE name=a\n",
              "wrong.txt:2:3: dialect upstream has no opcode LOOKUP_HANDLE"},
        Wrong{"repaet 3 { }\n", "wrong.txt:1:1: expected \">\", \"<\", \"!\" or a statement, found "
                                "\"repaet\"; did you mean \"repeat\"?"},
        Wrong{"repeat 3 {\n", "wrong.txt:1:10: \"{\" has no \"}\""},
        Wrong{"> LOOKUP name=\"a\n", "wrong.txt:1:15: string has no closing quote on its line"},
        Wrong{"> LOOKUP name=$x\n", "wrong.txt:1:15: no variable \"x\""},
        Wrong{"$ask(1)\n", "wrong.txt:1:1: no macro \"ask\""},
        Wrong{"macro m a { > $a }\n$m()\n",
              "wrong.txt:2:1: macro \"m\" takes 1 arguments, 0 given"},
        Wrong{"macro m a { > LOKUP name=$a }\n$m(1)\n",
              "wrong.txt:1:15: no opcode \"LOKUP\"; did you mean \"LOOKUP\"? (from wrong.txt:2:1)"},
        Wrong{"macro m { $m() }\n$m()\n", nullptr},
        Wrong{"minor 8\n> GETATTR\n< GETATTR attr.blksize=1\n",
              "wrong.txt:3:11: \"blksize\" is beyond the 96 bytes that fuse_attr_out has in this "
              "minor"},
        Wrong{"> GETATTR extra\n", "wrong.txt:1:11: expected the end of the line, found \"extra\""},
        Wrong{"> LOOKUP name=hex:0\n", "wrong.txt:1:15: \"hex:0\" are no bytes; examples: hex:00ff "
                                       "zeros:8 letters:300 pattern:4096 fill:8:ff"},
        Wrong{"[snaplen=5] > GETATTR\n", nullptr}, Wrong{"@5 > GETATTR\n", nullptr},
        Wrong{">LOOKUP name=a\n", nullptr},
        Wrong{"! INVAL_INOD ino=5\n",
              "wrong.txt:1:3: no notification \"INVAL_INOD\"; did you mean \"INVAL_INODE\"?"},
        Wrong{"> COMPOUND { LOOKUP_HANDLE name=a fhandl=aa }\n", nullptr}),
    [](const auto& parameter) { return "Case" + std::to_string(parameter.index); });

} // namespace
} // namespace fusewire::samples
