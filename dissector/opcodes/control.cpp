// The rest of the system calls: IOCTL, POLL, BMAP, STATFS, SYNCFS, ACCESS.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field kstatfs_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::count, .name = "blocks", .label = "Blocks"},
    {.offset = 8, .width = 8, .kind = Kind::count, .name = "bfree", .label = "Free blocks"},
    {.offset = 16, .width = 8, .kind = Kind::count, .name = "bavail", .label = "Free blocks for users"},
    {.offset = 24, .width = 8, .kind = Kind::count, .name = "files", .label = "Inodes"},
    {.offset = 32, .width = 8, .kind = Kind::count, .name = "ffree", .label = "Free inodes"},
    {.offset = 40, .width = 4, .kind = Kind::byte_count, .name = "bsize", .label = "Block size"},
    {.offset = 44, .width = 4, .kind = Kind::byte_count, .name = "namelen", .label = "Longest name"},
    {.offset = 48, .width = 4, .kind = Kind::byte_count, .name = "frsize", .label = "Fragment size"},
    {.offset = 52, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 56, .width = 24, .kind = Kind::padding, .name = "spare", .label = "Spare"},
};
static_assert(covers(kstatfs_fields, 80));
constexpr Struct kstatfs{"fuse_kstatfs", 80, kstatfs_fields};

// Before 7.4 it ended after namelen.
constexpr Field statfs_out_fields[] = {
    {.offset = 0, .width = 80, .kind = Kind::group, .name = "st", .label = "File system", .members = &kstatfs},
};
static_assert(covers(statfs_out_fields, 80));
constexpr Cut statfs_out_cuts[] = {{.size = 48, .minor = 4}};
constexpr Struct statfs_out{"fuse_statfs_out", 80, statfs_out_fields, statfs_out_cuts};

constexpr Field access_in_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "mask", .label = "Access", .values = access_mask, .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(access_in_fields, 8));
constexpr Struct access_in{"fuse_access_in", 8, access_in_fields};

constexpr Field bmap_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::number, .name = "block", .label = "Block", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::byte_count, .name = "blocksize", .label = "Block size", .in_line = true},
    {.offset = 12, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(bmap_in_fields, 16));
constexpr Struct bmap_in{"fuse_bmap_in", 16, bmap_in_fields};

constexpr Field bmap_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::number, .name = "block", .label = "Block on the device", .in_line = true},
};
static_assert(covers(bmap_out_fields, 8));
constexpr Struct bmap_out{"fuse_bmap_out", 8, bmap_out_fields};

constexpr Field ioctl_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = ioctl_flags, .in_line = true},
    {.offset = 12, .width = 4, .kind = Kind::ioctl_command, .name = "cmd", .label = "Command", .values = ioctl_commands, .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::hex, .name = "arg", .label = "Argument"},
    {.offset = 24, .width = 4, .kind = Kind::byte_count, .name = "in_size", .label = "Input size"},
    {.offset = 28, .width = 4, .kind = Kind::byte_count, .name = "out_size", .label = "Room for output"},
};
static_assert(covers(ioctl_in_fields, 32));
constexpr Struct ioctl_in{"fuse_ioctl_in", 32, ioctl_in_fields};

constexpr Field ioctl_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::signed_number, .name = "result", .label = "Result", .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = ioctl_flags, .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::count, .name = "in_iovs", .label = "Input areas"},
    {.offset = 12, .width = 4, .kind = Kind::count, .name = "out_iovs", .label = "Output areas"},
};
static_assert(covers(ioctl_out_fields, 16));
constexpr Struct ioctl_out{"fuse_ioctl_out", 16, ioctl_out_fields};

constexpr Field ioctl_iovec_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::hex, .name = "base", .label = "Address"},
    {.offset = 8, .width = 8, .kind = Kind::byte_count, .name = "len", .label = "Length"},
};
static_assert(covers(ioctl_iovec_fields, 16));
constexpr Struct ioctl_iovec{"fuse_ioctl_iovec", 16, ioctl_iovec_fields};

