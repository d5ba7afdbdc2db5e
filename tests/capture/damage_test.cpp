// Cut and changed files: what was whole comes, the rest is said, nothing crashes. The sanitizer
// builds give these tests their teeth.
#include "capture/import.h"
#include "tests/capture/pcapng_bytes.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>

namespace fusewire::test {
namespace {

// Classic pcap has no comments.
std::vector<Kept> some_records(FileFormat format) {
    std::vector<Kept> records{message(1, 56), message(1, 24, Direction::reply), message(2, 70)};
    records.push_back(message(3, 0, Direction::loss));
    records.back().record.lost = 3;
    records.back().record.flags = record_lost_before;
    if (format == FileFormat::pcapng)
        records[0].comment = "first";
    return records;
}

class Damage : public ::testing::TestWithParam<FileFormat> {
  protected:
    void SetUp() override {
        write_capture(dir_.path("whole"), GetParam(), records_, {mounted(41, "/m")});
        bytes_ = read_file(dir_.path("whole"));
    }

    static Contents read(const ByteVector& bytes) { return read_bytes(bytes); }

    TempDir dir_;
    std::vector<Kept> records_ = some_records(GetParam());
    ByteVector bytes_;
};

INSTANTIATE_TEST_SUITE_P(BothFormats, Damage,
                         ::testing::Values(FileFormat::pcapng, FileFormat::pcap),
                         [](const auto& instance) {
                             return instance.param == FileFormat::pcapng ? "Pcapng" : "Pcap";
                         });

TEST_P(Damage, EveryPrefixGivesItsWholeRecordsAndAWarning) {
    std::size_t most = 0;
    for (std::size_t length = 24; length < bytes_.size(); ++length) {
        ByteVector prefix = bytes_;
        prefix.resize(length);
        const Contents contents = read(prefix);
        ASSERT_FALSE(contents.failed) << length << ": " << contents.error.message;
        ASSERT_GE(contents.records.size(), most) << length;
        most = contents.records.size();
        for (std::size_t i = 0; i < most; ++i)
            ASSERT_TRUE(same(records_[i], contents.records[i])) << length;
        ASSERT_LE(contents.warnings.size(), 1u) << length;
    }
    EXPECT_EQ(most, records_.size() - 1);
}

TEST_P(Damage, CutsBetweenRecordsAreNoCut) {
    ByteVector prefix = bytes_;
    const Contents whole = read(prefix);
    EXPECT_TRUE(whole.warnings.empty());
    prefix.resize(bytes_.size() - 1);
    EXPECT_EQ(read(prefix).warnings.size(), 1u);
}

TEST_P(Damage, APrefixShorterThanTheFormatsHeaderIsNoCapture) {
    for (std::size_t length = 0; length < 12; ++length) {
        ByteVector prefix = bytes_;
        prefix.resize(length);
        const Contents contents = read(prefix);
        EXPECT_TRUE(contents.failed) << length;
        EXPECT_TRUE(contents.records.empty());
    }
}

TEST_P(Damage, EverySingleByteMayChange) {
    for (std::size_t at = 0; at < bytes_.size(); ++at) {
        for (const int change : {0x01, 0x80, 0xff}) {
            ByteVector changed = bytes_;
            changed[at] ^= static_cast<std::byte>(change);
            const Contents contents = read(changed);
            ASSERT_LE(contents.records.size(), records_.size()) << at;
            // One changed byte may spoil a message, or the description of the file, but not more.
            const bool header = at < (GetParam() == FileFormat::pcapng ? 600u : 24u);
            if (!header && GetParam() == FileFormat::pcapng) {
                ASSERT_GE(contents.records.size(), records_.size() - 1) << at;
            }
        }
    }
}

TEST_P(Damage, CompressedPrefixesGiveWhatCanBeUnpacked) {
    run("gzip -k " + dir_.path("whole") + " && zstd -q " + dir_.path("whole"));
    for (const char* extension : {".gz", ".zst"}) {
        const ByteVector packed = read_file(dir_.path("whole") + extension);
        for (std::size_t length = 20; length < packed.size(); ++length) {
            ByteVector prefix = packed;
            prefix.resize(length);
            const Contents contents = read(prefix);
            ASSERT_LE(contents.records.size(), records_.size());
            if (!contents.failed && length + 8 < packed.size()) {
                ASSERT_FALSE(contents.warnings.empty()) << length;
            }
        }
    }
}

TEST_P(Damage, CompressedBytesMayChange) {
    run("gzip -k " + dir_.path("whole") + " && zstd -q " + dir_.path("whole"));
    for (const char* extension : {".gz", ".zst"}) {
        const ByteVector packed = read_file(dir_.path("whole") + extension);
        for (std::size_t at = 0; at < packed.size(); ++at) {
            ByteVector changed = packed;
            changed[at] ^= std::byte{0xff};
            ASSERT_LE(read(changed).records.size(), records_.size() + 1);
        }
    }
}

TEST_P(Damage, BytesAfterCompressedDataAreReported) {
    run("gzip -k " + dir_.path("whole") + " && zstd -q " + dir_.path("whole"));
    for (const char* extension : {".gz", ".zst"}) {
        const Contents contents =
            read(read_file(dir_.path("whole") + extension) + bytes_of("garbage!garbage!"));
        EXPECT_FALSE(contents.failed) << contents.error.message;
        EXPECT_EQ(contents.records.size(), records_.size());
        EXPECT_EQ(contents.warnings.size(), 1u) << contents.all_warnings();
    }
}

TEST_P(Damage, SeveralCompressedPartsAreOneFile) {
    ByteVector packed;
    const std::size_t half = bytes_.size() / 2;
    write_file(dir_.path("a"), std::span{bytes_}.first(half));
    write_file(dir_.path("b"), std::span{bytes_}.subspan(half));
    run("cd " + dir_.path("") + " && gzip -k a b && zstd -q a b");
    for (const char* extension : {".gz", ".zst"}) {
        const Contents contents =
            read(read_file(dir_.path("a") + extension) + read_file(dir_.path("b") + extension));
        EXPECT_FALSE(contents.failed) << contents.error.message;
        EXPECT_EQ(contents.records.size(), records_.size());
        EXPECT_TRUE(contents.warnings.empty()) << contents.all_warnings();
    }
}

TEST(PcapDamage, NonsenseAfterAPacketIsAnErrorAfterTheWholeRecords) {
    const TempDir dir;
    write_capture(dir.path("f"), FileFormat::pcap, {message(1, 50)}, {});
    write_file(dir.path("f"), read_file(dir.path("f")) + bytes_of(std::string(64, '\x7f')));
    const Contents contents = read_all(dir.path("f"));
    EXPECT_EQ(contents.records.size(), 1u);
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::damaged);
}

TEST(PcapFormat, MicrosecondsAndOtherByteOrderAreRead) {
    const TempDir dir;
    PcapngBytes big{files::ByteOrder::big};
    const ByteVector data = packet_of(1, 56);
    const auto word = [&big](std::uint32_t value) { return big.number(value); };
    big.raw(word(0xa1b2c3d4) + big.number(std::uint16_t{2}) + big.number(std::uint16_t{4}) +
            word(0) + word(0) + word(262144) + word(147));
    big.raw(word(1700000000) + word(123456) + word(static_cast<std::uint32_t>(data.size())) +
            word(static_cast<std::uint32_t>(data.size())) + data);
    write_file(dir.path("f"), big.bytes());
    const Contents contents = read_all(dir.path("f"));
    ASSERT_EQ(contents.records.size(), 1u) << contents.error.message;
    EXPECT_EQ(contents.records[0].record.time_ns, 1'700'000'000'123'456'000);
    EXPECT_EQ(contents.records[0].bytes, message(1, 56).bytes);
}

TEST(PcapFormat, OtherLinkTypesAreNoCapture) {
    const TempDir dir;
    write_capture(dir.path("f"), FileFormat::pcap, {message(1, 50)}, {});
    ByteVector bytes = read_file(dir.path("f"));
    bytes[20] = std::byte{1};
    write_file(dir.path("f"), bytes);
    const Contents contents = read_all(dir.path("f"));
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::not_capture);
    EXPECT_NE(contents.error.message.find("Ethernet"), std::string::npos);
}

} // namespace
} // namespace fusewire::test
