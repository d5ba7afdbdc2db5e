// Several operations in one message: the versions of COMPOUND (out of tree, 2025-12 to 2026-06), what the
// vendor tree has beside it, and the operations of LOOKUP_HANDLE, v2 on its own and RFC v3 in a COMPOUND.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr DialectSet v6 = in_dialect(DialectName::compound_v6);
constexpr DialectSet compound_54 =
    in_dialects(DialectName::unknown, DialectName::lookup_handle_v3, DialectName::compound_v4,
                DialectName::compound_v5, DialectName::compound_v6, DialectName::compound_v7);
// A reply without its request is shown with the count whatever else is known, since only these versions
// can be recognised by their replies.
constexpr DialectSet with_count = all_dialects & ~compound_without_count;

constexpr Value compound_flags[] = {
    bit(0, "SEPARABLE"),
    bit(1, "ATOMIC", all_dialects & ~v6),
    bit(1, "CONTINUE", v6),
    bit(2, "ATOMIC", v6),
};

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

constexpr Field compound_in_v6_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = compound_flags},
    {.offset = 4, .width = 4, .kind = Kind::byte_count, .name = "result_size", .label = "Room for results"},
    {.offset = 8, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(compound_in_v6_fields, 16));
constexpr Struct compound_in_v6{"fuse_compound_in (v6)", 16, compound_in_v6_fields};

constexpr Field compound_out_v6_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags"},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 8, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(compound_out_v6_fields, 16));
constexpr Struct compound_out_v6{"fuse_compound_out (v6)", 16, compound_out_v6_fields};

// Nothing is left of both heads but room.
constexpr Field compound_v7_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
    {.offset = 8, .width = 8, .kind = Kind::reserved, .name = "reserved2", .label = "Reserved"},
};
static_assert(covers(compound_v7_fields, 16));
constexpr Struct compound_v7{"fuse_compound_in (v7)", 16, compound_v7_fields};

constexpr Part compound_request[] = {
    {.kind = PartKind::fields, .layout = &compound_in, .dialects = with_count},
    {.kind = PartKind::fields, .layout = &compound_in_v6, .dialects = v6},
    {.kind = PartKind::fields, .layout = &compound_v7, .dialects = compound_with_prefix},
    {.kind = PartKind::sub_requests, .count = &compound_in_fields[0], .dialects = with_count},
    {.kind = PartKind::sub_requests, .dialects = v6},
    {.kind = PartKind::sub_requests, .layout = &compound_req_in, .dialects = compound_with_prefix},
};
constexpr Part compound_reply[] = {
    {.kind = PartKind::fields, .layout = &compound_out, .dialects = with_count},
    {.kind = PartKind::fields, .layout = &compound_out_v6, .dialects = v6},
    {.kind = PartKind::fields, .layout = &compound_v7, .dialects = compound_with_prefix},
    {.kind = PartKind::sub_replies},
};

constexpr Field entry2_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid", .in_line = true},
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
    {.kind = PartKind::file_handle, .layout = &fhandle_head, .padded = true},
};
constexpr Part lookup_handle_v2_request[] = {
    {.kind = PartKind::name, .field = &entry_name},
    parent_fhandle_v2,
};

constexpr Field dlm_wb_lock_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "start", .label = "First byte", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::file_offset, .name = "end", .label = "Last byte", .in_line = true},
    {.offset = 24, .width = 4, .kind = Kind::number, .name = "type", .label = "Type"},
    {.offset = 28, .width = 4, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(dlm_wb_lock_in_fields, 32));
constexpr Struct dlm_wb_lock_in{"fuse_dlm_lock_in", 32, dlm_wb_lock_in_fields};

constexpr Field dlm_wb_lock_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::file_offset, .name = "start", .label = "First byte", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "end", .label = "Last byte", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(dlm_wb_lock_out_fields, 24));
constexpr Struct dlm_wb_lock_out{"fuse_dlm_lock_out", 24, dlm_wb_lock_out_fields};

constexpr Part dlm_wb_lock_request[] = {{.kind = PartKind::fields, .layout = &dlm_wb_lock_in}};
constexpr Part dlm_wb_lock_reply[] = {{.kind = PartKind::fields, .layout = &dlm_wb_lock_out}};

constexpr const char* compound_doc = "carries several operations in one message";
constexpr const char* lookup_handle_doc = "finds a name and returns its fhandle";

constexpr Opcode rows[] = {
    {.number = 54, .name = "COMPOUND", .layer = "compound", .doc = compound_doc,
     .since = 45, .dialects = compound_54, .request = {compound_request}, .reply = {compound_reply, true}},
    {.number = 60, .name = "COMPOUND", .layer = "compound", .doc = compound_doc, .meaning = Op::compound,
     .since = 46, .dialects = in_dialect(DialectName::fusex_b), .request = {compound_request},
     .reply = {compound_reply, true}},
    {.number = 101, .name = "COMPOUND", .layer = "compound", .doc = compound_doc, .meaning = Op::compound,
     .since = 45, .dialects = in_dialect(DialectName::compound_rfc), .request = {compound_request},
     .reply = {compound_reply, true}},
    {.number = 100, .name = "DLM_WB_LOCK", .layer = "dlm_wb_lock", .doc = "locks a range for cached writes",
     .meaning = Op::dlm_wb_lock, .since = 45, .dialects = in_dialect(DialectName::compound_rfc),
     .request = {dlm_wb_lock_request}, .reply = {dlm_wb_lock_reply}},
    {.number = 55, .name = "LOOKUP_HANDLE", .layer = "lookup_handle", .doc = lookup_handle_doc,
     .since = 46, .dialects = lookup_handle_in_compound, .request = {lookup_handle_request},
     .reply = {entry_with_handle, true}, .structural_ext = true},
    {.number = 54, .name = "LOOKUP_HANDLE", .layer = "lookup_handle", .doc = lookup_handle_doc,
     .meaning = Op::lookup_handle, .since = 45, .dialects = in_dialect(DialectName::lookup_handle_v2),
     .request = {lookup_handle_v2_request}, .reply = {new_entry_body}},
    {.number = 56, .name = "MKOBJ_HANDLE", .layer = "mkobj_handle", .doc = "creates a regular file and returns its fhandle",
     .since = 46, .dialects = lookup_handle_in_compound, .request = {mkobj_handle_request},
     .reply = {entry_with_handle, true}, .structural_ext = true},
};

} // namespace

std::span<const Opcode> compound_opcodes() {
    return rows;
}

} // namespace fusewire
