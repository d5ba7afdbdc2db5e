// The life of an open file or directory: OPEN, RELEASE, FLUSH, FSYNC and their directory forms.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field open_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::open_flags, .name = "flags", .label = "Open flags", .values = linux_open_flags, .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "open_flags", .label = "Flags for the server", .values = open_request_flags},
};
static_assert(covers(open_in_fields, 8));
constexpr Struct open_in{"fuse_open_in", 8, open_in_fields};

// Before 7.8 it ended after release_flags.
constexpr Field release_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::open_flags, .name = "flags", .label = "Open flags", .values = linux_open_flags},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "release_flags", .label = "Release flags", .values = release_flags},
    {.offset = 16, .width = 8, .kind = Kind::lock_owner, .name = "lock_owner", .label = "Lock owner"},
};
static_assert(covers(release_in_fields, 24));
constexpr Cut release_in_cuts[] = {{.size = 16, .minor = 8}};
constexpr Struct release_in{"fuse_release_in", 24, release_in_fields, release_in_cuts};

constexpr Field flush_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::padding, .name = "unused", .label = "Unused"},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 16, .width = 8, .kind = Kind::lock_owner, .name = "lock_owner", .label = "Lock owner"},
};
static_assert(covers(flush_in_fields, 24));
constexpr Struct flush_in{"fuse_flush_in", 24, flush_in_fields};

constexpr Field fsync_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::flags, .name = "fsync_flags", .label = "Flags", .values = fsync_flags, .in_line = true},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(fsync_in_fields, 16));
constexpr Struct fsync_in{"fuse_fsync_in", 16, fsync_in_fields};

constexpr Part open_request[] = {{.kind = PartKind::fields, .layout = &open_in}};
constexpr Part release_request[] = {{.kind = PartKind::fields, .layout = &release_in}};
constexpr Part flush_request[] = {{.kind = PartKind::fields, .layout = &flush_in}};
constexpr Part fsync_request[] = {{.kind = PartKind::fields, .layout = &fsync_in}};

constexpr Opcode rows[] = {
    {.number = 14, .name = "OPEN", .layer = "open", .doc = "opens a file", .request = {open_request}, .reply = {open_body}},
    {.number = 18, .name = "RELEASE", .layer = "release", .doc = "ends an open file after its last use",
     .request = {release_request}},
    {.number = 20, .name = "FSYNC", .layer = "fsync", .doc = "makes a file's data durable", .request = {fsync_request}},
    {.number = 25, .name = "FLUSH", .layer = "flush", .doc = "tells of a close(2) of one descriptor",
     .request = {flush_request}},
    {.number = 27, .name = "OPENDIR", .layer = "opendir", .doc = "opens a directory",
     .request = {open_request}, .reply = {open_body}},
    {.number = 29, .name = "RELEASEDIR", .layer = "releasedir", .doc = "ends an open directory after its last use",
     .request = {release_request}},
    {.number = 30, .name = "FSYNCDIR", .layer = "fsyncdir", .doc = "makes a directory durable",
     .since = 2, .request = {fsync_request}},
};

} // namespace

std::span<const Opcode> open_close_opcodes() {
    return rows;
}

} // namespace fusewire
