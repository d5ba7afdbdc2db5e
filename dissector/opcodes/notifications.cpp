// What a server tells the kernel unasked. The number of a row is the notify code, its body is `reply`.
// namelen does not count the NUL that follows the name.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field poll_wakeup_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::poll_handle, .name = "kh", .label = "Poll handle", .in_line = true},
};
static_assert(covers(poll_wakeup_fields, 8));
constexpr Struct poll_wakeup_out{"fuse_notify_poll_wakeup_out", 8, poll_wakeup_fields};

constexpr Field inval_inode_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "ino", .label = "nodeid", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::signed_number, .name = "off", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::signed_number, .name = "len", .label = "Length", .in_line = true},
};
static_assert(covers(inval_inode_fields, 24));
constexpr Struct inval_inode_out{"fuse_notify_inval_inode_out", 24, inval_inode_fields};

constexpr Field inval_entry_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "parent", .label = "nodeid of the parent", .in_line = true},
    {.offset = 8, .width = 4, .kind = Kind::byte_count, .name = "namelen", .label = "Name length"},
    {.offset = 12, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = inval_entry_flags, .in_line = true},
};
static_assert(covers(inval_entry_fields, 16));
constexpr Struct inval_entry_out{"fuse_notify_inval_entry_out", 16, inval_entry_fields};

constexpr Field delete_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "parent", .label = "nodeid of the parent", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::nodeid, .name = "child", .label = "nodeid of the deleted", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "namelen", .label = "Name length"},
    {.offset = 20, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(delete_fields, 24));
constexpr Struct delete_out{"fuse_notify_delete_out", 24, delete_fields};

constexpr Field store_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 20, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(store_fields, 24));
constexpr Struct store_out{"fuse_notify_store_out", 24, store_fields};

constexpr Field retrieve_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::unique, .name = "notify_unique", .label = "Unique of the answer", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::nodeid, .name = "nodeid", .label = "nodeid", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::file_offset, .name = "offset", .label = "Offset", .in_line = true},
    {.offset = 24, .width = 4, .kind = Kind::byte_count, .name = "size", .label = "Size", .in_line = true},
    {.offset = 28, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(retrieve_fields, 32));
constexpr Struct retrieve_out{"fuse_notify_retrieve_out", 32, retrieve_fields};

constexpr Field prune_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::count, .name = "count", .label = "Nodes"},
    {.offset = 4, .width = 4, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 8, .width = 8, .kind = Kind::padding, .name = "spare", .label = "Spare"},
};
static_assert(covers(prune_fields, 16));
constexpr Struct prune_out{"fuse_notify_prune_out", 16, prune_fields};
constexpr Field prune_item{.width = 8, .kind = Kind::nodeid, .name = "nodeids", .label = "nodeid", .repeated = true};

constexpr Part poll_parts[] = {{.kind = PartKind::fields, .layout = &poll_wakeup_out}};
constexpr Part inval_inode_parts[] = {{.kind = PartKind::fields, .layout = &inval_inode_out}};
constexpr Part inval_entry_parts[] = {
    {.kind = PartKind::fields, .layout = &inval_entry_out},
    {.kind = PartKind::name, .field = &entry_name, .count = &inval_entry_fields[1]},
};
constexpr Part store_parts[] = {
    {.kind = PartKind::fields, .layout = &store_out},
    {.kind = PartKind::data, .field = &file_data, .count = &store_fields[2]},
};
constexpr Part retrieve_parts[] = {{.kind = PartKind::fields, .layout = &retrieve_out}};
constexpr Part delete_parts[] = {
    {.kind = PartKind::fields, .layout = &delete_out},
    {.kind = PartKind::name, .field = &entry_name, .count = &delete_fields[2]},
};
constexpr Part prune_parts[] = {
    {.kind = PartKind::fields, .layout = &prune_out},
    {.kind = PartKind::array, .field = &prune_item, .count = &prune_fields[0]},
};

constexpr Opcode rows[] = {
    {.number = 1, .name = "POLL", .layer = "notify_poll", .doc = "wakes those who poll an open file",
     .since = 11, .reply = {poll_parts}},
    {.number = 2, .name = "INVAL_INODE", .layer = "notify_inval_inode", .doc = "drops cached data and attributes of a node",
     .since = 12, .reply = {inval_inode_parts}},
    {.number = 3, .name = "INVAL_ENTRY", .layer = "notify_inval_entry", .doc = "drops a cached name",
     .since = 12, .reply = {inval_entry_parts}},
    {.number = 4, .name = "STORE", .layer = "notify_store", .doc = "puts data into the kernel's cache",
     .since = 15, .reply = {store_parts}},
    {.number = 5, .name = "RETRIEVE", .layer = "notify_retrieve", .doc = "asks for data of the kernel's cache",
     .since = 15, .reply = {retrieve_parts}},
    {.number = 6, .name = "DELETE", .layer = "notify_delete", .doc = "tells that a name was deleted",
     .since = 18, .reply = {delete_parts}},
    {.number = 7, .name = "RESEND", .layer = "notify_resend", .doc = "asks for all unanswered requests again", .since = 40},
    {.number = 8, .name = "INC_EPOCH", .layer = "notify_inc_epoch", .doc = "makes all cached names be looked up again",
     .since = 44},
    {.number = 9, .name = "PRUNE", .layer = "notify_prune", .doc = "asks to let go of unused nodes",
     .since = 45, .reply = {prune_parts}},
};

} // namespace

std::span<const Opcode> notification_rows() {
    return rows;
}

} // namespace fusewire
