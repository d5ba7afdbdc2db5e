// A FUSE server that tells one lie: it answers as RawServer does but for what a case of the verdict
// test makes it say, and keeps what the checker foretold beside what the kernel did. The caller is a
// process of its own, and whatever goes wrong ends with the connection's end, which frees it.
#pragma once

#include "dissector/checker.h"
#include "tests/live/raw_server.h"

#include <linux/fuse.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::live_test {

// The caller's side of a case, in a child process.
class Caller {
  public:
    Caller(std::string root, int channel) : root_(std::move(root)), channel_(channel) {}

    std::string path(const std::string& name = "") const { return root_ + "/" + name; }
    // From here on the server lies, or it has sent its notification when this returns.
    void arm() const;

  private:
    std::string root_;
    int channel_;
};

// A request while the server lies.
struct Asked {
    fuse_in_header header{};
    std::span<const std::byte> bytes;
    std::function<const Buffer&()>
        right; // the honest reply, made when it is asked for; empty: none
};

// What one write() was to do, and what it did.
struct Written {
    Verdict foretold;
    std::int32_t result = 0; // errno, 0
    bool lie = false;
};

class LyingServer;

// Answers a request, or leaves it to the honest server. Called for each request while it is armed.
using Script = std::function<bool(LyingServer& server, const Asked& asked)>;

struct LyingOptions {
    std::string mount_point;
    bool readdirplus = false;
    bool lies_from_the_start = false;         // so that INIT is one of them
    std::function<void(fuse_init_out&)> init; // changes the INIT reply
    Script script;
};

class LyingServer {
  public:
    // Mounts and serves. Throws std::system_error.
    explicit LyingServer(const LyingOptions& options);
    // Ends the connection: nobody who waits for it waits on.
    ~LyingServer();
    LyingServer(const LyingServer&) = delete;
    LyingServer& operator=(const LyingServer&) = delete;

    void arm() { armed_ = true; }
    void disarm() { armed_ = false; }

    // Writes to the device, with a verdict on it before.
    void tell(const Buffer& bytes) { put(bytes, false); }
    void lie(const Buffer& bytes) { put(bytes, true); }

    // So far.
    std::vector<Written> written() const;
    bool lied_within(std::chrono::milliseconds limit) const;

  private:
    void serve();
    void answer(std::span<const std::byte> request);
    Buffer honest_reply(const Asked& asked);
    void put(const Buffer& bytes, bool lie);
    Verdict see(std::span<const std::byte> bytes, Direction direction);

    LyingOptions options_;
    RawServer server_;
    std::atomic<bool> armed_ = false;
    mutable std::mutex mutex_; // of what follows
    Checker checker_;
    std::uint64_t frame_ = 0;
    std::vector<Written> written_;
    int stop_ = -1; // eventfd
    std::jthread thread_;
};

// What a caller's process came back with; nullopt: not within the limit.
using Call = int (*)(const Caller& caller);

class CallerProcess {
  public:
    // Starts it; it waits for go(). To be made before the server, so that it does not hold the device.
    CallerProcess(const std::string& root, Call call);
    ~CallerProcess();
    CallerProcess(const CallerProcess&) = delete;
    CallerProcess& operator=(const CallerProcess&) = delete;

    // Lets it run to its end; calls `armed` when it says so.
    std::optional<int> go(std::chrono::milliseconds limit, const std::function<void()>& armed);

  private:
    int channel_ = -1;
    int pid_ = -1;
};

} // namespace fusewire::live_test
