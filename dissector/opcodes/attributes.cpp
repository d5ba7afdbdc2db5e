// What is known of a node: GETATTR, SETATTR, STATX, READLINK.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field getattr_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "getattr_flags", .label = "Flags", .values = getattr_flags},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "dummy", .label = "Padding"},
    {.offset = 8, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh"},
};
static_assert(covers(getattr_in_fields, 16));
constexpr Cut getattr_in_cuts[] = {{.size = 0, .minor = 9}};
constexpr Struct getattr_in{"fuse_getattr_in", 16, getattr_in_fields, getattr_in_cuts};

constexpr Field attr_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::seconds, .name = "attr_valid", .label = "Attributes valid for, s"},
    {.offset = 8, .width = 4, .kind = Kind::nanoseconds, .name = "attr_valid_nsec", .label = "Attributes valid for, ns"},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "dummy", .label = "Padding"},
    {.offset = 16, .width = 88, .kind = Kind::group, .name = "attr", .label = "Attributes", .members = &attr},
};
static_assert(covers(attr_out_fields, 104));
constexpr Cut attr_out_cuts[] = {{.size = 96, .minor = 9}};
constexpr Struct attr_out{"fuse_attr_out", 104, attr_out_fields, attr_out_cuts};

// The fields that `valid` does not name are zero.
constexpr Field setattr_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "valid", .label = "Fields to set", .values = setattr_valid, .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 8, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh"},
    {.offset = 16, .width = 8, .kind = Kind::byte_count, .name = "size", .label = "Size"},
    {.offset = 24, .width = 8, .kind = Kind::lock_owner, .name = "lock_owner", .label = "Lock owner"},
    {.offset = 32, .width = 8, .kind = Kind::timestamp, .name = "atime", .label = "Access time"},
    {.offset = 40, .width = 8, .kind = Kind::timestamp, .name = "mtime", .label = "Modification time"},
    {.offset = 48, .width = 8, .kind = Kind::timestamp, .name = "ctime", .label = "Change time"},
    {.offset = 56, .width = 4, .kind = Kind::nanoseconds, .name = "atimensec", .label = "Access time, ns"},
    {.offset = 60, .width = 4, .kind = Kind::nanoseconds, .name = "mtimensec", .label = "Modification time, ns"},
    {.offset = 64, .width = 4, .kind = Kind::nanoseconds, .name = "ctimensec", .label = "Change time, ns"},
    {.offset = 68, .width = 4, .kind = Kind::mode, .name = "mode", .label = "Mode", .values = file_types},
    {.offset = 72, .width = 4, .kind = Kind::padding, .name = "unused4", .label = "Unused"},
    {.offset = 76, .width = 4, .kind = Kind::uid, .name = "uid", .label = "uid"},
    {.offset = 80, .width = 4, .kind = Kind::gid, .name = "gid", .label = "gid"},
    {.offset = 84, .width = 4, .kind = Kind::padding, .name = "unused5", .label = "Unused"},
};
static_assert(covers(setattr_in_fields, 88));
constexpr Struct setattr_in{"fuse_setattr_in", 88, setattr_in_fields};

constexpr Field statx_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "getattr_flags", .label = "Flags", .values = getattr_flags},
    {.offset = 4, .width = 4, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
    {.offset = 8, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh"},
    {.offset = 16, .width = 4, .kind = Kind::hex, .name = "sx_flags", .label = "statx flags"},
    {.offset = 20, .width = 4, .kind = Kind::flags, .name = "sx_mask", .label = "Fields wanted", .values = statx_mask},
};
static_assert(covers(statx_in_fields, 24));
constexpr Struct statx_in{"fuse_statx_in", 24, statx_in_fields};

constexpr Part getattr_request[] = {{.kind = PartKind::fields, .layout = &getattr_in}};
constexpr Part setattr_request[] = {{.kind = PartKind::fields, .layout = &setattr_in}};
constexpr Part attr_reply[] = {{.kind = PartKind::fields, .layout = &attr_out}};
constexpr Part statx_request[] = {{.kind = PartKind::fields, .layout = &statx_in}};
constexpr Part statx_reply[] = {{.kind = PartKind::fields, .layout = &statx_out}};

// The target fills the payload; there is no NUL.
constexpr Part readlink_reply[] = {{.kind = PartKind::data, .field = &link_target}};

constexpr Opcode rows[] = {
    {.number = 3, .name = "GETATTR", .layer = "getattr", .doc = "asks for the attributes of a node",
     .request = {getattr_request}, .reply = {attr_reply}},
    {.number = 4, .name = "SETATTR", .layer = "setattr", .doc = "changes attributes of a node",
     .request = {setattr_request}, .reply = {attr_reply}},
    {.number = 5, .name = "READLINK", .layer = "readlink", .doc = "reads what a symbolic link points to",
     .reply = {readlink_reply, true}},
    {.number = 52, .name = "STATX", .layer = "statx", .doc = "asks for extended attributes of a node",
     .since = 39, .request = {statx_request}, .reply = {statx_reply}},
};

} // namespace

std::span<const Opcode> attribute_opcodes() {
    return rows;
}

} // namespace fusewire
