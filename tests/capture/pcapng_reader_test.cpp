// The reader against hand-made files, in both byte orders.
#include "tests/capture/pcapng_bytes.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>

namespace fusewire::test {
namespace {

using files::ByteOrder;

constexpr std::uint16_t comment = 1;
constexpr std::uint16_t if_name = 2;
constexpr std::uint16_t if_tsresol = 9;
constexpr std::uint16_t if_tsoffset = 14;
constexpr std::uint16_t epb_dropcount = 4;

class PcapngReader : public ::testing::TestWithParam<ByteOrder> {
  protected:
    Contents read(const PcapngBytes& file) {
        write_file(dir_.path("f"), file.bytes());
        return read_all(dir_.path("f"));
    }

    PcapngBytes file() const { return PcapngBytes{GetParam()}; }

    TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothOrders, PcapngReader,
                         ::testing::Values(ByteOrder::little, ByteOrder::big),
                         [](const auto& instance) {
                             return instance.param == ByteOrder::little ? "Little" : "Big";
                         });

TEST_P(PcapngReader, ReadsPacketsOfBothOrders) {
    const auto contents =
        read(file()
                 .section()
                 .interface(147, {{if_name, bytes_of("/mnt/x")}, {if_tsresol, bytes_of("\x09")}})
                 .packet(0, 1'700'000'000'123'456'789, packet_of(1, 56)));
    EXPECT_FALSE(contents.failed) << contents.error.message;
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].record.time_ns, 1'700'000'000'123'456'789);
    EXPECT_EQ(contents.records[0].bytes, message(1, 56).bytes);
    ASSERT_EQ(contents.connections.size(), 1u);
    EXPECT_EQ(contents.connections[0].mount_point, "/mnt/x");
    EXPECT_EQ(contents.connections[0].conn, ConnId{41});
}

TEST_P(PcapngReader, TicksAreMicrosecondsUnlessSaid) {
    const auto contents =
        read(file().section().interface(147).packet(0, 1'700'000'000'123'456, packet_of(1, 56)));
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].record.time_ns, 1'700'000'000'123'456'000);
}

