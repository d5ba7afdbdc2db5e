// READ, WRITE, LSEEK, FALLOCATE, COPY_FILE_RANGE.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

Wire read_in() {
    return Wire().u64(5).u64(4096).u32(8192).u32(2).u64(9).u32(0100002).u32(0);
}

Wire write_head(std::uint32_t size) {
    return Wire().u64(5).u64(4096).u32(size).u32(2).u64(9).u32(0100001).u32(0);
}

} // namespace

TEST(Read, RequestAndReply) {
    const auto read = decode_request(15, read_in());
    EXPECT_EQ(read.value("read.fh"), 5u);
    EXPECT_EQ(read.value("read.offset"), 4096u);
    EXPECT_EQ(read.value("read.size"), 8192u);
    EXPECT_EQ(read.offset("read.size"), 56u);
    EXPECT_EQ(read.value("read.flags"), 0100002u);
    const auto answer = decode_reply(request_bytes(15, read_in()), Wire().text("hello"));
    EXPECT_EQ(answer.text("read.data"), "hello");
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Read, EndOfFileIsAnEmptyReply) {
    const auto answer = decode_reply(request_bytes(15, read_in()), Wire());
    EXPECT_FALSE(answer.has("read"));
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Read, BeforeDialect79HasNoLockOwner) {
    const Wire old = Wire().u64(5).u64(4096).u32(8192).u32(0);
    for (const Dialect& dialect : {negotiated(8), Dialect{}}) {
        const auto read = decode_request(15, old, dialect);
        EXPECT_EQ(read.value("read.size"), 8192u);
        EXPECT_FALSE(read.has("read.lock_owner"));
        EXPECT_TRUE(read.clean()) << read.findings();
    }
}

TEST(Read, KnowsItsFieldsInTheOtherByteOrder) {
    const Wire body = Wire(ByteOrder::big).u64(5).u64(4096).u32(8192).u32(2).u64(9).u32(2).u32(0);
    const DecodedMessage read(request_bytes(15, body), Direction::request);
    EXPECT_EQ(read.message().order, ByteOrder::big);
    EXPECT_EQ(read.value("read.offset"), 4096u);
    EXPECT_EQ(read.message().pid, 4242u);
}

TEST(Write, DataIsWhatSizeSays) {
    const auto write = decode_request(16, write_head(5).text("hello"));
    EXPECT_EQ(write.text("write.data"), "hello");
    EXPECT_EQ(write.offset("write.data"), 80u);
    EXPECT_EQ(write.value("write.write_flags"), 2u);
    EXPECT_TRUE(write.clean()) << write.findings();
}

TEST(Write, DataShortOfSizeIsReported) {
    const auto write = decode_request(16, write_head(0xffffffff).text("hello"), negotiated(45));
    EXPECT_EQ(write.text("write.data"), "hello");
    EXPECT_TRUE(write.reports(Rule::body_short));
}

TEST(Write, BytesBeyondSizeAreReported) {
    const auto write = decode_request(16, write_head(2).text("hello"), negotiated(45));
    EXPECT_EQ(write.text("write.data"), "he");
    EXPECT_TRUE(write.reports(Rule::body_long));
}

TEST(Write, CutCaptureIsNotASizeMismatch) {
    const Buffer bytes = request_bytes(16, write_head(100).zeros(100));
    const DecodedMessage write(bytes, Direction::request, {}, 90);
    EXPECT_TRUE(write.find("write.data")->cut);
    EXPECT_EQ(write.find("write.data")->width, 100u);
    EXPECT_EQ(write.message().findings.size(), 1u) << write.findings();
}

TEST(Write, BeforeDialect79TheStructEndsAtTheFlags) {
    const Wire old = Wire().u64(5).u64(4096).u32(5).u32(1).text("hello");
    for (const Dialect& dialect : {negotiated(8), Dialect{}}) {
        const auto write = decode_request(16, old, dialect);
        EXPECT_EQ(write.text("write.data"), "hello");
        EXPECT_EQ(write.offset("write.data"), 64u);
        EXPECT_TRUE(write.clean()) << write.findings();
    }
}

TEST(Lseek, RequestAndReply) {
    const Wire body = Wire().u64(5).u64(4096).u32(3).u32(0);
    EXPECT_EQ(decode_request(46, body).value("lseek.whence"), 3u);
    EXPECT_EQ(decode_reply(request_bytes(46, body), Wire().u64(8192)).value("lseek.offset"), 8192u);
}

TEST(Fallocate, HasModeAfterLength) {
    const auto fallocate = decode_request(43, Wire().u64(5).u64(1).u64(2).u32(3).u32(0));
    EXPECT_EQ(fallocate.value("fallocate.length"), 2u);
    EXPECT_EQ(fallocate.value("fallocate.mode"), 3u);
    EXPECT_TRUE(fallocate.clean()) << fallocate.findings();
}

TEST(CopyFileRange, NarrowAndWideAnswer) {
    const Wire body = Wire().u64(5).u64(1).u64(67).u64(6).u64(2).u64(4096).u64(0);
    const auto copy = decode_request(47, body);
    EXPECT_EQ(copy.value("copy_file_range.nodeid_out"), 67u);
    EXPECT_EQ(copy.value("copy_file_range.len"), 4096u);
    EXPECT_EQ(copy.offset("copy_file_range.flags"), 88u);
    const auto narrow = decode_reply(request_bytes(47, body), Wire().u32(100).u32(0));
    EXPECT_EQ(narrow.value("copy_file_range.size"), 100u);
    const auto wide = decode_reply(request_bytes(53, body), Wire().u64(std::uint64_t{1} << 40));
    EXPECT_EQ(wide.value("copy_file_range_64.bytes_copied"), std::uint64_t{1} << 40);
}
