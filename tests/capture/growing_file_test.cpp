// Files that are read while somebody still writes them.
#include "capture/indexer.h"
#include "tests/capture/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

namespace fusewire::test {
namespace {

using namespace std::chrono_literals;

bool wait_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    return done();
}

std::vector<Kept> messages(std::size_t count) {
    std::vector<Kept> records;
    for (std::uint64_t i = 1; i <= count; ++i)
        records.push_back(message(i, i % 7 == 0 ? 300'000 : 100));
    return records;
}

class Growing : public ::testing::TestWithParam<FileFormat> {
  protected:
    // All that the file is going to be.
    void prepare(std::size_t count) {
        write_capture(dir_.path("whole"), GetParam(), messages(count), {mounted(41, "/m")});
        bytes_ = read_file(dir_.path("whole"));
        write_file(path(), {});
    }
    std::string path() const { return dir_.path("c"); }
    void append(std::size_t begin, std::size_t end) {
        const int fd = ::open(path().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        ASSERT_EQ(write(fd, bytes_.data() + begin, end - begin), static_cast<ssize_t>(end - begin));
        close(fd);
    }
    std::unique_ptr<Indexer> follow() {
        auto indexer = Indexer::follow(path(), [this] { return following.load(); });
        EXPECT_TRUE(indexer) << indexer.error().message;
        (*indexer)->start();
        return std::move(*indexer);
    }
    void expect_as_plain(const Indexer& followed) {
        auto plain = Indexer::open(path());
        ASSERT_TRUE(plain) << plain.error().message;
        ASSERT_TRUE((*plain)->step(1'000'000));
        ASSERT_EQ(followed.index().size(), (*plain)->index().size());
        const auto ours = followed.decoder();
        const auto theirs = (*plain)->decoder();
        for (Row row = 0; row < followed.index().size(); ++row) {
            ASSERT_EQ(followed.index()[row], (*plain)->index()[row]) << row;
            const auto a = ours->decode(row);
            const auto b = theirs->decode(row);
            ASSERT_TRUE(a && b) << row;
            ASSERT_TRUE(std::ranges::equal(a->record.bytes, b->record.bytes)) << row;
        }
    }

    std::atomic<bool> following{true};
    TempDir dir_;
    ByteVector bytes_;
};

INSTANTIATE_TEST_SUITE_P(BothFormats, Growing,
                         ::testing::Values(FileFormat::pcapng, FileFormat::pcap),
                         [](const auto& instance) {
                             return instance.param == FileFormat::pcapng ? "Pcapng" : "Pcap";
                         });

TEST_P(Growing, GivesWhatIsWrittenAndWaitsForTheRestOfAMessage) {
    prepare(30);
    const auto indexer = follow();
    EXPECT_TRUE(wait_until([&] { return indexer->waits(); })) << "an empty file may grow";
    Row before = 0;
    for (std::size_t at = 0; at < bytes_.size();) {
        // Pieces that end anywhere, in headers too.
        const std::size_t end = std::min(bytes_.size(), at + 77'777 + at % 13);
        append(at, end);
        at = end;
        EXPECT_TRUE(wait_until([&] { return indexer->progress().done == at; }));
        EXPECT_GE(indexer->index().size(), before);
        before = indexer->index().size();
        EXPECT_FALSE(indexer->ended());
        if (before > 0) {
            EXPECT_TRUE(indexer->decoder()->decode(before - 1));
        }
    }
    EXPECT_TRUE(wait_until([&] { return indexer->index().size() == 30; }));
    EXPECT_FALSE(indexer->index().complete());
    following = false;
    ASSERT_TRUE(indexer->wait());
    EXPECT_TRUE(indexer->index().complete());
    EXPECT_TRUE(indexer->warnings().empty()) << indexer->warnings()[0];
    expect_as_plain(*indexer);
}

TEST_P(Growing, EachByteAloneMakesTheSameCapture) {
    prepare(3);
    const auto indexer = follow();
    for (std::size_t at = 0; at < bytes_.size(); ++at)
        append(at, at + 1);
    EXPECT_TRUE(wait_until([&] { return indexer->index().size() == 3; }));
    following = false;
    ASSERT_TRUE(indexer->wait());
    expect_as_plain(*indexer);
}

TEST_P(Growing, ReadersGoOnWhileItGrows) {
    prepare(200);
    const auto indexer = follow();
    std::thread writer([&] {
        for (std::size_t at = 0; at < bytes_.size(); at += 50'000)
            append(at, std::min(bytes_.size(), at + 50'000));
    });
    const auto decoder = indexer->decoder();
    std::size_t decoded = 0;
    do {
        for (Row row = 0; row < indexer->index().size(); ++row, ++decoded)
            EXPECT_TRUE(decoder->decode(row)) << row;
    } while (decoded < 200);
    writer.join();
}

TEST_P(Growing, SaysThatTheEndIsCutOnlyWhenNobodyFollowsAnyMore) {
    prepare(10);
    append(0, bytes_.size() - 5);
    const auto indexer = follow();
    EXPECT_TRUE(wait_until([&] { return indexer->waits(); }));
    EXPECT_EQ(indexer->index().size(), 9u);
    following = false;
    ASSERT_TRUE(indexer->wait());
    ASSERT_EQ(indexer->warnings().size(), 1u);
    EXPECT_NE(indexer->warnings()[0].find("cut"), std::string::npos) << indexer->warnings()[0];
}

TEST_P(Growing, CancelEndsTheWait) {
    prepare(10);
    append(0, bytes_.size());
    const auto indexer = follow();
    EXPECT_TRUE(wait_until([&] { return indexer->waits(); }));
    indexer->cancel();
    ASSERT_TRUE(indexer->wait());
    EXPECT_FALSE(indexer->index().complete()) << "more might have come";
    EXPECT_EQ(indexer->index().size(), 10u);
}

TEST_P(Growing, AFileThatShrinksIsAnErrorAndTheRowsStay) {
    prepare(10);
    append(0, bytes_.size());
    const auto indexer = follow();
    EXPECT_TRUE(wait_until([&] { return indexer->waits(); }));
    ASSERT_EQ(truncate(path().c_str(), 300), 0);
    const auto outcome = indexer->wait();
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.find("shrank to 300 bytes"), std::string::npos)
        << outcome.error().message;
    EXPECT_EQ(indexer->index().size(), 10u);
    const auto gone = indexer->decoder()->decode(9);
    ASSERT_FALSE(gone);
    EXPECT_FALSE(gone.error().message.empty());
}

TEST_P(Growing, AFileThatIsRemovedEndsAndStaysReadable) {
    prepare(10);
    append(0, bytes_.size());
    const auto indexer = follow();
    EXPECT_TRUE(wait_until([&] { return indexer->waits(); }));
    ASSERT_EQ(unlink(path().c_str()), 0);
    ASSERT_TRUE(indexer->wait());
    ASSERT_EQ(indexer->warnings().size(), 1u);
    EXPECT_NE(indexer->warnings()[0].find("was removed"), std::string::npos);
    EXPECT_TRUE(indexer->decoder()->decode(9));
}

// Not pcap: libpcap keeps what it has read of a message.
class GrowingPcapng : public Growing {};
INSTANTIATE_TEST_SUITE_P(One, GrowingPcapng, ::testing::Values(FileFormat::pcapng));

TEST_P(GrowingPcapng, ReadsOnWhereAWriterTookHalfAMessageBack) {
    prepare(10);
    append(0, bytes_.size() - 5);
    const auto indexer = follow();
    EXPECT_TRUE(wait_until([&] { return indexer->index().size() == 9 && indexer->waits(); }));
    std::size_t ends = indexer->index()[8].position;
    std::uint32_t length = 0;
    std::memcpy(&length, bytes_.data() + ends + 4, sizeof length);
    ends += length;
    ASSERT_EQ(truncate(path().c_str(), static_cast<off_t>(ends)), 0);
    std::this_thread::sleep_for(120ms);
    EXPECT_FALSE(indexer->ended());
    append(ends, bytes_.size());
    EXPECT_TRUE(wait_until([&] { return indexer->index().size() == 10; }));
    following = false;
    ASSERT_TRUE(indexer->wait());
    expect_as_plain(*indexer);
}

TEST_P(Growing, ASourceCanBeRewoundAndReadsToTheEndWhenNobodyFollows) {
    prepare(20);
    append(0, bytes_.size());
    auto source = open_growing_capture(path(), [] { return false; });
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(read_all(**source).records.size(), 20u);
    ASSERT_TRUE((*source)->rewind());
    EXPECT_EQ(read_all(**source).records.size(), 20u);
}

TEST(GrowingCapture, WhatIsNoCaptureIsSaidWithTheFirstBytes) {
    const TempDir dir;
    write_file(dir.path("c"), bytes_of("no capture at all"));
    auto indexer = Indexer::follow(dir.path("c"), [] { return true; });
    ASSERT_TRUE(indexer);
    (*indexer)->start();
    const auto outcome = (*indexer)->wait();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::not_capture);
}

TEST(GrowingCapture, OnlyAFileCanBeFollowed) {
    const TempDir dir;
    ASSERT_EQ(run("mkfifo " + dir.path("pipe")).status, 0);
    for (const std::string& path : {dir.path("pipe"), std::string("/dev/null"), dir.path("none")})
        EXPECT_FALSE(open_growing_capture(path, [] { return true; })) << path;
}

} // namespace
} // namespace fusewire::test
