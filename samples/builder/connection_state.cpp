#include "samples/builder/connection_state.h"

#include <algorithm>

namespace fusewire::samples {

namespace {

constexpr std::uint32_t init_number = 26;
constexpr std::uint32_t notify_reply_number = 41;
constexpr std::uint64_t init_ext = std::uint64_t{1} << 30;
constexpr std::uint64_t largest_ordinary_unique = std::uint64_t{1} << 62;

bool same_letters(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::toupper(x) == std::toupper(y);
    });
}

bool matches(const Operation& operation, std::string_view name) {
    const Opcode* opcode = operation.opcode;
    if (opcode == nullptr)
        return name.empty() || name == std::to_string(operation.number);
    if (name.empty())
        return !opcode->no_reply && !opcode->optional_reply;
    return same_letters(opcode->name, name);
}

} // namespace

ConnectionState::Asked* ConnectionState::find(std::uint64_t unique) {
    const auto found = std::find_if(requests.rbegin(), requests.rend(), [&](const Asked& asked) {
        return (asked.unique & ~resend_bit) == (unique & ~resend_bit);
    });
    return found != requests.rend() ? &*found : nullptr;
}

ConnectionState::Asked* ConnectionState::unanswered(std::string_view opcode) {
    const auto found = std::find_if(requests.rbegin(), requests.rend(), [&](const Asked& asked) {
        return !asked.answered && matches(asked.exchange.outer, opcode);
    });
    return found != requests.rend() ? &*found : nullptr;
}

void ConnectionState::add_request(const Encoder::Encoded& request) {
    const std::uint32_t number = request.exchange.outer.number;
    const bool ordinary = request.unique % 2 == 0 && request.unique < largest_ordinary_unique &&
                          number != notify_reply_number;
    if (ordinary && request.unique >= next_unique)
        next_unique = request.unique + 2;
    requests.push_back({request.unique, request.exchange});
    if (number == init_number && request.head)
        minor = request.head->value({"minor"});
}

void ConnectionState::settle(const Encoder::Encoded& init_reply) {
    if (!init_reply.head || init_reply.error != 0)
        return;
    minor = std::min(minor, init_reply.head->value({"minor"}));
    flags = init_reply.head->value({"flags"});
    if ((flags & init_ext) != 0)
        flags |= init_reply.head->value({"flags2"}) << 32;
}

} // namespace fusewire::samples
