// Structures that several families of opcodes use, as include/uapi/linux/fuse.h has them.
#pragma once

#include "dissector/opcodes.h"
#include "dissector/opcodes/flags.h"

namespace fusewire {

inline constexpr Field attr_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::ino, .name = "ino", .label = "Inode number"},
    {.offset = 8, .width = 8, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::count, .name = "blocks", .label = "512-byte blocks"},
    {.offset = 24, .width = 8, .kind = Kind::timestamp, .name = "atime", .label = "Access time"},
    {.offset = 32, .width = 8, .kind = Kind::timestamp, .name = "mtime", .label = "Modification time"},
    {.offset = 40, .width = 8, .kind = Kind::timestamp, .name = "ctime", .label = "Change time"},
    {.offset = 48, .width = 4, .kind = Kind::nanoseconds, .name = "atimensec", .label = "Access time, ns"},
    {.offset = 52, .width = 4, .kind = Kind::nanoseconds, .name = "mtimensec", .label = "Modification time, ns"},
    {.offset = 56, .width = 4, .kind = Kind::nanoseconds, .name = "ctimensec", .label = "Change time, ns"},
    {.offset = 60, .width = 4, .kind = Kind::mode, .name = "mode", .label = "Mode", .values = file_types, .in_line = true},
    {.offset = 64, .width = 4, .kind = Kind::count, .name = "nlink", .label = "Links"},
    {.offset = 68, .width = 4, .kind = Kind::uid, .name = "uid", .label = "uid"},
    {.offset = 72, .width = 4, .kind = Kind::gid, .name = "gid", .label = "gid"},
    {.offset = 76, .width = 4, .kind = Kind::rdev, .name = "rdev", .label = "Device"},
    {.offset = 80, .width = 4, .kind = Kind::byte_count, .name = "blksize", .label = "Block size"},
    {.offset = 84, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Attribute flags", .values = attr_flags},
};
static_assert(covers(attr_fields, 88));
inline constexpr Struct attr{"fuse_attr", 88, attr_fields};

// Attributes as statx(2) has them.
inline constexpr Field sx_time_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::timestamp, .name = "tv_sec", .label = "Seconds"},
    {.offset = 8, .width = 4, .kind = Kind::nanoseconds, .name = "tv_nsec", .label = "Nanoseconds"},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "__reserved", .label = "Reserved"},
};
static_assert(covers(sx_time_fields, 16));
inline constexpr Struct sx_time{"fuse_sx_time", 16, sx_time_fields};

inline constexpr Field statx_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "mask", .label = "Fields answered", .values = statx_mask},
    {.offset = 4, .width = 4, .kind = Kind::byte_count, .name = "blksize", .label = "Block size"},
    {.offset = 8, .width = 8, .kind = Kind::flags, .name = "attributes", .label = "Attributes", .values = statx_attributes},
    {.offset = 16, .width = 4, .kind = Kind::count, .name = "nlink", .label = "Links"},
    {.offset = 20, .width = 4, .kind = Kind::uid, .name = "uid", .label = "uid"},
    {.offset = 24, .width = 4, .kind = Kind::gid, .name = "gid", .label = "gid"},
    {.offset = 28, .width = 2, .kind = Kind::mode, .name = "mode", .label = "Mode", .values = file_types, .in_line = true},
    {.offset = 30, .width = 2, .kind = Kind::padding, .name = "__spare0", .label = "Spare"},
    {.offset = 32, .width = 8, .kind = Kind::ino, .name = "ino", .label = "Inode number", .in_line = true},
    {.offset = 40, .width = 8, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 48, .width = 8, .kind = Kind::count, .name = "blocks", .label = "512-byte blocks"},
    {.offset = 56, .width = 8, .kind = Kind::flags, .name = "attributes_mask", .label = "Attributes supported", .values = statx_attributes},
    {.offset = 64, .width = 16, .kind = Kind::group, .name = "atime", .label = "Access time", .members = &sx_time},
    {.offset = 80, .width = 16, .kind = Kind::group, .name = "btime", .label = "Birth time", .members = &sx_time},
    {.offset = 96, .width = 16, .kind = Kind::group, .name = "ctime", .label = "Change time", .members = &sx_time},
    {.offset = 112, .width = 16, .kind = Kind::group, .name = "mtime", .label = "Modification time", .members = &sx_time},
    {.offset = 128, .width = 4, .kind = Kind::number, .name = "rdev_major", .label = "Device major"},
    {.offset = 132, .width = 4, .kind = Kind::number, .name = "rdev_minor", .label = "Device minor"},
    {.offset = 136, .width = 4, .kind = Kind::number, .name = "dev_major", .label = "File system major"},
    {.offset = 140, .width = 4, .kind = Kind::number, .name = "dev_minor", .label = "File system minor"},
    {.offset = 144, .width = 112, .kind = Kind::padding, .name = "__spare2", .label = "Spare"},
};
static_assert(covers(statx_fields, 256));
inline constexpr Struct statx_struct{"fuse_statx", 256, statx_fields};

