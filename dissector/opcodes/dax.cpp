// Mapping file data into the DAX window of virtiofs: SETUPMAPPING, REMOVEMAPPING.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field setupmapping_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh"},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "foffset", .label = "Offset in the file", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::byte_count, .name = "len", .label = "Length", .in_line = true},
    {.offset = 24, .width = 8, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = setupmapping_flags, .in_line = true},
    {.offset = 32, .width = 8, .kind = Kind::file_offset, .name = "moffset", .label = "Offset in the window", .in_line = true},
};
static_assert(covers(setupmapping_in_fields, 40));
constexpr Struct setupmapping_in{"fuse_setupmapping_in", 40, setupmapping_in_fields};

constexpr Field removemapping_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::count, .name = "count", .label = "Mappings"},
};
static_assert(covers(removemapping_in_fields, 4));
constexpr Struct removemapping_in{"fuse_removemapping_in", 4, removemapping_in_fields};

constexpr Field removemapping_one_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::file_offset, .name = "moffset", .label = "Offset in the window"},
    {.offset = 8, .width = 8, .kind = Kind::byte_count, .name = "len", .label = "Length"},
};
static_assert(covers(removemapping_one_fields, 16));
constexpr Struct removemapping_one{"fuse_removemapping_one", 16, removemapping_one_fields};
constexpr Field mapping_item{.kind = Kind::group, .name = "mappings", .label = "Mapping", .members = &removemapping_one, .repeated = true};

constexpr Part setupmapping_request[] = {{.kind = PartKind::fields, .layout = &setupmapping_in}};
constexpr Part removemapping_request[] = {
    {.kind = PartKind::fields, .layout = &removemapping_in},
    {.kind = PartKind::array, .layout = &removemapping_one, .field = &mapping_item, .count = &removemapping_in_fields[0]},
};

constexpr Opcode rows[] = {
    {.number = 48, .name = "SETUPMAPPING", .layer = "setupmapping", .doc = "maps part of a file into the DAX window",
     .since = 31, .request = {setupmapping_request}},
    {.number = 49, .name = "REMOVEMAPPING", .layer = "removemapping", .doc = "unmaps parts of the DAX window",
     .since = 31, .request = {removemapping_request}},
};

} // namespace

std::span<const Opcode> dax_opcodes() {
    return rows;
}

} // namespace fusewire
