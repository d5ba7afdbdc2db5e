// IOCTL, POLL, BMAP, STATFS, SYNCFS, ACCESS, SETUPMAPPING, REMOVEMAPPING.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

constexpr std::uint32_t unrestricted = 2;
constexpr std::uint32_t retry = 4;

Wire ioctl_in(std::uint32_t flags, std::uint32_t in_size) {
    return Wire().u64(5).u32(flags).u32(0x5401).u64(0x7ffe0000).u32(in_size).u32(8);
}

} // namespace

TEST(Ioctl, RequestCarriesInputOfInSize) {
    const auto ioctl = decode_request(39, ioctl_in(0, 4).text("abcd"));
    EXPECT_EQ(ioctl.value("ioctl.cmd"), 0x5401u);
    EXPECT_EQ(ioctl.value("ioctl.out_size"), 8u);
    EXPECT_EQ(ioctl.text("ioctl.data"), "abcd");
    EXPECT_EQ(ioctl.offset("ioctl.data"), 72u);
    EXPECT_TRUE(ioctl.clean()) << ioctl.findings();
    EXPECT_TRUE(decode_request(39, ioctl_in(0, 5).text("abcd")).reports(Rule::body_short));
}

TEST(Ioctl, ReplyCarriesOutput) {
    const auto answer = decode_reply(
        request_bytes(39, ioctl_in(0, 0)),
        Wire().u32(static_cast<std::uint32_t>(-25)).u32(0).u32(0).u32(0).text("output"));
    EXPECT_EQ(static_cast<std::int64_t>(answer.value("ioctl.result")), -25);
    EXPECT_EQ(answer.text("ioctl.data"), "output");
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Ioctl, RetryNamesTheMemoryItWants) {
    const auto answer = decode_reply(request_bytes(39, ioctl_in(unrestricted, 0)), Wire()
                                                                                       .u32(0)
                                                                                       .u32(retry)
                                                                                       .u32(1)
                                                                                       .u32(2)
                                                                                       .u64(0x1000)
                                                                                       .u64(16)
                                                                                       .u64(0x2000)
                                                                                       .u64(32)
                                                                                       .u64(0x3000)
                                                                                       .u64(48));
    EXPECT_EQ(answer.count("ioctl.in_iovec"), 1u);
    ASSERT_EQ(answer.count("ioctl.out_iovec"), 2u);
    EXPECT_EQ(answer.value("ioctl.in_iovec.base"), 0x1000u);
    EXPECT_EQ(answer.value("ioctl.out_iovec[1].len"), 48u);
    EXPECT_EQ(answer.offset("ioctl.out_iovec[1].len"), 16u + 16 + 40);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Ioctl, RetryWithMoreAreasThanBytesIsReported) {
    const auto answer =
        decode_reply(request_bytes(39, ioctl_in(unrestricted, 0)),
                     Wire().u32(0).u32(retry).u32(1).u32(0xffffffff).u64(0x1000).u64(16));
    EXPECT_EQ(answer.count("ioctl.in_iovec"), 1u);
    EXPECT_TRUE(answer.reports(Rule::array_count));
}

TEST(Poll, RequestAndReply) {
    const Wire body = Wire().u64(5).u64(77).u32(1).u32(0x41);
    const auto poll = decode_request(40, body);
    EXPECT_EQ(poll.find("poll.kh")->field->kind, Kind::poll_handle);
    EXPECT_EQ(poll.value("poll.kh"), 77u);
    EXPECT_EQ(poll.value("poll.events"), 0x41u);
    EXPECT_EQ(decode_reply(request_bytes(40, body), Wire().u32(1).u32(0)).value("poll.revents"),
              1u);
}

TEST(Bmap, RequestAndReply) {
    const Wire body = Wire().u64(7).u32(4096).u32(0);
    EXPECT_EQ(decode_request(37, body).value("bmap.blocksize"), 4096u);
    EXPECT_EQ(decode_reply(request_bytes(37, body), Wire().u64(1007)).value("bmap.block"), 1007u);
}

TEST(Statfs, ReplyIsNested) {
    const auto answer = decode_reply(
        request_bytes(17, Wire()),
        Wire().u64(1).u64(2).u64(3).u64(4).u64(5).u32(4096).u32(255).u32(512).u32(0).zeros(24));
    EXPECT_EQ(answer.value("statfs.st.ffree"), 5u);
    EXPECT_EQ(answer.value("statfs.st.namelen"), 255u);
    EXPECT_EQ(answer.offset("statfs.st.frsize"), 16u + 48);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Statfs, Before74ItEndsAtTheNameLength) {
    const Wire old = Wire().u64(1).u64(2).u64(3).u64(4).u64(5).u32(4096).u32(255);
    for (const Dialect& dialect : {negotiated(3), Dialect{}}) {
        const auto answer = decode_reply(request_bytes(17, Wire()), old, dialect);
        EXPECT_EQ(answer.value("statfs.st.namelen"), 255u);
        EXPECT_FALSE(answer.has("statfs.st.frsize"));
        EXPECT_TRUE(answer.clean()) << answer.findings();
    }
}

TEST(Access, HasAMask) {
    EXPECT_EQ(decode_request(34, Wire().u32(6).u32(0)).value("access.mask"), 6u);
}

TEST(Syncfs, IsPadding) {
    EXPECT_EQ(decode_request(50, Wire().u64(0)).value("syncfs.padding"), 0u);
}

TEST(Setupmapping, HasOffsets) {
    const auto map = decode_request(48, Wire().u64(~std::uint64_t{0}).u64(1).u64(2).u64(3).u64(4));
    EXPECT_EQ(map.value("setupmapping.flags"), 3u);
    EXPECT_EQ(map.value("setupmapping.moffset"), 4u);
}

TEST(Removemapping, RecordsStartAfterFourBytes) {
    const auto unmap = decode_request(49, Wire().u32(2).u64(1).u64(2).u64(3).u64(4));
    EXPECT_EQ(unmap.offset("removemapping.mappings[0].moffset"), 44u);
    EXPECT_EQ(unmap.value("removemapping.mappings[1].len"), 4u);
    EXPECT_TRUE(unmap.clean()) << unmap.findings();
}
