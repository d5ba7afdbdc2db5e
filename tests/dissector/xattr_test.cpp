// SETXATTR, GETXATTR, LISTXATTR, REMOVEXATTR.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

constexpr std::uint64_t setxattr_ext = std::uint64_t{1} << 29;

} // namespace

TEST(Setxattr, LongStructWithSetxattrExt) {
    const Wire body = Wire().u32(5).u32(1).u32(1).u32(0).name("user.k").text("value");
    for (const Dialect& dialect : {negotiated(45, setxattr_ext), Dialect{}}) {
        const auto set = decode_request(21, body, dialect);
        EXPECT_EQ(set.value("setxattr.setxattr_flags"), 1u);
        EXPECT_EQ(set.text("setxattr.name"), "user.k");
        EXPECT_EQ(set.text("setxattr.value"), "value");
        EXPECT_EQ(set.offset("setxattr.value"), 40u + 16 + 7);
        EXPECT_TRUE(set.clean()) << set.findings();
    }
}

TEST(Setxattr, ShortStructWithoutSetxattrExt) {
    const Wire body = Wire().u32(5).u32(2).name("user.k").text("value");
    for (const Dialect& dialect : {negotiated(45), Dialect{}}) {
        const auto set = decode_request(21, body, dialect);
        EXPECT_FALSE(set.has("setxattr.setxattr_flags"));
        EXPECT_EQ(set.value("setxattr.flags"), 2u);
        EXPECT_EQ(set.text("setxattr.value"), "value");
        EXPECT_TRUE(set.clean()) << set.findings();
    }
}

TEST(Setxattr, ValueMayBeEmpty) {
    const auto set = decode_request(21, Wire().u32(0).u32(0).name("user.k"), negotiated(45));
    EXPECT_FALSE(set.has("setxattr.value"));
    EXPECT_TRUE(set.clean()) << set.findings();
}

TEST(Getxattr, SizeZeroAsksForTheSize) {
    const auto answer =
        decode_reply(request_bytes(22, Wire().u32(0).u32(0).name("user.k")), Wire().u32(5).u32(0));
    EXPECT_EQ(answer.value("getxattr.size"), 5u);
    EXPECT_FALSE(answer.has("getxattr.value"));
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Getxattr, OtherSizesAskForTheValue) {
    const Buffer asked = request_bytes(22, Wire().u32(64).u32(0).name("user.k"));
    const auto answer = decode_reply(asked, Wire().text("12345678"));
    EXPECT_EQ(answer.text("getxattr.value"), "12345678");
    EXPECT_TRUE(answer.clean()) << answer.findings();
    EXPECT_TRUE(decode_reply(asked, Wire()).clean());
}

TEST(Getxattr, SizeAnswerOfOtherLengthIsReported) {
    const auto answer =
        decode_reply(request_bytes(22, Wire().u32(0).u32(0).name("user.k")), Wire().text("value"));
    EXPECT_TRUE(answer.reports(Rule::body_short));
}

TEST(Listxattr, NamesAreStrings) {
    const auto answer = decode_reply(request_bytes(23, Wire().u32(64).u32(0)),
                                     Wire().name("user.k").name("user.other"));
    ASSERT_EQ(answer.count("listxattr.names"), 2u);
    EXPECT_EQ(answer.text("listxattr.names[1]"), "user.other");
    EXPECT_EQ(answer.offset("listxattr.names[1]"), 23u);
    EXPECT_TRUE(answer.clean()) << answer.findings();
}

TEST(Listxattr, LastNameWithoutNulIsReported) {
    const auto answer =
        decode_reply(request_bytes(23, Wire().u32(64).u32(0)), Wire().name("user.k").text("user."));
    EXPECT_EQ(answer.text("listxattr.names[1]"), "user.");
    EXPECT_TRUE(answer.reports(Rule::name_no_nul));
}

TEST(Listxattr, SizeZeroAsksForTheSize) {
    const auto answer =
        decode_reply(request_bytes(23, Wire().u32(0).u32(0)), Wire().u32(18).u32(0));
    EXPECT_EQ(answer.value("listxattr.size"), 18u);
}

TEST(Removexattr, IsAName) {
    EXPECT_EQ(decode_request(24, Wire().name("user.k")).text("removexattr.name"), "user.k");
}
