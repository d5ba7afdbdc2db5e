// Files that change under the reader.
#include "capture/mapped_file.h"
#include "tests/capture/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

namespace fusewire::test {
namespace {

std::vector<Kept> many_records(std::size_t count) {
    std::vector<Kept> records;
    for (std::uint64_t i = 0; i < count; ++i)
        records.push_back(message(i, 4000));
    return records;
}

class Shrinking : public ::testing::TestWithParam<FileFormat> {
  protected:
    void SetUp() override {
        write_capture(dir_.path("c"), GetParam(), many_records(1000), {});
        auto source = open_capture(dir_.path("c"));
        ASSERT_TRUE(source);
        source_ = std::move(*source);
    }

    void shrink(off_t size) { ASSERT_EQ(truncate(dir_.path("c").c_str(), size), 0); }

    TempDir dir_;
    std::unique_ptr<RecordSource> source_;
};

INSTANTIATE_TEST_SUITE_P(BothFormats, Shrinking,
                         ::testing::Values(FileFormat::pcapng, FileFormat::pcap),
                         [](const auto& instance) {
                             return instance.param == FileFormat::pcapng ? "Pcapng" : "Pcap";
                         });

TEST_P(Shrinking, IsAnErrorAndNoCrash) {
    Record record;
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(source_->next(record).value_or(false));
    shrink(100'000);
    const Contents contents = read_all(*source_);
    ASSERT_TRUE(contents.failed);
    EXPECT_NE(contents.error.message.find("shrank while it was being read"), std::string::npos)
        << contents.error.message;
    EXPECT_LT(contents.records.size(), 100u);
    EXPECT_FALSE(source_->next(record)) << "the error stays";
}

TEST_P(Shrinking, ToNothingIsAnErrorAndNoCrash) {
    shrink(0);
    const Contents contents = read_all(*source_);
    ASSERT_TRUE(contents.failed);
    EXPECT_NE(contents.error.message.find("shrank"), std::string::npos) << contents.error.message;
}

TEST_P(Shrinking, WithinTheLastPageIsAnError) {
    shrink(4'000'000);
    const Contents contents = read_all(*source_);
    ASSERT_TRUE(contents.failed);
    EXPECT_NE(contents.error.message.find("shrank"), std::string::npos) << contents.error.message;
}

TEST(ShrinkingMap, BytesOfARecordInHandMayBeReadStill) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcapng, many_records(100), {});
    auto source = open_capture(dir.path("c"));
    ASSERT_TRUE(source);
    Record record;
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE((*source)->next(record).value_or(false));
    ASSERT_EQ(truncate(dir.path("c").c_str(), 0), 0);
    unsigned sum = 0;
    for (const std::byte value : record.bytes)
        sum += std::to_integer<unsigned>(value);
    EXPECT_EQ(sum, 0u);
    EXPECT_FALSE((*source)->next(record));
}

volatile sig_atomic_t chained_signals = 0;

// Faults outside our mappings are none of our business.
TEST(ShrinkingMap, OtherFaultsGoToThePreviousHandler) {
    EXPECT_EXIT(
        {
            signal(SIGBUS, [](int) {
                chained_signals = chained_signals + 1;
                _exit(42);
            });
            const TempDir dir;
            write_file(dir.path("ours"), bytes_of(std::string(8192, 'x')));
            write_file(dir.path("other"), bytes_of(std::string(8192, 'x')));
            const int ours = open(dir.path("ours").c_str(), O_RDONLY);
            const int other = open(dir.path("other").c_str(), O_RDONLY);
            const auto map = files::MappedFile::map(ours, 8192);
            const void* foreign = mmap(nullptr, 8192, PROT_READ, MAP_SHARED, other, 0);
            truncate(dir.path("other").c_str(), 0);
            const auto* bytes = static_cast<const volatile char*>(foreign);
            _exit(bytes[5000] == 0 ? 1 : 2);
        },
        ::testing::ExitedWithCode(42), "");
}

TEST(ShrinkingMap, MoreMappingsThanSlotsAreRefused) {
    const TempDir dir;
    write_file(dir.path("f"), bytes_of("content"));
    const int fd = open(dir.path("f").c_str(), O_RDONLY);
    std::vector<std::unique_ptr<files::MappedFile>> maps;
    while (auto map = files::MappedFile::map(fd, 7)) {
        maps.push_back(std::move(map));
        ASSERT_LT(maps.size(), 1000u);
    }
    EXPECT_GE(maps.size(), 16u);
    maps.pop_back();
    EXPECT_NE(files::MappedFile::map(fd, 7), nullptr);
    close(fd);
}

} // namespace
} // namespace fusewire::test
