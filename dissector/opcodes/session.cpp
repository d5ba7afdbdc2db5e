// The connection itself: INIT, DESTROY, INTERRUPT, NOTIFY_REPLY, CUSE_INIT.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

#include <algorithm>
#include <array>
#include <iterator>

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

// LOOKUP_HANDLE v2 takes two of the unused bytes for the longest handle that the server makes.
constexpr auto init_out_v2_fields = [] {
    std::array<Field, std::size(init_out_fields) + 1> fields{};
    std::copy(std::begin(init_out_fields), std::end(init_out_fields), fields.begin());
    fields[std::size(init_out_fields) - 1] = {.offset = 42, .width = 2, .kind = Kind::byte_count, .name = "max_handle_sz", .label = "Longest fhandle"};
    fields.back() = {.offset = 44, .width = 20, .kind = Kind::padding, .name = "unused", .label = "Unused"};
    return fields;
}();
static_assert(covers(init_out_v2_fields, 64));
constexpr Struct init_out_v2{"fuse_init_out (v2)", 64, init_out_v2_fields, init_out_cuts};

constexpr Part init_request[] = {{.kind = PartKind::fields, .layout = &init_in}};
constexpr DialectSet v2 = in_dialect(DialectName::lookup_handle_v2);
constexpr Part init_reply[] = {
    {.kind = PartKind::fields, .layout = &init_out, .dialects = all_dialects & ~v2},
    {.kind = PartKind::fields, .layout = &init_out_v2, .dialects = v2},
};

constexpr Field interrupt_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::unique, .name = "unique", .label = "Interrupted request", .in_line = true},
};
static_assert(covers(interrupt_in_fields, 8));
constexpr Struct interrupt_in{"fuse_interrupt_in", 8, interrupt_in_fields};
constexpr Part interrupt_request[] = {{.kind = PartKind::fields, .layout = &interrupt_in}};

// Laid out to line up with fuse_write_in; answers NOTIFY_RETRIEVE with cached data.
constexpr Field retrieve_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::padding, .name = "dummy1", .label = "Padding"},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 20, .width = 4, .kind = Kind::padding, .name = "dummy2", .label = "Padding"},
    {.offset = 24, .width = 8, .kind = Kind::padding, .name = "dummy3", .label = "Padding"},
    {.offset = 32, .width = 8, .kind = Kind::padding, .name = "dummy4", .label = "Padding"},
};
static_assert(covers(retrieve_in_fields, 40));
constexpr Struct retrieve_in{"fuse_notify_retrieve_in", 40, retrieve_in_fields};
constexpr Part notify_reply_request[] = {
    {.kind = PartKind::fields, .layout = &retrieve_in},
    {.kind = PartKind::data, .field = &file_data, .count = &retrieve_in_fields[2]},
};

constexpr Field cuse_init_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::number, .name = "major", .label = "Major version", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::number, .name = "minor", .label = "Minor version", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::padding, .name = "unused", .label = "Unused"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = cuse_flags},
};
static_assert(covers(cuse_init_in_fields, 16));
constexpr Struct cuse_init_in{"cuse_init_in", 16, cuse_init_in_fields};

constexpr Field cuse_init_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::number, .name = "major", .label = "Major version", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::number, .name = "minor", .label = "Minor version", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::padding, .name = "unused", .label = "Unused"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = cuse_flags},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "max_read", .label = "Largest read"},
    {.offset = 20, .width = 4, .kind = Kind::byte_count, .name = "max_write", .label = "Largest write"},
    {.offset = 24, .width = 4, .kind = Kind::number, .name = "dev_major", .label = "Device major"},
    {.offset = 28, .width = 4, .kind = Kind::number, .name = "dev_minor", .label = "Device minor"},
    {.offset = 32, .width = 40, .kind = Kind::padding, .name = "spare", .label = "Spare"},
};
static_assert(covers(cuse_init_out_fields, 72));
constexpr Struct cuse_init_out{"cuse_init_out", 72, cuse_init_out_fields};

// KEY=value strings, DEVNAME among them.
constexpr Field cuse_info{.kind = Kind::text, .name = "info", .label = "Device setting", .repeated = true, .in_line = true};
constexpr Part cuse_init_request[] = {{.kind = PartKind::fields, .layout = &cuse_init_in}};
constexpr Part cuse_init_reply[] = {
    {.kind = PartKind::fields, .layout = &cuse_init_out},
    {.kind = PartKind::strings, .field = &cuse_info},
};

constexpr Opcode rows[] = {
    {.number = 26, .name = "INIT", .layer = "init", .doc = "opens the connection and settles versions and features",
     .request = {init_request}, .reply = {init_reply, true}},
    {.number = 36, .name = "INTERRUPT", .layer = "interrupt", .doc = "tells that the caller of a request was signalled",
     .since = 7, .request = {interrupt_request}, .optional_reply = true},
    {.number = 38, .name = "DESTROY", .layer = "destroy", .doc = "closes the connection", .since = 8},
    {.number = 41, .name = "NOTIFY_REPLY", .layer = "notify_reply", .doc = "answers a RETRIEVE notification with cached data",
     .since = 15, .request = {notify_reply_request}, .no_reply = true},
    {.number = 4096, .name = "CUSE_INIT", .layer = "cuse_init", .doc = "opens the connection of a character device",
     .since = 11, .request = {cuse_init_request}, .reply = {cuse_init_reply, true}},
};

} // namespace

std::span<const Opcode> session_opcodes() {
    return rows;
}

} // namespace fusewire
