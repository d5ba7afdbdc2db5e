// What can be told of each FUSE connection without privileges and without touching a mount: where it is
// mounted, who serves it, and how many of its requests wait.
#pragma once

#include "capture/live/machine.h"
#include "capture/live/mounts.h"
#include "capture/live/servers.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace fusewire {

struct ConnectionStatus {
    Connection connection;
    std::vector<ServerProcess> servers;   // empty: not known
    std::optional<std::uint64_t> waiting; // requests without an answer; nullopt: not known
};

// One for each connection of `mounts`, in their order.
std::vector<ConnectionStatus> connection_statuses(const std::vector<Mount>& mounts,
                                                  const Machine& machine = Machine());

} // namespace fusewire
