// The life of the connection: INIT, DESTROY, INTERRUPT, CUSE_INIT.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field init_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::number, .name = "major", .label = "Major version", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::number, .name = "minor", .label = "Minor version", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::byte_count, .name = "max_readahead", .label = "Largest readahead"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = init_flags_low},
    {.offset = 16, .width = 4, .kind = Kind::flags, .name = "flags2", .label = "Flags, upper half", .values = init_flags_high},
    {.offset = 20, .width = 44, .kind = Kind::padding, .name = "unused", .label = "Unused"},
};
static_assert(covers(init_in_fields, 64));
constexpr Cut init_in_cuts[] = {{.size = 8, .minor = 6}, {.size = 16, .minor = 36}};
constexpr Struct init_in{"fuse_init_in", 64, init_in_fields, init_in_cuts};

constexpr Field init_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::number, .name = "major", .label = "Major version", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::number, .name = "minor", .label = "Minor version", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::byte_count, .name = "max_readahead", .label = "Largest readahead"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = init_flags_low},
    {.offset = 16, .width = 2, .kind = Kind::count, .name = "max_background", .label = "Most background requests"},
    {.offset = 18, .width = 2, .kind = Kind::count, .name = "congestion_threshold", .label = "Congestion threshold"},
    {.offset = 20, .width = 4, .kind = Kind::byte_count, .name = "max_write", .label = "Largest write"},
    {.offset = 24, .width = 4, .kind = Kind::nanoseconds, .name = "time_gran", .label = "Time granularity, ns"},
    {.offset = 28, .width = 2, .kind = Kind::count, .name = "max_pages", .label = "Most pages a request"},
    {.offset = 30, .width = 2, .kind = Kind::number, .name = "map_alignment", .label = "Map alignment, log2"},
    {.offset = 32, .width = 4, .kind = Kind::flags, .name = "flags2", .label = "Flags, upper half", .values = init_flags_high},
    {.offset = 36, .width = 4, .kind = Kind::count, .name = "max_stack_depth", .label = "Deepest stacking"},
    {.offset = 40, .width = 2, .kind = Kind::seconds, .name = "request_timeout", .label = "Request timeout, s"},
    {.offset = 42, .width = 22, .kind = Kind::padding, .name = "unused", .label = "Unused"},
};
static_assert(covers(init_out_fields, 64));
constexpr Cut init_out_cuts[] = {{.size = 8, .minor = 5}, {.size = 24, .minor = 23}};
constexpr Struct init_out{"fuse_init_out", 64, init_out_fields, init_out_cuts};

constexpr Part init_request[] = {{.kind = PartKind::fields, .layout = &init_in}};
constexpr Part init_reply[] = {{.kind = PartKind::fields, .layout = &init_out}};

constexpr Field interrupt_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::unique, .name = "unique", .label = "Interrupted request", .in_line = true},
};
static_assert(covers(interrupt_in_fields, 8));
constexpr Struct interrupt_in{"fuse_interrupt_in", 8, interrupt_in_fields};
constexpr Part interrupt_request[] = {{.kind = PartKind::fields, .layout = &interrupt_in}};

constexpr Opcode rows[] = {
    {.number = 26, .name = "INIT", .layer = "init", .doc = "opens the connection and settles versions and features",
     .request = {init_request}, .reply = {init_reply, true}},
    {.number = 36, .name = "INTERRUPT", .layer = "interrupt", .doc = "tells that the caller of a request was signalled",
     .since = 7, .request = {interrupt_request}, .optional_reply = true},
    {.number = 38, .name = "DESTROY", .layer = "destroy", .doc = "closes the connection", .since = 8},
};

} // namespace

std::span<const Opcode> session_opcodes() {
    return rows;
}

} // namespace fusewire
