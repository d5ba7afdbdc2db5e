// GETLK, SETLK, SETLKW.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

Wire lock() {
    return Wire().u64(100).u64(199).u32(1).u32(4242);
}

} // namespace

TEST(Setlk, HasOwnerLockAndFlags) {
    const auto set = decode_request(32, Wire().u64(5).u64(9).append(lock()).u32(1).u32(0));
    EXPECT_EQ(set.value("setlk.owner"), 9u);
    EXPECT_EQ(set.find("setlk.owner")->field->kind, Kind::lock_owner);
    EXPECT_EQ(set.value("setlk.lk.end"), 199u);
    EXPECT_EQ(set.value("setlk.lk.type"), 1u);
    EXPECT_EQ(set.offset("setlk.lk.pid"), 40u + 16 + 20);
    EXPECT_EQ(set.value("setlk.lk_flags"), 1u);
    EXPECT_TRUE(set.clean()) << set.findings();
}

TEST(Setlk, Before79ItHasNoFlags) {
    const Wire old = Wire().u64(5).u64(9).append(lock());
    for (const Dialect& dialect : {negotiated(8), Dialect{}}) {
        const auto set = decode_request(33, old, dialect);
        EXPECT_EQ(set.value("setlkw.lk.start"), 100u);
        EXPECT_FALSE(set.has("setlkw.lk_flags"));
        EXPECT_TRUE(set.clean()) << set.findings();
    }
}

TEST(Getlk, ReplyIsALock) {
    const Buffer asked = request_bytes(31, Wire().u64(5).u64(9).append(lock()).u32(0).u32(0));
    const auto answer = decode_reply(asked, lock());
    EXPECT_EQ(answer.value("getlk.lk.pid"), 4242u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}
