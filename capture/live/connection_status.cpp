#include "capture/live/connection_status.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace fusewire {

namespace {

// fusectl is no FUSE mount itself; its files may be read by whoever mounted the file system.
std::optional<std::uint64_t> waiting_requests(ConnId conn, const Machine& machine) {
    const std::string text = machine.first_line(
        fmt::format("/sys/fs/fuse/connections/{}/waiting", static_cast<std::uint32_t>(conn)));
    std::uint64_t waiting = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), waiting);
    return error == std::errc{} ? std::optional(waiting) : std::nullopt;
}

} // namespace

std::vector<ConnectionStatus> connection_statuses(const std::vector<Mount>& mounts,
                                                  const Machine& machine) {
    const auto connections = fuse_connections(mounts);
    Servers servers = find_servers(connections, machine);
    std::vector<ConnectionStatus> statuses;
    for (const Connection& connection : connections)
        statuses.push_back({connection, std::move(servers[connection.conn]),
                            waiting_requests(connection.conn, machine)});
    return statuses;
}

} // namespace fusewire
