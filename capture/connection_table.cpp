#include "capture/connection_table.h"

namespace fusewire::files {

namespace {

std::uint32_t number(ConnId conn) {
    return static_cast<std::uint32_t>(conn);
}

// What one side does not know does not tell the two apart.
template <class T>
bool compatible(const T& a, const T& b) {
    return a == T{} || b == T{} || a == b;
}

bool same_connection(const Connection& a, const Connection& b) {
    return compatible(a.mount_point, b.mount_point) && compatible(a.source, b.source) &&
           compatible(a.server_pid, b.server_pid);
}

} // namespace

void ConnectionTable::learn(const PacketReader& reader) {
    for (auto i = static_cast<std::uint32_t>(ports_.size()); i < reader.interface_count(); ++i) {
        const InterfaceFacts& facts = reader.facts(i);
        Port port;
        if (facts.names_connection)
            port = {true, facts.connection.conn, admit(facts.connection)};
        ports_.push_back(port);
        admitted_.push_back(port.resolved);
    }
}

ConnId ConnectionTable::admit(const Connection& connection) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        if (stated_[i] == connection.conn && same_connection(connections_[i], connection))
            return connections_[i].conn;
    }
    Connection entry = connection;
    while (index_.contains(number(entry.conn)))
        entry.conn = ConnId{first_stand_in + stand_ins_++};
    list(entry, connection.conn);
    return entry.conn;
}

void ConnectionTable::list(const Connection& connection, ConnId stated) {
    if (connections_.size() == max_listed)
        return;
    index_.emplace(number(connection.conn), connections_.size());
    connections_.push_back(connection);
    stated_.push_back(stated);
}

// The interface's own connection, or one that its packets bring along.
ConnId ConnectionTable::resolve_slowly(const PacketReader& reader, std::uint32_t interface,
                                       ConnId stated) {
    const InterfaceFacts& facts = reader.facts(interface);
    Port& port = ports_[interface];
    port = {true, stated, stated};
    if (facts.names_connection && facts.connection.conn == stated) {
        port.resolved = admitted_[interface];
    } else if (!index_.contains(number(stated))) {
        Connection connection = facts.names_connection ? Connection{} : facts.connection;
        connection.conn = stated;
        list(connection, stated);
    }
    return port.resolved;
}

} // namespace fusewire::files
