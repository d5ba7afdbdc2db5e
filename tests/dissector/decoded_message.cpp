#include "tests/dissector/decoded_message.h"

#include <gtest/gtest.h>

#include <charconv>

namespace fusewire::testing {

namespace {

Record record_of(const Buffer& bytes, Direction direction, std::size_t captured) {
    Record record;
    record.direction = direction;
    record.wire_length = static_cast<std::uint32_t>(bytes.size());
    record.bytes = Bytes(bytes).first(std::min(captured, bytes.size()));
    return record;
}

std::string_view name_of(const Node& node) {
    return node.field == &field::layer ? node.opcode->layer : node.field->name;
}

// One step of a path: "sub[1]" is the second node of that name.
struct Step {
    std::string_view name;
    std::size_t index = 0;

    explicit Step(std::string_view text) : name(text.substr(0, text.find('['))) {
        if (name.size() < text.size())
            std::from_chars(text.data() + name.size() + 1, text.data() + text.size(), index);
    }
};

// Index of the child of [begin, end) at `depth` that the step names; `end` when there is none.
std::size_t child(const Message& message, std::size_t begin, std::size_t end, unsigned depth,
                  Step step) {
    for (std::size_t i = begin; i < end; ++i) {
        const Node& node = message.nodes[i];
        if (node.depth == depth && name_of(node) == step.name && step.index-- == 0)
            return i;
    }
    return end;
}

} // namespace

DecodedMessage::DecodedMessage(Buffer bytes, Direction direction, const Context& context,
                               std::size_t captured)
    : bytes_(std::move(bytes)) {
    dissect(record_of(bytes_, direction, captured), context, message_);
}

const Node* DecodedMessage::find(std::string_view path) const {
    std::size_t begin = 0;
    std::size_t end = message_.nodes.size();
    for (unsigned depth = 0;; ++depth) {
        const std::size_t dot = path.find('.');
        const std::size_t at = child(message_, begin, end, depth, Step(path.substr(0, dot)));
        if (at == end)
            return nullptr;
        if (dot == path.npos)
            return &message_.nodes[at];
        path.remove_prefix(dot + 1);
        begin = at + 1;
        end = message_.end_of(at);
    }
}

std::uint64_t DecodedMessage::value(std::string_view path) const {
    const Node* node = find(path);
    EXPECT_NE(node, nullptr) << path;
    return node != nullptr ? node->value : 0;
}

std::uint32_t DecodedMessage::offset(std::string_view path) const {
    const Node* node = find(path);
    EXPECT_NE(node, nullptr) << path;
    return node != nullptr ? node->offset : 0;
}

std::string DecodedMessage::text(std::string_view path) const {
    const Node* node = find(path);
    EXPECT_NE(node, nullptr) << path;
    return node != nullptr ? std::string(message_.text_of(*node)) : std::string();
}

std::size_t DecodedMessage::count(std::string_view path) const {
    std::size_t found = 0;
    while (find(std::string(path) + "[" + std::to_string(found) + "]") != nullptr)
        ++found;
    return found;
}

bool DecodedMessage::reports(Rule rule) const {
    for (const Finding& finding : message_.findings)
        if (finding.rule == rule)
            return true;
    return false;
}

std::string DecodedMessage::findings() const {
    std::string lines;
    for (const Finding& finding : message_.findings)
        lines += std::string(row_of(finding.rule).id) + ": " + describe(finding) + "\n";
    return lines;
}

DecodedMessage decode_request(std::uint32_t opcode, const Wire& body, const Dialect& dialect) {
    return {request_bytes(opcode, body), Direction::request, {.dialect = dialect}};
}

DecodedMessage decode_reply(const Buffer& request, const Wire& body, const Dialect& dialect) {
    const DecodedMessage asked(request, Direction::request, {.dialect = dialect});
    return {reply_bytes(body, 0, asked.message().unique),
            Direction::reply,
            {.dialect = dialect, .request = &asked.message()}};
}

DecodedMessage decode_notification(std::int32_t code, const Wire& body) {
    return {notification_bytes(code, body), Direction::reply};
}

Wire attr_bytes(ByteOrder order, std::size_t size) {
    Wire out(order);
    out.u64(66).u64(5).u64(8).u64(1000).u64(2000).u64(3000).u32(1).u32(2).u32(3);
    out.u32(0100644).u32(1).u32(1000).u32(1001).u32(0x0801);
    if (size > 80)
        out.u32(4096).u32(0);
    return out;
}

Wire entry_bytes(ByteOrder order, std::size_t attr_size) {
    Wire out(order);
    out.u64(66).u64(7).u64(1).u64(2).u32(3).u32(4);
    return out.append(attr_bytes(order, attr_size));
}

Wire open_bytes(ByteOrder order) {
    return Wire(order).u64(5).u32(3).u32(static_cast<std::uint32_t>(-1));
}

} // namespace fusewire::testing
