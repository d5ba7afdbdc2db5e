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
           compatible(a.server_pid, b.server_pid) && a.began_ns == b.began_ns;
}

// Whether `b` names what `a` does not, and nothing is lost by taking it instead.
bool tells_more(const Connection& a, const Connection& b) {
    const bool mount = a.mount_point.empty() && !b.mount_point.empty();
    const bool server = a.server_pid == 0 && b.server_pid != 0;
    const bool loses = (!a.mount_point.empty() && b.mount_point.empty()) ||
                       (a.server_pid != 0 && b.server_pid == 0);
    return (mount || server) && !loses;
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
            return revise(i, connection);
    }
    Connection entry = connection;
    while (index_.contains(number(entry.conn)))
        entry.conn = ConnId{first_stand_in + stand_ins_++};
    list(entry, connection.conn);
    return entry.conn;
}

// A capture describes a connection again once it knows more of it.
ConnId ConnectionTable::revise(std::size_t index, const Connection& connection) {
    Connection& known = connections_[index];
    const ConnId conn = known.conn;
    if (tells_more(known, connection)) {
        known = connection;
        known.conn = conn;
        revised_.push_back(index);
    }
    return conn;
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
    port.resolved = resolved(reader, interface, stated);
    const bool is_its_own = facts.names_connection && facts.connection.conn == stated;
    if (!is_its_own && !index_.contains(number(stated))) {
        Connection connection = facts.names_connection ? Connection{} : facts.connection;
        connection.conn = stated;
        list(connection, stated);
    }
    return port.resolved;
}

} // namespace fusewire::files
