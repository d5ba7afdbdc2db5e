#include "cli/connection_list.h"

#include "capture/live/connection_status.h"
#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "dissector/escape.h"
#include "dissector/render/json_object.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iterator>

namespace fusewire {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

std::string servers_text(const ConnectionStatus& row) {
    std::string text;
    for (const ServerProcess& server : row.servers)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", server.pid, escaped(server.name));
    return text.empty() ? "?" : text;
}

void append_text(std::string& out, const std::vector<ConnectionStatus>& rows) {
    constexpr const char* columns = "{:>10} {:>7} {:<16} {:<20} {:<24} {}\n";
    out += fmt::format(columns, "connection", "waiting", "type", "server", "source", "mount point");
    for (const ConnectionStatus& row : rows)
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

void append_row(std::string& out, const ConnectionStatus& row) {
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

void append_json(std::string& out, const std::vector<ConnectionStatus>& rows) {
    JsonObject object(out);
    JsonArray array(object.key("connections"));
    for (const ConnectionStatus& row : rows) {
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
    const auto rows = connection_statuses(*mounts);
    Output out(STDOUT_FILENO);
    (format == ViewFormat::json ? append_json : append_text)(out.text(), rows);
    const auto printed = out.finish();
    return printed ? exit_done : report(printed.error());
}

} // namespace fusewire
