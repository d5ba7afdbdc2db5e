// Messages inside messages: the sub-requests and sub-replies of a COMPOUND, and what can be said of a reply
// whose request is not known.
#include "dissector/decoder.h"

#include <algorithm>

namespace fusewire {

void Decoder::request_at(Offset begin, Offset end, SubMessage* sub) {
    const std::size_t header = open(field::header, begin);
    ++depth_;
    fields(in_header, begin, in_header_size, end);
    --depth_;
    close(header, std::min<Offset>(begin + in_header_size, end));
    const auto number = cursor_.u32(begin + 4);
    if (!number || end - begin < in_header_size)
        return;
    const Opcode* opcode = find_opcode(*number, context_.dialect.name);
    const Offset body_at = begin + in_header_size;
    std::uint64_t ext_units = 0;
    cursor_.read(begin + 36, 2, ext_units);
    Offset ext_length = static_cast<Offset>(ext_units * 8);
    if (ext_length > end - body_at) {
        report(Rule::ext_overrun, begin + 36, ext_length, end - body_at);
        ext_length = 0;
    }
    const Offset body_end = end - ext_length;
    const bool nested = sub != nullptr && opcode != nullptr && !opcode->request.parts.empty() &&
                        opcode->request.parts.back().kind == PartKind::sub_requests;
    if (nested)
        report(Rule::compound_nested, begin + 4, *number);
    if (opcode == nullptr || nested) {
        if (opcode == nullptr)
            report(Rule::opcode_unknown, begin + 4, *number);
        rest(field::payload, body_at, body_end);
    } else {
        body(*opcode, opcode->request, body_at, body_end, true);
    }
    if (ext_length > 0)
        extensions(body_end, end);
}

// Walks sub-operations that follow each other by their len. `describe` says what is known of one
// before its nodes are made, `decode` makes them. Returns where the chain ends or breaks.
template <class Describe, class Decode>
Decoder::Offset Decoder::chain(Offset prefix, Offset header_size, Offset begin, Offset end,
                               Describe describe, Decode decode) {
    Offset at = begin;
    while (at < end && out_.subs.size() < max_compound_ops) {
        const auto length = cursor_.u32(at + prefix);
        if (!length || *length < header_size || end - at < prefix || *length > end - at - prefix)
            break;
        const Offset after = at + prefix + *length;
        sub_ = static_cast<std::int16_t>(out_.subs.size());
        SubMessage sub;
        sub.offset = at + prefix;
        sub.length = *length;
        sub.unique = cursor_.u64(sub.offset + 8).value_or(0);
        describe(sub);
        const std::size_t group = open(field::sub, at, sub.opcode);
        sub.first_node = static_cast<std::uint32_t>(group);
        ++depth_;
        decode(sub);
        --depth_;
        close(group, after);
        sub.end_node = static_cast<std::uint32_t>(out_.nodes.size());
        out_.subs.push_back(sub);
        at = after;
    }
    sub_ = no_sub;
    if (at < end && captured(at, std::min<Offset>(end - at, 4)))
        report(Rule::compound_chain_broken, at, cursor_.u32(at + prefix).value_or(0), end - at);
    rest(field::trailing, at, end);
    return at;
}

// How many sub-operations follow each other so that the last one ends at `end`; nullopt when none does.
std::optional<std::uint64_t> Decoder::chain_count(Offset prefix, Offset header_size, Offset begin,
                                                  Offset end) const {
    std::uint64_t found = 0;
    for (Offset at = begin; at < end; ++found) {
        const auto length = cursor_.u32(at + prefix);
        if (!length || *length < header_size || end - at < prefix || *length > end - at - prefix)
            return std::nullopt;
        at += prefix + *length;
    }
    return found;
}

// Of the sizes that the struct in front of each sub-request may have, the one with which they end where
// the message does.
Decoder::Offset Decoder::prefix_size(const Struct* prefix, Offset begin, Offset end) const {
    if (prefix == nullptr)
        return 0;
    if (prefix->cuts.empty())
        return prefix->size;
    const Offset usual = prefix->cuts.front().size;
    const bool unusual = !chain_count(usual, in_header_size, begin, end) &&
                         chain_count(prefix->size, in_header_size, begin, end);
    return unusual ? prefix->size : usual;
}

Decoder::Offset Decoder::sub_requests(const Part& part, Offset begin, Offset end) {
    const std::uint64_t count = part.count != nullptr ? value_of(part.count).value_or(0) : 0;
    const Offset prefix = prefix_size(part.layout, begin, end);
    const Offset at = chain(
        prefix, in_header_size, begin, end,
        [&](SubMessage& sub) {
            sub.opcode_number = cursor_.u32(sub.offset + 4).value_or(0);
            sub.opcode = find_opcode(sub.opcode_number, context_.dialect.name);
            sub.nodeid = cursor_.u64(sub.offset + 16).value_or(0);
        },
        [&](SubMessage& sub) {
            if (prefix != 0)
                dependency(*part.layout, sub.offset - prefix, prefix);
            request_at(sub.offset, sub.offset + sub.length, &sub);
        });
    if (at == end && part.count != nullptr && count != out_.subs.size())
        report(Rule::compound_count, begin, count, out_.subs.size());
    return end;
}

void Decoder::dependency(const Struct& prefix, Offset begin, Offset size) {
    const std::size_t group = open(field::dependency, begin);
    ++depth_;
    fields(prefix, begin, size, begin + size);
    --depth_;
    close(group, begin + size);
}

Decoder::Offset Decoder::sub_replies(Offset begin, Offset end) {
    Operation answered;
    chain(
        0, out_header_size, begin, end,
        [&](SubMessage& sub) {
            answered = {};
            sub.error = static_cast<std::int32_t>(cursor_.u32(sub.offset + 4).value_or(0));
            const Message* request = context_.request;
            if (request == nullptr || out_.subs.size() >= request->subs.size())
                return;
            const SubMessage& asked = request->subs[out_.subs.size()];
            sub.opcode = asked.opcode;
            sub.opcode_number = asked.opcode_number;
            answered = operation(asked.opcode, asked.first_node, asked.end_node);
        },
        [&](SubMessage& sub) {
            sub_reply_body(sub, answered, sub.offset, sub.offset + sub.length);
        });
    return end;
}

Decoder::Operation Decoder::operation(const Opcode* opcode, std::size_t first_node,
                                      std::size_t end_node) const {
    if (opcode == nullptr)
        return {};
    return {opcode, asked_size(*context_.request, *opcode, first_node, end_node)};
}

void Decoder::sub_reply_body(const SubMessage& sub, const Operation& answered, Offset begin,
                             Offset end) {
    const std::size_t header = open(field::header, begin);
    ++depth_;
    fields(out_header, begin, out_header_size, end);
    --depth_;
    close(header, begin + out_header_size);
    if (sub.error != 0 || !captured(begin, out_header_size))
        rest(field::payload, begin + out_header_size, end);
    else
        reply_payload(answered, begin + out_header_size, end);
}

void Decoder::reply_payload(const Operation& answered, Offset begin, Offset end) {
    const Opcode* opcode = answered.opcode;
    if (opcode == nullptr || opcode->no_reply) {
        if (begin < end)
            unknown_payload(begin, end);
        return;
    }
    const Body* reply = &opcode->reply;
    for (const ReplyChoice& choice : opcode->reply_choices) {
        std::uint64_t value = answered.asked;
        if (choice.field != opcode->asked)
            cursor_.read(begin + choice.field->offset, choice.field->width, value);
        if ((value & choice.mask) == choice.value) {
            reply = &choice.body;
            break;
        }
    }
    body(*opcode, *reply, begin, end, false);
}

// COMPOUND v4/v5 replies say how many sub-replies follow, which makes them recognisable alone.
bool Decoder::looks_like_compound_reply(Offset begin, Offset end) const {
    constexpr Offset head = 16;
    if (end - begin < head + out_header_size)
        return false;
    const auto found = chain_count(0, out_header_size, begin + head, end);
    return found && *found <= max_compound_ops && cursor_.u32(begin) == *found;
}

void Decoder::unknown_payload(Offset begin, Offset end) {
    if (sub_ == no_sub && looks_like_compound_reply(begin, end))
        if (const Opcode* compound = find_opcode_named("COMPOUND")) {
            body(*compound, compound->reply, begin, end, false);
            return;
        }
    // The value is the payload's size; views name the opcodes that such a reply would fit.
    add(field::guess, begin, 0, end - begin);
    rest(field::payload, begin, end);
}

} // namespace fusewire
