// Indexing while others read, and what stays of it when the file or the user ends it early.
#include "capture/indexer.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

namespace fusewire::test {
namespace {

constexpr std::size_t header_size = 40;

void put(ByteVector& bytes, std::size_t at, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
        bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

// GETATTR with nothing wrong, or its reply.
Kept exchange_part(std::uint64_t number, std::uint32_t conn, Direction direction) {
    const bool asks = direction == Direction::request;
    Kept kept;
    kept.bytes.resize(asks ? header_size + 16 : 16 + 104);
    put(kept.bytes, 0, kept.bytes.size(), 4);
    put(kept.bytes, 4, asks ? 3 : 0, 4);
    put(kept.bytes, 8, 2 * number + 2, 8);
    put(kept.bytes, asks ? 16 : 24, 1, 8);
    kept.record.direction = direction;
    kept.record.conn = ConnId{conn};
    kept.record.message_number = 2 * number + (asks ? 1 : 2);
    kept.record.time_ns = static_cast<std::int64_t>(1'000'000 * kept.record.message_number);
    kept.record.wire_length = static_cast<std::uint32_t>(kept.bytes.size());
    kept.record.transport = Transport::read_write;
    return kept;
}

// Requests of several connections, each answered three requests later; now and then a message of
// several packets.
std::vector<Kept> traffic(std::size_t count) {
    constexpr std::size_t delay = 3;
    std::vector<Kept> records;
    for (std::size_t i = 0; i < count + delay; ++i) {
        if (i < count)
            records.push_back(exchange_part(i, 41 + i % 5, Direction::request));
        if (i >= delay)
            records.push_back(exchange_part(i - delay, 41 + (i - delay) % 5, Direction::reply));
        if (i % 5000 == 1000)
            records.push_back(message(10 * count + i, 400'000));
    }
    return records;
}

std::vector<Connection> five_mounts() {
    std::vector<Connection> all;
    for (std::uint32_t conn = 41; conn < 46; ++conn)
        all.push_back(mounted(conn, "/m" + std::to_string(conn)));
    return all;
}

class IndexerTest : public ::testing::TestWithParam<FileFormat> {
  protected:
    void write(std::size_t exchanges) {
        write_capture(path(), GetParam(), traffic(exchanges), five_mounts());
    }
    std::unique_ptr<Indexer> open() {
        auto indexer = Indexer::open(path());
        EXPECT_TRUE(indexer) << indexer.error().message;
        return indexer ? std::move(*indexer) : nullptr;
    }
    std::string path() const { return dir_.path("c"); }

    TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothFormats, IndexerTest,
                         ::testing::Values(FileFormat::pcapng, FileFormat::pcap),
                         [](const auto& instance) {
                             return instance.param == FileFormat::pcapng ? "Pcapng" : "Pcap";
                         });

void expect_equal(const FrameIndex& a, const FrameIndex& b) {
    ASSERT_EQ(a.size(), b.size());
    for (Row row = 0; row < a.size(); ++row) {
        const FrameRow left = a[row];
        const FrameRow right = b[row];
        ASSERT_EQ(left, right) << row;
        ASSERT_EQ(a.latency_ns(left), b.latency_ns(right)) << row;
        ASSERT_EQ(a.dialect_of(row), b.dialect_of(row)) << row;
    }
}

TEST_P(IndexerTest, AThreadMakesTheIndexThatStepsMakeWhileOthersReadIt) {
    write(20'000);
    const auto stepped = open();
    auto more = stepped->step(1);
    while (more && *more)
        more = stepped->step(777);
    ASSERT_TRUE(more);

    const auto threaded = open();
    const FrameIndex& index = threaded->index();
    threaded->start();
    const auto read_along = [&](unsigned seed) {
        std::mt19937 random(seed);
        const auto decoder = threaded->decoder();
        std::size_t decoded = 0;
        for (bool last = false; !last;) {
            last = threaded->ended();
            const Row count = index.size();
            for (int i = 0; i < 50 && count > 0; ++i) {
                const Row row = static_cast<Row>(random() % count);
                const FrameRow facts = index[row];
                const auto there = decoder->decode(row);
                ASSERT_TRUE(there) << there.error().message;
                ASSERT_EQ(there->record.conn, facts.conn);
                ASSERT_EQ(there->message.kind, facts.kind);
                decoded += there->message.nodes.empty() ? 0 : 1;
            }
        }
        EXPECT_GT(decoded, 0u);
    };
    std::thread other(read_along, 1u);
    read_along(2u);
    other.join();
    ASSERT_TRUE(threaded->wait());
    expect_equal(stepped->index(), index);
    EXPECT_EQ(threaded->connections().size(), 5u);
}

TEST_P(IndexerTest, PairsRequestsWithRepliesBothWays) {
    write(100);
    const auto indexer = open();
    ASSERT_TRUE(indexer->step(10'000));
    const FrameIndex& index = indexer->index();
    ASSERT_TRUE(index.complete());
    for (Row row = 0; row < index.size(); ++row) {
        const FrameRow facts = index[row];
        ASSERT_TRUE(facts.has_partner());
        EXPECT_EQ(index[facts.partner].partner, row);
        EXPECT_EQ(facts.opcode_number, 3u);
        const std::int64_t since = facts.time_ns - index[facts.partner].time_ns;
        EXPECT_EQ(index.latency_ns(facts).value_or(since), since);
        EXPECT_EQ(index.latency_ns(facts).has_value(), facts.kind == MessageKind::reply);
        EXPECT_EQ(index.row_of_frame(facts.frame), row);
    }
}

TEST_P(IndexerTest, TakesFortyBytesAMessage) {
    write(10'000);
    const auto indexer = open();
    ASSERT_TRUE(indexer->step(100'000));
    EXPECT_LE(indexer->index().bytes(), 41u * indexer->index().size());
}

TEST_P(IndexerTest, KeepsTheRowsFromBeforeItWasCancelled) {
    write(1000);
    const auto indexer = open();
    ASSERT_TRUE(indexer->step(10).value_or(false));
    indexer->cancel();
    indexer->start();
    ASSERT_TRUE(indexer->wait());
    EXPECT_TRUE(indexer->ended());
    EXPECT_FALSE(indexer->index().complete());
    EXPECT_GE(indexer->index().size(), 10u);
    EXPECT_LT(indexer->index().size(), 2000u);
    EXPECT_TRUE(indexer->decoder()->decode(9));
}

TEST_P(IndexerTest, StopsWhenItIsDestroyed) {
    write(20'000);
    const auto indexer = open();
    indexer->start();
}

TEST_P(IndexerTest, AFileThatShrinksIsAnErrorAndTheRowsStay) {
    write(2000);
    const auto indexer = open();
    ASSERT_TRUE(indexer->step(100).value_or(false));
    const auto decoder = indexer->decoder();
    ASSERT_EQ(truncate(path().c_str(), 4096), 0);
    const auto more = indexer->step(100'000);
    ASSERT_FALSE(more);
    EXPECT_NE(more.error().message.find("shrank"), std::string::npos) << more.error().message;
    EXPECT_GE(indexer->index().size(), 100u);
    const auto gone = decoder->decode(99);
    ASSERT_FALSE(gone);
    EXPECT_NE(gone.error().message.find("shrank"), std::string::npos) << gone.error().message;
}

// Both threads touch pages that are gone.
TEST_P(IndexerTest, AFileThatShrinksUnderTwoThreadsDoesNotEndTheProgram) {
    write(20'000);
    const auto indexer = open();
    const auto decoder = indexer->decoder();
    ASSERT_TRUE(indexer->step(5000).value_or(false));
    ASSERT_EQ(truncate(path().c_str(), 0), 0);
    indexer->start();
    for (Row row = 0; row < 5000; row += 10)
        EXPECT_FALSE(decoder->decode(row)) << row;
    EXPECT_FALSE(indexer->wait());
    EXPECT_GE(indexer->index().size(), 5000u);
}

TEST(Indexer, SaysWhatToDoWithAPipe) {
    const TempDir dir;
    write_capture(dir.path("c"), FileFormat::pcapng, traffic(10), {});
    const FilledPipe pipe{read_file(dir.path("c"))};
    const auto indexer = Indexer::open(pipe.path());
    ASSERT_FALSE(indexer);
    EXPECT_EQ(indexer.error().code, Errc::unsupported);
    EXPECT_NE(indexer.error().message.find("-w"), std::string::npos) << indexer.error().message;
}

TEST(Indexer, RefusesWhatIsNoCapture) {
    const TempDir dir;
    write_file(dir.path("c"), bytes_of("no capture"));
    const auto indexer = Indexer::open(dir.path("c"));
    ASSERT_FALSE(indexer);
    EXPECT_EQ(indexer.error().code, Errc::not_capture);
}

} // namespace
} // namespace fusewire::test
