#include "capture/pseudo_header.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

PseudoHeader sample() {
    PseudoHeader header;
    header.direction = Direction::reply;
    header.transport = Transport::io_uring;
    header.flags = record_truncated | record_lost_before;
    header.conn = ConnId{0x01020304};
    header.server_pid = 0x11121314;
    header.server_tid = 0x21222324;
    header.cpu = 0x31323334;
    header.message_number = 0x4142434445464748;
    header.wire_length = 0x51525354;
    header.offset = 0x61626364;
    header.result = -22;
    header.pair_key = 0x7172737475767778;
    header.lost = 0x8182838485868788;
    return header;
}

TEST(PseudoHeader, PacksLittleEndianAtTheDocumentedOffsets) {
    const auto bytes = pack(sample());
    EXPECT_EQ(bytes[0], std::byte{1});
    EXPECT_EQ(bytes[1], std::byte{64});
    EXPECT_EQ(bytes[2], std::byte{1});
    EXPECT_EQ(bytes[3], std::byte{3});
    EXPECT_EQ(bytes[4], std::byte{5});
    EXPECT_EQ(bytes[8], std::byte{0x04});
    EXPECT_EQ(bytes[11], std::byte{0x01});
    EXPECT_EQ(bytes[12], std::byte{0x14});
    EXPECT_EQ(bytes[24], std::byte{0x48});
    EXPECT_EQ(bytes[32], std::byte{0x54});
    EXPECT_EQ(bytes[36], std::byte{0x64});
    EXPECT_EQ(bytes[40], std::byte{0xea}); // -22
    EXPECT_EQ(bytes[44], std::byte{0});
    EXPECT_EQ(bytes[48], std::byte{0x78});
    EXPECT_EQ(bytes[63], std::byte{0x81});
}

TEST(PseudoHeader, UnpacksWhatItPacked) {
    const auto bytes = pack(sample());
    const auto header = unpack_pseudo_header(bytes);
    ASSERT_TRUE(header);
    EXPECT_EQ(pack(*header), bytes);
    EXPECT_EQ(header->result, -22);
    EXPECT_EQ(header->length, pseudo_header_size);
}

TEST(PseudoHeader, TooShortIsRefused) {
    const auto bytes = pack(sample());
    for (std::size_t length = 0; length < bytes.size(); ++length)
        EXPECT_FALSE(unpack_pseudo_header(Bytes{bytes}.first(length))) << length;
}

TEST(PseudoHeader, OtherVersionIsRefused) {
    auto bytes = pack(sample());
    bytes[0] = std::byte{2};
    EXPECT_FALSE(unpack_pseudo_header(bytes));
}

TEST(PseudoHeader, LongerHeaderOfALaterWriterIsSkipped) {
    std::array<std::byte, pseudo_header_size + 8> packet{};
    std::ranges::copy(pack(sample()), packet.begin());
    packet[1] = std::byte{pseudo_header_size + 8};
    const auto header = unpack_pseudo_header(packet);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->length, pseudo_header_size + 8);
}

TEST(PseudoHeader, LengthOutsideThePacketIsRefused) {
    auto bytes = pack(sample());
    for (const int length : {0, 63, 65, 255}) {
        bytes[1] = static_cast<std::byte>(length);
        EXPECT_FALSE(unpack_pseudo_header(bytes)) << length;
    }
}

TEST(PseudoHeader, UnknownDirectionIsRefusedAndUnknownTransportIsNot) {
    auto bytes = pack(sample());
    bytes[3] = std::byte{200};
    ASSERT_TRUE(unpack_pseudo_header(bytes));
    EXPECT_EQ(unpack_pseudo_header(bytes)->transport, Transport::unknown);
    bytes[2] = std::byte{4};
    EXPECT_FALSE(unpack_pseudo_header(bytes));
}

} // namespace
} // namespace fusewire
