// Decoder: one record being taken apart. Walks the opcode tables; one routine for each kind of
// part, shared by all opcodes. Internal to the dissector; views use dissect.h.
#pragma once

#include "dissector/bytes.h"
#include "dissector/dissect.h"
#include "dissector/opcodes.h"

#include <optional>

namespace fusewire {

// Records inside messages are padded to 8 bytes.
constexpr std::uint32_t align8(std::uint32_t size) {
    return (size + 7) & ~std::uint32_t{7};
}

class Decoder {
  public:
    Decoder(const Record& record, const Context& context, Message& out, ByteOrder order)
        : context_(context), out_(out), cursor_(record.bytes, order),
          wire_end_(std::max(std::min(record.wire_length, max_wire_length),
                             static_cast<Offset>(record.bytes.size()))) {}

    void request();
    void reply();
    void notification();

  private:
    using Offset = std::uint32_t;

    // What a reply, or one sub-reply, answers.
    struct Operation {
        const Opcode* opcode = nullptr; // nullptr: not known
        std::uint32_t asked = 0;
    };

    // A hostile message can hold millions of tiny records; past this many nodes the rest is bytes.
    static constexpr std::size_t max_nodes = std::size_t{1} << 20;
    // A claimed length beyond this cannot be true and would only invite overflows.
    static constexpr Offset max_wire_length = Offset{1} << 30;

    // Tree building.
    Node& push(const Field& field, Offset offset, Offset width, std::uint64_t value, bool cut) {
        return out_.nodes.emplace_back(Node{.field = &field,
                                            .value = value,
                                            .offset = offset,
                                            .width = width,
                                            .depth = depth_,
                                            .cut = cut});
    }
    Node& add(const Field& field, Offset offset, Offset width, std::uint64_t value = 0) {
        return push(field, offset, width, value, width != 0 && !captured(offset, width));
    }
    void close(std::size_t group, Offset end) {
        out_.nodes[group].width = end - out_.nodes[group].offset;
    }
    std::size_t open(const Field& field, Offset offset, const Opcode* opcode = nullptr);
    void rest(const Field& field, Offset begin, Offset end);
    void report(Rule rule, Offset offset, std::uint64_t observed = 0, std::uint64_t expected = 0);
    bool captured(Offset offset, Offset width) const { return cursor_.holds(offset, width); }
    std::optional<std::uint64_t> value_of(const Field* field) const;

    // decoder.cpp: bodies and their parts. Each returns where the next part begins.
    void body(const Opcode& opcode, const Body& body, Offset begin, Offset end, bool is_request);
    Offset part(const Part& part, Offset begin, Offset size, Offset end);
    Offset counted(const Part& part, Offset begin, Offset end);
    Offset fields(const Struct& layout, Offset begin, Offset size, Offset end);
    void one_field(const Field& field, Offset base, Offset limit);
    void other_field(const Field& field, Offset at, Offset limit);
    Offset name(const Field& field, Offset begin, Offset end);
    Offset counted_name(const Part& part, Offset begin, Offset end);
    Offset data(const Part& part, Offset begin, Offset end);
    Offset array(const Part& part, Offset begin, Offset end);
    Offset strings(const Field& field, Offset begin, Offset end);
    bool loses_node(const Field& group, Offset at, Offset room) const;
    Offset dirents(const Struct& head, const Field& group, Offset begin, Offset end);
    Offset fhandle(const Struct& head, bool padded, Offset begin, Offset end);
    const Part* next_part(const Body& body, const Part* from) const;
    Offset effective_size(const Body& body, const Part& first, Offset begin, Offset end) const;
    bool fits(const Body& body, const Part& first, Offset size, Offset begin, Offset end) const;

    // extensions.cpp
    void extensions(Offset begin, Offset end);
    void extension_body(std::uint32_t type, Offset begin, Offset end);
    void security_contexts(std::uint32_t count, Offset begin, Offset end);
    bool extensions_verify(Offset begin, Offset end) const;

    // compound.cpp
    void request_at(Offset begin, Offset end, SubMessage* sub);
    template <class Describe, class Decode>
    Offset chain(Offset prefix, Offset header_size, Offset begin, Offset end, Describe describe,
                 Decode decode);
    std::optional<std::uint64_t> chain_count(Offset prefix, Offset header_size, Offset begin,
                                             Offset end) const;
    Offset prefix_size(const Struct* prefix, Offset begin, Offset end) const;
    Offset sub_requests(const Part& part, Offset begin, Offset end);
    void dependency(const Struct& prefix, Offset begin, Offset size);
    Offset sub_replies(Offset begin, Offset end);
    void sub_reply_body(const SubMessage& sub, const Operation& answered, Offset begin, Offset end);
    void reply_payload(const Operation& answered, Offset begin, Offset end);
    Operation operation(const Opcode* opcode, std::size_t first_node, std::size_t end_node) const;
    bool looks_like_compound_reply(Offset begin, Offset end) const;
    void unknown_payload(Offset begin, Offset end);

    const Context& context_;
    Message& out_;
    Cursor cursor_;
    Offset wire_end_;
    std::uint8_t depth_ = 0;
    std::int16_t sub_ = no_sub;
    std::size_t body_start_ = 0; // first node of the body being decoded, for value_of()
};

} // namespace fusewire
