// COMPOUND v5 with LOOKUP_HANDLE RFC v3: the posted series' worked example, byte for byte, against the
// layout that its patches document, and chains that do not hold.
#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

using namespace fusewire;
using namespace fusewire::testing;

namespace {

Buffer from_hex(std::string_view hex) {
    Buffer bytes;
    unsigned digits = 0;
    unsigned value = 0;
    for (const char c : hex) {
        if (c == ' ' || c == '\n')
            continue;
        value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
        if (++digits % 2 == 0) {
            bytes.push_back(static_cast<std::byte>(value));
            value = 0;
        }
    }
    return bytes;
}

// Parent 0x21 with a 12-byte handle, "file.txt", 1000:1000, task 4242, unique 16.
const Buffer request_example = from_hex(R"(
    c9000000 36000000 1000000000000000 0000000000000000 e8030000 e8030000 92100000 0000 0000
    02000000 00000000 ca010000 00000000 0000000000000000
    49000000 37000000 0000000000000000 2100000000000000 e8030000 e8030000 92100000 0000 0000
    66696c652e74787400
    18000000 21000000 0c00 112233445566778899aabbcc 0000
    40000000 34000000 0000000000000000 0100000000000000 e8030000 e8030000 92100000 0000 0000
    00000000 00000000 0000000000000000 00000000 ff0f0000
)");

// Node 0x42, generation 7, 12-byte handle, a regular file of 5 bytes.
Buffer reply_example() {
    Buffer bytes = from_hex(R"(
        96010000 00000000 1000000000000000
        02000000 00000000 0000000000000000
        46000000 00000000 0000000000000000
        4200000000000000 0700000000000000 0100000000000000 00000000 00000000 0000000000000000
        0c00 a1a2a3a4a5a6a7a8a9aaabac
        30010000 00000000 0000000000000000
        0100000000000000 00000000 00000000 0000000000000000 0000000000000000
        ff0f0000 00100000 0000000000000000 01000000 e8030000 e8030000 a481 0000
        4200000000000000 0500000000000000 0800000000000000 0000000000000000
        22dc9e6900000000 01000000 00000000 50d99e6900000000 00000000 00000000
        22dc9e6900000000 01000000 00000000 22dc9e6900000000 01000000 00000000
        00000000 00000000 00000000 00000000
    )");
    bytes.resize(406);
    return bytes;
}

struct Expected {
    const char* path;
    std::uint32_t offset;
    std::uint64_t value;
};

void expect_all(const DecodedMessage& message, std::initializer_list<Expected> rows) {
    for (const Expected& row : rows) {
        EXPECT_EQ(message.offset(row.path), row.offset) << row.path;
        EXPECT_EQ(message.value(row.path), row.value) << row.path;
    }
}

std::string hex_of(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes)
        for (const unsigned digit :
             {static_cast<unsigned char>(c) / 16u, static_cast<unsigned char>(c) % 16u})
            hex += "0123456789abcdef"[digit];
    return hex;
}

Buffer compound(std::uint32_t count, const std::vector<Buffer>& subs) {
    Wire body = Wire().u32(count).u32(0).u32(458).u32(0).u64(0);
    for (const Buffer& sub : subs)
        body.append(sub);
    return request_bytes(54, body);
}

DecodedMessage decode(const Buffer& request) {
    return {request, Direction::request};
}

} // namespace

