// The capture of a connection against the log of its server.
#include "tests/live/comparison.h"
#include "tests/live/load.h"

namespace fusewire::live_test {

namespace {

// Below these the comparison would say too little.
constexpr unsigned least_messages = 5'000;
constexpr unsigned least_request_bytes = 10u << 20;
constexpr unsigned least_reply_bytes = 20u << 20;

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
    capture({"--file-bytes", "300000"}, {.threads = 4, .rounds = scaled(12)});
    const Comparison comparison = compare(log_, capture_, test_sight());
    report(comparison, test_sight());
    EXPECT_TRUE(comparison.differences.empty());
    EXPECT_EQ(counts_.lost, 0u);
    for (const auto& totals : comparison.equal)
        EXPECT_GE(totals.messages, scaled(least_messages));
    EXPECT_GE(comparison.of(LogDirection::request).bytes, scaled(least_request_bytes));
    EXPECT_GE(comparison.of(LogDirection::reply).bytes, scaled(least_reply_bytes));
    EXPECT_LE(comparison.stale, comparison.of(LogDirection::reply).messages / 100);
}

TEST_F(ByteForByte, PagesOfThePageCacheAndReaddirplusAreEqualToo) {
    capture({"--file-bytes", "300000", "--cached", "--readdirplus"},
            {.threads = 2, .rounds = scaled(4)});
    const Comparison comparison = compare(log_, capture_, test_sight());
    report(comparison, test_sight());
    EXPECT_TRUE(comparison.differences.empty());
    EXPECT_GE(comparison.of(LogDirection::request).messages, scaled(500));
    EXPECT_GE(comparison.of(LogDirection::request).bytes, scaled(2u << 20));
    EXPECT_GE(comparison.of(LogDirection::reply).bytes, scaled(1u << 20));
}

TEST_F(ByteForByte, OneFlippedByteIsFound) {
    capture({"--file-bytes", "300000"}, {.threads = 1, .rounds = 1});
    ASSERT_TRUE(compare(log_, capture_, test_sight()).differences.empty());
    for (const std::size_t position : {std::size_t{0}, capture_.size() / 2, capture_.size() - 1}) {
        std::byte& byte = capture_[position].bytes.back();
        byte ^= std::byte{1};
        EXPECT_FALSE(compare(log_, capture_, test_sight()).differences.empty());
        byte ^= std::byte{1};
    }
    capture_.erase(capture_.begin() + static_cast<std::ptrdiff_t>(capture_.size() / 3));
    EXPECT_EQ(compare(log_, capture_, test_sight()).differences.size(), 1u);
}

} // namespace

} // namespace fusewire::live_test
