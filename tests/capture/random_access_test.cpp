// Records read again at the places where next() gave them.
#include "tests/capture/pcapng_bytes.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>

namespace fusewire::test {
namespace {

struct Remembered {
    Position position;
    Kept kept;
};

std::vector<Remembered> remember(RecordSource& source) {
    std::vector<Remembered> all;
    Record record;
    while (source.next(record).value_or(false)) {
        all.push_back(
            {source.position(),
             {record, {record.bytes.begin(), record.bytes.end()}, std::string{record.comment}}});
    }
    return all;
}

void expect_readable_backwards(RecordSource& source, const std::vector<Remembered>& all) {
    const auto again_from = source.random_access();
    for (auto i = all.rbegin(); i != all.rend(); ++i) {
        Record record;
        record.frame = 99;
        const auto found = again_from->read_at(i->position, record);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_TRUE(*found);
        EXPECT_EQ(record.frame, 99u);
        const Kept again{
            record, {record.bytes.begin(), record.bytes.end()}, std::string{record.comment}};
        EXPECT_TRUE(same(i->kept, again));
    }
}

std::vector<Kept> records() {
    std::vector<Kept> all{message(1, 56), message(2, 1024 * 1024), message(3, 70)};
    all[2].comment = "third";
    all.push_back(message(4, 700'000, Direction::reply));
    all.push_back(message(5, 16, Direction::reply));
    return all;
}

class RandomAccessTest : public ::testing::TestWithParam<FileFormat> {
  protected:
    TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothFormats, RandomAccessTest,
                         ::testing::Values(FileFormat::pcapng, FileFormat::pcap),
                         [](const auto& instance) {
                             return instance.param == FileFormat::pcapng ? "Pcapng" : "Pcap";
                         });

TEST_P(RandomAccessTest, ReadsEveryRecordAgain) {
    write_capture(dir_.path("c"), GetParam(), records(), {mounted(41, "/m")});
    auto source = open_capture(dir_.path("c"));
    ASSERT_TRUE(source);
    ASSERT_NE((*source)->random_access(), nullptr);
    const auto all = remember(**source);
    ASSERT_EQ(all.size(), records().size());
    expect_readable_backwards(**source, all);
}

TEST_P(RandomAccessTest, DoesNotDisturbReadingInOrder) {
    write_capture(dir_.path("c"), GetParam(), records(), {});
    auto source = open_capture(dir_.path("c"));
    ASSERT_TRUE(source);
    Record record;
    ASSERT_TRUE((*source)->next(record).value_or(false));
    const Position first = (*source)->position();
    const auto random_access = (*source)->random_access();
    std::size_t count = 1;
    while ((*source)->next(record).value_or(false)) {
        Record again;
        ASSERT_TRUE(random_access->read_at(first, again).value_or(false));
        EXPECT_EQ(again.message_number, 1u);
        ++count;
    }
    EXPECT_EQ(count, records().size());
}

TEST_P(RandomAccessTest, PlacesWithoutARecordGiveNone) {
    write_capture(dir_.path("c"), GetParam(), {message(1, 56)}, {});
    auto source = open_capture(dir_.path("c"));
    ASSERT_TRUE(source);
    const auto all = remember(**source);
    for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{1} << 40,
                                      static_cast<std::uint64_t>(all[0].position) + 4}) {
        Record record;
        EXPECT_FALSE((*source)->random_access()->read_at(Position{place}, record).value_or(false));
    }
}

TEST(RandomAccess, FindsPacketsLongerThanThePcapFilesSnapLength) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcap, {message(1, 500), message(2, 600)}, {});
    ByteVector bytes = read_file(dir.path("c"));
    files::store_le(&bytes[16], std::uint32_t{200});
    write_file(dir.path("c"), bytes);
    auto source = open_capture(dir.path("c"));
    ASSERT_TRUE(source);
    const auto all = remember(**source);
    ASSERT_EQ(all.size(), 2u);
    Record record;
    ASSERT_TRUE((*source)->random_access()->read_at(all[1].position, record).value_or(false));
    EXPECT_EQ(record.message_number, 2u);
}

// Before version 2.4 some writers had the two lengths of a packet swapped.
TEST(RandomAccess, IsNotOfferedForOldPcapVariants) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcap, {message(1, 500)}, {});
    ByteVector bytes = read_file(dir.path("c"));
    files::store_le(&bytes[6], std::uint16_t{2});
    write_file(dir.path("c"), bytes);
    auto source = open_capture(dir.path("c"));
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->random_access(), nullptr);
    EXPECT_EQ(read_all(**source).records.size(), 1u);
}

TEST(RandomAccess, WorksAcrossSectionsAndLateInterfaces) {
    const TempDir dir;
    PcapngBytes big{files::ByteOrder::big};
    big.section()
        .interface(147)
        .packet(0, 1, packet_of(1, 56))
        .interface(147)
        .packet(1, 2, packet_of(2, 60, 42));
    PcapngBytes little;
    little.section().interface(147).packet(0, 3, packet_of(3, 64, 43));
    big.raw(little.bytes());
    write_file(dir.path("c"), big.bytes());
    auto source = open_capture(dir.path("c"));
    ASSERT_TRUE(source);
    const auto all = remember(**source);
    ASSERT_EQ(all.size(), 3u);
    expect_readable_backwards(**source, all);
}

TEST(RandomAccess, GivesAMessageWithAMissingPacketAsNextDid) {
    const TempDir dir;
    PcapngBytes file;
    file.section().interface(147);
    PseudoHeader header;
    header.conn = ConnId{41};
    header.wire_length = 300;
    const auto part = [&](std::uint64_t number, std::uint32_t offset, bool more) {
        header.message_number = number;
        header.offset = offset;
        header.flags = more ? record_more : 0u;
        const auto packed = pack(header);
        file.packet(0, number, ByteVector{packed.begin(), packed.end()} + ByteVector(100));
    };
    part(1, 0, true);
    part(2, 0, true);
    part(1, 200, false);
    part(2, 100, true);
    write_file(dir.path("c"), file.bytes());
    auto source = open_capture(dir.path("c"));
    ASSERT_TRUE(source);
    const auto all = remember(**source);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_TRUE(all[0].kept.record.flags & record_gap);
    expect_readable_backwards(**source, all);
}

} // namespace
} // namespace fusewire::test
