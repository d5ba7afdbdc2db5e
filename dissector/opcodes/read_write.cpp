// File data: READ, WRITE, LSEEK, FALLOCATE, COPY_FILE_RANGE.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field write_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
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

constexpr Field lseek_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::enumeration, .name = "whence", .label = "Whence", .values = whence_values, .in_line = true},
    {.offset = 20, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(lseek_in_fields, 24));
constexpr Struct lseek_in{"fuse_lseek_in", 24, lseek_in_fields};

constexpr Field lseek_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
};
static_assert(covers(lseek_out_fields, 8));
constexpr Struct lseek_out{"fuse_lseek_out", 8, lseek_out_fields};

constexpr Field fallocate_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::byte_count, .name = "length", .label = "Length", .in_line = true},
    {.offset = 24, .width = 4, .kind = Kind::flags, .name = "mode", .label = "Mode", .values = fallocate_mode, .in_line = true},
    {.offset = 28, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(fallocate_in_fields, 32));
constexpr Struct fallocate_in{"fuse_fallocate_in", 32, fallocate_in_fields};

constexpr Field copy_file_range_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh_in", .label = "fh, source", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "off_in", .label = "Offset, source", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::nodeid, .name = "nodeid_out", .label = "nodeid, target", .in_line = true},
    {.offset = 24, .width = 8, .kind = Kind::fh, .name = "fh_out", .label = "fh, target", .in_line = true},
    {.offset = 32, .width = 8, .kind = Kind::file_offset, .name = "off_out", .label = "Offset, target", .in_line = true},
    {.offset = 40, .width = 8, .kind = Kind::byte_count, .name = "len", .label = "Length", .in_line = true},
    {.offset = 48, .width = 8, .kind = Kind::flags, .name = "flags", .label = "Flags"},
};
static_assert(covers(copy_file_range_in_fields, 56));
constexpr Struct copy_file_range_in{"fuse_copy_file_range_in", 56, copy_file_range_in_fields};

constexpr Field copy_file_range_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::byte_count, .name = "bytes_copied", .label = "Copied", .in_line = true},
};
static_assert(covers(copy_file_range_out_fields, 8));
constexpr Struct copy_file_range_out{"fuse_copy_file_range_out", 8, copy_file_range_out_fields};

constexpr Part data_reply[] = {{.kind = PartKind::data, .field = &file_data}};
constexpr Part write_request[] = {
    {.kind = PartKind::fields, .layout = &write_in},
    {.kind = PartKind::data, .field = &file_data, .count = &write_in_fields[2]},
};
constexpr Part lseek_request[] = {{.kind = PartKind::fields, .layout = &lseek_in}};
constexpr Part lseek_reply[] = {{.kind = PartKind::fields, .layout = &lseek_out}};
constexpr Part fallocate_request[] = {{.kind = PartKind::fields, .layout = &fallocate_in}};
constexpr Part copy_file_range_request[] = {{.kind = PartKind::fields, .layout = &copy_file_range_in}};
constexpr Part copy_file_range_reply[] = {{.kind = PartKind::fields, .layout = &copy_file_range_out}};

constexpr Opcode rows[] = {
    {.number = 15, .name = "READ", .layer = "read", .doc = "reads from an open file",
     .request = {read_body}, .reply = {data_reply, true}, .asked = &read_in_size},
    {.number = 16, .name = "WRITE", .layer = "write", .doc = "writes to an open file",
     .request = {write_request}, .reply = {write_reply_body}},
    {.number = 43, .name = "FALLOCATE", .layer = "fallocate", .doc = "allocates or punches a range of a file",
     .since = 19, .request = {fallocate_request}},
    {.number = 46, .name = "LSEEK", .layer = "lseek", .doc = "finds data or a hole in a file",
     .since = 24, .request = {lseek_request}, .reply = {lseek_reply}},
    {.number = 47, .name = "COPY_FILE_RANGE", .layer = "copy_file_range", .doc = "copies between two open files",
     .since = 28, .request = {copy_file_range_request}, .reply = {write_reply_body}},
    {.number = 53, .name = "COPY_FILE_RANGE_64", .layer = "copy_file_range_64",
     .doc = "copies between two open files and answers with a 64-bit length",
     .since = 45, .request = {copy_file_range_request}, .reply = {copy_file_range_reply}},
};

} // namespace

std::span<const Opcode> read_write_opcodes() {
    return rows;
}

} // namespace fusewire
