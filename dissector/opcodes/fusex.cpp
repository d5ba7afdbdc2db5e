// fusex, a reduced kernel client beside fuse (posted 2026-04): LOOKUP_ROOT, LOOKUPX, MKOBJX, SETSTATX. The
// rest of what it sends is classic; its COMPOUND is in compound.cpp.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr DialectSet fusex_a = in_dialect(DialectName::fusex_a);
constexpr DialectSet fusex_b = in_dialect(DialectName::fusex_b);

constexpr Value entryx_flags[] = {bit(0, "NEGATIVE")};
constexpr Field entryx_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::seconds, .name = "entry_valid", .label = "Name valid for, s"},
    {.offset = 16, .width = 4, .kind = Kind::nanoseconds, .name = "entry_valid_nsec", .label = "Name valid for, ns"},
    {.offset = 20, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = entryx_flags},
    {.offset = 24, .width = 8, .kind = Kind::padding, .name = "spare", .label = "Spare"},
};
static_assert(covers(entryx_out_fields, 32));
constexpr Struct entryx_out{"fuse_entryx_out", 32, entryx_out_fields};

// The attributes stood in front of the rest at first.
constexpr Value mkobjx_flags[] = {bit(0, "TMPFILE")};
constexpr Field mkobjx_in_a_fields[] = {
    {.offset = 0, .width = 256, .kind = Kind::group, .name = "stat", .label = "Attributes", .members = &statx_struct},
    {.offset = 256, .width = 4, .kind = Kind::byte_count, .name = "namesize", .label = "Name with NUL"},
    {.offset = 260, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = mkobjx_flags},
    {.offset = 264, .width = 56, .kind = Kind::padding, .name = "spare", .label = "Spare"},
};
static_assert(covers(mkobjx_in_a_fields, 320));
constexpr Struct mkobjx_in_a{"fuse_mkobjx_in (first posting)", 320, mkobjx_in_a_fields};

constexpr Field mkobjx_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "namesize", .label = "Name with NUL"},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = mkobjx_flags},
    {.offset = 8, .width = 56, .kind = Kind::padding, .name = "spare", .label = "Spare"},
    {.offset = 64, .width = 256, .kind = Kind::group, .name = "stat", .label = "Attributes", .members = &statx_struct},
};
static_assert(covers(mkobjx_in_fields, 320));
constexpr Struct mkobjx_in{"fuse_mkobjx_in", 320, mkobjx_in_fields};

constexpr Field setstatx_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh"},
    {.offset = 8, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags"},
    {.offset = 12, .width = 4, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
    {.offset = 16, .width = 256, .kind = Kind::group, .name = "stat", .label = "Attributes", .members = &statx_struct},
};
static_assert(covers(setstatx_in_fields, 272));
constexpr Struct setstatx_in{"fuse_setstatx_in", 272, setstatx_in_fields};

constexpr Part mkobjx_request[] = {
    {.kind = PartKind::fields, .layout = &mkobjx_in_a, .dialects = fusex_a},
    {.kind = PartKind::fields, .layout = &mkobjx_in, .dialects = fusex_b},
    {.kind = PartKind::name, .field = &entry_name, .count = &mkobjx_in_a_fields[1], .dialects = fusex_a,
     .nul_counted = true},
    {.kind = PartKind::name, .field = &entry_name, .count = &mkobjx_in_fields[0], .dialects = fusex_b,
     .nul_counted = true},
    {.kind = PartKind::name, .field = &link_target, .optional = true}, // of a symbolic link
};
constexpr Part setstatx_request[] = {{.kind = PartKind::fields, .layout = &setstatx_in}};
constexpr Part entryx_body[] = {{.kind = PartKind::fields, .layout = &entryx_out}};
constexpr Part statx_body[] = {{.kind = PartKind::fields, .layout = &statx_out}};

constexpr Opcode rows[] = {
    {.number = 54, .name = "LOOKUP_ROOT", .layer = "lookup_root", .doc = "asks for the root node", .meaning = Op::lookup_root,
     .since = 45, .dialects = fusex_dialects, .reply = {entryx_body}},
    {.number = 55, .name = "LOOKUPX", .layer = "lookupx", .doc = "finds a name in a directory", .meaning = Op::lookupx,
     .since = 45, .dialects = fusex_dialects, .request = {name_body}, .reply = {entryx_body}},
    {.number = 56, .name = "MKOBJX", .layer = "mkobjx", .doc = "makes a node of any type", .meaning = Op::mkobjx,
     .since = 45, .dialects = fusex_dialects, .request = {mkobjx_request}, .reply = {entryx_body}},
    {.number = 58, .name = "SETSTATX", .layer = "setstatx", .doc = "changes attributes of a node", .meaning = Op::setstatx,
     .since = 45, .dialects = fusex_dialects, .request = {setstatx_request}, .reply = {statx_body}},
};

} // namespace

std::span<const Opcode> fusex_opcodes() {
    return rows;
}

} // namespace fusewire
