// Records made by hand for tests: bytes are appended field by field, lengths are filled in.
#pragma once

#include "dissector/dissect.h"
#include "dissector/record.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace fusewire::testing {

class Wire {
  public:
    explicit Wire(ByteOrder order = ByteOrder::little) : order_(order) {}

    Wire& number(std::uint64_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t shift = order_ == ByteOrder::little ? i : width - 1 - i;
            bytes_.push_back(static_cast<std::byte>(value >> (8 * shift)));
        }
        return *this;
    }
    Wire& u16(std::uint64_t value) { return number(value, 2); }
    Wire& u32(std::uint64_t value) { return number(value, 4); }
    Wire& u64(std::uint64_t value) { return number(value, 8); }
    Wire& zeros(std::size_t count) {
        bytes_.insert(bytes_.end(), count, std::byte{0});
        return *this;
    }
    Wire& text(std::string_view value) {
        for (const char c : value)
            bytes_.push_back(static_cast<std::byte>(c));
        return *this;
    }
    Wire& name(std::string_view value) { return text(value).zeros(1); }
    Wire& append(const std::vector<std::byte>& more) {
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        return *this;
    }
    Wire& append(const Wire& other) { return append(other.bytes_); }
    Wire& pad8() { return zeros((8 - bytes_.size() % 8) % 8); }
    // Writes the length so far into the first four bytes.
    Wire& close() {
        const std::vector<std::byte> body = std::move(bytes_);
        bytes_.clear();
        u32(body.size());
        bytes_.insert(bytes_.end(), body.begin() + 4, body.end());
        return *this;
    }
    const std::vector<std::byte>& bytes() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }
    ByteOrder order() const { return order_; }

  private:
    ByteOrder order_;
    std::vector<std::byte> bytes_;
};

inline Wire request(std::uint32_t opcode, std::uint64_t unique, std::uint64_t nodeid,
                    const Wire& body = Wire(), ByteOrder order = ByteOrder::little) {
    constexpr std::uint32_t init = 26; // on nobody's behalf
    const std::uint32_t uid = opcode == init ? 0 : 1000, gid = opcode == init ? 0 : 100;
    Wire wire(order);
    wire.u32(0).u32(opcode).u64(unique).u64(nodeid).u32(uid).u32(gid).u32(4242).zeros(4);
    return wire.append(body).close();
}

inline Wire reply(std::uint64_t unique, std::int32_t error = 0, const Wire& body = Wire(),
                  ByteOrder order = ByteOrder::little) {
    Wire wire(order);
    wire.u32(0).u32(static_cast<std::uint32_t>(error)).u64(unique);
    return wire.append(body).close();
}

// The record refers to the wire's bytes, which must outlive it.
inline Record record_of(const Wire& wire, Direction direction, std::int64_t time_ns = 0,
                        std::uint64_t frame = 1) {
    Record record;
    record.frame = frame;
    record.time_ns = time_ns;
    record.conn = ConnId{42};
    record.direction = direction;
    record.bytes = wire.bytes();
    record.wire_length = static_cast<std::uint32_t>(wire.bytes().size());
    return record;
}

inline const Node* find_node(const Message& message, std::string_view name) {
    for (const Node& node : message.nodes)
        if (name == node.field->name)
            return &node;
    return nullptr;
}

inline bool has_finding(const Message& message, Rule rule) {
    for (const Finding& finding : message.findings)
        if (finding.rule == rule)
            return true;
    return false;
}

} // namespace fusewire::testing
