// Extended attributes: SETXATTR, GETXATTR, LISTXATTR, REMOVEXATTR.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

// The second half exists only once FUSE_SETXATTR_EXT was accepted.
constexpr Field setxattr_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Value size", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = xattr_flags, .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::flags, .name = "setxattr_flags", .label = "Flags for the server", .values = setxattr_flags},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(setxattr_in_fields, 16));
constexpr Cut setxattr_in_cuts[] = {{.size = 8, .needs = init_flag::setxattr_ext}};
constexpr Struct setxattr_in{"fuse_setxattr_in", 16, setxattr_in_fields, setxattr_in_cuts};

constexpr Field getxattr_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Room for the answer", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(getxattr_in_fields, 8));
constexpr Struct getxattr_in{"fuse_getxattr_in", 8, getxattr_in_fields};

constexpr Field getxattr_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size of the answer", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(getxattr_out_fields, 8));
constexpr Struct getxattr_out{"fuse_getxattr_out", 8, getxattr_out_fields};

constexpr Field xattr_value{.kind = Kind::data, .name = "value", .label = "Value"};
constexpr Field xattr_names{.kind = Kind::name, .name = "names", .label = "Name", .repeated = true};

constexpr Part setxattr_request[] = {
    {.kind = PartKind::fields, .layout = &setxattr_in},
    {.kind = PartKind::name, .field = &entry_name},
    {.kind = PartKind::data, .field = &xattr_value, .count = &setxattr_in_fields[0]},
};
constexpr Part getxattr_request[] = {
    {.kind = PartKind::fields, .layout = &getxattr_in},
    {.kind = PartKind::name, .field = &entry_name},
};
constexpr Part listxattr_request[] = {{.kind = PartKind::fields, .layout = &getxattr_in}};
constexpr Part value_reply[] = {{.kind = PartKind::data, .field = &xattr_value}};
constexpr Part names_reply[] = {{.kind = PartKind::strings, .field = &xattr_names}};
constexpr Part size_reply[] = {{.kind = PartKind::fields, .layout = &getxattr_out}};

// Size 0 asks how long the answer would be.
constexpr ReplyChoice size_probe[] = {
    {.field = &getxattr_in_fields[0], .mask = ~std::uint64_t{0}, .value = 0, .body = {size_reply}},
};

constexpr Opcode rows[] = {
    {.number = 21, .name = "SETXATTR", .layer = "setxattr", .doc = "sets an extended attribute",
     .request = {setxattr_request}},
    {.number = 22, .name = "GETXATTR", .layer = "getxattr", .doc = "reads an extended attribute or asks for its size",
     .request = {getxattr_request}, .reply = {value_reply, true}, .asked = &getxattr_in_fields[0],
     .reply_choices = size_probe},
    {.number = 23, .name = "LISTXATTR", .layer = "listxattr", .doc = "lists extended attributes or asks for the list's size",
     .request = {listxattr_request}, .reply = {names_reply, true}, .asked = &getxattr_in_fields[0],
     .reply_choices = size_probe},
    {.number = 24, .name = "REMOVEXATTR", .layer = "removexattr", .doc = "removes an extended attribute",
     .request = {name_body}},
};

} // namespace

std::span<const Opcode> xattr_opcodes() {
    return rows;
}

} // namespace fusewire
