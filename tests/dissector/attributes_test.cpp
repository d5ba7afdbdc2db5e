// GETATTR, SETATTR, READLINK, STATX.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

TEST(Getattr, RequestAndReply) {
    const auto asked = decode_request(3, Wire().u32(1).u32(0).u64(5));
    EXPECT_EQ(asked.value("getattr.getattr_flags"), 1u);
    EXPECT_EQ(asked.value("getattr.fh"), 5u);
    EXPECT_EQ(asked.offset("getattr.fh"), 48u);

    const auto answer = decode_reply(request_bytes(3, Wire().u32(1).u32(0).u64(5)),
                                     Wire().u64(1).u32(2).u32(0).append(attr_bytes()));
    EXPECT_EQ(answer.value("getattr.attr_valid_nsec"), 2u);
    EXPECT_EQ(answer.value("getattr.attr.ino"), 66u);
    EXPECT_EQ(answer.offset("getattr.attr.flags"), 16u + 16 + 84);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Getattr, Before79TheRequestIsEmptyAndTheReplyShort) {
    const auto asked = decode_request(3, Wire(), negotiated(8));
    EXPECT_FALSE(asked.has("getattr"));
    EXPECT_TRUE(asked.clean()) << asked.findings();
    EXPECT_TRUE(decode_request(3, Wire()).clean());

    const auto answer = decode_reply(
        request_bytes(3, Wire()),
        Wire().u64(1).u32(2).u32(0).append(attr_bytes(ByteOrder::little, 80)), negotiated(8));
    EXPECT_EQ(answer.value("getattr.attr.rdev"), 0x0801u);
    EXPECT_FALSE(answer.has("getattr.attr.blksize"));
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Getattr, Since79AnEmptyRequestIsTakenForAnOldOne) {
    EXPECT_TRUE(decode_request(3, Wire(), negotiated(45)).clean());
    EXPECT_TRUE(decode_request(3, Wire().u32(1), negotiated(45)).reports(Rule::body_short));
}

TEST(Setattr, HasItsFieldsWhereTheHeaderHasThem) {
    const auto set = decode_request(4, Wire()
                                           .u32(0x209)
                                           .u32(0)
                                           .u64(5)
                                           .u64(123)
                                           .u64(9)
                                           .u64(11)
                                           .u64(12)
                                           .u64(13)
                                           .u32(1)
                                           .u32(2)
                                           .u32(3)
                                           .u32(0100600)
                                           .u32(0)
                                           .u32(1000)
                                           .u32(1001)
                                           .u32(0));
    EXPECT_EQ(set.value("setattr.valid"), 0x209u);
    EXPECT_EQ(set.value("setattr.size"), 123u);
    EXPECT_EQ(set.value("setattr.lock_owner"), 9u);
    EXPECT_EQ(set.value("setattr.ctime"), 13u);
    EXPECT_EQ(set.value("setattr.mode"), 0100600u);
    EXPECT_EQ(set.offset("setattr.mode"), 40u + 68);
    EXPECT_EQ(set.value("setattr.gid"), 1001u);
    EXPECT_TRUE(set.clean()) << set.findings();
}

TEST(Setattr, ReplyHasAttributes) {
    const auto answer = decode_reply(request_bytes(4, Wire().zeros(88)),
                                     Wire().u64(1).u32(2).u32(0).append(attr_bytes()));
    EXPECT_EQ(answer.value("setattr.attr.size"), 5u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Readlink, TargetHasNoNul) {
    const auto answer = decode_reply(request_bytes(5, Wire()), Wire().text("../elsewhere"));
    EXPECT_EQ(answer.text("readlink.target"), "../elsewhere");
    EXPECT_EQ(answer.offset("readlink.target"), 16u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
    EXPECT_TRUE(decode_reply(request_bytes(5, Wire()), Wire()).clean());
}

TEST(Statx, RequestHasMask) {
    const auto asked = decode_request(52, Wire().u32(1).u32(0).u64(5).u32(0x100).u32(0xfff));
    EXPECT_EQ(asked.value("statx.sx_flags"), 0x100u);
    EXPECT_EQ(asked.value("statx.sx_mask"), 0xfffu);
    EXPECT_EQ(asked.offset("statx.sx_mask"), 60u);
}

TEST(Statx, ReplyKeepsTimesBeforeTheEpoch) {
    Wire out =
        Wire().u64(1).u32(0).u32(0).zeros(16).u32(0xfff).u32(4096).u64(0).u32(1).u32(0).u32(0);
    out.u16(0100644).u16(0).u64(66).u64(5).u64(8).u64(0);
    for (int i = 0; i < 4; ++i)
        out.u64(static_cast<std::uint64_t>(-i)).u32(i).u32(0);
    out.u32(8).u32(1).u32(259).u32(2).zeros(112);
    const auto answer = decode_reply(request_bytes(52, Wire().zeros(24)), out);
    EXPECT_EQ(answer.value("statx.stat.mode"), 0100644u);
    EXPECT_EQ(answer.offset("statx.stat.ino"), 16u + 32 + 32);
    EXPECT_EQ(static_cast<std::int64_t>(answer.value("statx.stat.mtime.tv_sec")), -3);
    EXPECT_EQ(answer.value("statx.stat.dev_minor"), 2u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}