TEST_P(PcapngReader, HonoursResolutionsAndOffsets) {
    auto f = file();
    f.section()
        .interface(147, {{if_tsresol, bytes_of("\x8a")}}) // 2^-10 s
        .interface(147, {{if_tsresol, bytes_of("\x0c")}}) // ps
        .interface(147,
                   {{if_tsresol, {std::byte{0}}}, {if_tsoffset, f.number(std::uint64_t{1000})}})
        .interface(147, {{if_tsresol, bytes_of("\x7f")}}) // 10^-127 s
        .interface(147, {{if_tsresol, bytes_of("\x80")}}) // 2^0 s, far too many of them
        .interface(147, {{if_tsoffset, f.number(std::uint64_t{0} - 5)}});
    const auto data = packet_of(1, 56);
    const auto contents = read(f.packet(0, 1536, data)
                                   .packet(1, 1'234'567'891'234, data)
                                   .packet(2, 7, data)
                                   .packet(3, UINT64_MAX, data)
                                   .packet(4, UINT64_MAX, data)
                                   .packet(5, 7'000'000, data));
    ASSERT_EQ(contents.records.size(), 6u);
    EXPECT_EQ(contents.records[0].record.time_ns, 1'500'000'000);
    EXPECT_EQ(contents.records[1].record.time_ns, 1'234'567'891);
    EXPECT_EQ(contents.records[2].record.time_ns, 1'007'000'000'000);
    EXPECT_EQ(contents.records[3].record.time_ns, 0);
    EXPECT_EQ(contents.records[4].record.time_ns, INT64_MAX);
    EXPECT_EQ(contents.records[5].record.time_ns, 2'000'000'000);
}

TEST_P(PcapngReader, InterfacesMayComeLater) {
    const auto contents = read(file()
                                   .section()
                                   .interface(147)
                                   .packet(0, 1, packet_of(1, 56))
                                   .interface(162, {{if_name, bytes_of("/late")}})
                                   .packet(1, 2, packet_of(2, 56, 42)));
    ASSERT_EQ(contents.records.size(), 2u);
    ASSERT_EQ(contents.connections.size(), 2u);
    EXPECT_EQ(contents.connections[1].mount_point, "/late");
}

TEST_P(PcapngReader, ASectionMayTurnTheByteOrder) {
    const ByteOrder other = GetParam() == ByteOrder::little ? ByteOrder::big : ByteOrder::little;
    PcapngBytes second{other};
    second.section().interface(147).packet(0, 9, packet_of(2, 60));
    const auto contents = read(file()
                                   .section()
                                   .interface(147)
                                   .interface(1)
                                   .packet(0, 1, packet_of(1, 56))
                                   .raw(second.bytes()));
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[1].record.time_ns, 9000);
    EXPECT_EQ(contents.records[1].bytes.size(), 60u);
}

TEST_P(PcapngReader, SimplePacketsHaveNoTime) {
    const auto contents =
        read(file().section().interface(147, {}, 100).simple_packet(packet_of(1, 120)));
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_FALSE(contents.records[0].record.has_time());
    EXPECT_EQ(contents.records[0].bytes.size(), 100 - pseudo_header_size);
    EXPECT_TRUE(contents.records[0].record.flags & record_truncated);
}

TEST_P(PcapngReader, ObsoletePacketsAreRead) {
    const auto contents = read(file()
                                   .section()
                                   .interface(147)
                                   .obsolete_packet(0, 3, 5, packet_of(1, 57))
                                   .obsolete_packet(0, 0xffff, 6, packet_of(2, 58)));
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[0].record.lost, 3u);
    EXPECT_EQ(contents.records[0].record.time_ns, 5000);
    EXPECT_EQ(contents.records[1].record.lost, 0u);
}

TEST_P(PcapngReader, DropCountsAndCommentsOfPacketsAreKept) {
    auto f = file();
    const auto contents =
        read(f.section().interface(147).packet(0, 1, packet_of(1, 57),
                                               {{comment, bytes_of("one")},
                                                {epb_dropcount, f.number(std::uint64_t{5})},
                                                {comment, bytes_of("two")}}));
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].record.lost, 5u);
    EXPECT_TRUE(contents.records[0].record.flags & record_lost_before);
    EXPECT_EQ(contents.records[0].comment, "one\ntwo");
}

TEST_P(PcapngReader, FramesAreCountedAsTsharkDoes) {
    const auto data = packet_of(1, 56);
    auto f = file();
    const auto contents = read(f.section()
                                   .interface(147)
                                   .interface(1)
                                   .block(4, {})                                 // names: no frame
                                   .block(0xbad, f.number(std::uint32_t{32473})) // custom: a frame
                                   .packet(1, 1, data)                           // other link type
                                   .block(0x55, {}) // unknown: no frame
                                   .packet(0, 1, data));
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].record.frame, 3u);
    EXPECT_NE(contents.all_warnings().find("1 packets of other link types"), std::string::npos);
}

TEST_P(PcapngReader, OnlyOtherLinkTypesAreNoCapture) {
    const auto contents = read(file().section().interface(1).packet(0, 1, packet_of(1, 56)));
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::not_capture);
    EXPECT_NE(contents.error.message.find("link type 1 (Ethernet)"), std::string::npos)
        << contents.error.message;
}

TEST_P(PcapngReader, PacketsWithoutOurHeaderAreNoCapture) {
    const auto contents =
        read(file().section().interface(147).packet(0, 1, bytes_of(std::string(100, 'x'))));
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::not_capture);
}

TEST_P(PcapngReader, APacketWithoutOurHeaderAmongOthersIsSkipped) {
    const auto contents = read(file()
                                   .section()
                                   .interface(147)
                                   .packet(0, 1, packet_of(1, 56))
                                   .packet(0, 1, bytes_of("short"))
                                   .packet(0, 1, packet_of(2, 56)));
    EXPECT_FALSE(contents.failed);
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.records[1].record.frame, 3u);
    EXPECT_NE(contents.all_warnings().find("packet 2"), std::string::npos);
}