TEST(Compound, RequestExampleHasDocumentedOffsets) {
    ASSERT_EQ(request_example.size(), 201u);
    const DecodedMessage message = decode(request_example);
    expect_all(message, {
                            {"header.len", 0, 201},
                            {"header.opcode", 4, 54},
                            {"header.unique", 8, 16},
                            {"header.nodeid", 16, 0},
                            {"header.pid", 32, 4242},
                            {"compound.count", 40, 2},
                            {"compound.flags", 44, 0},
                            {"compound.result_size", 48, 458},
                            {"compound.padding", 52, 0},
                            {"compound.reserved", 56, 0},
                            {"compound.sub[0].header.len", 64, 73},
                            {"compound.sub[0].header.opcode", 68, 55},
                            {"compound.sub[0].header.unique", 72, 0},
                            {"compound.sub[0].header.nodeid", 80, 33},
                            {"compound.sub[0].header.total_extlen", 100, 0},
                            {"compound.sub[0].ext.size", 113, 24},
                            {"compound.sub[0].ext.type", 117, 33},
                            {"compound.sub[0].ext.fhandle.size", 121, 12},
                            {"compound.sub[1].header.len", 137, 64},
                            {"compound.sub[1].header.opcode", 141, 52},
                            {"compound.sub[1].header.nodeid", 153, 1},
                            {"compound.sub[1].statx.sx_mask", 197, 0xfff},
                        });
    EXPECT_EQ(message.text("compound.sub[0].lookup_handle.name"), "file.txt");
    EXPECT_EQ(message.offset("compound.sub[0].lookup_handle.name"), 104u);
    EXPECT_EQ(hex_of(message.text("compound.sub[0].ext.fhandle.handle")),
              "112233445566778899aabbcc");
    EXPECT_EQ(message.find("compound.sub[0].ext.padding")->width, 2u);
    EXPECT_TRUE(message.clean()) << message.findings();
    ASSERT_EQ(message.message().subs.size(), 2u);
    EXPECT_EQ(message.message().subs[1].offset, 137u);
}

TEST(Compound, ReplyExampleHasDocumentedOffsets) {
    ASSERT_EQ(reply_example().size(), 406u);
    const DecodedMessage asked = decode(request_example);
    const DecodedMessage message(reply_example(), Direction::reply, {.request = &asked.message()});
    expect_all(message, {
                            {"header.len", 0, 406},
                            {"header.error", 4, 0},
                            {"header.unique", 8, 16},
                            {"compound.count", 16, 2},
                            {"compound.flags", 20, 0},
                            {"compound.reserved", 24, 0},
                            {"compound.sub[0].header.len", 32, 70},
                            {"compound.sub[0].lookup_handle.nodeid", 48, 66},
                            {"compound.sub[0].lookup_handle.generation", 56, 7},
                            {"compound.sub[0].lookup_handle.entry_valid", 64, 1},
                            {"compound.sub[0].lookup_handle.entry_valid_nsec", 72, 0},
                            {"compound.sub[0].lookup_handle.flags", 76, 0},
                            {"compound.sub[0].lookup_handle.spare", 80, 0},
                            {"compound.sub[0].lookup_handle.fhandle.size", 88, 12},
                            {"compound.sub[1].header.len", 102, 304},
                            {"compound.sub[1].statx.attr_valid", 118, 1},
                            {"compound.sub[1].statx.stat.mask", 150, 0xfff},
                            {"compound.sub[1].statx.stat.blksize", 154, 4096},
                            {"compound.sub[1].statx.stat.nlink", 166, 1},
                            {"compound.sub[1].statx.stat.uid", 170, 1000},
                            {"compound.sub[1].statx.stat.mode", 178, 0100644},
                            {"compound.sub[1].statx.stat.ino", 182, 66},
                            {"compound.sub[1].statx.stat.size", 190, 5},
                            {"compound.sub[1].statx.stat.blocks", 198, 8},
                            {"compound.sub[1].statx.stat.atime.tv_sec", 214, 0x699edc22},
                            {"compound.sub[1].statx.stat.mtime.tv_nsec", 270, 1},
                        });
    EXPECT_EQ(hex_of(message.text("compound.sub[0].lookup_handle.fhandle.handle")),
              "a1a2a3a4a5a6a7a8a9aaabac");
    EXPECT_EQ(message.offset("compound.sub[0].lookup_handle.fhandle.handle"), 90u);
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Compound, ReplyAloneIsRecognisedByItsCount) {
    const DecodedMessage message(reply_example(), Direction::reply);
    EXPECT_EQ(message.value("compound.count"), 2u);
    EXPECT_EQ(message.message().subs.size(), 2u);
}

