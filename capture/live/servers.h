// Which process serves which connection, told from /proc alone: who holds /dev/fuse open, and what
// its fdinfo says of the connection (Linux 6.16). Only processes that the caller may look into are
// found; nothing here touches a FUSE mount.
#pragma once

#include "capture/live/machine.h"
#include "dissector/record.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace fusewire {

struct ServerProcess {
    std::uint32_t pid = 0;
    std::string name; // comm
};

// Every process that holds the device of a connection, by pid. Usually one; more where a server
// forked.
using Servers = std::map<ConnId, std::vector<ServerProcess>>;

// `connections` are those that this process sees mounted. On a kernel whose fdinfo does not name the
// connection, the only holder is the server of the only connection, if no other could be.
Servers find_servers(std::span<const Connection> connections, const Machine& machine = Machine());

// Fills server_pid and server_name of each connection that exactly one process serves.
void name_servers(std::vector<Connection>& connections, const Machine& machine = Machine());

} // namespace fusewire
