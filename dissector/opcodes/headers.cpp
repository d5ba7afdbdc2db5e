// Headers and extension records, which no opcode owns, and the fields that decoding refers to by name.
#include "dissector/opcodes.h"
#include "dissector/opcodes/flags.h"

namespace fusewire {

namespace {

constexpr Value ext_types[] = {
    {~std::uint64_t{31}, 0, "SECCTX", all_dialects},
    one_of(32, "GROUPS"),
    {~std::uint64_t{0}, 33, "HANDLE", lookup_handle_in_compound | in_dialect(DialectName::lookup_handle_v2)},
};

constexpr Field in_header_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "len", .label = "Length"},
    {.offset = 4, .width = 4, .kind = Kind::opcode, .name = "opcode", .label = "Opcode"},
    {.offset = 8, .width = 8, .kind = Kind::unique, .name = "unique", .label = "Unique"},
    {.offset = 16, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid"},
    {.offset = 24, .width = 4, .kind = Kind::uid, .name = "uid", .label = "uid"},
    {.offset = 28, .width = 4, .kind = Kind::gid, .name = "gid", .label = "gid"},
    {.offset = 32, .width = 4, .kind = Kind::pid, .name = "pid", .label = "pid"},
    {.offset = 36, .width = 2, .kind = Kind::number, .name = "total_extlen", .label = "Extensions, 8-byte units"},
    {.offset = 38, .width = 2, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(in_header_fields, 40));

constexpr Field out_header_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "len", .label = "Length"},
    {.offset = 4, .width = 4, .kind = Kind::error, .name = "error", .label = "Error"},
    {.offset = 8, .width = 8, .kind = Kind::unique, .name = "unique", .label = "Unique"},
};
static_assert(covers(out_header_fields, 16));

constexpr Field notify_header_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "len", .label = "Length"},
    {.offset = 4, .width = 4, .kind = Kind::signed_number, .name = "notify", .label = "Notify code"},
    {.offset = 8, .width = 8, .kind = Kind::unique, .name = "unique", .label = "Unique"},
};
static_assert(covers(notify_header_fields, 16));

constexpr Field ext_header_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Record size"},
    {.offset = 4, .width = 4, .kind = Kind::enumeration, .name = "type", .label = "Type", .values = ext_types},
};
static_assert(covers(ext_header_fields, 8));

// The same 8 bytes when they head security contexts: the type is their number then.
constexpr Field secctx_header_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Record size"},
    {.offset = 4, .width = 4, .kind = Kind::count, .name = "nr_secctx", .label = "Security contexts"},
};
static_assert(covers(secctx_header_fields, 8));

constexpr Field secctx_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Context size"},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(secctx_fields, 8));

constexpr Field supp_groups_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::count, .name = "nr_groups", .label = "Groups"},
};
static_assert(covers(supp_groups_fields, 4));

constexpr Field fhandle_head_fields[] = {
    {.offset = 0, .width = 2, .kind = Kind::byte_count, .name = "size", .label = "Size"},
};
static_assert(covers(fhandle_head_fields, 2));

constexpr Field fhandle_head_v2_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size"},
    {.offset = 4, .width = 4, .kind = Kind::number, .name = "type", .label = "Type"},
};
static_assert(covers(fhandle_head_v2_fields, 8));

// Which earlier operation finds the node of this one. The tree that was read has 4 bytes; another posting
// may pad them.
constexpr Value dependencies[] = {one_of(0xff, "NO_DEP")};
constexpr Field compound_req_in_fields[] = {
    {.offset = 0, .width = 1, .kind = Kind::enumeration, .name = "dep_index", .label = "nodeid from operation", .values = dependencies, .in_line = true},
    {.offset = 1, .width = 3, .kind = Kind::padding, .name = "reserved", .label = "Reserved"},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(compound_req_in_fields, 8));
constexpr Cut compound_req_in_cuts[] = {{.size = 4}};

} // namespace

const Struct in_header{"fuse_in_header", 40, in_header_fields};
const Struct out_header{"fuse_out_header", 16, out_header_fields};
const Struct notify_header{"fuse_out_header", 16, notify_header_fields};
const Struct ext_header{"fuse_ext_header", 8, ext_header_fields};
const Struct secctx_header{"fuse_secctx_header", 8, secctx_header_fields};
const Struct secctx{"fuse_secctx", 8, secctx_fields};
const Struct supp_groups{"fuse_supp_groups", 4, supp_groups_fields};
const Struct fhandle_head{"fuse_file_handle", 2, fhandle_head_fields};
const Struct fhandle_head_v2{"fuse_file_handle (v2)", 8, fhandle_head_v2_fields};
const Struct compound_req_in{"fuse_compound_req_in", 8, compound_req_in_fields, compound_req_in_cuts};

namespace field {
const Field header{.kind = Kind::group, .name = "header", .label = "Header"};
const Field layer{.kind = Kind::group, .name = "layer", .label = "Body"};
const Field sub{.kind = Kind::group, .name = "sub", .label = "Operation", .repeated = true};
const Field ext{.kind = Kind::group, .name = "ext", .label = "Extension", .repeated = true};
const Field secctx_entry{.kind = Kind::group, .name = "secctx", .label = "Security context", .repeated = true};
const Field& nr_secctx = secctx_header_fields[1];
const Field secctx_name{.kind = Kind::name, .name = "name", .label = "Attribute"};
const Field secctx_value{.kind = Kind::data, .name = "value", .label = "Context"};
const Field group_id{.width = 4, .kind = Kind::gid, .name = "groups", .label = "gid", .repeated = true};
const Field fhandle{.kind = Kind::group, .name = "fhandle", .label = "fhandle"};
const Field& fhandle_size = fhandle_head_fields[0];
const Field fhandle_bytes{.kind = Kind::data, .name = "handle", .label = "Content", .in_line = true};
const Field dependency{.kind = Kind::group, .name = "compound_req", .label = "Dependency"};
const Field dirent{.kind = Kind::group, .name = "dirents", .label = "Entry", .repeated = true};
const Field dirent_name{.kind = Kind::name, .name = "name", .label = "Name"};
const Field direntplus{.kind = Kind::group, .name = "entries", .label = "Entry", .repeated = true};
const Field payload{.kind = Kind::data, .name = "payload", .label = "Payload"};
const Field trailing{.kind = Kind::data, .name = "trailing", .label = "Unexplained bytes"};
const Field padding{.kind = Kind::padding, .name = "padding", .label = "Padding"};
const Field guess{.kind = Kind::note, .name = "guess", .label = "Size fits"};
} // namespace field

} // namespace fusewire
