#include "dissector/operation.h"

#include "dissector/dissect.h"
#include "dissector/group.h"
#include "dissector/opcodes.h"

namespace fusewire {

Operation::Operation(const Message& message, std::size_t index)
    : message_(&message), sub_(static_cast<std::int16_t>(index)) {
    const SubMessage& sub = message.subs[index];
    opcode_ = sub.opcode;
    op_ = meaning_of(message, sub.opcode);
    nodeid_ = sub.nodeid;
    error_ = sub.error;
    offset_ = sub.offset;
    length_ = sub.length;
    first_ = sub.first_node;
    end_ = sub.end_node;
}

std::uint32_t Operation::body_length() const {
    const std::uint32_t header =
        message_->kind == MessageKind::request ? in_header_size : out_header_size;
    return length_ > header ? length_ - header : 0;
}

std::span<const Node> Operation::nodes() const {
    return std::span(message_->nodes).subspan(first_, end_ - first_);
}

std::size_t Operation::layer() const {
    if (layer_ == not_searched)
        for (layer_ = first_; layer_ < end_; ++layer_)
            if (message_->nodes[layer_].field == &field::layer)
                break;
    return layer_;
}

const Node* Operation::find(std::string_view name) const {
    const std::size_t body = layer();
    return body == end_ ? nullptr : Group(*message_, message_->nodes[body]).node(name);
}

const Node* Operation::find(std::string_view group, std::string_view name) const {
    const Node* outer = find(group);
    return outer == nullptr ? nullptr : Group(*message_, *outer).node(name);
}

std::optional<std::uint64_t> Operation::number(std::string_view name) const {
    const Node* node = find(name);
    return node == nullptr ? std::nullopt : std::optional(node->value);
}

std::optional<std::uint64_t> Operation::number(std::string_view group,
                                               std::string_view name) const {
    const Node* node = find(group, name);
    return node == nullptr ? std::nullopt : std::optional(node->value);
}

std::string_view Operation::text(std::string_view name) const {
    const Node* node = find(name);
    return node == nullptr ? std::string_view{} : message_->text_of(*node);
}

} // namespace fusewire
