// A server inside the test, which reads and answers when it is told to: requests stay on their way
// for as long as a test needs.
#pragma once

#include "tests/live/live_fixture.h"
#include "tests/live/raw_server.h"

#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::live_test {

class HeldServer {
  public:
    // Mounts and answers until told otherwise.
    HeldServer();
    ~HeldServer();
    HeldServer(const HeldServer&) = delete;
    HeldServer& operator=(const HeldServer&) = delete;

    ConnId conn() const { return conn_; }
    std::string path(const std::string& name) const { return mount_point_ + "/" + name; }
    int device() const { return server_.device(); }

    // Requests of this opcode are read but not answered ...
    void hold(std::uint32_t opcode);
    // ... as many as `count` are there now, which is waited for; false: they do not come.
    bool holds(std::size_t count);
    // Answers them, with an error if it is not 0, and holds none from here on.
    void release(int error = 0);

    // Reads nothing more, ...
    void pause();
    // ... although something is there, which is waited for; false: nothing comes.
    bool is_asked() const;
    void resume();

    // Writes bytes of the test's own; what write() returns, or a negative errno.
    long write(std::span<const std::byte> bytes);

    // What crossed the device, from the first request on.
    std::vector<LogRecord> log();

    // Waits until all that was sent is answered, and unmounts.
    void unmount();

  private:
    void serve();
    bool serve_one(Buffer& buffer);
    void wake() const;

    TemporaryDirectory directory_;
    std::string mount_point_;
    RawServer server_;
    Fd wake_;
    ConnId conn_{};
    std::mutex mutex_; // of all below
    std::set<std::uint32_t> held_opcodes_;
    std::vector<Buffer> held_;
    std::vector<LogRecord> log_;
    bool reads_ = true;
    std::thread thread_;
};

// Threads that ask a server. The destructor lets the server answer, and waits for them.
class Askers {
  public:
    explicit Askers(HeldServer& server) : server_(server) {}
    ~Askers() { finish(); }
    Askers(const Askers&) = delete;
    Askers& operator=(const Askers&) = delete;

    // Calls stat() for a name below the mount point, in a thread of its own.
    void stat(const std::string& name);
    std::vector<std::thread>& threads() { return threads_; }
    void finish();

  private:
    HeldServer& server_;
    std::vector<std::thread> threads_;
};

} // namespace fusewire::live_test
