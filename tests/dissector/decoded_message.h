// Messages written by hand for tests: bytes in either order, the headers around a body, and a
// decoded message whose nodes are asked for by the path that JSON would show ("read.fh",
// "compound.sub[1]").
#pragma once

#include "dissector/dissect.h"
#include "dissector/opcodes.h"
#include "tests/dissector/records.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::testing {

using Buffer = std::vector<std::byte>;

struct RequestHeader {
    std::uint64_t unique = 10;
    std::uint64_t nodeid = 33;
    std::uint32_t uid = 1000, gid = 1001, pid = 4242;
};

// `extensions` are at the end of `body`, in bytes.
inline Buffer request_bytes(std::uint32_t opcode, const Wire& body, RequestHeader header = {},
                            std::size_t extensions = 0) {
    Wire wire(body.order());
    wire.u32(0).u32(opcode).u64(header.unique).u64(header.nodeid);
    wire.u32(header.uid).u32(header.gid).u32(header.pid).u16(extensions / 8).u16(0);
    return wire.append(body).close().bytes();
}

inline Buffer reply_bytes(const Wire& body, std::int32_t error = 0, std::uint64_t unique = 10) {
    return reply(unique, error, body, body.order()).bytes();
}

inline Buffer notification_bytes(std::int32_t code, const Wire& body) {
    return reply_bytes(body, code, 0);
}

inline Dialect negotiated(std::uint32_t minor, std::uint64_t init_flags = 0) {
    return {.name = DialectName::upstream,
            .init_known = true,
            .minor = minor,
            .init_flags = init_flags};
}

// A message decoded once, with the bytes that it refers to.
class DecodedMessage {
  public:
    DecodedMessage(Buffer bytes, Direction direction, const Context& context = {},
                   std::size_t captured = SIZE_MAX);
    DecodedMessage(const DecodedMessage&) = delete;
    DecodedMessage& operator=(const DecodedMessage&) = delete;

    const Message& message() const { return message_; }
    // nullptr when there is none. "read.fh", "header.len", "batch_forget.forgets[1].nodeid",
    // "ext[0]".
    const Node* find(std::string_view path) const;

    // These fail the test when the node is missing.
    std::uint64_t value(std::string_view path) const;
    std::uint32_t offset(std::string_view path) const;
    std::string text(std::string_view path) const;
    std::size_t count(std::string_view path) const; // nodes of that name

    bool has(std::string_view path) const { return find(path) != nullptr; }
    bool reports(Rule rule) const;
    bool clean() const { return message_.findings.empty(); }
    // One line a finding, for messages of failed tests.
    std::string findings() const;

  private:
    Buffer bytes_;
    Message message_;
};

// A request, decoded in `dialect`.
DecodedMessage decode_request(std::uint32_t opcode, const Wire& body, const Dialect& dialect = {});
// The reply to a request, decoded with what the request asked for.
DecodedMessage decode_reply(const Buffer& request, const Wire& body, const Dialect& dialect = {});
DecodedMessage decode_notification(std::int32_t code, const Wire& body);

// struct fuse_attr: 0100644, 5 bytes, inode 66.
Wire attr_bytes(ByteOrder order = ByteOrder::little, std::size_t size = 88);
// struct fuse_entry_out of node 66, generation 7.
Wire entry_bytes(ByteOrder order = ByteOrder::little, std::size_t attr_size = 88);
Wire open_bytes(ByteOrder order = ByteOrder::little);

} // namespace fusewire::testing
