// One byte-for-byte comparison for each way in which a server can move its messages.
#include "tests/live/comparison.h"
#include "tests/live/kernel_setting.h"
#include "tests/live/load.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>

namespace fusewire::live_test {

namespace {

using namespace std::chrono_literals;

constexpr const char* enable_uring = "/sys/module/fuse/parameters/enable_uring";
constexpr const char* max_pages_limit = "/proc/sys/fs/fuse/max_pages_limit";
constexpr const char* pipe_max_size = "/proc/sys/fs/pipe-max-size";
constexpr unsigned page_size = 4096;
constexpr unsigned usual_max_pages = 256;

struct Transfer {
    const char* name;
    ServerWays ways;
    bool cached = false; // pages of the page cache, which alone can be moved

    bool uses(Transport transport) const {
        LogRecord reply;
        reply.direction = LogDirection::reply;
        return ways.transport_of(reply) == transport;
    }
};

const Transfer transfers[] = {
    {"ReadWrite", {}},
    {"ReadvWritev", {.requests = "readv", .replies = "writev"}},
    {"Splice", {.requests = "splice", .replies = "splice"}},
    {"SpliceOfFilePages", {.requests = "splice", .replies = "move"}},
    {"SpliceOfFilePagesIntoThePageCache", {.requests = "splice", .replies = "move"}, true},
    {"MappingThatIsNotThere", {.replies = "mapped"}},
    {"WritevOfAMappingThatIsNotThere", {.requests = "readv", .replies = "mapped-data"}},
    {"IoUring", {.io_uring = true}},
};

std::string name_of(const testing::TestParamInfo<Transfer>& info) {
    return info.param.name;
}

// So that a failing test does not print the bytes of a Transfer.
void PrintTo(const Transfer& transfer, std::ostream* out) {
    *out << transfer.name;
}

class Transports : public LiveTest, public testing::WithParamInterface<Transfer> {
  protected:
    void SetUp() override {
        LiveTest::SetUp();
        if (IsSkipped() || HasFatalFailure() || !GetParam().ways.io_uring)
            return;
        uring_.emplace(enable_uring, "Y");
        if (!uring_->refusal().empty())
            GTEST_SKIP() << "FUSE over io_uring: " << uring_->refusal();
    }

    // Messages for which pipes of the usual size have room.
    std::vector<std::string> options(std::vector<std::string> more) const {
        for (const char* option : {"--file-bytes", "300000", "--max-write", "262144"})
            more.emplace_back(option);
        if (GetParam().cached)
            more.emplace_back("--cached");
        return more;
    }

    // Ends the capture and compares everything.
    void finish(LoggedServer& server, RunningCapture& running) {
        log_ = server.log();
        capture_ = running.stop();
        comparison_ = compare(log_, capture_, test_sight(), server.ways());
        report(comparison_, test_sight());
        EXPECT_TRUE(comparison_.differences.empty());
        EXPECT_EQ(running.source().counts().lost, 0u);
        EXPECT_EQ(std::ranges::count_if(log_, [](const auto& one) { return one.result != 0; }), 0);
    }

    // Why this tier cannot see the messages themselves, of which nothing may be captured then.
    std::string blind() const {
        const TierSight& sight = test_sight();
        const bool sees = (sight.splice || !GetParam().uses(Transport::splice)) &&
                          (sight.io_uring || !GetParam().uses(Transport::io_uring));
        return sees ? "" : "tier " + std::string(sight.tier) + " does not see this transport";
    }

    std::vector<LogRecord> log_;
    std::vector<CapturedRecord> capture_;
    Comparison comparison_;

