// Entry and Attributes: what a reply says about a node, whichever opcode and layout it came in.
#pragma once

#include "dissector/operation.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fusewire {

// struct fuse_attr or struct fuse_statx.
struct Attributes {
    std::uint64_t ino = 0;
    std::uint64_t size = 0;
    std::uint64_t blocks = 0;
    std::int64_t ctime = 0;
    std::int64_t mtime = 0;
    std::uint32_t ctime_ns = 0;
    std::uint32_t mtime_ns = 0;
    std::uint32_t atime_ns = 0;
    std::uint32_t btime_ns = 0;
    std::uint32_t mode = 0;
    std::uint32_t nlink = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint32_t blksize = 0;
    std::uint32_t flags = 0; // fuse_attr.flags
    std::uint32_t mask = 0;  // statx: fields that were answered
    bool is_statx = false;
    std::uint64_t valid_s = 0; // how long the kernel may keep them
    std::uint32_t valid_ns = 0;
    std::uint32_t offset = 0; // in the message
    std::int16_t sub = no_sub;

    std::uint32_t type() const { return mode & 0170000; }
};

inline constexpr std::uint32_t type_mask = 0170000;
inline constexpr std::uint32_t type_directory = 0040000;
inline constexpr std::uint32_t type_regular = 0100000;
inline constexpr std::uint32_t type_symlink = 0120000;
// One of the seven file types.
bool is_file_type(std::uint32_t mode);

// The fhandle of a LOOKUP_HANDLE entry.
struct FhandleFact {
    bool expected = false;      // the layout has one
    bool present = false;       // its size field is there
    std::uint32_t declared = 0; // size field
    std::string_view bytes;     // what is there of it
    std::uint32_t offset = 0;   // of the size field, or where it should be
    std::uint32_t bytes_at = 0; // offset of `bytes` in the message, where it is present
    std::uint32_t trailing = 0; // bytes after it in the sub-reply
    bool trailing_zero = true;
    bool sound() const { return present && bytes.size() == declared; }
};

enum class EntryOrigin : std::uint8_t {
    lookup,      // LOOKUP, LOOKUP_HANDLE
    create,      // MKNOD, MKDIR, SYMLINK, CREATE, TMPFILE, MKOBJ_HANDLE
    link,        // LINK
    readdirplus, // one record
};

struct Entry {
    EntryOrigin origin = EntryOrigin::lookup;
    Op op{};
    std::int16_t sub = no_sub;
    std::uint32_t offset = 0; // of nodeid, in the message
    std::uint64_t parent = 0;
    std::string_view name;
    std::uint64_t nodeid = 0; // 0: a negative entry
    std::uint64_t generation = 0;
    std::uint64_t entry_valid_s = 0;
    std::uint32_t entry_valid_ns = 0;
    std::optional<Attributes> attributes; // of the entry itself, or of the STATX beside it
    FhandleFact fhandle;
};

// The attributes in a reply: of GETATTR, SETATTR, STATX, or of an entry.
std::optional<Attributes> attributes_of(const Operation& reply);

// Every entry that the replies of this message hand out, in wire order. `request` and `reply` are the
// decoded messages of one exchange.
void entries_of(const Message& request, const Message& reply, std::vector<Entry>& out);

} // namespace fusewire
