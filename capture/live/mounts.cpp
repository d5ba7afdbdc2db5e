#include "capture/live/mounts.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>

namespace fusewire {

namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// Up to the separator, which is taken off too.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool is_octal(char digit) {
    return digit >= '0' && digit <= '7';
}

// The kernel writes space, tab, newline and backslash as \ooo.
std::string unescape(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text.size() >= 4 && text[0] == '\\' &&
            std::ranges::all_of(text.substr(1, 3), is_octal)) {
            plain +=
                static_cast<char>((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
            text.remove_prefix(4);
        } else {
            plain += text[0];
            text.remove_prefix(1);
        }
    }
    return plain;
}

// "major:minor" as the kernel encodes a dev_t.
std::optional<ConnId> parse_device(std::string_view text) {
    const auto major = parse_number<std::uint32_t>(take(text, ':'));
    const auto minor = parse_number<std::uint32_t>(text);
    if (!major || !minor || *minor >= 1u << 20 || *major >= 1u << 12)
        return std::nullopt;
    return ConnId{*major << 20 | *minor};
}

// ID PARENT MAJOR:MINOR ROOT MOUNT_POINT OPTIONS [OPTIONAL...] - TYPE SOURCE FS_OPTIONS
std::optional<Mount> parse_line(std::string_view line) {
    const auto dash = line.find(" - ");
    if (dash == line.npos)
        return std::nullopt;
    std::string_view left = line.substr(0, dash);
    std::string_view right = line.substr(dash + 3);
    take(left, ' ');
    take(left, ' ');
    const auto conn = parse_device(take(left, ' '));
    take(left, ' ');
    const std::string_view mount_point = take(left, ' ');
    if (!conn || mount_point.empty())
        return std::nullopt;
    Mount mount;
    mount.conn = *conn;
    mount.mount_point = unescape(mount_point);
    mount.fs_type = unescape(take(right, ' '));
    mount.source = unescape(take(right, ' '));
    mount.options = unescape(take(right, ' '));
    return mount;
}

bool is_at_or_below(std::string_view path, std::string_view mount_point) {
    if (mount_point == "/")
        return true;
    return path.starts_with(mount_point) &&
           (path.size() == mount_point.size() || path[mount_point.size()] == '/');
}

std::string list_of_mounts(const std::vector<Mount>& mounts) {
    std::string list;
    for (const Connection& connection : fuse_connections(mounts))
        list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", connection.mount_point,
                            static_cast<std::uint32_t>(connection.conn));
    return list.empty() ? "there are no FUSE mounts here" : "FUSE mounts here: " + list;
}

// A connection of another mount namespace has no mount here but a directory under fusectl, which no
// server serves.
bool exists_elsewhere(std::uint32_t number) {
    return access(fmt::format("/sys/fs/fuse/connections/{}", number).c_str(), F_OK) == 0;
}

Result<ConnId> find_by_number(std::uint32_t number, const std::vector<Mount>& mounts) {
    const auto is_it = [&](const Mount& mount) {
        return mount.is_fuse() && mount.conn == ConnId{number};
    };
    if (std::ranges::any_of(mounts, is_it) || exists_elsewhere(number))
        return ConnId{number};
    return fail(Errc::usage,
                fmt::format("no FUSE connection {}; {}", number, list_of_mounts(mounts)));
}

} // namespace

bool Mount::is_fuse() const {
    const std::string_view base = std::string_view(fs_type).substr(0, fs_type.find('.'));
    return base == "fuse" || base == "fuseblk" || base == "virtiofs";
}

std::vector<Mount> parse_mountinfo(std::string_view text) {
    std::vector<Mount> mounts;
    while (!text.empty())
        if (auto mount = parse_line(take(text, '\n')))
            mounts.push_back(std::move(*mount));
    return mounts;
}

Result<std::vector<Mount>> read_mounts(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        return fail(Errc::io, fmt::format("cannot open {}", path), errno);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return parse_mountinfo(text);
}

std::vector<Connection> fuse_connections(const std::vector<Mount>& mounts) {
    std::vector<Connection> connections;
    for (const Mount& mount : mounts) {
        if (!mount.is_fuse() ||
            std::ranges::find(connections, mount.conn, &Connection::conn) != connections.end())
            continue;
        Connection connection;
        connection.conn = mount.conn;
        connection.mount_point = mount.mount_point;
        connection.fs_type = mount.fs_type;
        connection.source = mount.source;
        connection.options = mount.options;
        connections.push_back(std::move(connection));
    }
    return connections;
}

// The longest mount point, and of several the last, which covers the others.
const Mount* mount_of(std::string_view path, const std::vector<Mount>& mounts) {
    const Mount* best = nullptr;
    for (const Mount& mount : mounts)
        if (is_at_or_below(path, mount.mount_point) &&
            (best == nullptr || mount.mount_point.size() >= best->mount_point.size()))
            best = &mount;
    return best;
}

Result<ConnId> find_connection(std::string_view target, const std::vector<Mount>& mounts,
                               std::string_view working_directory, const ReadLink& link) {
    if (const auto number = parse_number<std::uint32_t>(target))
        return find_by_number(*number, mounts);
    const auto path = real_path(target, working_directory, mounts, link);
    if (!path)
        return tl::unexpected(path.error());
    const Mount* mount = mount_of(*path, mounts);
    if (target.empty() || mount == nullptr || !mount->is_fuse())
        return fail(Errc::usage,
                    fmt::format("{} is not on a FUSE mount; {}", *path, list_of_mounts(mounts)));
    return mount->conn;
}

} // namespace fusewire
