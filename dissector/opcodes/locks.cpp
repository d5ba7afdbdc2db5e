// File locks, fcntl(2) and flock(2): GETLK, SETLK, SETLKW.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field file_lock_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::file_offset, .name = "start", .label = "First byte", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "end", .label = "Last byte", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::enumeration, .name = "type", .label = "Type", .values = lock_types, .in_line = true},
    {.offset = 20, .width = 4, .kind = Kind::pid, .name = "pid", .label = "pid of the holder"},
};
static_assert(covers(file_lock_fields, 24));
constexpr Struct file_lock{"fuse_file_lock", 24, file_lock_fields};

// Before 7.9 it ended after the lock.
constexpr Field lk_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::lock_owner, .name = "owner", .label = "Lock owner", .in_line = true},
    {.offset = 16, .width = 24, .kind = Kind::group, .name = "lk", .label = "Lock", .members = &file_lock},
    {.offset = 40, .width = 4, .kind = Kind::flags, .name = "lk_flags", .label = "Flags", .values = lk_flags, .in_line = true},
    {.offset = 44, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(lk_in_fields, 48));
constexpr Cut lk_in_cuts[] = {{.size = 40, .minor = 9}};
constexpr Struct lk_in{"fuse_lk_in", 48, lk_in_fields, lk_in_cuts};

constexpr Field lk_out_fields[] = {
    {.offset = 0, .width = 24, .kind = Kind::group, .name = "lk", .label = "Lock", .members = &file_lock},
};
static_assert(covers(lk_out_fields, 24));
constexpr Struct lk_out{"fuse_lk_out", 24, lk_out_fields};

constexpr Part lk_request[] = {{.kind = PartKind::fields, .layout = &lk_in}};
constexpr Part lk_reply[] = {{.kind = PartKind::fields, .layout = &lk_out}};

constexpr Opcode rows[] = {
    {.number = 31, .name = "GETLK", .layer = "getlk", .doc = "asks for a lock that is in the way",
     .since = 7, .request = {lk_request}, .reply = {lk_reply}},
    {.number = 32, .name = "SETLK", .layer = "setlk", .doc = "sets or clears a lock, or fails",
     .since = 7, .request = {lk_request}},
    {.number = 33, .name = "SETLKW", .layer = "setlkw", .doc = "sets a lock, waiting for it",
     .since = 7, .request = {lk_request}},
};

} // namespace

std::span<const Opcode> lock_opcodes() {
    return rows;
}

} // namespace fusewire
