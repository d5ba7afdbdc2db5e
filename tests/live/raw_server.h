// A FUSE server without libfuse: it mounts with mount(2), reads and writes /dev/fuse itself, and so
// can log every byte that crosses the device. The live tests compare captures with that log.
#pragma once

#include "tests/live/raw_log.h"
#include "tests/live/raw_tree.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::live_test {

struct RawServerOptions {
    std::string mount_point;
    std::string log; // empty: none
    RawTreeOptions tree;
    unsigned threads = 2;
    std::uint32_t max_write = 1u << 20;
    std::uint64_t timeout_s = 0; // how long the kernel may cache names and attributes
    bool direct_io = true;       // each read() is a READ
    bool readdirplus = false;
    std::string requests = "read"; // how they come, see device_io.h
    std::string replies = "write"; // how they go
    bool io_uring = false;         // both over io_uring, but for what always takes the device
};

class ReplyWriter;

class RawServer {
  public:
    // Mounts. Throws std::system_error.
    explicit RawServer(const RawServerOptions& options);
    ~RawServer();
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    // Serves until the file system is unmounted.
    void run();

    // For servers that have a loop of their own.
    int device() const { return device_; }
    // The whole reply to a request; nullopt: it has none.
    std::optional<Buffer> answer(std::span<const std::byte> request);

  private:
    class Handlers;

    // The reply, if there is one, and what else is to be written then.
    std::vector<Buffer> answers(std::span<const std::byte> request);
    void serve();
    void write(ReplyWriter& writer, const Buffer& bytes);
    void serve_io_uring();

    RawServerOptions options_;
    RawLog log_;
    RawTree tree_;
    std::set<std::uint64_t> held_; // requests that are answered when they are interrupted
    std::mutex mutex_;             // of the tree and the held requests
    int device_ = -1;
    std::jthread io_uring_;
};

} // namespace fusewire::live_test
