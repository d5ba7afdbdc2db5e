// What the live tests share: whether this machine can run them, servers that are always unmounted
// again, and a capture that runs beside the test.
#pragma once

#include "capture/live/live_source.h"
#include "tests/live/raw_log.h"
#include "tests/live/tier_sight.h"

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::live_test {

// Why live tests cannot run here; empty if they can.
std::string missing_requirement();

// FUSEWIRE_REQUIRE_LIVE=1: what cannot run fails.
bool live_is_required();

// The tier that is tested: FUSEWIRE_TEST_TIER, "auto" without it, ...
std::string test_tier();

// ... and what it sees. Only where nothing is missing.
const TierSight& test_sight();

// How much work to do where FUSEWIRE_TEST_PERCENT of `amount`, 100 without it, is wanted; at least 1.
unsigned scaled(unsigned amount);

// The base of all live tests: skips, or fails where live tests are required.
class LiveTest : public testing::Test {
  protected:
    void SetUp() override;
};

// A directory that is removed with the files in it.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::string& path() const { return path_; }
    std::string make(const std::string& name) const; // a directory in it
    std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

// A FUSE server in a process of its own. The destructor unmounts and, if it does not end by itself
// within seconds, kills it.
class ServerProcess {
  public:
    // Runs `arguments` and waits until `mount_point` is mounted. Throws std::runtime_error.
    ServerProcess(std::vector<std::string> arguments, std::string mount_point);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    const std::string& mount_point() const { return mount_point_; }
    ConnId conn() const { return conn_; }
    pid_t pid() const { return pid_; }

    // Unmounts and waits: afterwards every message is over and in the server's log.
    void stop();

  private:
    bool ended_within(std::chrono::milliseconds limit);

    std::string mount_point_;
    pid_t pid_ = -1;
    ConnId conn_{};
};

// raw_server in a temporary directory, with a log.
class LoggedServer {
  public:
    explicit LoggedServer(std::vector<std::string> options = {}, ServerWays ways = {});

    ServerProcess& process() { return *process_; }
    const ServerWays& ways() const { return ways_; }
    std::string path(const std::string& name) const { return process_->mount_point() + "/" + name; }
    ConnId conn() const { return process_->conn(); }

    // What crossed the device since the constructor returned. Waits until every request has its
    // reply, which for those of nobody's may be later than the load, and stops the server.
    std::vector<LogRecord> log();

  private:
    void settle() const;

    TemporaryDirectory directory_;
    ServerWays ways_;
    std::unique_ptr<ServerProcess> process_;
    std::size_t logged_before_ = 0;
};

// A record with bytes of its own.
struct CapturedRecord {
    Record record;
    Buffer bytes;
};

// Whole messages of one connection by the tier that is tested, with a ring that holds a test's traffic: on a busy machine the
// reader may not run for seconds, and what is lost then says nothing about the bytes.
LiveOptions options_for(ConnId conn);

// All that is left in a source; to be called after its stop(). Requests that were captured without
// their unique have it from their replies.
std::vector<CapturedRecord> drain(LiveSource& source);

// Captures in a thread.
class RunningCapture {
  public:
    // Throws std::runtime_error.
    explicit RunningCapture(const LiveOptions& options);
    ~RunningCapture();

    // Ends the capture; the records until then.
    const std::vector<CapturedRecord>& stop();

    LiveSource& source() { return *source_; }

  private:
    std::unique_ptr<LiveSource> source_;
    std::vector<CapturedRecord> records_;
    std::thread thread_;
};

} // namespace fusewire::live_test
