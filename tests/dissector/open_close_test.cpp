// OPEN, OPENDIR, RELEASE, RELEASEDIR, FLUSH, FSYNC, FSYNCDIR.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

TEST(Open, RequestAndReply) {
    const Wire body = Wire().u32(0100001).u32(1);
    const auto open = decode_request(14, body);
    EXPECT_EQ(open.value("open.flags"), 0100001u);
    EXPECT_EQ(open.value("open.open_flags"), 1u);
    const auto answer = decode_reply(request_bytes(14, body), open_bytes());
    EXPECT_EQ(answer.value("open.fh"), 5u);
    EXPECT_EQ(answer.offset("open.open_flags"), 24u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
    EXPECT_EQ(decode_reply(request_bytes(27, body), open_bytes()).value("opendir.fh"), 5u);
}

TEST(Open, FhAndNodeAreOfTheirOwnKinds) {
    const auto answer = decode_reply(request_bytes(14, Wire().zeros(8)), open_bytes());
    EXPECT_EQ(answer.find("open.fh")->field->kind, Kind::fh);
}

TEST(Release, HasLockOwner) {
    const auto release = decode_request(18, Wire().u64(5).u32(0100002).u32(2).u64(9));
    EXPECT_EQ(release.value("release.fh"), 5u);
    EXPECT_EQ(release.value("release.release_flags"), 2u);
    EXPECT_EQ(release.value("release.lock_owner"), 9u);
    EXPECT_EQ(decode_request(29, Wire().u64(6).zeros(16)).value("releasedir.fh"), 6u);
}

TEST(Release, Before78ItHasNoLockOwner) {
    const Wire old = Wire().u64(5).u32(0100002).u32(0);
    for (const Dialect& dialect : {negotiated(7), Dialect{}}) {
        const auto release = decode_request(18, old, dialect);
        EXPECT_FALSE(release.has("release.lock_owner"));
        EXPECT_TRUE(release.clean()) << release.findings();
    }
}

TEST(Flush, HasLockOwner) {
    const auto flush = decode_request(25, Wire().u64(5).u32(0).u32(0).u64(9));
    EXPECT_EQ(flush.value("flush.lock_owner"), 9u);
    EXPECT_EQ(flush.offset("flush.lock_owner"), 56u);
}

TEST(Fsync, HasFlags) {
    EXPECT_EQ(decode_request(20, Wire().u64(5).u32(1).u32(0)).value("fsync.fsync_flags"), 1u);
    EXPECT_EQ(decode_request(30, Wire().u64(5).u32(1).u32(0)).value("fsyncdir.fsync_flags"), 1u);
}

TEST(Fsync, PayloadInAReplyThatHasNoneIsReported) {
    const auto answer = decode_reply(request_bytes(20, Wire().u64(5).u32(1).u32(0)), Wire().u32(1));
    EXPECT_TRUE(answer.reports(Rule::body_long));
}