constexpr Field poll_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::fh, .name = "fh", .label = "fh", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::poll_handle, .name = "kh", .label = "Poll handle", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = poll_flags},
    {.offset = 20, .width = 4, .kind = Kind::flags, .name = "events", .label = "Events wanted", .values = poll_events, .in_line = true},
};
static_assert(covers(poll_in_fields, 24));
constexpr Struct poll_in{"fuse_poll_in", 24, poll_in_fields};

constexpr Field poll_out_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::flags, .name = "revents", .label = "Events", .values = poll_events, .in_line = true},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(poll_out_fields, 8));
constexpr Struct poll_out{"fuse_poll_out", 8, poll_out_fields};

constexpr Field syncfs_in_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(syncfs_in_fields, 8));
constexpr Struct syncfs_in{"fuse_syncfs_in", 8, syncfs_in_fields};

constexpr Field in_iovec{.kind = Kind::group, .name = "in_iovec", .label = "Input area", .members = &ioctl_iovec, .repeated = true};
constexpr Field out_iovec{.kind = Kind::group, .name = "out_iovec", .label = "Output area", .members = &ioctl_iovec, .repeated = true};

constexpr Part statfs_reply[] = {{.kind = PartKind::fields, .layout = &statfs_out}};
constexpr Part access_request[] = {{.kind = PartKind::fields, .layout = &access_in}};
constexpr Part bmap_request[] = {{.kind = PartKind::fields, .layout = &bmap_in}};
constexpr Part bmap_reply[] = {{.kind = PartKind::fields, .layout = &bmap_out}};
constexpr Part ioctl_request[] = {
    {.kind = PartKind::fields, .layout = &ioctl_in},
    {.kind = PartKind::data, .field = &file_data, .count = &ioctl_in_fields[4]},
};
constexpr Part ioctl_reply[] = {
    {.kind = PartKind::fields, .layout = &ioctl_out},
    {.kind = PartKind::data, .field = &file_data},
};
constexpr Part ioctl_retry_reply[] = {
    {.kind = PartKind::fields, .layout = &ioctl_out},
    {.kind = PartKind::array, .layout = &ioctl_iovec, .field = &in_iovec, .count = &ioctl_out_fields[2]},
    {.kind = PartKind::array, .layout = &ioctl_iovec, .field = &out_iovec, .count = &ioctl_out_fields[3]},
};
constexpr Part poll_request[] = {{.kind = PartKind::fields, .layout = &poll_in}};
constexpr Part poll_reply[] = {{.kind = PartKind::fields, .layout = &poll_out}};
constexpr Part syncfs_request[] = {{.kind = PartKind::fields, .layout = &syncfs_in}};

// FUSE_IOCTL_RETRY: the server names the memory it wants, and the kernel asks again with it.
constexpr std::uint64_t ioctl_retry_bit = 1u << 2;
constexpr ReplyChoice ioctl_retry[] = {
    {.field = &ioctl_out_fields[1], .mask = ioctl_retry_bit, .value = ioctl_retry_bit, .body = {ioctl_retry_reply, true}},
};

constexpr Opcode rows[] = {
    {.number = 17, .name = "STATFS", .layer = "statfs", .doc = "asks for sizes of the file system", .reply = {statfs_reply}},
    {.number = 34, .name = "ACCESS", .layer = "access", .doc = "asks whether the caller may access a node",
     .since = 3, .request = {access_request}},
    {.number = 37, .name = "BMAP", .layer = "bmap", .doc = "asks where a block of a file lies on the device",
     .since = 8, .request = {bmap_request}, .reply = {bmap_reply}},
    {.number = 39, .name = "IOCTL", .layer = "ioctl", .doc = "passes an ioctl(2) on",
     .since = 11, .request = {ioctl_request}, .reply = {ioctl_reply, true}, .asked = &ioctl_in_fields[5],
     .reply_choices = ioctl_retry},
    {.number = 40, .name = "POLL", .layer = "poll", .doc = "asks whether an open file is ready",
     .since = 11, .request = {poll_request}, .reply = {poll_reply}},
    {.number = 50, .name = "SYNCFS", .layer = "syncfs", .doc = "makes the whole file system durable",
     .since = 34, .request = {syncfs_request}},
};

} // namespace

std::span<const Opcode> control_opcodes() {
    return rows;
}

} // namespace fusewire
