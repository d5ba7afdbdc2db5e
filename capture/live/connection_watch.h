// ConnectionWatch: notices when nothing more can come from the connections that a capture is about,
// since they were unmounted or their servers have ended. Asks neither the mounts nor the servers.
#pragma once

#include "capture/live/fd.h"
#include "capture/live/mounts.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fusewire {

// Why a connection is over.
enum class ConnectionEnd : std::uint8_t { unmounted, server_ended };

class ConnectionWatch {
  public:
    using Clock = std::chrono::steady_clock;

    // What is found elsewhere in tests.
    struct Places {
        std::string mountinfo = "/proc/self/mountinfo";
        std::string fusectl = "/sys/fs/fuse/connections"; // a directory for each connection
    };

    struct Ended {
        ConnId conn;
        ConnectionEnd how;
    };

    ConnectionWatch() : ConnectionWatch(Places{}) {}
    explicit ConnectionWatch(Places places);

    // Watches a connection until it is over.
    void add(ConnId conn);

    // A process that has served a connection, by its number in the kernel's first pid namespace.
    void saw_server(ConnId conn, std::uint32_t pid);

    // Whether something was mounted or unmounted since the last call; the first says yes.
    bool mounts_changed();

    // Which connections are over since the last call; cheap enough to be called many times a second.
    // `mounts` are those of now if they have changed. A connection is unmounted when it is neither
    // in mountinfo nor under fusectl, so not while somebody uses what was unmounted lazily. A server
    // has ended when every process that served has, and nobody else did for `grace` afterwards.
    std::vector<Ended> look(const std::vector<Mount>* mounts, Clock::time_point now);

    // Whether connections were watched and all of them are over.
    bool over() const;

    static constexpr std::chrono::seconds grace{1};

  private:
    struct Server {
        std::uint32_t pid = 0;
        Fd process; // empty: it has ended
    };
    struct Watched {
        ConnId conn{};
        bool mounted = true;
        bool over = false;
        bool undecided = false; // there are servers that cannot be watched
        std::vector<Server> servers;
        std::optional<Clock::time_point> deserted; // since when no server is left
    };

    std::optional<ConnectionEnd> end_of(Watched& watched, bool look_at_fusectl,
                                        Clock::time_point now);
    bool is_gone(const Watched& watched) const;

    Places places_;
    Fd mountinfo_;
    bool first_ = true;
    bool sees_processes_;
    std::vector<Watched> watched_;
    Clock::time_point looked_at_fusectl_{};
};

} // namespace fusewire
