#include "capture/byte_input.h"
#include "capture/import.h"
#include "tests/capture/pcapng_bytes.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>

namespace fusewire::test {
namespace {

using files::ByteOrder;

// Builds dumps; messages keep the byte order of the host that wrote them.
class Dump {
  public:
    explicit Dump(ByteOrder order = ByteOrder::little) : numbers_(order) {}

    Dump& raw(std::uint8_t direction, std::uint64_t time_ns, const ByteVector& body) {
        bytes_ = std::move(bytes_) + ByteVector{std::byte{direction}, {}, {}, {}} +
                 u32(static_cast<std::uint32_t>(body.size())) + numbers_.number(time_ns) + body;
        return *this;
    }

    Dump& v1(char direction, const ByteVector& body) {
        bytes_ = std::move(bytes_) + letter(direction) + body;
        return *this;
    }

    Dump& v2(char direction, const std::vector<ByteVector>& items) {
        bytes_ =
            std::move(bytes_) + letter(direction) + u32(static_cast<std::uint32_t>(items.size()));
        for (const ByteVector& item : items)
            bytes_ = std::move(bytes_) + item;
        return *this;
    }

    ByteVector time(std::uint64_t seconds, std::uint32_t ns) const {
        return u32(16) + numbers_.number(seconds) + u32(ns);
    }

    ByteVector item(std::string_view text) const {
        return u32(static_cast<std::uint32_t>(4 + text.size())) + bytes_of(text);
    }

    // A FUSE message of this host: length, opcode or error, unique, and more.
    ByteVector fuse(std::uint32_t length, std::uint64_t unique) const {
        ByteVector body = u32(length) + u32(1) + numbers_.number(unique);
        body.resize(length, std::byte{0x77});
        return body;
    }

    const ByteVector& bytes() const { return bytes_; }

  private:
    ByteVector u32(std::uint32_t value) const { return numbers_.number(value); }
    static ByteVector letter(char c) { return {static_cast<std::byte>(c)}; }

