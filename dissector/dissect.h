// dissect(): the bytes of one record to a decoded message. A pure function of the record and the
// Context; the same frame gives the same message whenever and wherever it is decoded.
#pragma once

#include "dissector/message.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace fusewire {

inline constexpr std::size_t in_header_size = 40;
inline constexpr std::size_t out_header_size = 16;
inline constexpr std::size_t max_compound_ops = 64; // the kernel's limit is 16

// What a reply needs to know of one request: its opcode and the reply size it asked for.
struct RequestFacts {
    struct Operation {
        const Opcode* opcode = nullptr;
        std::uint32_t number = 0;
        std::uint32_t asked = 0;
    };
    Operation outer{};
    std::uint16_t sub_count = 0;
    std::array<Operation, 16> subs{}; // of a COMPOUND; later ones are treated as unknown
};

// What a frame cannot say for itself.
struct Context {
    Dialect dialect{};
    const RequestFacts* request = nullptr; // replies: the request that this one answers, if known
};

// The header alone, enough to pair messages: everything of Message but nodes, subs and body findings.
void dissect_header(const Record& record, const Context& context, Message& out);

// The whole message.
void dissect(const Record& record, const Context& context, Message& out);

// The facts that the reply to this decoded request will need.
RequestFacts facts_of(const Message& request);

} // namespace fusewire
