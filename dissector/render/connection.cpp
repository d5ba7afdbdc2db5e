#include "dissector/render/connection.h"

#include "dissector/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace fusewire {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

std::string joined(std::span<const std::string> phrases) {
    std::string out;
    for (const std::string& phrase : phrases)
        out += (out.empty() ? "" : ", ") + escaped(phrase);
    return out;
}

std::string server_of(const Connection& connection) {
    std::string text = escaped(connection.server_name);
    if (connection.server_pid != 0)
        text += fmt::format("{}{}", text.empty() ? "pid " : " ", connection.server_pid);
    return text;
}

// From the kernel's own structures, where INIT was not captured or says the same.
std::string negotiated(const Connection& connection) {
    return connection.minor == 0
               ? ""
               : fmt::format("7.{} with flags {:#x} (from the kernel, not from INIT)",
                             connection.minor, connection.init_flags);
}

} // namespace

std::string describe(const Connection& connection) {
    std::string out = fmt::format("connection {}:", static_cast<std::uint32_t>(connection.conn));
    const char* separator = " ";
    const auto add = [&](std::string_view what, const std::string& value) {
        if (value.empty())
            return;
        out += fmt::format("{}{}{}", separator, what, value);
        separator = ", ";
    };
    add("", escaped(connection.mount_point));
    if (!connection.fs_type.empty())
        out += fmt::format(" ({})", escaped(connection.fs_type));
    add("source ", escaped(connection.source));
    add("server ", server_of(connection));
    add("protocol ", negotiated(connection));
    add("kernel ", escaped(connection.kernel));
    add("tier ", escaped(connection.tier));
    add("cannot see ", joined(connection.cannot_see));
    return out;
}

std::string blind_spots(std::span<const Connection> connections) {
    std::vector<std::string> clauses;
    for (const Connection& connection : connections) {
        if (connection.cannot_see.empty())
            continue;
        const std::string clause = fmt::format("tier {} cannot see {}", escaped(connection.tier),
                                               joined(connection.cannot_see));
        if (std::ranges::find(clauses, clause) == clauses.end())
            clauses.push_back(clause);
    }
    return fmt::format("{}", fmt::join(clauses, "; "));
}

} // namespace fusewire
