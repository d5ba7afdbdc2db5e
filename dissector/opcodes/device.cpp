// What passes between server and /dev/fuse beside messages: the framing of FUSE over io_uring (7.42)
// and the argument of FUSE_DEV_IOC_BACKING_OPEN. No message carries these; captures hold what they
// wrap. They are here to be checked against the uapi header with the rest.
#include "dissector/opcodes/families.h"
#include "dissector/opcodes/shared.h"

namespace fusewire {

namespace {

constexpr Field uring_ent_in_out_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = uring_ent_flags},
    {.offset = 8, .width = 8, .kind = Kind::unique, .name = "commit_id", .label = "Commit id"},
    {.offset = 16, .width = 4, .kind = Kind::byte_count, .name = "payload_sz", .label = "Payload size"},
    {.offset = 20, .width = 4, .kind = Kind::byte_count, .name = "offset", .label = "Offset in the buffer pool"},
    {.offset = 24, .width = 8, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(uring_ent_in_out_fields, 32));
constexpr Struct uring_ent_in_out{"fuse_uring_ent_in_out", 32, uring_ent_in_out_fields};

constexpr Field uring_req_header_fields[] = {
    {.offset = 0, .width = 128, .kind = Kind::data, .name = "in_out", .label = "Message header"},
    {.offset = 128, .width = 128, .kind = Kind::data, .name = "op_in", .label = "First argument"},
    {.offset = 256, .width = 32, .kind = Kind::group, .name = "ring_ent_in_out", .label = "Ring entry", .members = &uring_ent_in_out},
};
static_assert(covers(uring_req_header_fields, 288));
constexpr Struct uring_req_header{"fuse_uring_req_header", 288, uring_req_header_fields};

constexpr Field uring_bufpool_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::hex, .name = "uaddr", .label = "Address"},
    {.offset = 8, .width = 4, .kind = Kind::byte_count, .name = "len", .label = "Length"},
    {.offset = 12, .width = 4, .kind = Kind::reserved, .name = "reserved", .label = "Reserved"},
};
static_assert(covers(uring_bufpool_fields, 16));
constexpr Struct uring_bufpool{"fuse_uring_cmd_req.bufpool", 16, uring_bufpool_fields};

// The last two are a union: the pool for ADD_BUFPOOL, the index for REGISTER on a zero-copy queue.
constexpr Field uring_cmd_req_fields[] = {
    {.offset = 0, .width = 8, .kind = Kind::flags, .name = "flags", .label = "Flags", .values = uring_queue_flags},
    {.offset = 8, .width = 8, .kind = Kind::unique, .name = "commit_id", .label = "Commit id"},
    {.offset = 16, .width = 2, .kind = Kind::number, .name = "qid", .label = "Queue"},
    {.offset = 18, .width = 6, .kind = Kind::padding, .name = "padding", .label = "Padding"},
    {.offset = 24, .width = 16, .kind = Kind::group, .name = "bufpool", .label = "Buffer pool", .members = &uring_bufpool},
    {.offset = 24, .width = 2, .kind = Kind::number, .name = "ent_zero_copy_buf_index", .label = "Buffer index"},
};
static_assert(covers(std::span(uring_cmd_req_fields).first<5>(), 40));
constexpr Cut uring_cmd_req_cuts[] = {{.size = 24, .minor = 46}};
constexpr Struct uring_cmd_req{"fuse_uring_cmd_req", 40, uring_cmd_req_fields, uring_cmd_req_cuts};

constexpr Field backing_map_fields[] = {
    {.offset = 0, .width = 4, .kind = Kind::signed_number, .name = "fd", .label = "Descriptor"},
    {.offset = 4, .width = 4, .kind = Kind::flags, .name = "flags", .label = "Flags"},
    {.offset = 8, .width = 8, .kind = Kind::padding, .name = "padding", .label = "Padding"},
};
static_assert(covers(backing_map_fields, 16));
constexpr Struct backing_map{"fuse_backing_map", 16, backing_map_fields};

constexpr const Struct* structs[] = {&uring_ent_in_out, &uring_req_header, &uring_cmd_req, &backing_map};

} // namespace

std::span<const Struct* const> device_structs() {
    return structs;
}

} // namespace fusewire
