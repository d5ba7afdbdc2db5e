// Operation: one thing that was asked or answered, whether it was a message of its own or a part of
// a COMPOUND. Rules and state look at operations, so that they hold for both forms.
#pragma once

#include "dissector/message.h"
#include "dissector/opcode_numbers.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fusewire {

class Operation {
  public:
    // The message itself.
    explicit Operation(const Message& message)
        : message_(&message), opcode_(message.opcode), op_(meaning_of(message, message.opcode)),
          nodeid_(message.nodeid), error_(message.error), length_(message.length),
          end_(message.nodes.size()),
          layer_(message.body_node == Message::no_node ? end_ : message.body_node) {}
    // Its sub-operation `index`.
    Operation(const Message& message, std::size_t index);

    const Message& message() const { return *message_; }
    const Opcode* opcode() const { return opcode_; }
    Op op() const { return op_; }
    bool is(Op op) const { return op_ == op; }
    std::int16_t sub() const { return sub_; }        // no_sub for a message of its own
    std::uint64_t nodeid() const { return nodeid_; } // requests
    std::int32_t error() const { return error_; }    // replies
    std::uint32_t offset() const { return offset_; } // of its header in the message
    std::uint32_t length() const { return length_; } // with its header
    std::uint32_t body_length() const;

    // A field of the body by its name in the tables; nullptr when it is absent or was not captured.
    // Fields of groups are given as the names on the way: {"attr", "mode"}.
    const Node* find(std::string_view name) const;
    const Node* find(std::string_view group, std::string_view name) const;
    std::optional<std::uint64_t> number(std::string_view name) const;
    std::optional<std::uint64_t> number(std::string_view group, std::string_view name) const;
    // Bytes of a name or of data; empty when absent.
    std::string_view text(std::string_view name) const;

    // Its nodes, header included.
    std::span<const Node> nodes() const;

  private:
    static constexpr std::size_t not_searched = ~std::size_t{0};

    // Unknown numbers mean nothing, whatever they stand for in other dialects; nor do notify codes.
    static Op meaning_of(const Message& message, const Opcode* opcode) {
        const bool known = opcode != nullptr && message.kind != MessageKind::notification;
        return known ? op_of(*opcode) : Op{};
    }
    std::size_t layer() const; // index of the body's node, end_ when there is none

    const Message* message_;
    const Opcode* opcode_ = nullptr;
    Op op_{};
    std::int16_t sub_ = no_sub;
    std::uint64_t nodeid_ = 0;
    std::int32_t error_ = 0;
    std::uint32_t offset_ = 0;
    std::uint32_t length_ = 0;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
    mutable std::size_t layer_ = not_searched; // rules ask for many fields of one operation
};

// Calls visit(Operation) for the message, or for each sub-operation of a COMPOUND.
template <class Visit>
void each_operation(const Message& message, Visit visit) {
    if (message.subs.empty())
        return visit(Operation(message));
    for (std::size_t i = 0; i < message.subs.size(); ++i)
        visit(Operation(message, i));
}

// Calls visit(request, reply) for the messages, or for each sub-operation of a COMPOUND that is there in
// both.
template <class Visit>
void each_pair(const Message& request, const Message& reply, Visit visit) {
    if (request.subs.empty())
        return visit(Operation(request), Operation(reply));
    for (std::size_t i = 0; i < std::min(request.subs.size(), reply.subs.size()); ++i)
        visit(Operation(request, i), Operation(reply, i));
}

// What the kernel takes for an error in a reply: 0, or a negative errno (fuse_dev_do_write()).
constexpr bool is_reply_error(std::int32_t error) {
    return error <= 0 && error > -512;
}

} // namespace fusewire
