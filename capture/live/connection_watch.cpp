#include "capture/live/connection_watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace fusewire {

namespace {

// Worker processes of one server; with more it is not known when the last has ended.
constexpr std::size_t max_servers = 16;

// fusectl says nothing by itself when a connection goes.
constexpr std::chrono::seconds fusectl_interval{1};

// The probe names processes as the first pid namespace does; elsewhere such a number is nobody or
// somebody else. The kernel gives that namespace a fixed inode.
bool in_first_pid_namespace() {
    constexpr ino_t first_pid_namespace = 0xeffffffc;
    struct stat status {};
    return stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == first_pid_namespace;
}

bool has_ended(const Fd& process) {
    pollfd wanted{.fd = process.get(), .events = POLLIN, .revents = 0};
    return poll(&wanted, 1, 0) == 1;
}

} // namespace

ConnectionWatch::ConnectionWatch(Places places)
    : places_(std::move(places)), mountinfo_(open(places_.mountinfo.c_str(), O_RDONLY | O_CLOEXEC)),
      sees_processes_(in_first_pid_namespace()) {}

void ConnectionWatch::add(ConnId conn) {
    Watched watched;
    watched.conn = conn;
    watched_.push_back(std::move(watched));
}

void ConnectionWatch::saw_server(ConnId conn, std::uint32_t pid) {
    const auto watched = std::ranges::find(watched_, conn, &Watched::conn);
    if (watched == watched_.end() || pid == 0 || !sees_processes_)
        return;
    watched->deserted.reset();
    if (std::ranges::find(watched->servers, pid, &Server::pid) != watched->servers.end())
        return;
    if (watched->servers.size() == max_servers) {
        watched->undecided = true;
        return;
    }
    Fd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    watched->undecided = watched->undecided || (!process && errno != ESRCH);
    watched->servers.push_back({pid, std::move(process)});
}

bool ConnectionWatch::mounts_changed() {
    pollfd wanted{.fd = mountinfo_.get(), .events = POLLPRI, .revents = 0};
    const bool changed = poll(&wanted, 1, 0) == 1 && (wanted.revents & POLLPRI) != 0;
    return std::exchange(first_, false) || changed;
}

std::vector<ConnectionWatch::Ended> ConnectionWatch::look(const std::vector<Mount>* mounts,
                                                          Clock::time_point now) {
    const bool look_at_fusectl = mounts != nullptr || now - looked_at_fusectl_ >= fusectl_interval;
    if (look_at_fusectl)
        looked_at_fusectl_ = now;
    std::vector<Ended> ended;
    for (Watched& watched : watched_) {
        if (mounts != nullptr)
            watched.mounted = std::ranges::any_of(*mounts, [&](const Mount& mount) {
                return mount.conn == watched.conn && mount.is_fuse();
            });
        if (watched.over)
            continue;
        if (const auto how = end_of(watched, look_at_fusectl, now)) {
            watched.over = true;
            ended.push_back({watched.conn, *how});
        }
    }
    return ended;
}

std::optional<ConnectionEnd> ConnectionWatch::end_of(Watched& watched, bool look_at_fusectl,
                                                     Clock::time_point now) {
    if (look_at_fusectl && is_gone(watched))
        return ConnectionEnd::unmounted;
    for (Server& server : watched.servers)
        if (server.process && has_ended(server.process))
            server.process.reset();
    const bool serves = watched.servers.empty() || watched.undecided ||
                        std::ranges::any_of(watched.servers, [](const Server& server) {
                            return static_cast<bool>(server.process);
                        });
    if (serves)
        return std::nullopt;
    if (!watched.deserted)
        watched.deserted = now;
    return now - *watched.deserted >= grace ? std::optional(ConnectionEnd::server_ended)
                                            : std::nullopt;
}

bool ConnectionWatch::is_gone(const Watched& watched) const {
    if (watched.mounted)
        return false;
    const std::string directory =
        fmt::format("{}/{}", places_.fusectl, static_cast<std::uint32_t>(watched.conn));
    return access(directory.c_str(), F_OK) != 0;
}

bool ConnectionWatch::over() const {
    return !watched_.empty() && std::ranges::all_of(watched_, &Watched::over);
}

} // namespace fusewire
