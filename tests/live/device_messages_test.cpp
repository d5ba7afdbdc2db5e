// Messages that cross the device and that no request of the kernel's own bookkeeping stands for. All
// tiers capture while they happen; those that cannot see them must not show anything else instead.
#include "tests/live/comparison.h"
#include "tests/live/raw_tells.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace fusewire::live_test {

namespace {

using namespace std::chrono_literals;

class DeviceMessages : public LiveTest {
  protected:
    void SetUp() override {
        LiveTest::SetUp();
        if (IsSkipped() || HasFatalFailure())
            return;
        // One thread, so that what it is told to say is said before it answers anything else.
        server_ = std::make_unique<LoggedServer>(std::vector<std::string>{
            "--threads", "1", "--file-bytes", "100000", "--entries", "20"});
        running_ = std::make_unique<RunningCapture>(options_for(server_->conn()));
    }

    // statvfs() needs no lock that a notification might wait for.
    void tell(const std::string& path, std::string_view what) {
        ASSERT_EQ(setxattr(path.c_str(), tell_xattr, what.data(), what.size(), 0), 0)
            << std::strerror(errno);
        struct statvfs unused {};
        ASSERT_EQ(statvfs(server_->process().mount_point().c_str(), &unused), 0);
    }

    void finish() {
        log_ = server_->log();
        capture_ = running_->stop();
        comparison_ = compare(log_, capture_, test_sight());
        report(comparison_, test_sight());
        EXPECT_TRUE(comparison_.differences.empty());
        EXPECT_EQ(running_->source().counts().lost, 0u);
    }

    std::size_t logged_requests(std::uint32_t opcode) const {
        return static_cast<std::size_t>(std::ranges::count_if(log_, [&](const LogRecord& record) {
            return record.direction == LogDirection::request && opcode_of(record.bytes) == opcode;
        }));
    }

    // In the order in which they were written.
    std::vector<int> logged_notifications() const {
        std::vector<int> codes;
        for (const LogRecord& record : log_) {
            if (record.direction != LogDirection::reply ||
                unique_of(record.bytes, LogDirection::reply) != 0)
                continue;
            fuse_out_header header{};
            std::memcpy(&header, record.bytes.data(), sizeof(header));
            codes.push_back(header.error);
        }
        return codes;
    }

    std::vector<int> logged_results() const {
        std::vector<int> results;
        for (const LogRecord& record : log_)
            if (record.result != 0)
                results.push_back(record.result);
        return results;
    }

    static std::string blind() {
        const TierSight& sight = test_sight();
        return sight.device ? "" : "tier " + std::string(sight.tier) + " does not see these";
    }

    std::unique_ptr<LoggedServer> server_;
    std::unique_ptr<RunningCapture> running_;
    std::vector<LogRecord> log_;
    std::vector<CapturedRecord> capture_;
    Comparison comparison_;
};

TEST_F(DeviceMessages, ForgetOfOneNodeAndOfManyAtOnce) {
    const std::string mount = server_->process().mount_point();
    ASSERT_EQ(unlink((mount + "/file1").c_str()), 0);
    struct stat attributes {};
    for (int i = 0; i < 20; i++)
        stat((mount + "/many/entry with a longer name " + std::to_string(i)).c_str(), &attributes);
    tell(mount + "/many", "inval-entries");
    finish();
    EXPECT_GE(logged_requests(FUSE_FORGET), 1u);
    EXPECT_GE(logged_requests(FUSE_BATCH_FORGET), 1u);
    EXPECT_EQ(logged_notifications(), std::vector<int>(20, FUSE_NOTIFY_INVAL_ENTRY));
    EXPECT_TRUE(logged_results().empty());
    if (!blind().empty())
        GTEST_SKIP() << blind();
}

TEST_F(DeviceMessages, NotificationsAndTheReplyToOne) {
    const std::string path = server_->path("file2");
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    for (const char* what : {"store", "retrieve", "inval-inode", "retrieve"})
        tell(path, what);
    close(fd);
    finish();
    EXPECT_EQ(logged_notifications(),
              (std::vector<int>{FUSE_NOTIFY_STORE, FUSE_NOTIFY_RETRIEVE, FUSE_NOTIFY_INVAL_INODE,
                                FUSE_NOTIFY_RETRIEVE}));
    EXPECT_EQ(logged_requests(FUSE_NOTIFY_REPLY), 2u);
    EXPECT_TRUE(logged_results().empty());
    if (!blind().empty())
        GTEST_SKIP() << blind();
}

// The errno that a thread got which was interrupted, again and again, until it was back.
int interrupted_getxattr(const std::string& path) {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, nullptr);
    std::atomic<bool> back = false;
    int error = 0;
    std::thread asking([&] {
        char value[100];
        error = getxattr(path.c_str(), held_xattr, value, sizeof(value)) < 0 ? errno : 0;
        back = true;
    });
    while (!back) {
        pthread_kill(asking.native_handle(), SIGUSR1);
        std::this_thread::sleep_for(50ms);
    }
    asking.join();
    return error;
}

TEST_F(DeviceMessages, InterruptOfASlowRequest) {
    EXPECT_EQ(interrupted_getxattr(server_->path("file3")), EINTR);
    finish();
    EXPECT_GE(logged_requests(FUSE_INTERRUPT), 1u);
    if (!blind().empty())
        GTEST_SKIP() << blind();
}

TEST_F(DeviceMessages, RepliesThatTheKernelRefusesWithTheirResult) {
    const std::string mount = server_->process().mount_point();
    for (const char* what :
         {"unknown-unique", "wrong-length", "wrong-error", "unknown-notification"})
        tell(mount, what);
    finish();
    EXPECT_EQ(logged_results(), (std::vector<int>{-ENOENT, -EINVAL, -EINVAL, -EINVAL}));
    if (!blind().empty())
        GTEST_SKIP() << blind();
    EXPECT_EQ(comparison_.results, 4u);
}

// The request is over then: its caller gets EIO. What a tier shows of it that does not see the
// refused reply is the kernel's own answer, of which the server knows nothing.
TEST_F(DeviceMessages, AReplyThatIsTooLongForItsRequest) {
    if (!blind().empty())
        GTEST_SKIP() << blind();
    char value[10];
    EXPECT_LT(getxattr(server_->path("file4").c_str(), long_xattr, value, sizeof(value)), 0);
    EXPECT_EQ(errno, EIO);
    finish();
    EXPECT_EQ(logged_results(), std::vector<int>{-EINVAL});
    EXPECT_EQ(comparison_.results, 1u);
}

TEST_F(DeviceMessages, AMissingResultIsFound) {
    tell(server_->process().mount_point(), "unknown-unique");
    finish();
    if (!blind().empty())
        GTEST_SKIP() << blind();
    std::erase_if(capture_, [](const CapturedRecord& record) {
        return record.record.direction == Direction::write_result;
    });
    EXPECT_EQ(compare(log_, capture_, test_sight()).differences.size(), 1u);
}

} // namespace

} // namespace fusewire::live_test