  private:
    std::optional<KernelSetting> uring_;
};

TEST_P(Transports, EveryByteEqualsTheServersLog) {
    LoggedServer server(options({}), GetParam().ways);
    RunningCapture running(options_for(server.conn()));
    run_load(server.process().mount_point(), {.threads = 2, .rounds = scaled(3)});
    finish(server, running);
    if (const auto reason = blind(); !reason.empty())
        GTEST_SKIP() << reason;
    EXPECT_GE(comparison_.of(LogDirection::request).messages, 200u);
    EXPECT_GE(comparison_.of(LogDirection::reply).bytes, 1u << 20);
}

// The largest WRITE and the largest READ that was negotiated. Memory that begins within a page would
// need one page more than there may be.
void write_and_read(const std::string& path, std::size_t size) {
    std::vector<char> memory(2 * size + page_size);
    const auto start = reinterpret_cast<std::uintptr_t>(memory.data());
    const auto bytes =
        std::span(memory).subspan((page_size - start % page_size) % page_size, 2 * size);
    const auto sent = bytes.first(size), back = bytes.last(size);
    for (std::size_t i = 0; i < size; i++)
        sent[i] = static_cast<char>(i * 7 + i / 4096 + i / 65537);
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(pwrite(fd, sent.data(), size, 0), static_cast<ssize_t>(size));
    EXPECT_EQ(pread(fd, back.data(), size, 0), static_cast<ssize_t>(size));
    close(fd);
    EXPECT_TRUE(std::ranges::equal(sent, back));
}

std::size_t longest(const std::vector<LogRecord>& log, LogDirection direction) {
    std::size_t most = 0;
    for (const LogRecord& record : log)
        if (record.direction == direction)
            most = std::max(most, record.bytes.size());
    return most;
}

class LargeMessages : public Transports {
  protected:
    void SetUp() override {
        Transports::SetUp();
        if (IsSkipped() || HasFatalFailure() || !GetParam().uses(Transport::splice))
            return;
        pipes_.emplace(pipe_max_size, std::to_string(8u << 20));
        if (!pipes_->refusal().empty())
            GTEST_SKIP() << "pipes for large messages: " << pipes_->refusal();
    }

    void exchange(unsigned pages) {
        const std::size_t size = std::size_t{pages} * page_size;
        LoggedServer server({"--max-write", std::to_string(size)}, GetParam().ways);
        RunningCapture running(options_for(server.conn()));
        write_and_read(server.path("large"), size);
        finish(server, running);
        EXPECT_GE(longest(log_, LogDirection::request), size);
        EXPECT_GE(longest(log_, LogDirection::reply), size);
    }

  private:
    std::optional<KernelSetting> pipes_;
};

TEST_P(LargeMessages, OfOneMebibyteAreWhole) {
    exchange(usual_max_pages);
    if (const auto reason = blind(); !reason.empty())
        GTEST_SKIP() << reason;
}

TEST_P(LargeMessages, OfTwoMebibytesAreWholeWhereTheKernelAllowsThem) {
    const KernelSetting limit(max_pages_limit, std::to_string(2 * usual_max_pages));
    if (!limit.refusal().empty())
        GTEST_SKIP() << limit.refusal();
    exchange(2 * usual_max_pages);
    if (const auto reason = blind(); !reason.empty())
        GTEST_SKIP() << reason;
}

bool all_threads_sleep(pid_t pid, std::size_t threads) {
    std::size_t asleep = 0;
    for (const auto& task :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        std::ifstream file(task.path() / "stat");
        std::string text;
        std::getline(file, text);
        asleep += text.find(") S ") != std::string::npos;
    }
    return asleep == threads;
}

class WaitingThreads : public Transports {};

// A hook that is entered when a function is left misses whoever was inside when it was attached.
TEST_P(WaitingThreads, MissNothing) {
    constexpr std::size_t threads = 6;
    LoggedServer server(options({"--threads", std::to_string(threads)}), GetParam().ways);
    for (int i = 0; i < 1000 && !all_threads_sleep(server.process().pid(), threads); i++)
        std::this_thread::sleep_for(10ms);
    ASSERT_TRUE(all_threads_sleep(server.process().pid(), threads));
    RunningCapture running(options_for(server.conn()));
    run_load(server.process().mount_point(), {.threads = threads, .rounds = 1});
    finish(server, running);
    if (const auto reason = blind(); !reason.empty())
        GTEST_SKIP() << reason;
}

const Transfer large[] = {transfers[0], transfers[1], transfers[2], transfers[3],
                          transfers[5], transfers[6], transfers[7]};

INSTANTIATE_TEST_SUITE_P(, Transports, testing::ValuesIn(transfers), name_of);
INSTANTIATE_TEST_SUITE_P(, LargeMessages, testing::ValuesIn(large), name_of);
INSTANTIATE_TEST_SUITE_P(, WaitingThreads, testing::ValuesIn(transfers, transfers + 3), name_of);

} // namespace

} // namespace fusewire::live_test
