// READDIR, READDIRPLUS.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

const Buffer readdir = request_bytes(28, Wire().zeros(40));
const Buffer readdirplus = request_bytes(44, Wire().zeros(40));

Wire dirent(std::uint32_t namelen, std::string_view name) {
    return Wire().u64(60).u64(1).u32(namelen).u32(8).text(name);
}

} // namespace

TEST(Readdir, RecordsAreNamedAndPadded) {
    const auto answer = decode_reply(
        readdir,
        dirent(1, ".").pad8().append(dirent(8, "eightlet")).append(dirent(3, "end").pad8()));
    ASSERT_EQ(answer.count("readdir.dirents"), 3u);
    EXPECT_EQ(answer.text("readdir.dirents[0].name"), ".");
    EXPECT_EQ(answer.find("readdir.dirents[0].padding")->width, 7u);
    EXPECT_EQ(answer.text("readdir.dirents[1].name"), "eightlet");
    EXPECT_FALSE(answer.has("readdir.dirents[1].padding"));
    EXPECT_EQ(answer.offset("readdir.dirents[2].off"), 16u + 32 + 32 + 8);
    EXPECT_EQ(answer.value("readdir.dirents[2].type"), 8u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Readdir, LastRecordMayLackItsPadding) {
    const auto answer = decode_reply(readdir, dirent(3, "end"));
    EXPECT_EQ(answer.text("readdir.dirents.name"), "end");
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Readdir, NameThatRunsPastTheEndIsReported) {
    const auto answer =
        decode_reply(readdir, dirent(1, ".").pad8().append(dirent(0xfffffff0, "x")));
    EXPECT_EQ(answer.count("readdir.dirents"), 1u);
    EXPECT_TRUE(answer.reports(Rule::readdir_record_overrun));
}

TEST(Readdir, SlashInANameIsShown) {
    EXPECT_EQ(decode_reply(readdir, dirent(3, "a/b").pad8()).text("readdir.dirents.name"), "a/b");
}

TEST(Readdirplus, RecordsHaveEntryAndName) {
    const auto answer = decode_reply(readdirplus, entry_bytes()
                                                      .append(dirent(9, "file1.txt"))
                                                      .pad8()
                                                      .append(entry_bytes())
                                                      .append(dirent(2, ".."))
                                                      .pad8());
    ASSERT_EQ(answer.count("readdirplus.entries"), 2u);
    EXPECT_EQ(answer.value("readdirplus.entries[0].entry_out.nodeid"), 66u);
    EXPECT_EQ(answer.value("readdirplus.entries[1].entry_out.attr.mode"), 0100644u);
    EXPECT_EQ(answer.value("readdirplus.entries[1].dirent.namelen"), 2u);
    EXPECT_EQ(answer.text("readdirplus.entries[0].name"), "file1.txt");
    EXPECT_EQ(answer.offset("readdirplus.entries[0].name"), 16u + 152);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Readdirplus, OldMinorsDoNotShortenItsEntries) {
    const Context old{.dialect = negotiated(8)};
    const DecodedMessage asked(readdirplus, Direction::request, old);
    const DecodedMessage answer(reply_bytes(entry_bytes().append(dirent(2, "..")).pad8()),
                                Direction::reply,
                                {.dialect = negotiated(8), .request = &asked.message()});
    EXPECT_EQ(answer.text("readdirplus.entries.name"), "..");
    EXPECT_TRUE(answer.clean()) << answer.findings();
}