inline constexpr Field statx_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::seconds, .name = "attr_valid", .label = "Attributes valid for, s"},
    {.offset = 8, .width = 4, .kind = Kind::nanoseconds, .name = "attr_valid_nsec", .label = "Attributes valid for, ns"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags"},
    {.offset = 16, .width = 16, .kind = Kind::padding, .name = "spare", .label = "Spare"},
    {.offset = 32, .width = 256, .kind = Kind::group, .name = "stat", .label = "Attributes", .members = &statx_struct},
};
static_assert(covers(statx_out_fields, 288));
inline constexpr Struct statx_out{"fuse_statx_out", 288, statx_out_fields};

// Before 7.9 the attributes ended at blksize, and with them every struct that ends with them.
inline constexpr Field entry_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::generation, .name = "generation", .label = "Generation"},
    {.offset = 16, .width = 8, .kind = Kind::seconds, .name = "entry_valid", .label = "Name valid for, s"},
    {.offset = 24, .width = 8, .kind = Kind::seconds, .name = "attr_valid", .label = "Attributes valid for, s"},
    {.offset = 32, .width = 4, .kind = Kind::nanoseconds, .name = "entry_valid_nsec", .label = "Name valid for, ns"},
    {.offset = 36, .width = 4, .kind = Kind::nanoseconds, .name = "attr_valid_nsec", .label = "Attributes valid for, ns"},
    {.offset = 40, .width = 88, .kind = Kind::group, .name = "attr", .label = "Attributes", .members = &attr},
};
static_assert(covers(entry_out_fields, 128));
inline constexpr Cut entry_out_cuts[] = {{.size = 120, .minor = 9}};
inline constexpr Struct entry_out{"fuse_entry_out", 128, entry_out_fields, entry_out_cuts};

inline constexpr Field open_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::flags, .name = "open_flags", .label = "Flags for the kernel", .values = fopen_flags},
    {.offset = 12, .width = 4, .kind = Kind::signed_number, .name = "backing_id", .label = "Backing file"},
};
static_assert(covers(open_out_fields, 16));
inline constexpr Struct open_out{"fuse_open_out", 16, open_out_fields};

// READ, READDIR and READDIRPLUS. Before 7.9 it ended after read_flags (then padding).
inline constexpr Field read_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 20, .width = 4, .kind = Kind::flags, .name = "read_flags", .label = "Read flags", .values = read_flags},
    {.offset = 24, .width = 8, .kind = Kind::lock_owner, .name = "lock_owner", .label = "Lock owner"},
    {.offset = 32, .width = 4, .kind = Kind::open_flags, .name = "flags", .label = "Open flags", .values = linux_open_flags},
    {.offset = 36, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(read_in_fields, 40));
inline constexpr Cut read_in_cuts[] = {{.size = 24, .minor = 9}};
inline constexpr Struct read_in{"fuse_read_in", 40, read_in_fields, read_in_cuts};
inline constexpr const Field& read_in_size = read_in_fields[2];

