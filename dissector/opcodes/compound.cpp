// Several operations in one message (COMPOUND v5), and the operations of LOOKUP_HANDLE RFC v3 that
// only occur inside one. Out of tree, posted 2026-02.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr DialectSet handle_v3 = in_dialects(DialectName::unknown, DialectName::lookup_handle_v3);
constexpr DialectSet compound_v5_layout =
    handle_v3 | in_dialects(DialectName::compound_v4, DialectName::compound_v5);

constexpr Value compound_flags[] = {bit(0, "SEPARABLE"), bit(1, "ATOMIC")};

constexpr Field compound_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::count, .name = "count", .label = "Operations"},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = compound_flags},
    {.offset = 8, .width = 4, .kind = Kind::byte_count, .name = "result_size", .label = "Room for results"},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 16, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(compound_in_fields, 24));
constexpr Struct compound_in{"fuse_compound_in", 24, compound_in_fields};

constexpr Field compound_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::count, .name = "count", .label = "Results"},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags"},
    {.offset = 8, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(compound_out_fields, 16));
constexpr Struct compound_out{"fuse_compound_out", 16, compound_out_fields};

constexpr Part compound_request[] = {
    {.kind = PartKind::fields, .layout = &compound_in},
    {.kind = PartKind::sub_requests, .count = &compound_in_fields[0]},
};
constexpr Part compound_reply[] = {
    {.kind = PartKind::fields, .layout = &compound_out},
    {.kind = PartKind::sub_replies},
};

constexpr Field entry2_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "Node", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::generation, .name = "generation", .label = "Generation", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::seconds, .name = "entry_valid", .label = "Name valid for, s"},
    {.offset = 24, .width = 4, .kind = Kind::nanoseconds, .name = "entry_valid_nsec", .label = "Name valid for, ns"},
    {.offset = 28, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags"},
    {.offset = 32, .width = 8, .kind = Kind::reserved, .name = "spare", .label = "Spare"},
};
static_assert(covers(entry2_out_fields, 40));
constexpr Struct entry2_out{"fuse_entry2_out", 40, entry2_out_fields};

constexpr Part lookup_handle_request[] = {{.kind = PartKind::name, .field = &entry_name}};
constexpr Part mkobj_handle_request[] = {
    {.kind = PartKind::fields, .layout = &create_in},
    {.kind = PartKind::name, .field = &entry_name},
};
constexpr Part entry_with_handle[] = {
    {.kind = PartKind::fields, .layout = &entry2_out},
    {.kind = PartKind::file_handle},
};

constexpr Opcode rows[] = {
    {.number = 54, .name = "COMPOUND", .layer = "compound", .doc = "carries several operations in one message",
     .since = 45, .dialects = compound_v5_layout, .request = {compound_request}, .reply = {compound_reply, true}},
    {.number = 55, .name = "LOOKUP_HANDLE", .layer = "lookup_handle", .doc = "finds a name and returns its fhandle",
     .since = 46, .dialects = handle_v3, .request = {lookup_handle_request}, .reply = {entry_with_handle, true},
     .structural_ext = true},
    {.number = 56, .name = "MKOBJ_HANDLE", .layer = "mkobj_handle", .doc = "creates a regular file and returns its fhandle",
     .since = 46, .dialects = handle_v3, .request = {mkobj_handle_request}, .reply = {entry_with_handle, true},
     .structural_ext = true},
};

} // namespace

std::span<const Opcode> compound_opcodes() {
    return rows;
}

} // namespace fusewire
