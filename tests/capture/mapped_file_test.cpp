// Files that change under the reader.
#include "capture/mapped_file.h"
#include "tests/capture/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
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

TEST_P(Shrinking, LeavesTheRecordInHandAsItWas) {
    Record record;
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE(source_->next(record).value_or(false));
    shrink(0);
    const Kept expected = message(49, 4000);
    EXPECT_TRUE(std::ranges::equal(record.bytes, expected.bytes));
}

TEST_P(Shrinking, IsAnErrorToWhoReadsARecordAgain) {
    Record record;
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE(source_->next(record).value_or(false));
    const Position position = source_->position();
    shrink(0);
    EXPECT_FALSE(source_->random_access()->read_at(position, record).value_or(false));
}

TEST_P(Shrinking, TheOtherWayRoundChangesNothing) {
    Record record;
    ASSERT_TRUE(source_->next(record).value_or(false));
    const ByteVector whole = read_file(dir_.path("c"));
    ByteVector more = whole;
    more.insert(more.end(), whole.begin(), whole.begin() + 1000);
    write_file(dir_.path("c"), more);
    const Contents contents = read_all(*source_);
    EXPECT_FALSE(contents.failed);
    EXPECT_EQ(contents.records.size(), 999u);
    EXPECT_EQ(contents.all_warnings(), "");
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