TEST(Compound, PaddedHandleIsNotAnError) {
    const DecodedMessage asked =
        decode(compound(1, {request_bytes(55, Wire().name("f"), {.unique = 0})}));
    const Wire entry = Wire().u64(66).u64(7).zeros(24).u16(4).text("abcd").zeros(124);
    const DecodedMessage message(
        reply_bytes(Wire().u32(1).u32(0).u64(0).append(reply_bytes(entry, 0, 0))), Direction::reply,
        {.request = &asked.message()});
    EXPECT_EQ(message.text("compound.sub[0].lookup_handle.fhandle.handle"), "abcd");
    EXPECT_EQ(message.find("compound.sub[0].lookup_handle.padding")->width, 124u);
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Compound, HandleLongerThanItsReplyIsReported) {
    const DecodedMessage asked =
        decode(compound(1, {request_bytes(55, Wire().name("f"), {.unique = 0})}));
    const auto answer = [&](const Wire& handle) {
        const Wire entry = Wire().u64(66).u64(7).zeros(24).append(handle);
        return DecodedMessage(
            reply_bytes(Wire().u32(1).u32(0).u64(0).append(reply_bytes(entry, 0, 0))),
            Direction::reply, {.request = &asked.message()});
    };
    EXPECT_TRUE(answer(Wire().u16(0xffff).text("abcd")).reports(Rule::handle_truncated));
    EXPECT_TRUE(answer(Wire()).reports(Rule::handle_missing));
}

TEST(Compound, LookupWithoutExtensionHasNone) {
    const DecodedMessage message =
        decode(compound(1, {request_bytes(55, Wire().name("f"), {.unique = 0})}));
    EXPECT_FALSE(message.has("compound.sub[0].ext"));
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Compound, TotalExtlenOfACorrectedKernelIsAcceptedToo) {
    const Wire ext = Wire().u32(24).u32(33).u16(12).text("parenthandle").zeros(2);
    const DecodedMessage message = decode(
        compound(1, {request_bytes(55, Wire().name("f").append(ext), {.unique = 0}, ext.size())}));
    EXPECT_EQ(message.value("compound.sub[0].header.total_extlen"), 3u);
    EXPECT_EQ(message.text("compound.sub[0].ext.fhandle.handle"), "parenthandle");
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Compound, MkobjHandleHasCreateInNameAndExtensions) {
    const Wire body = Wire()
                          .u32(0100102)
                          .u32(0100644)
                          .u32(022)
                          .u32(0)
                          .name("new")
                          .u32(8)
                          .u32(0)
                          .u32(16)
                          .u32(32)
                          .u32(1)
                          .u32(1005)
                          .u32(16)
                          .u32(33)
                          .u16(6)
                          .text("parent");
    const DecodedMessage message = decode(compound(1, {request_bytes(56, body, {.unique = 0})}));
    EXPECT_EQ(message.value("compound.sub[0].mkobj_handle.mode"), 0100644u);
    EXPECT_EQ(message.text("compound.sub[0].mkobj_handle.name"), "new");
    EXPECT_EQ(message.count("compound.sub[0].ext"), 3u);
    EXPECT_EQ(message.text("compound.sub[0].ext[2].fhandle.handle"), "parent");
    EXPECT_TRUE(message.clean()) << message.findings();
}

TEST(Compound, WrongCountAndBrokenChainAreReported) {
    const Buffer sub = request_bytes(14, Wire().u32(0).u32(0), {.unique = 0});
    EXPECT_TRUE(decode(compound(3, {sub})).reports(Rule::compound_count));
    Buffer broken = sub;
    broken[0] = std::byte{8};
    const DecodedMessage message = decode(compound(2, {sub, broken}));
    EXPECT_TRUE(message.reports(Rule::compound_chain_broken));
    EXPECT_EQ(message.message().subs.size(), 1u);
}

TEST(Compound, OneInsideAnotherIsNotEntered) {
    const Buffer inner = compound(1, {request_bytes(14, Wire().u32(0).u32(0), {.unique = 0})});
    const DecodedMessage message = decode(compound(1, {inner}));
    EXPECT_TRUE(message.reports(Rule::compound_nested));
    EXPECT_EQ(message.message().subs.size(), 1u);
}

TEST(Compound, SubRepliesWithErrorsHaveNoBody) {
    const DecodedMessage asked = decode(request_example);
    const DecodedMessage message(
        reply_bytes(Wire().u32(1).u32(0).u64(0).append(reply_bytes(Wire(), -2, 0))),
        Direction::reply, {.request = &asked.message()});
    ASSERT_EQ(message.message().subs.size(), 1u);
    EXPECT_EQ(message.message().subs[0].error, -2);
    EXPECT_TRUE(message.clean()) << message.findings();
}
