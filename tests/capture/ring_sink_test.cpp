// When a capture goes on in the next file, what each file holds, and which of them remain. The times
// are those of the messages, so nothing here waits.
#include "capture/ring_sink.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace fusewire::test {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 1'795'357'800 * second; // 2026-11-22 14:30:00 UTC

// UTC for the names, whatever the machine's time zone is.
class RingSinkTest : public testing::Test {
  protected:
    RingSinkTest() {
        setenv("TZ", "UTC", 1);
        tzset();
    }

    void begin(const RingRules& rules, FileFormat format = FileFormat::pcapng) {
        auto made = RingSink::create(dir.path("x.pcapng"), format, rules, start);
        ASSERT_TRUE(made) << made.error().message;
        ring = std::move(*made);
    }

    void write(std::uint64_t number, std::int64_t time_ns = start, std::size_t length = 50) {
        Kept kept = message(number, length);
        kept.record.time_ns = time_ns;
        const auto written = ring->write(kept.view());
        ASSERT_TRUE(written) << written.error().message;
    }

    // The message numbers of each file that remains; ends the capture.
    std::vector<std::vector<std::uint64_t>> contents() {
        const std::vector<std::string> files(ring->files().begin(), ring->files().end());
        EXPECT_TRUE(ring->flush());
        ring.reset();
        std::vector<std::vector<std::uint64_t>> numbers;
        for (const std::string& file : files) {
            const Contents read = read_all(file);
            EXPECT_FALSE(read.failed) << read.error.message;
            EXPECT_TRUE(read.warnings.empty()) << read.all_warnings();
            numbers.emplace_back();
            for (const Kept& kept : read.records)
                numbers.back().push_back(kept.record.message_number);
        }
        return numbers;
    }

    std::size_t files_in_folder() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir.path("")))
            count++;
        return count;
    }

    using Numbers = std::vector<std::vector<std::uint64_t>>;

    const TempDir dir;
    std::unique_ptr<RingSink> ring;
};

TEST_F(RingSinkTest, NamesAreThoseOfDumpcap) {
    EXPECT_EQ(ring_file_name("x.pcapng", 1, start), "x_00001_20261122143000.pcapng");
    EXPECT_EQ(ring_file_name("a.b/x", 12, start + second), "a.b/x_00012_20261122143001");
    EXPECT_EQ(ring_file_name("a/.x", 1, start), "a/.x_00001_20261122143000");
    EXPECT_EQ(ring_file_name("x.tar.gz", 123456, start), "x.tar_123456_20261122143000.gz");
}

TEST_F(RingSinkTest, AFileIsFullWhenItHoldsThatManyMessages) {
    begin({.messages = 2});
    for (std::uint64_t number = 1; number <= 5; number++)
        write(number);
    EXPECT_EQ(contents(), (Numbers{{1, 2}, {3, 4}, {5}}));
}

TEST_F(RingSinkTest, AFileIsFullOnceItHasThatManyBytes) {
    begin({.bytes = 1000});
    for (std::uint64_t number = 1; number <= 6; number++)
        write(number, start, 500);
    EXPECT_EQ(contents(), (Numbers{{1, 2}, {3, 4}, {5, 6}}));
}

