// The capture of a connection against the log of its server.
#include "tests/live/comparison.h"
#include "tests/live/load.h"

#include <cstdio>

namespace fusewire::live_test {

namespace {

// Below these the comparison would say too little.
constexpr std::uint64_t least_messages = 5'000;
constexpr std::uint64_t least_request_bytes = 10u << 20;
constexpr std::uint64_t least_reply_bytes = 20u << 20;

constexpr const char* direction_names[] = {"requests", "replies"};

void print(const Comparison& comparison) {
    for (int i = 0; i < 2; i++)
        std::printf("compared %s: %lu messages, %lu bytes, all equal\n", direction_names[i],
                    static_cast<unsigned long>(comparison.equal[i].messages),
                    static_cast<unsigned long>(comparison.equal[i].bytes));
    std::printf("stale replies: %lu; differences: %zu\n",
                static_cast<unsigned long>(comparison.stale), comparison.differences.size());
    for (std::size_t i = 0; i < comparison.differences.size() && i < 10; i++)
        std::printf("  %s\n", comparison.differences[i].c_str());
}

class ByteForByte : public LiveTest {
  protected:
    // Captures a load on a server of its own.
    void capture(std::vector<std::string> server_options, const LoadSize& size) {
        LoggedServer server(std::move(server_options));
        RunningCapture running(options_for(server.conn()));
        run_load(server.process().mount_point(), size);
        log_ = server.log();
        capture_ = running.stop();
        counts_ = running.source().counts();
    }

    std::vector<LogRecord> log_;
    std::vector<CapturedRecord> capture_;
    LiveCounts counts_;
};

TEST_F(ByteForByte, EveryMessageEqualsTheServersLog) {
    capture({"--file-bytes", "300000"}, {.threads = 4, .rounds = 12});
    const Comparison comparison = compare(log_, capture_);
    print(comparison);
    EXPECT_TRUE(comparison.differences.empty());
    EXPECT_EQ(counts_.lost, 0u);
    for (const auto& totals : comparison.equal)
        EXPECT_GE(totals.messages, least_messages);
    EXPECT_GE(comparison.of(LogDirection::request).bytes, least_request_bytes);
    EXPECT_GE(comparison.of(LogDirection::reply).bytes, least_reply_bytes);
    EXPECT_LE(comparison.stale, comparison.of(LogDirection::reply).messages / 100);
}

TEST_F(ByteForByte, PagesOfThePageCacheAndReaddirplusAreEqualToo) {
    capture({"--file-bytes", "300000", "--cached", "--readdirplus"}, {.threads = 2, .rounds = 4});
    const Comparison comparison = compare(log_, capture_);
    print(comparison);
    EXPECT_TRUE(comparison.differences.empty());
    EXPECT_GE(comparison.of(LogDirection::request).messages, 500u);
    EXPECT_GE(comparison.of(LogDirection::request).bytes, 2u << 20);
    EXPECT_GE(comparison.of(LogDirection::reply).bytes, 1u << 20);
}

TEST_F(ByteForByte, OneFlippedByteIsFound) {
    capture({"--file-bytes", "300000"}, {.threads = 1, .rounds = 1});
    ASSERT_TRUE(compare(log_, capture_).differences.empty());
    for (const std::size_t position : {std::size_t{0}, capture_.size() / 2, capture_.size() - 1}) {
        std::byte& byte = capture_[position].bytes.back();
        byte ^= std::byte{1};
        EXPECT_FALSE(compare(log_, capture_).differences.empty());
        byte ^= std::byte{1};
    }
    capture_.erase(capture_.begin() + static_cast<std::ptrdiff_t>(capture_.size() / 3));
    EXPECT_EQ(compare(log_, capture_).differences.size(), 1u);
}

} // namespace

} // namespace fusewire::live_test
