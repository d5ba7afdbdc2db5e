#include "capture/live/servers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

namespace fusewire {

namespace {

namespace fs = std::filesystem;

// First release whose fdinfo has the line below.
constexpr unsigned fdinfo_major = 6;
constexpr unsigned fdinfo_minor = 16;
constexpr std::string_view fdinfo_key = "fuse_connection:";

constexpr std::string_view fuse_device = "/dev/fuse";

std::optional<std::uint32_t> parse_u32(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// The names in a directory; nullopt if it cannot be read. What goes away meanwhile is left out.
std::optional<std::vector<std::string>> names_in(const std::string& directory) {
    std::error_code error;
    fs::directory_iterator entry(directory, error);
    if (error)
        return std::nullopt;
    std::vector<std::string> names;
    for (; entry != fs::directory_iterator(); entry.increment(error)) {
        names.push_back(entry->path().filename().string());
        if (error)
            break;
    }
    return names;
}

std::string link_target(const std::string& path) {
    std::error_code error;
    return fs::read_symlink(path, error).string();
}

// A descriptor from another mount namespace or a container's own /dev shows another path before
// "fuse".
bool may_be_fuse_device(std::string_view target) {
    return target.ends_with("/fuse");
}

// What the scan of all processes found.
struct Holders {
    Servers named;                      // by fdinfo
    std::vector<std::uint32_t> unnamed; // hold /dev/fuse, fdinfo says nothing
    bool complete = true;               // every process could be looked into
};

class Scan {
  public:
    explicit Scan(const Machine& machine) : machine_(machine) {}

    Holders run() {
        for (const std::string& name :
             names_in(machine_.path("/proc")).value_or(std::vector<std::string>{}))
            if (const auto pid = parse_u32(name))
                look_into(*pid);
        for (auto& [conn, servers] : holders_.named)
            std::ranges::sort(servers, {}, &ServerProcess::pid);
        return std::move(holders_);
    }

    ServerProcess describe(std::uint32_t pid) const {
        return {pid, machine_.first_line(fmt::format("/proc/{}/comm", pid))};
    }

  private:
    void look_into(std::uint32_t pid) {
        const std::string directory = fmt::format("/proc/{}/fd", pid);
        const auto descriptors = names_in(machine_.path(directory));
        if (!descriptors) {
            // One that has just ended hides nothing.
            holders_.complete &= !machine_.exists(fmt::format("/proc/{}", pid));
            return;
        }
        for (const std::string& descriptor : *descriptors) {
            const std::string target = link_target(machine_.path(directory + "/" + descriptor));
            if (may_be_fuse_device(target))
                add(pid, descriptor, target == fuse_device);
        }
    }

    void add(std::uint32_t pid, const std::string& descriptor, bool certainly_fuse) {
        if (const auto conn = connection_of(pid, descriptor))
            add_once(holders_.named[*conn], pid);
        else if (certainly_fuse && !std::ranges::count(holders_.unnamed, pid))
            holders_.unnamed.push_back(pid);
    }

    void add_once(std::vector<ServerProcess>& servers, std::uint32_t pid) const {
        if (std::ranges::find(servers, pid, &ServerProcess::pid) == servers.end())
            servers.push_back(describe(pid));
    }

    std::optional<ConnId> connection_of(std::uint32_t pid, const std::string& descriptor) const {
        for (const std::string& line :
             machine_.lines(fmt::format("/proc/{}/fdinfo/{}", pid, descriptor))) {
            if (!line.starts_with(fdinfo_key))
                continue;
            std::string_view value = std::string_view(line).substr(fdinfo_key.size());
            value.remove_prefix(std::min(value.find_first_not_of("\t "), value.size()));
            if (const auto number = parse_u32(value))
                return ConnId{*number};
        }
        return std::nullopt;
    }

    const Machine& machine_;
    Holders holders_;
};

// virtiofs has no server process here.
bool has_server_process(const Connection& connection) {
    return connection.fs_type != "virtiofs";
}

bool in_our_mount_namespace(std::uint32_t pid, const Machine& machine) {
    const std::string ours = link_target(machine.path("/proc/self/ns/mnt"));
    return !ours.empty() && ours == link_target(machine.path(fmt::format("/proc/{}/ns/mnt", pid)));
}

bool is_certain(const Holders& holders, std::span<const Connection> connections,
                const Machine& machine) {
    return holders.complete && holders.named.empty() && holders.unnamed.size() == 1 &&
           connections.size() == 1 && has_server_process(connections[0]) &&
           !machine.kernel_is_at_least(fdinfo_major, fdinfo_minor) &&
           in_our_mount_namespace(holders.unnamed[0], machine);
}

} // namespace

Servers find_servers(std::span<const Connection> connections, const Machine& machine) {
    Scan scan(machine);
    Holders holders = scan.run();
    if (is_certain(holders, connections, machine))
        holders.named[connections[0].conn] = {scan.describe(holders.unnamed[0])};
    return std::move(holders.named);
}

void name_servers(std::vector<Connection>& connections, const Machine& machine) {
    const Servers servers = find_servers(connections, machine);
    for (Connection& connection : connections) {
        const auto found = servers.find(connection.conn);
        if (found == servers.end() || found->second.size() != 1)
            continue;
        connection.server_pid = found->second[0].pid;
        connection.server_name = found->second[0].name;
    }
}

} // namespace fusewire