// CREATE, TMPFILE and MKOBJ_HANDLE. Before 7.12 it ended after mode.
inline constexpr Field create_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::open_flags, .name = "flags", .label = "Open flags", .values = linux_open_flags, .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::mode, .name = "mode", .label = "Mode", .values = file_types, .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::permissions, .name = "umask", .label = "Umask"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "open_flags", .label = "Flags for the server", .values = open_request_flags},
};
static_assert(covers(create_in_fields, 16));
inline constexpr Cut create_in_cuts[] = {{.size = 8, .minor = 12}};
inline constexpr Struct create_in{"fuse_create_in", 16, create_in_fields, create_in_cuts};

// The fixed head of a directory record; the name follows it.
inline constexpr Field dirent_head_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::ino, .name = "ino", .label = "Inode number"},
    {.offset = 8, .width = 8, .kind = Kind::number, .name = "off", .label = "Next offset"},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "namelen", .label = "Name length"},
    {.offset = 20, .width = 4, .kind = Kind::enumeration, .name = "type", .label = "Type", .values = dirent_types},
};
static_assert(covers(dirent_head_fields, 24));
inline constexpr Struct dirent_head{"fuse_dirent", 24, dirent_head_fields};

// Older minors do not shorten the entry_out in here.
inline constexpr Field direntplus_head_fields[] = {
    {.offset = 0, .width = 128, .kind = Kind::group, .name = "entry_out", .label = "Entry", .members = &entry_out},
    {.offset = 128, .width = 24, .kind = Kind::group, .name = "dirent", .label = "Directory entry", .members = &dirent_head},
};
static_assert(covers(direntplus_head_fields, 152));
inline constexpr Struct direntplus_head{"fuse_direntplus", 152, direntplus_head_fields};

// WRITE and COPY_FILE_RANGE.
inline constexpr Field write_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Written", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(write_out_fields, 8));
inline constexpr Struct write_out{"fuse_write_out", 8, write_out_fields};

// Names as they occur in request bodies.
inline constexpr Field entry_name{.kind = Kind::name, .name = "name", .label = "Name", .in_line = true};
inline constexpr Field new_name{.kind = Kind::name, .name = "newname", .label = "New name", .in_line = true};
inline constexpr Field link_target{.kind = Kind::text, .name = "target", .label = "Link target", .in_line = true};
inline constexpr Field file_data{.kind = Kind::data, .name = "data", .label = "Data"};

// Bodies that several opcodes have.
inline constexpr Part name_body[] = {{.kind = PartKind::name, .field = &entry_name}};
inline constexpr Part entry_body[] = {{.kind = PartKind::fields, .layout = &entry_out}};
// LOOKUP_HANDLE v2 puts the fhandle behind the entry of everything that finds or makes a node, and the
// parent's, where the kernel has it, behind the names of the request.
inline constexpr Part entry_fhandle_v2{.kind = PartKind::file_handle, .layout = &fhandle_head_v2,
    .dialects = in_dialect(DialectName::lookup_handle_v2), .needs = init_flag::lookup_handle};
inline constexpr Part parent_fhandle_v2{.kind = PartKind::file_handle, .layout = &fhandle_head_v2,
    .dialects = in_dialect(DialectName::lookup_handle_v2), .needs = init_flag::lookup_handle, .optional = true};
inline constexpr Part new_entry_body[] = {
    {.kind = PartKind::fields, .layout = &entry_out},
    entry_fhandle_v2,
};
inline constexpr Part open_body[] = {{.kind = PartKind::fields, .layout = &open_out}};
inline constexpr Part entry_open_body[] = {
    {.kind = PartKind::fields, .layout = &entry_out},
    entry_fhandle_v2,
    {.kind = PartKind::fields, .layout = &open_out},
};
inline constexpr Part read_body[] = {{.kind = PartKind::fields, .layout = &read_in}};
inline constexpr Part write_reply_body[] = {{.kind = PartKind::fields, .layout = &write_out}};

} // namespace fusewire
