// Which FUSE connections there are and which one a user means, from mountinfo alone. Nothing here
// touches a FUSE mount: a stat() there is a request to a server that may hang.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

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

// Makes a path absolute and removes ".", ".." and double slashes, as text: symbolic links are not
// followed.
std::string normal_path(std::string_view path, std::string_view working_directory);

// The connection that `target` names: a number, or a path at or below a FUSE mount point.
[[nodiscard]] Result<ConnId> find_connection(std::string_view target,
                                             const std::vector<Mount>& mounts,
                                             std::string_view working_directory);

} // namespace fusewire
