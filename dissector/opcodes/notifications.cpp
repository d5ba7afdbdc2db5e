// What a server tells the kernel unasked. The number of a row is the notify code, its body is `reply`.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field inval_inode_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::nodeid, .name = "ino", .label = "Node", .in_line = true},
    {.offset = 8, .width = 8, .kind = Kind::signed_number, .name = "off", .label = "Offset", .in_line = true},
    {.offset = 16, .width = 8, .kind = Kind::signed_number, .name = "len", .label = "Length", .in_line = true},
};
static_assert(covers(inval_inode_fields, 24));
constexpr Struct inval_inode_out{"fuse_notify_inval_inode_out", 24, inval_inode_fields};
constexpr Part inval_inode_parts[] = {{.kind = PartKind::fields, .layout = &inval_inode_out}};

constexpr Opcode rows[] = {
    {.number = 2, .name = "INVAL_INODE", .layer = "notify_inval_inode", .doc = "drops cached data and attributes of a node",
     .since = 12, .reply = {inval_inode_parts}},
};

} // namespace

std::span<const Opcode> notification_rows() {
    return rows;
}

} // namespace fusewire
