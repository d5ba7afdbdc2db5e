// Payloads that the kernel takes, by opcode, request and minor.
#include "dissector/reply_size.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

using testing::record_of;
using testing::request;
using testing::Wire;

std::optional<ReplySize> size_of(std::uint32_t opcode, const Wire& body, std::uint32_t minor = 45) {
    const Wire wire = request(opcode, 2, 1, body);
    const Record record = record_of(wire, Direction::request);
    Message message;
    dissect(record, {{.name = DialectName::upstream, .init_known = true, .minor = 45}, nullptr},
            message);
    Limits limits;
    limits.known = minor != 0;
    if (minor != 0)
        limits.set_minor(minor);
    return reply_size(Operation(message), limits);
}

constexpr std::uint32_t lookup = 1, readlink = 5, read = 15, getxattr = 22, flush = 25, init = 26,
                        create = 35, ioctl = 39, forget = 2;

Wire read_of(std::uint32_t size) {
    return Wire().zeros(16).u32(size).zeros(20);
}

TEST(ReplySize, AStructHasTheSizeOfItsMinor) {
    EXPECT_EQ(size_of(lookup, Wire().name("a"))->least, 128u);
    EXPECT_EQ(size_of(lookup, Wire().name("a"), 8)->least, 120u);
    EXPECT_TRUE(size_of(lookup, Wire().name("a"), 8)->fixed());
    EXPECT_EQ(size_of(create, Wire().zeros(16).name("a"), 8)->most, 136u);
}

TEST(ReplySize, BothSizesAreTakenWhileTheMinorIsNotKnown) {
    const auto size = size_of(lookup, Wire().name("a"), 0);
    EXPECT_TRUE(size->takes(128));
    EXPECT_TRUE(size->takes(120));
    EXPECT_FALSE(size->takes(124));
}

TEST(ReplySize, DataMayBeShorterThanAskedButNotLonger) {
    const auto size = size_of(read, read_of(4096));
    EXPECT_TRUE(size->takes(0));
    EXPECT_TRUE(size->takes(4096));
    EXPECT_FALSE(size->takes(4097));
    EXPECT_TRUE(size_of(readlink, Wire())->takes(4095));
    EXPECT_FALSE(size_of(readlink, Wire())->takes(4096));
}

TEST(ReplySize, AnIoctlAlwaysHasAPageForTheListOfMemory) {
    const Wire body = Wire().zeros(28).u32(8);
    EXPECT_EQ(size_of(ioctl, body)->least, 16u);
    EXPECT_EQ(size_of(ioctl, body)->most, 16u + 4096u);
}

TEST(ReplySize, ASizeThatIsAskedForIsAStruct) {
    const auto probe = size_of(getxattr, Wire().u32(0).u32(0).name("user.a"));
    EXPECT_TRUE(probe->takes(8));
    EXPECT_FALSE(probe->takes(7));
    EXPECT_TRUE(size_of(getxattr, Wire().u32(64).u32(0).name("user.a"))->takes(7));
}

TEST(ReplySize, NothingIsExpectedWhereTheOpcodeReturnsNothing) {
    EXPECT_TRUE(size_of(flush, Wire().zeros(24))->takes(0));
    EXPECT_FALSE(size_of(flush, Wire().zeros(24))->takes(8));
}

TEST(ReplySize, SomeOpcodesHaveRulesOfTheirOwn) {
    EXPECT_FALSE(size_of(init, Wire().zeros(64)));
    EXPECT_FALSE(size_of(forget, Wire().zeros(8)));
    EXPECT_FALSE(size_of(4711, Wire()));
}

TEST(ReplySize, WhatWasNotCapturedLimitsNothing) {
    const Wire wire = request(read, 2, 1, read_of(4096));
    Record record = record_of(wire, Direction::request);
    record.bytes = record.bytes.first(48);
    Message message;
    dissect(record, {}, message);
    EXPECT_TRUE(reply_size(Operation(message), {})->takes(1u << 20));
}

} // namespace
} // namespace fusewire
