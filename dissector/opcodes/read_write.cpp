// File data: READ, WRITE.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field write_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "Open file", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 20, .width = 4, .kind = Kind::flags, .name = "write_flags", .label = "Write flags", .values = write_flags},
    {.offset = 24, .width = 8, .kind = Kind::lock_owner, .name = "lock_owner", .label = "Lock owner"},
    {.offset = 32, .width = 4, .kind = Kind::open_flags, .name = "flags", .label = "Open flags", .values = linux_open_flags},
    {.offset = 36, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(write_in_fields, 40));
constexpr Cut write_in_cuts[] = {{.size = 24, .minor = 9}};
constexpr Struct write_in{"fuse_write_in", 40, write_in_fields, write_in_cuts};

constexpr Field write_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Written", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(write_out_fields, 8));
constexpr Struct write_out{"fuse_write_out", 8, write_out_fields};

constexpr Part read_request[] = {{.kind = PartKind::fields, .layout = &read_in}};
constexpr Part data_reply[] = {{.kind = PartKind::data, .field = &file_data}};
constexpr Part write_request[] = {
    {.kind = PartKind::fields, .layout = &write_in},
    {.kind = PartKind::data, .field = &file_data, .count = &write_in_fields[2]},
};
constexpr Part write_reply[] = {{.kind = PartKind::fields, .layout = &write_out}};

constexpr Opcode rows[] = {
    {.number = 15, .name = "READ", .layer = "read", .doc = "reads from an open file",
     .request = {read_request}, .reply = {data_reply, true}, .asked = &read_in_size},
    {.number = 16, .name = "WRITE", .layer = "write", .doc = "writes to an open file",
     .request = {write_request}, .reply = {write_reply}},
};

} // namespace

std::span<const Opcode> read_write_opcodes() {
    return rows;
}

} // namespace fusewire
