// LOOKUP, FORGET, BATCH_FORGET.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

TEST(Lookup, RequestIsAName) {
    const auto lookup = decode_request(1, Wire().name("file.txt"));
    EXPECT_EQ(lookup.text("lookup.name"), "file.txt");
    EXPECT_EQ(lookup.offset("lookup.name"), 40u);
    EXPECT_EQ(lookup.find("lookup.name")->width, 8u);
    EXPECT_EQ(lookup.message().nodeid, 33u);
    EXPECT_TRUE(lookup.clean()) << lookup.findings();
}

TEST(Lookup, ReplyIsAnEntryWithAttributes) {
    const auto found = decode_reply(request_bytes(1, Wire().name("file.txt")), entry_bytes());
    EXPECT_EQ(found.value("lookup.nodeid"), 66u);
    EXPECT_EQ(found.offset("lookup.nodeid"), 16u);
    EXPECT_EQ(found.value("lookup.generation"), 7u);
    EXPECT_EQ(found.value("lookup.attr.mode"), 0100644u);
    EXPECT_EQ(found.offset("lookup.attr.mode"), 16u + 40 + 60);
    EXPECT_EQ(found.value("lookup.attr.blksize"), 4096u);
    EXPECT_TRUE(found.clean()) << found.findings();
}

TEST(Lookup, Before79TheEntryHasNoBlockSize) {
    const Buffer asked = request_bytes(1, Wire().name("file.txt"));
    const Wire old = entry_bytes(ByteOrder::little, 80);
    for (const Dialect& dialect : {negotiated(8), Dialect{}}) {
        const auto found = decode_reply(asked, old, dialect);
        EXPECT_EQ(found.value("lookup.attr.rdev"), 0x0801u);
        EXPECT_FALSE(found.has("lookup.attr.blksize"));
        EXPECT_TRUE(found.clean()) << found.findings();
    }
    EXPECT_TRUE(decode_reply(asked, old, negotiated(9)).clean());
}

TEST(Lookup, LongEntryIsTakenAsItIsWhateverWasNegotiated) {
    const auto found =
        decode_reply(request_bytes(1, Wire().name("file.txt")), entry_bytes(), negotiated(8));
    EXPECT_EQ(found.value("lookup.attr.blksize"), 4096u);
    EXPECT_TRUE(found.clean()) << found.findings();
}

TEST(Lookup, ShortEntryIsReported) {
    Wire entry = entry_bytes();
    Wire shorter;
    shorter.append(Buffer(entry.bytes().begin(), entry.bytes().end() - 1));
    const auto found =
        decode_reply(request_bytes(1, Wire().name("file.txt")), shorter, negotiated(45));
    EXPECT_TRUE(found.reports(Rule::body_short));
    EXPECT_EQ(found.value("lookup.attr.blksize"), 4096u);
    EXPECT_FALSE(found.has("lookup.attr.flags"));
}

TEST(Lookup, NameWithoutNulIsShownAndReported) {
    const auto lookup = decode_request(1, Wire().text("file.txt"));
    EXPECT_EQ(lookup.text("lookup.name"), "file.txt");
    EXPECT_TRUE(lookup.reports(Rule::name_no_nul));
}

TEST(Lookup, BytesAfterTheNulAreReported) {
    const auto lookup = decode_request(1, Wire().name("file").name("more"));
    EXPECT_EQ(lookup.text("lookup.name"), "file");
    EXPECT_TRUE(lookup.reports(Rule::body_long));
}

TEST(Lookup, EmptyNameIsReported) {
    EXPECT_TRUE(decode_request(1, Wire().name("")).reports(Rule::name_empty));
}

TEST(Forget, CountsLookups) {
    const auto forget = decode_request(2, Wire().u64(3));
    EXPECT_EQ(forget.value("forget.nlookup"), 3u);
    EXPECT_TRUE(forget.message().opcode->no_reply);
}

TEST(BatchForget, ListsNodes) {
    const auto batch = decode_request(42, Wire().u32(2).u32(0).u64(66).u64(1).u64(67).u64(2));
    EXPECT_EQ(batch.count("batch_forget.forgets"), 2u);
    EXPECT_EQ(batch.value("batch_forget.forgets[1].nodeid"), 67u);
    EXPECT_EQ(batch.offset("batch_forget.forgets[1].nodeid"), 64u);
    EXPECT_EQ(batch.value("batch_forget.forgets[1].nlookup"), 2u);
    EXPECT_TRUE(batch.clean()) << batch.findings();
}

TEST(BatchForget, CountBeyondTheMessageIsReported) {
    const auto batch = decode_request(42, Wire().u32(0xffffffff).u32(0).u64(66).u64(1));
    EXPECT_EQ(batch.count("batch_forget.forgets"), 1u);
    EXPECT_TRUE(batch.reports(Rule::array_count));
}

TEST(BatchForget, CountShortOfTheMessageLeavesBytesOver) {
    const auto batch = decode_request(42, Wire().u32(1).u32(0).u64(66).u64(1).u64(67).u64(2));
    EXPECT_EQ(batch.count("batch_forget.forgets"), 1u);
    EXPECT_TRUE(batch.reports(Rule::body_long));
}