TEST_P(PcapngReader, HostileOptionsAreNotFollowed) {
    auto f = file();
    f.section();
    // An option that claims to reach beyond its block, and one cut within its own header.
    const ByteVector head =
        f.number(std::uint16_t{147}) + f.number(std::uint16_t{0}) + f.number(std::uint32_t{0});
    f.block(1, head + f.number(if_name) + f.number(std::uint16_t{0xffff}) + bytes_of("/mnt"));
    f.block(1, head + f.number(if_name));
    f.interface(147, {{if_tsresol, {}}, {if_tsoffset, bytes_of("abc")}});
    const auto contents = read(f.packet(0, 1, packet_of(1, 56)).packet(2, 1, packet_of(2, 56)));
    EXPECT_FALSE(contents.failed) << contents.error.message;
    EXPECT_EQ(contents.records.size(), 2u);
}

TEST_P(PcapngReader, HostilePacketsAreSkippedOneByOne) {
    auto f = file();
    const auto data = packet_of(1, 56);
    const auto words = [&f](std::initializer_list<std::uint32_t> values) {
        ByteVector out;
        for (const std::uint32_t value : values)
            out = out + f.number(value);
        return out;
    };
    const auto contents =
        read(f.section()
                 .simple_packet(data) // no interface yet
                 .interface(147)
                 .packet(7, 1, data)                                // no such interface
                 .block(6, words({0, 0, 1, 0xffffffff, 56}) + data) // captured length
                 .block(6, words({0, 0, 1}))                        // too short
                 .block(3, {})
                 .block(2, words({0}))
                 .packet(0, 1, data));
    EXPECT_FALSE(contents.failed) << contents.error.message;
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].record.frame, 7u);
    EXPECT_EQ(contents.warnings.size(), 6u) << contents.all_warnings();
}

TEST_P(PcapngReader, EndlessInterfacesAreRefused) {
    auto f = file();
    f.section();
    PcapngBytes one{GetParam()};
    one.interface(147);
    ByteVector many;
    for (int i = 0; i < 17000; ++i)
        many.insert(many.end(), one.bytes().begin(), one.bytes().end());
    const auto contents = read(f.raw(many));
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::damaged);
}

TEST_P(PcapngReader, DamageCostsOnlyWhatItHit) {
    auto f = file();
    f.section().interface(147).packet(0, 1, packet_of(1, 56));
    const std::size_t second = f.size();
    f.packet(0, 1, packet_of(2, 56)).packet(0, 1, packet_of(3, 56));
    for (const std::size_t at : {second, second + 4, second + 5, second + 6, second + 7}) {
        ByteVector bytes = f.bytes();
        bytes[at] ^= std::byte{0x5a};
        write_file(dir_.path("d"), bytes);
        const auto contents = read_all(dir_.path("d"));
        EXPECT_FALSE(contents.failed) << at << contents.error.message;
        // A changed type makes an unknown block; a changed length makes no block at all.
        ASSERT_EQ(contents.records.size(), 2u) << at;
        EXPECT_EQ(contents.records[1].bytes, message(3, 56).bytes);
    }
}

TEST_P(PcapngReader, NonsenseAtTheEndIsAnErrorAfterTheWholeRecords) {
    auto f = file();
    f.section().interface(147).packet(0, 1, packet_of(1, 56));
    const auto contents = read(f.raw(bytes_of(std::string(400, '\xee'))));
    ASSERT_EQ(contents.records.size(), 1u);
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::damaged);
    EXPECT_NE(contents.error.message.find("from byte "), std::string::npos);
}

TEST_P(PcapngReader, MoreBytesThanTheMessageSaysAreReported) {
    auto data = packet_of(1, 56);
    data.resize(data.size() + 20);
    const auto contents = read(file().section().interface(147).packet(0, 1, data));
    ASSERT_EQ(contents.records.size(), 1u);
    EXPECT_EQ(contents.records[0].bytes.size(), 56u);
    EXPECT_EQ(contents.warnings.size(), 1u);
}

} // namespace
} // namespace fusewire::test
