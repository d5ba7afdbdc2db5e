// Message: one decoded record as a flat tree of nodes. A node refers to the table row it was decoded
// with and to its bytes, so that views need no knowledge of opcodes. One Message is meant to be used
// for many records: its vectors keep their memory.
#pragma once

#include "dissector/field.h"
#include "dissector/finding.h"
#include "dissector/record.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace fusewire {

// The tree in preorder; children are the following nodes of greater depth.
struct Node {
    const Field* field = nullptr;
    std::uint64_t value = 0;  // integers; for groups and bytes what the dissector found useful
    std::uint32_t offset = 0; // in the message
    std::uint32_t width = 0;  // bytes; 0: generated
    std::uint8_t depth = 0;
    bool cut = false;               // not all of its bytes were captured
    const Opcode* opcode = nullptr; // of layer and sub-operation nodes
};

enum class MessageKind : std::uint8_t { request, reply, notification, write_result, loss };

// The word for it in JSON and fields.
constexpr std::string_view direction_name(MessageKind kind) {
    constexpr std::string_view names[] = {"request", "reply", "notify", "write_result", "loss"};
    return names[static_cast<std::size_t>(kind)];
}

// A sub-operation of a COMPOUND, a message of its own with header and body.
struct SubMessage {
    const Opcode* opcode = nullptr; // nullptr: unknown
    std::uint32_t opcode_number = 0;
    std::uint64_t unique = 0;
    std::uint64_t nodeid = 0; // requests
    std::int32_t error = 0;   // replies
    std::uint32_t offset = 0; // in the outer message
    std::uint32_t length = 0;
    std::uint32_t first_node = 0; // its nodes are [first_node, end_node) of the message
    std::uint32_t end_node = 0;
};

struct Message {
    static constexpr std::uint32_t no_node = ~std::uint32_t{0};

    MessageKind kind = MessageKind::request;
    ByteOrder order = ByteOrder::little;
    DialectName dialect = DialectName::unknown;
    bool has_header = false;         // the whole header was captured
    bool opcode_known = false;       // replies: the request was found
    const Opcode* opcode = nullptr;  // table row; of the request for a reply; the notification's
    std::uint32_t opcode_number = 0; // notify code for a notification
    std::uint32_t length = 0;        // header len
    std::uint64_t unique = 0;
    std::uint64_t nodeid = 0;                // requests
    std::int32_t error = 0;                  // replies; write_result: what write() returned
    std::uint32_t uid = 0, gid = 0, pid = 0; // requests
    std::uint32_t total_extlen = 0;
    std::uint32_t body_node = no_node; // index of the first layer node
    Bytes bytes;                       // as captured
    std::vector<Node> nodes;
    std::vector<SubMessage> subs;
    std::vector<Finding> findings;

    std::string_view text_of(const Node& node) const {
        const std::size_t begin = std::min<std::size_t>(node.offset, bytes.size());
        const std::size_t size = std::min<std::size_t>(node.width, bytes.size() - begin);
        return {reinterpret_cast<const char*>(bytes.data()) + begin, size};
    }
    Bytes bytes_of(const Node& node) const {
        const std::size_t begin = std::min<std::size_t>(node.offset, bytes.size());
        return bytes.subspan(begin, std::min<std::size_t>(node.width, bytes.size() - begin));
    }
    // The first name in it, empty when there is none.
    std::string_view first_name() const {
        for (const Node& node : nodes)
            if (node.field->kind == Kind::name)
                return text_of(node);
        return {};
    }
    // Index after the last node below nodes[index].
    std::size_t end_of(std::size_t index) const {
        std::size_t end = index + 1;
        while (end < nodes.size() && nodes[end].depth > nodes[index].depth)
            ++end;
        return end;
    }
};

} // namespace fusewire
