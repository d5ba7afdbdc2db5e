#include "cli/connection_list.h"

#include "capture/live/machine.h"
#include "capture/live/mounts.h"
#include "capture/live/servers.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "dissector/escape.h"
#include "dissector/render/json_object.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <iterator>
#include <optional>

namespace fusewire {

namespace {

struct Row {
    Connection connection;
    std::vector<ServerProcess> servers;   // empty: not known
    std::optional<std::uint64_t> waiting; // requests without an answer; nullopt: not known
};

// fusectl is no FUSE mount itself; its files may be read by whoever mounted the file system.
std::optional<std::uint64_t> waiting_requests(ConnId conn, const Machine& machine) {
    const std::string text = machine.first_line(
        fmt::format("/sys/fs/fuse/connections/{}/waiting", static_cast<std::uint32_t>(conn)));
    std::uint64_t waiting = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), waiting);
    return error == std::errc{} ? std::optional(waiting) : std::nullopt;
}

std::vector<Row> make_rows(const std::vector<Mount>& mounts) {
    const Machine machine;
    const auto connections = fuse_connections(mounts);
    Servers servers = find_servers(connections, machine);
    std::vector<Row> rows;
    for (const Connection& connection : connections)
        rows.push_back({connection, std::move(servers[connection.conn]),
                        waiting_requests(connection.conn, machine)});
    return rows;
}

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

std::string servers_text(const Row& row) {
    std::string text;
    for (const ServerProcess& server : row.servers)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", server.pid, escaped(server.name));
    return text.empty() ? "?" : text;
}

void append_text(std::string& out, const std::vector<Row>& rows) {
    constexpr const char* columns = "{:>10} {:>7} {:<16} {:<20} {:<24} {}\n";
    out += fmt::format(columns, "connection", "waiting", "type", "server", "source", "mount point");
    for (const Row& row : rows)
        out += fmt::format(columns, static_cast<std::uint32_t>(row.connection.conn),
                           row.waiting ? fmt::to_string(*row.waiting) : "?", row.connection.fs_type,
                           servers_text(row), escaped(row.connection.source),
                           escaped(row.connection.mount_point));
}

void append_servers(std::string& out, const std::vector<ServerProcess>& servers) {
    JsonArray array(out);
    for (const ServerProcess& server : servers) {
        JsonObject object(array.element());
        object.number("pid", server.pid);
        object.text("name", server.name);
        object.close();
    }
    array.close();
}

void append_row(std::string& out, const Row& row) {
    JsonObject object(out);
    object.number("conn", static_cast<std::uint32_t>(row.connection.conn));
    object.text("mount_point", row.connection.mount_point);
    object.text("fs_type", row.connection.fs_type);
    object.text("source", row.connection.source);
    object.text("options", row.connection.options);
    append_servers(object.key("servers"), row.servers);
    row.waiting ? object.number("waiting", *row.waiting) : object.null("waiting");
    object.close();
}

void append_json(std::string& out, const std::vector<Row>& rows) {
    JsonObject object(out);
    JsonArray array(object.key("connections"));
    for (const Row& row : rows) {
        array.element() += "\n  ";
        append_row(out, row);
    }
    array.close();
    object.close();
    out += '\n';
}

} // namespace

int list_connections(ViewFormat format) {
    if (format != ViewFormat::text && format != ViewFormat::json)
        return report({Errc::usage, "-D prints -T text or -T json"});
    const auto mounts = read_mounts();
    if (!mounts)
        return report(mounts.error());
    const auto rows = make_rows(*mounts);
    Output out(STDOUT_FILENO);
    (format == ViewFormat::json ? append_json : append_text)(out.text(), rows);
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace fusewire
