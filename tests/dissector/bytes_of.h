// Messages written by hand for tests: bytes in either order, the headers around a body, and a
// decoded message whose nodes are asked for by the path that JSON would show ("read.fh",
// "compound.sub[1]").
#pragma once

#include "dissector/dissect.h"
#include "dissector/opcodes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::test {

using Buffer = std::vector<std::byte>;

// Bytes of a body, appended in order.
class BytesOf {
  public:
    explicit BytesOf(ByteOrder order = ByteOrder::little) : order_(order) {}

    BytesOf& u8(std::uint64_t value) { return integer(value, 1); }
    BytesOf& u16(std::uint64_t value) { return integer(value, 2); }
    BytesOf& u32(std::uint64_t value) { return integer(value, 4); }
    BytesOf& u64(std::uint64_t value) { return integer(value, 8); }
    BytesOf& zeros(std::size_t count) {
        bytes_.resize(bytes_.size() + count);
        return *this;
    }
    BytesOf& text(std::string_view text) {
        for (const char c : text)
            bytes_.push_back(static_cast<std::byte>(c));
        return *this;
    }
    BytesOf& name(std::string_view name) { return text(name).zeros(1); }
    BytesOf& pad8() { return zeros((8 - bytes_.size() % 8) % 8); }
    BytesOf& append(const Buffer& more) {
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        return *this;
    }
    BytesOf& append(const BytesOf& more) { return append(more.bytes_); }

    const Buffer& bytes() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }
    ByteOrder order() const { return order_; }

  private:
    BytesOf& integer(std::uint64_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t place = order_ == ByteOrder::little ? i : width - 1 - i;
            bytes_.push_back(static_cast<std::byte>(value >> 8 * place & 0xff));
        }
        return *this;
    }

    ByteOrder order_;
    Buffer bytes_;
};

struct RequestHeader {
    std::uint64_t unique = 10;
    std::uint64_t nodeid = 33;
    std::uint32_t uid = 1000, gid = 1001, pid = 4242;
};

// `extensions` are at the end of `body`, in bytes.
inline Buffer request(std::uint32_t opcode, const BytesOf& body, RequestHeader header = {},
                      std::size_t extensions = 0) {
    BytesOf all(body.order());
    all.u32(40 + body.size()).u32(opcode).u64(header.unique).u64(header.nodeid);
    all.u32(header.uid).u32(header.gid).u32(header.pid).u16(extensions / 8).u16(0);
    return all.append(body).bytes();
}

inline Buffer reply(const BytesOf& body, std::int32_t error = 0, std::uint64_t unique = 10) {
    BytesOf all(body.order());
    all.u32(16 + body.size()).u32(static_cast<std::uint32_t>(error)).u64(unique);
    return all.append(body).bytes();
}

inline Buffer notification(std::int32_t code, const BytesOf& body) {
    return reply(body, code, 0);
}

inline Dialect minor(std::uint32_t minor, std::uint64_t init_flags = 0) {
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
DecodedMessage decode_request(std::uint32_t opcode, const BytesOf& body,
                              const Dialect& dialect = {});
// The reply to a request, decoded with what the request asked for.
DecodedMessage decode_reply(const Buffer& request, const BytesOf& body,
                            const Dialect& dialect = {});
DecodedMessage decode_notification(std::int32_t code, const BytesOf& body);

// struct fuse_attr: 0100644, 5 bytes, inode 66.
BytesOf attr_bytes(ByteOrder order = ByteOrder::little, std::size_t size = 88);
// struct fuse_entry_out of node 66, generation 7.
BytesOf entry_bytes(ByteOrder order = ByteOrder::little, std::size_t attr_size = 88);
BytesOf open_bytes(ByteOrder order = ByteOrder::little);

} // namespace fusewire::test
