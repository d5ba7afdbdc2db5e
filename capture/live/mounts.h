// Which FUSE connections there are and which one a user means, from mountinfo alone. Nothing here
// touches a FUSE mount: a stat() there is a request to a server that may hang.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// One line of mountinfo, of any file system.
struct Mount {
    ConnId conn{};           // the file system's device number, a connection's number for FUSE
    std::string mount_point; // absolute, unescaped
    std::string fs_type;     // "fuse.bindfs", "fuseblk", "ext4"
    std::string source;
    std::string options; // of the file system, not of the mount

    // virtiofs speaks FUSE too; fusectl does not.
    bool is_fuse() const;
};

// Parses the text of a mountinfo file; lines that make no sense are left out.
std::vector<Mount> parse_mountinfo(std::string_view text);

// All mounts that this process sees.
[[nodiscard]] Result<std::vector<Mount>>
read_mounts(const std::string& path = "/proc/self/mountinfo");

// What is known of each FUSE connection, one entry for each, named after its first mount.
std::vector<Connection> fuse_connections(const std::vector<Mount>& mounts);

// The mount that an absolute path without links is on; null if there is none.
const Mount* mount_of(std::string_view path, const std::vector<Mount>& mounts);

// What a symbolic link holds; nothing for what is no link.
using ReadLink = std::function<std::optional<std::string>(const std::string& path)>;
std::optional<std::string> read_link(const std::string& path);

// Makes a path absolute and removes symbolic links, ".", ".." and double slashes. What lies on a
// FUSE mount is taken as text, and `link` is not asked for it. Errc::usage for too many links.
[[nodiscard]] Result<std::string> real_path(std::string_view path,
                                            std::string_view working_directory,
                                            const std::vector<Mount>& mounts,
                                            const ReadLink& link = read_link);

// The connection that `target` names: a number, or a path at or below a FUSE mount point.
[[nodiscard]] Result<ConnId> find_connection(std::string_view target,
                                             const std::vector<Mount>& mounts,
                                             std::string_view working_directory,
                                             const ReadLink& link = read_link);

} // namespace fusewire
