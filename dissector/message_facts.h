// What a message says, asked for by meaning rather than by opcode: the nodes, open files, names and
// forgets in a request, the records of a directory listing, the open files in a reply. The tables
// behind it are the only place that knows which field of which opcode is what.
#pragma once

#include "dissector/findings/events.h"
#include "dissector/short_list.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fusewire {

struct UsedNode {
    NodeRole role = NodeRole::target;
    std::uint64_t nodeid = 0;
    std::uint32_t offset = 0;
};

struct UsedFh {
    FhKey key;
    std::uint32_t offset = 0;
};

struct UsedName {
    NameRole role = NameRole::looked_up;
    std::string_view name;
    std::uint32_t offset = 0;
};

struct Forgotten {
    std::uint64_t nodeid = 0;
    std::uint64_t nlookup = 0;
    std::uint32_t offset = 0;
};

inline constexpr std::uint32_t fhandle_extension = 33; // FUSE_EXT_HANDLE

struct ExtensionRecord {
    std::uint32_t type = 0;
    std::uint32_t size = 0;
    std::uint32_t offset = 0;
    std::string_view fhandle;
    std::uint32_t fhandle_size = 0;
};

// FUSE_NAME_MAX of kernels since 6.14; older ones take 1024.
inline constexpr std::uint32_t longest_dirent_name = 4095;

struct DirentRecord {
    std::uint64_t ino = 0;
    std::uint64_t off = 0;
    std::uint32_t type = 0;
    std::uint32_t namelen = 0;
    std::string_view name;
    std::uint32_t offset = 0;
};

// The kernel fails the listing at this record and reads none after it: no name, one that is too long,
// or one with a slash.
bool ends_listing(const DirentRecord& record);

struct Opened {
    FhKey key;
    std::uint32_t open_flags = 0;
    std::uint32_t fopen = 0;
    std::uint32_t offset = 0;
    bool from_mkobj = false;
};

// Requests that are about no node, whatever their header says: INIT, DESTROY, BATCH_FORGET …
bool names_no_node(const Operation& operation);
// The operation whose entry an operation of COMPOUND v7 takes its nodeid from; nullopt: none.
struct Dependency {
    std::size_t index = 0;
    std::uint32_t offset = 0;
};
std::optional<Dependency> dependency_of(const Operation& operation);
// In a compound with LOOKUP_HANDLE or MKOBJ_HANDLE the operations after the first carry nodeid 1 for
// the node that the first one finds; in v7 any operation may take the node of an earlier one.
bool has_placeholder_node(const Operation& operation);

// No operation has more than two of each.
ShortList<UsedNode, 2> used_nodes(const Operation& request);
ShortList<UsedFh, 2> used_fhs(const Operation& request);
ShortList<UsedName, 2> used_names(const Operation& request);
// These replace what `out` holds.
void forgets(const Operation& request, std::vector<Forgotten>& out);
void extension_records(const Operation& request, std::vector<ExtensionRecord>& out);
void dirents(const Operation& reply, std::vector<DirentRecord>& out);
// `entry` is the one of the same reply for opens that come with it; nullptr: none.
bool opened(const Operation& request, const Operation& reply, const Entry* entry, Opened& out);

} // namespace fusewire
