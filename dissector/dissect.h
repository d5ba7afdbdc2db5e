// dissect(): the bytes of one record to a decoded message. A pure function of the record and the
// Context; the same frame gives the same message whenever and wherever it is decoded.
#pragma once

#include "dissector/message.h"

#include <cstddef>
#include <cstdint>

namespace fusewire {

inline constexpr std::size_t in_header_size = 40;
inline constexpr std::size_t out_header_size = 16;
inline constexpr std::size_t max_compound_ops = 64; // the kernel's limit is 16

// What a frame cannot say for itself.
struct Context {
    Dialect dialect{};
    const Message* request =
        nullptr; // replies: the decoded request that this one answers, if known
};

// The header alone, enough to pair messages: everything of Message but nodes, subs and body findings.
void dissect_header(const Record& record, const Context& context, Message& out);

// What the header of a reply cannot say: which opcode it is about. Only for a header that was decoded
// before the request was found.
void name_reply(const Context& context, Message& out);

// What dissect_header() left, with the same record and context; only the request may be new.
void dissect_rest(const Record& record, const Context& context, Message& out);

// The whole message.
void dissect(const Record& record, const Context& context, Message& out);

// The reply size that the opcode's request asked for (Opcode::asked), looked for among
// [first_node, end_node) of the request; 0 when there is none.
std::uint32_t asked_size(const Message& request, const Opcode& opcode, std::size_t first_node,
                         std::size_t end_node);

} // namespace fusewire