    PcapngBytes numbers_;
    ByteVector bytes_;
};

Contents import(std::span<const std::byte> bytes, ImportFormat format) {
    auto source = files::open_import(files::ByteInput::over(bytes, "dump"), format);
    if (source)
        return read_all(**source);
    Contents contents;
    contents.failed = true;
    contents.error = source.error();
    return contents;
}

Contents import_raw(const Dump& dump) {
    return import(dump.bytes(), ImportFormat::raw);
}
Contents import_fusedump(const Dump& dump) {
    return import(dump.bytes(), ImportFormat::fusedump);
}

TEST(ImportRaw, KeepsTimeDirectionAndBytes) {
    Dump dump;
    dump.raw(0, 1'700'000'000'000'000'001, dump.fuse(56, 2)).raw(1, 5, dump.fuse(16, 2));
    const Contents contents = import_raw(dump);
    EXPECT_FALSE(contents.failed) << contents.error.message;
    ASSERT_EQ(contents.records.size(), 2u);
    const Record& first = contents.records[0].record;
    EXPECT_EQ(first.time_ns, 1'700'000'000'000'000'001);
    EXPECT_EQ(first.direction, Direction::request);
    EXPECT_EQ(first.transport, Transport::imported);
    EXPECT_EQ(first.frame, 1u);
    EXPECT_EQ(first.message_number, 1u);
    EXPECT_EQ(first.wire_length, 56u);
    EXPECT_EQ(first.conn, ConnId{1});
    EXPECT_EQ(first.flags, 0u);
    EXPECT_EQ(contents.records[0].bytes, dump.fuse(56, 2));
    EXPECT_EQ(contents.records[1].record.direction, Direction::reply);
    ASSERT_EQ(contents.connections.size(), 1u);
    EXPECT_EQ(contents.connections[0].conn, ConnId{1});
}

TEST(ImportRaw, ReadsPipesAndCompressedFiles) {
    const TempDir dir;
    Dump dump;
    for (int i = 0; i < 100; ++i)
        dump.raw(0, 5, dump.fuse(5000, 2));
    write_file(dir.path("r"), dump.bytes());
    run("gzip -k " + dir.path("r"));
    const FilledPipe pipe{dump.bytes()};
    for (const std::string& path : {dir.path("r"), dir.path("r.gz"), pipe.path()}) {
        auto source = open_import(path, ImportFormat::raw);
        ASSERT_TRUE(source) << source.error().message;
        EXPECT_EQ(read_all(**source).records.size(), 100u);
    }
}

TEST(ImportRaw, RewindsFiles) {
    Dump dump;
    dump.raw(0, 1, dump.fuse(56, 2)).raw(1, 2, dump.fuse(16, 2));
    auto source =
        files::open_import(files::ByteInput::over(dump.bytes(), "dump"), ImportFormat::raw);
    ASSERT_TRUE(source);
    EXPECT_EQ(read_all(**source).records.size(), 2u);
    ASSERT_TRUE((*source)->rewind());
    const Contents again = read_all(**source);
    ASSERT_EQ(again.records.size(), 2u);
    EXPECT_EQ(again.records[0].record.frame, 1u);
}

class ImportFusedump : public ::testing::TestWithParam<ByteOrder> {};

INSTANTIATE_TEST_SUITE_P(BothOrders, ImportFusedump,
                         ::testing::Values(ByteOrder::little, ByteOrder::big),
                         [](const auto& instance) {
                             return instance.param == ByteOrder::little ? "Little" : "Big";
                         });

TEST_P(ImportFusedump, Version1HasNoTime) {
    Dump dump{GetParam()};
    dump.v1('R', dump.fuse(56, 2)).v1('W', dump.fuse(80, 2)).v1('R', dump.fuse(40, 4));
    const Contents contents = import_fusedump(dump);
    EXPECT_FALSE(contents.failed) << contents.error.message;
    ASSERT_EQ(contents.records.size(), 3u);
    EXPECT_FALSE(contents.records[0].record.has_time());
    EXPECT_EQ(contents.records[0].record.direction, Direction::request);
    EXPECT_EQ(contents.records[1].record.direction, Direction::reply);
    EXPECT_EQ(contents.records[1].bytes, dump.fuse(80, 2));
}

TEST_P(ImportFusedump, Version2HasTimeAndSignatures) {
    Dump dump{GetParam()};
    dump.v2('R', {dump.time(1'700'000'000, 123), dump.fuse(56, 2)})
        .v2('W', {dump.time(1'700'000'001, 7), dump.item("GLUSTER\xF5"), dump.fuse(16, 2)})
        .v2('R', {dump.fuse(48, 4)})
        .v2('W', {})
        .v2('W', {dump.item("signature"), dump.fuse(16, 4)});
    const Contents contents = import_fusedump(dump);
    EXPECT_FALSE(contents.failed) << contents.error.message;
    ASSERT_EQ(contents.records.size(), 4u);
    EXPECT_EQ(contents.records[0].record.time_ns, 1'700'000'000'000'000'123);
    EXPECT_TRUE(contents.records[0].record.has_time());
    EXPECT_EQ(contents.records[0].bytes, dump.fuse(56, 2));
    EXPECT_EQ(contents.records[1].bytes, dump.fuse(16, 2));
    EXPECT_FALSE(contents.records[2].record.has_time());
    EXPECT_EQ(contents.records[3].record.frame, 4u);
    EXPECT_FALSE(contents.records[3].record.has_time());
}

TEST_P(ImportFusedump, VersionsMayMix) {
    Dump dump{GetParam()};
    dump.v1('R', dump.fuse(56, 2)).v2('W', {dump.time(5, 6), dump.fuse(16, 2)});
    const Contents contents = import_fusedump(dump);
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_FALSE(contents.records[0].record.has_time());
    EXPECT_EQ(contents.records[1].record.time_ns, 5'000'000'006);
}

TEST_P(ImportFusedump, ImpossibleTimesAreNoTimes) {
    Dump dump{GetParam()};
    dump.v2('R', {dump.time(5, 1'000'000'000), dump.fuse(56, 2)})
        .v2('R', {dump.time(UINT64_MAX, 1), dump.fuse(56, 4)});
    const Contents contents = import_fusedump(dump);
    ASSERT_EQ(contents.records.size(), 2u);
    EXPECT_FALSE(contents.records[0].record.has_time());
    EXPECT_FALSE(contents.records[1].record.has_time());
}

TEST_P(ImportFusedump, EveryPrefixGivesItsWholeRecords) {
    Dump dump{GetParam()};
    dump.v1('R', dump.fuse(56, 2))
        .v2('W', {dump.time(5, 6), dump.fuse(16, 2)})
        .v1('W', dump.fuse(300, 4));
    for (std::size_t length = 57; length < dump.bytes().size(); ++length) {
        const Contents contents = import(Bytes{dump.bytes()}.first(length), ImportFormat::fusedump);
        ASSERT_FALSE(contents.failed) << length << contents.error.message;
        ASSERT_EQ(contents.records.size(), length >= 94 ? 2u : 1u) << length;
        const bool between = length == 57 || length == 94;
        ASSERT_EQ(contents.warnings.size(), between ? 0u : 1u) << length;
    }
}

TEST_P(ImportFusedump, APrefixWithoutAWholeRecordIsRefused) {
    Dump dump{GetParam()};
    dump.v1('R', dump.fuse(56, 2));
    for (std::size_t length = 0; length < dump.bytes().size(); ++length) {
        const Contents contents = import(Bytes{dump.bytes()}.first(length), ImportFormat::fusedump);
        ASSERT_TRUE(contents.failed) << length;
        EXPECT_EQ(contents.error.code, Errc::not_capture);
    }
}

TEST_P(ImportFusedump, EverySingleByteMayChange) {
    Dump dump{GetParam()};
    for (std::uint64_t i = 1; i <= 4; ++i)
        dump.v1('R', dump.fuse(56, i)).v2('W', {dump.time(5, 6), dump.fuse(16, i)});
    for (std::size_t at = 0; at < dump.bytes().size(); ++at) {
        for (const int change : {0x01, 0x10, 0x80, 0xff}) {
            ByteVector changed = dump.bytes();
            changed[at] ^= static_cast<std::byte>(change);
            const Contents contents = import(changed, ImportFormat::fusedump);
            // A changed count of items may take in the record that follows.
            ASSERT_GE(contents.records.size(), 6u) << at;
            ASSERT_TRUE(!contents.failed || contents.error.code == Errc::damaged) << at;
        }
    }
}

TEST(ImportRaw, EverySingleByteMayChange) {
    Dump dump;
    for (std::uint64_t i = 1; i <= 6; ++i)
        dump.raw(i % 2 == 0 ? 1 : 0, i, dump.fuse(40, i));
    for (std::size_t at = 0; at < dump.bytes().size(); ++at) {
        for (const int change : {0x01, 0x80, 0xff}) {
            ByteVector changed = dump.bytes();
            changed[at] ^= static_cast<std::byte>(change);
            const Contents contents = import(changed, ImportFormat::raw);
            ASSERT_GE(contents.records.size(), 5u) << at;
            ASSERT_TRUE(!contents.failed || contents.error.code == Errc::damaged) << at;
        }
    }
}

TEST(ImportRaw, HostileLengthsAreNotBelieved) {
    Dump dump;
    dump.raw(0, 1, dump.fuse(56, 2)).raw(0, 2, dump.fuse(56, 4)).raw(0, 3, dump.fuse(56, 6));
    ByteVector bytes = dump.bytes();
    files::store_le(&bytes[72 + 4], std::uint32_t{1} << 30);
    const Contents contents = import(bytes, ImportFormat::raw);
    EXPECT_FALSE(contents.failed);
    EXPECT_EQ(contents.records.size(), 2u);
    EXPECT_EQ(contents.warnings.size(), 1u);
}

TEST(Import, OtherFilesAreRefusedWithOneLine) {
    const std::string text = "RW is how this text begins, and it goes on for a while\n";
    for (const ImportFormat format : {ImportFormat::raw, ImportFormat::fusedump}) {
        for (const ByteVector& bytes : {bytes_of(text), bytes_of(""),
                                        bytes_of("\x7f"
                                                 "ELF and so on")}) {
            const Contents contents = import(bytes, format);
            ASSERT_TRUE(contents.failed);
            EXPECT_EQ(contents.error.code, Errc::not_capture);
            EXPECT_EQ(contents.error.message.find('\n'), std::string::npos);
            EXPECT_NE(contents.error.message.find("dump: "), std::string::npos);
        }
    }
}

TEST(Import, NonsenseAtTheEndIsAnErrorAfterTheWholeRecords) {
    Dump dump;
    dump.v1('R', dump.fuse(56, 2)).v1('W', dump.fuse(16, 2)).v1('X', dump.fuse(16, 2));
    const Contents contents = import_fusedump(dump);
    EXPECT_EQ(contents.records.size(), 2u);
    ASSERT_TRUE(contents.failed);
    EXPECT_EQ(contents.error.code, Errc::damaged);
}

TEST(Import, FormatsHaveNames) {
    EXPECT_EQ(import_format("raw"), ImportFormat::raw);
    EXPECT_EQ(import_format("fusedump"), ImportFormat::fusedump);
    EXPECT_EQ(import_format("pcap"), std::nullopt);
    EXPECT_EQ(import_name(ImportFormat::fusedump), "fusedump");
}

TEST(OpenCapture, NamesTheImportThatWouldReadTheFile) {
    Dump little;
    little.v1('R', little.fuse(56, 2)).v1('W', little.fuse(16, 2));
    Dump big{ByteOrder::big};
    big.v2('R', {big.time(1, 2), big.fuse(56, 2)});
    for (const Dump& dump : {little, big}) {
        const Contents contents = read_bytes(dump.bytes());
        ASSERT_TRUE(contents.failed);
        EXPECT_NE(contents.error.message.find("GlusterFS fusedump; use: fusewire import --from "
                                              "fusedump"),
                  std::string::npos)
            << contents.error.message;
    }
    Dump raw;
    const Contents contents = read_bytes(raw.raw(0, 1, raw.fuse(56, 2)).bytes());
    EXPECT_NE(contents.error.message.find("--from raw"), std::string::npos)
        << contents.error.message;
}

TEST(OpenCapture, SaysWhatTheFileIsInstead) {
    struct Row {
        std::string bytes;
        const char* kind;
    };
    const std::string zeros(300, '\0');
    for (const Row& row : {Row{"", "empty file"}, Row{"hello\n", "text"},
                           Row{"\x7f"
                               "ELF\x02\x01",
                               "ELF program"},
                           Row{"BZh9", "bzip2"}, Row{zeros, "first bytes 00 00 00 00"},
                           Row{"\x01\xff", "first bytes 01 ff"}, Row{"#!/bin/sh\n", "script"}}) {
        const Contents contents = read_bytes(bytes_of(row.bytes));
        ASSERT_TRUE(contents.failed);
        EXPECT_EQ(contents.error.code, Errc::not_capture);
        EXPECT_NE(contents.error.message.find(row.kind), std::string::npos)
            << contents.error.message;
    }
}

TEST(OpenCapture, SaysWhyAFileCannotBeOpened) {
    const TempDir dir;
    const Contents missing = read_all(dir.path("missing"));
    ASSERT_TRUE(missing.failed);
    EXPECT_EQ(missing.error.code, Errc::io);
    EXPECT_EQ(missing.error.sys_errno, ENOENT);
    const Contents directory = read_all(dir.path(""));
    ASSERT_TRUE(directory.failed);
    EXPECT_NE(directory.error.message.find("directory"), std::string::npos);
}

} // namespace
} // namespace fusewire::test
