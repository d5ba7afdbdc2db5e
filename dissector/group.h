// Group: the members of one group node of a decoded message, by their names in the tables.
#pragma once

#include "dissector/message.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace fusewire {

class Group {
  public:
    Group(const Message& message, const Node& group)
        : message_(&message), index_(static_cast<std::size_t>(&group - message.nodes.data())) {}

    // nullptr when it is absent or was not captured whole.
    const Node* node(std::string_view name) const {
        const std::vector<Node>& nodes = message_->nodes;
        const unsigned depth = nodes[index_].depth;
        for (std::size_t i = index_ + 1; i < nodes.size() && nodes[i].depth > depth; ++i)
            if (nodes[i].depth == depth + 1 && nodes[i].field->is_called(name))
                return nodes[i].cut ? nullptr : &nodes[i];
        return nullptr;
    }
    template <class Visit>
    void each(Visit visit) const {
        const std::vector<Node>& nodes = message_->nodes;
        const unsigned depth = nodes[index_].depth;
        for (std::size_t i = index_ + 1; i < nodes.size() && nodes[i].depth > depth; ++i)
            if (nodes[i].depth == depth + 1)
                visit(nodes[i]);
    }
    // 0 when it is absent.
    std::uint64_t u64(std::string_view name) const {
        const Node* found = node(name);
        return found == nullptr ? 0 : found->value;
    }
    std::uint32_t u32(std::string_view name) const { return static_cast<std::uint32_t>(u64(name)); }
    std::int64_t i64(std::string_view name) const { return static_cast<std::int64_t>(u64(name)); }
    // Empty when it is absent.
    std::string_view text(std::string_view name) const {
        const Node* found = node(name);
        return found == nullptr ? std::string_view{} : message_->text_of(*found);
    }

  private:
    const Message* message_;
    std::size_t index_;
};

} // namespace fusewire
