// Finding names and letting go of nodes: LOOKUP, FORGET, BATCH_FORGET.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field forget_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::count, .name = "nlookup", .label = "Lookups to forget", .in_line = true},
};
static_assert(covers(forget_in_fields, 8));
constexpr Struct forget_in{"fuse_forget_in", 8, forget_in_fields};
constexpr Part forget_parts[] = {{.kind = PartKind::fields, .layout = &forget_in}};

constexpr Field batch_forget_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::count, .name = "count", .label = "Nodes"},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "dummy", .label = "Padding"},
};
static_assert(covers(batch_forget_in_fields, 8));
constexpr Struct batch_forget_in{"fuse_batch_forget_in", 8, batch_forget_in_fields};

constexpr Field forget_one_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid"},
    {.offset = 8, .width = 8, .kind = Kind::count, .name = "nlookup", .label = "Lookups to forget"},
};
static_assert(covers(forget_one_fields, 16));
constexpr Struct forget_one{"fuse_forget_one", 16, forget_one_fields};
constexpr Field forget_item{.kind = Kind::group, .name = "forgets", .label = "Forget", .members = &forget_one, .repeated = true};
constexpr Part batch_forget_parts[] = {
    {.kind = PartKind::fields, .layout = &batch_forget_in},
    {.kind = PartKind::array, .layout = &forget_one, .field = &forget_item, .count = &batch_forget_in_fields[0]},
};

constexpr Opcode rows[] = {
    {.number = 1, .name = "LOOKUP", .layer = "lookup", .doc = "finds a name in a directory",
     .request = {name_body}, .reply = {entry_body}},
    {.number = 2, .name = "FORGET", .layer = "forget", .doc = "gives back lookups of one node",
     .request = {forget_parts}, .no_reply = true},
    {.number = 42, .name = "BATCH_FORGET", .layer = "batch_forget", .doc = "gives back lookups of many nodes",
     .since = 16, .request = {batch_forget_parts}, .no_reply = true},
};

} // namespace

std::span<const Opcode> lookup_opcodes() {
    return rows;
}

} // namespace fusewire
