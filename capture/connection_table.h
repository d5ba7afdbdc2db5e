// ConnectionTable: which connection a packet belongs to. Numbers are unique in one capture, but a
// merged file may hold two connections that bore the same one on different days; the second then
// gets a number that no kernel gives.
#pragma once

#include "capture/packet_reader.h"
#include "dissector/append_list.h"
#include "dissector/record.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace fusewire::files {

class ConnectionTable {
  public:
    // First of the numbers given to connections whose own is taken.
    static constexpr std::uint32_t first_stand_in = 0xf0000000;

    // Beyond this many, connections that only packets speak of are not listed.
    static constexpr std::size_t max_listed = 4096;

    // Takes note of interfaces that have come since the last call.
    void learn(const PacketReader& reader);

    // The connection of a packet that came by `interface` and says it belongs to `stated`.
    ConnId resolve(const PacketReader& reader, std::uint32_t interface, ConnId stated) {
        if (interface >= ports_.size())
            learn(reader);
        const Port& port = ports_[interface];
        if (port.stated == stated && port.known)
            return port.resolved;
        return resolve_slowly(reader, interface, stated);
    }

    // What resolve() gave for such a packet; for other threads too, while this one goes on.
    ConnId resolved(const PacketReader& reader, std::uint32_t interface, ConnId stated) const {
        const InterfaceFacts& facts = reader.facts(interface);
        const bool is_its_own = facts.names_connection && facts.connection.conn == stated;
        return is_its_own && interface < admitted_.size() ? admitted_[interface] : stated;
    }

    const std::vector<Connection>& connections() const { return connections_; }
    std::span<const std::size_t> revised() const { return revised_; }

    // What is known of a connection that resolve() gave; nullptr if it is not listed. Valid until
    // the next packet is resolved.
    const Connection* find(ConnId conn) {
        if (latest_ >= connections_.size() || connections_[latest_].conn != conn) {
            const auto found = index_.find(static_cast<std::uint32_t>(conn));
            if (found == index_.end())
                return nullptr;
            latest_ = found->second;
        }
        return &connections_[latest_];
    }

  private:
    // What an interface's last packet resolved to; stays there for all of them in most files.
    struct Port {
        bool known = false;
        ConnId stated{};
        ConnId resolved{};
    };

    ConnId resolve_slowly(const PacketReader& reader, std::uint32_t interface, ConnId stated);
    ConnId admit(const Connection& connection);
    ConnId revise(std::size_t index, const Connection& connection);
    void list(const Connection& connection, ConnId stated);

    std::vector<Port> ports_;
    AppendList<ConnId> admitted_; // per interface that names its connection
    std::vector<Connection> connections_;
    std::vector<std::size_t> revised_; // see RecordSource
    std::vector<ConnId> stated_;       // the number that each of connections_ bears in the file
    std::unordered_map<std::uint32_t, std::size_t> index_; // into connections_, by number
    std::size_t latest_ = 0;                               // that find() found
    std::uint32_t stand_ins_ = 0;
};

} // namespace fusewire::files
