#include "dissector/exchange_rules.h"

#include "dissector/bytes.h"
#include "dissector/dissect.h"
#include "dissector/operation.h"
#include "dissector/requests.h"

#include <cstring>

namespace fusewire {

namespace {

// The value of the first node with this name, 0 when it is not there.
std::uint64_t named(const Message& message, const char* name) {
    for (const Node& node : message.nodes)
        if (std::strcmp(node.field->name, name) == 0)
            return node.value;
    return 0;
}

// Whatever the reply was decoded as: these two bytes are unused in other dialects.
std::uint32_t max_handle_size_of(const Message& message) {
    constexpr std::size_t max_handle_sz_offset = 42;
    std::uint64_t size = 0;
    Cursor(message.bytes, message.order).read(out_header_size + max_handle_sz_offset, 2, size);
    return static_cast<std::uint32_t>(size);
}

} // namespace

std::uint64_t init_flags_of(const Message& message) {
    constexpr std::uint64_t init_ext = std::uint64_t{1} << 30; // flags2 counts only with it
    const std::uint64_t low = named(message, "flags");
    return (low & init_ext) != 0 ? low | named(message, "flags2") << 32 : low;
}

InitFacts init_facts_of(const Message& message) {
    return {.minor = static_cast<std::uint32_t>(named(message, "minor")),
            .flags = init_flags_of(message),
            .max_readahead = static_cast<std::uint32_t>(named(message, "max_readahead")),
            .max_handle_sz = message.kind == MessageKind::reply ? max_handle_size_of(message) : 0};
}

bool awaits_reply(const Message& request) {
    const Opcode* opcode = request.opcode;
    return request.has_header &&
           (opcode == nullptr || (!opcode->no_reply && !opcode->optional_reply));
}

bool leaves_request_waiting(const Record& record, std::uint64_t request_unique,
                            const Message& reply) {
    if (((request_unique ^ reply.unique) & resend_bit) != 0)
        return true;
    if (record.transport == Transport::io_uring)
        return false; // no len to go by, and a bad error ends the request
    const bool len_counts = (record.flags & record_stale) == 0;
    return (len_counts && reply.length != record.wire_length) || !is_reply_error(reply.error);
}

std::uint64_t settled_key(const Record& record, std::size_t epoch, std::uint64_t unique) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    const std::uint64_t talk = std::uint64_t{static_cast<std::uint32_t>(record.conn)} << 32 | epoch;
    return (unique & ~resend_bit) ^ talk * odd;
}

} // namespace fusewire