TEST_F(RingSinkTest, AMessageLargerThanAFileMayBeIsWholeInOne) {
    begin({.bytes = 1000});
    write(1, start, 400'000);
    write(2, start, 400'000);
    EXPECT_EQ(contents(), (Numbers{{1}, {2}}));
}

TEST_F(RingSinkTest, TheDurationOfAFileCountsFromItsFirstMessage) {
    begin({.duration = std::chrono::seconds(10)});
    write(1, start + 60 * second);
    write(2, start + 70 * second - 1);
    write(3, start + 70 * second);
    write(4, start + 500 * second);
    write(5, start + 509 * second);
    EXPECT_EQ(contents(), (Numbers{{1, 2}, {3}, {4, 5}}));
}

TEST_F(RingSinkTest, AnIntervalEndsAtItsMultiples) {
    begin({.interval = std::chrono::seconds(60)});
    write(1, start + 59 * second);
    write(2, start + 60 * second);
    write(3, start + 119 * second);
    write(4, start + 120 * second);
    EXPECT_EQ(contents(), (Numbers{{1}, {2, 3}, {4}}));
}

TEST_F(RingSinkTest, TheFirstRuleThatIsMetEndsAFile) {
    begin({.duration = std::chrono::seconds(10), .messages = 2});
    write(1);
    write(2);
    write(3);
    write(4, start + 11 * second);
    EXPECT_EQ(contents(), (Numbers{{1, 2}, {3}, {4}}));
}

TEST_F(RingSinkTest, AFileWithoutMessagesIsNotFollowedByAnother) {
    begin({.duration = std::chrono::seconds(1), .interval = std::chrono::seconds(1)});
    EXPECT_FALSE(ring->is_full(start + 3600 * second));
    write(1, start + 3600 * second);
    EXPECT_EQ(ring->begun(), 1u);
    EXPECT_TRUE(ring->is_full(start + 3601 * second));
    EXPECT_EQ(ring->begun(), 1u) << "nothing has come that would go into another file";
}

TEST_F(RingSinkTest, ALossIsNoMessage) {
    begin({.messages = 1});
    Record loss;
    loss.direction = Direction::loss;
    loss.lost = 7;
    ASSERT_TRUE(ring->write(loss));
    write(1);
    EXPECT_EQ(ring->begun(), 1u);
}

TEST_F(RingSinkTest, FilesAreNamedAfterTheirNumberAndTheTimeOfTheirFirstMessage) {
    begin({.messages = 1});
    write(1, start + 5 * second);
    write(2, start + 6 * second);
    ASSERT_EQ(ring->files().size(), 2u);
    EXPECT_EQ(ring->files()[0], dir.path("x_00001_20261122143000.pcapng"));
    EXPECT_EQ(ring->files()[1], dir.path("x_00002_20261122143006.pcapng"));
}

TEST_F(RingSinkTest, OnlyTheNewestFilesAreKept) {
    begin({.messages = 1, .kept = 2});
    for (std::uint64_t number = 1; number <= 5; number++)
        write(number);
    EXPECT_EQ(ring->begun(), 5u);
    EXPECT_EQ(files_in_folder(), 2u);
    EXPECT_EQ(contents(), (Numbers{{4}, {5}}));
}

TEST_F(RingSinkTest, FilesOfOtherRunsAreLeftAlone) {
    write_file(dir.path("x_00001_20200101000000.pcapng"), bytes_of("another run"));
    begin({.messages = 1, .kept = 1});
    write(1);
    write(2);
    EXPECT_EQ(files_in_folder(), 2u);
    EXPECT_EQ(read_file(dir.path("x_00001_20200101000000.pcapng")).size(), 11u);
}

TEST_F(RingSinkTest, AFileThatSomebodyElseRemovedIsNoError) {
    begin({.messages = 1, .kept = 1});
    write(1);
    ASSERT_EQ(unlink(ring->files().front().c_str()), 0);
    write(2);
    EXPECT_EQ(contents(), (Numbers{{2}}));
}

TEST_F(RingSinkTest, EachFileDescribesTheConnectionsAsTheyAreKnownByThen) {
    begin({.messages = 1});
    ASSERT_TRUE(ring->describe(mounted(41, "")));
    write(1);
    ASSERT_TRUE(ring->describe(mounted(41, "/mnt/a")));
    ASSERT_TRUE(ring->describe(mounted(42, "/mnt/b")));
    write(2);
    ASSERT_TRUE(ring->flush());
    const Contents second_file = read_all(ring->files()[1]);
    ASSERT_EQ(second_file.connections.size(), 2u);
    EXPECT_EQ(second_file.connections[0].mount_point, "/mnt/a");
    EXPECT_EQ(second_file.connections[1].mount_point, "/mnt/b");
}

TEST_F(RingSinkTest, AFileIsWholeAndPrivateBeforeTheNextBegins) {
    begin({.messages = 3});
    for (std::uint64_t number = 1; number <= 4; number++)
        write(number);
    EXPECT_EQ(read_all(ring->files()[0]).records.size(), 3u);
    struct stat status {};
    for (const std::string& file : ring->files()) {
        ASSERT_EQ(stat(file.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0600u);
    }
}

TEST_F(RingSinkTest, ClassicPcapIsSplitTheSameWay) {
    begin({.messages = 2}, FileFormat::pcap);
    for (std::uint64_t number = 1; number <= 3; number++)
        write(number);
    EXPECT_EQ(contents(), (Numbers{{1, 2}, {3}}));
}

TEST_F(RingSinkTest, BytesAreThoseOfAllFiles) {
    begin({.messages = 1, .kept = 1});
    write(1);
    const std::uint64_t first = ring->bytes_written();
    write(2);
    EXPECT_EQ(ring->bytes_written(), 2 * first);
}

TEST_F(RingSinkTest, AFolderThatIsGoneIsAnErrorAndTheLastFileStaysWhole) {
    auto folder = dir.path("f");
    ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
    auto made = RingSink::create(folder + "/x", FileFormat::pcapng, {.messages = 1}, start);
    ASSERT_TRUE(made);
    ASSERT_TRUE((*made)->write(message(1, 50).view()));
    std::filesystem::rename(folder, dir.path("g"));
    const auto failed = (*made)->write(message(2, 50).view());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().sys_errno, ENOENT);
    EXPECT_GT((*made)->bytes_written(), 0u);
    EXPECT_EQ(read_all(dir.path("g/x_00001_20261122143000")).records.size(), 1u);
}

} // namespace
} // namespace fusewire::test
