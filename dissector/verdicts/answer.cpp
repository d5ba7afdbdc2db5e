#include "dissector/verdicts/answer.h"

#include "dissector/dissect.h"
#include "dissector/opcodes.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr std::uint32_t page = 4096;

// The first struct as it was for the negotiated minor. Before INIT is known, any size that it ever had
// will do.
ReplyRoom fixed_room(const Body& body, std::uint32_t payload, const Limits& limits) {
    ReplyRoom room;
    for (const Part& part : body.parts)
        room.most += part.layout->size;
    if (!body.parts.empty())
        for (const Cut& cut : body.parts.front().layout->cuts) {
            const std::uint32_t shorter = room.most - body.parts.front().layout->size + cut.size;
            const bool applies = limits.known ? limits.minor < cut.minor : payload == shorter;
            if (applies) {
                room.most = shorter;
                break;
            }
        }
    room.least = body.variable ? 0 : room.most;
    return room;
}

const Body& body_of(const Opcode& opcode, std::uint32_t asked) {
    for (const ReplyChoice& choice : opcode.reply_choices)
        if (choice.field == opcode.asked && (asked & choice.mask) == choice.value)
            return choice.body;
    return opcode.reply;
}

} // namespace

std::uint32_t Answer::payload() const {
    const std::uint32_t length = event.record.wire_length;
    return length > out_header_size ? length - static_cast<std::uint32_t>(out_header_size) : 0;
}

std::optional<ReplyRoom> Answer::room() const {
    const Opcode* opcode = asked.opcode();
    if (opcode == nullptr)
        return std::nullopt;
    if (asked.is(Op::compound))
        return compound_room();
    const Message& request = event.request;
    const std::uint32_t wanted = asked_size(request, *opcode, 0, request.nodes.size());
    const Body& body = body_of(*opcode, wanted);
    if (fixed_size(body) >= 0)
        return fixed_room(body, payload(), limits());
    switch (asked.op()) {
    case Op::readlink:
        return ReplyRoom{0, page - 1};
    case Op::ioctl: {
        constexpr std::uint32_t head = 16; // struct fuse_ioctl_out
        const std::uint64_t most = std::uint64_t{head} + std::max(wanted, page);
        return ReplyRoom{head,
                         static_cast<std::uint32_t>(std::min<std::uint64_t>(most, UINT32_MAX))};
    }
    default:
        return opcode->asked == nullptr ? std::nullopt : std::optional(ReplyRoom{0, wanted});
    }
}

// COMPOUND v4 to v6: the results of all operations at their largest, and a header for each.
std::optional<ReplyRoom> Answer::compound_room() const {
    constexpr std::uint32_t head = 16; // struct fuse_compound_out
    const auto results = asked.number("result_size");
    if (!results)
        return std::nullopt;
    const std::uint64_t most = head + *results + out_header_size * event.request.subs.size();
    return ReplyRoom{head, static_cast<std::uint32_t>(std::min<std::uint64_t>(most, UINT32_MAX))};
}

const NodeState* Answer::known_node() const {
    const Entry* handed_out = entry();
    if (handed_out == nullptr || handed_out->nodeid == root_nodeid)
        return nullptr;
    const NodeState* node = state().find(handed_out->nodeid);
    return node != nullptr && node->accepted > 0 ? node : nullptr;
}

bool Answer::revalidates() const {
    const Message& request = event.request;
    const Operation first = request.subs.empty() ? asked : Operation(request, 0);
    if (!first.is(Op::lookup) && !first.is(Op::lookup_handle))
        return false;
    const NameState* name = state().at(first.nodeid(), first.text("name"));
    if (name == nullptr || name->nodeid == 0)
        return false;
    // A parent's fhandle is only sent when there is nothing to revalidate.
    const std::span<const Node> nodes = first.nodes();
    return std::none_of(nodes.begin(), nodes.end(),
                        [](const Node& node) { return node.field == &field::ext; });
}

bool Answer::is_compound_of(Op first) const {
    return asked.is(Op::compound) && !event.request.subs.empty() &&
           Operation(event.request, 0).is(first);
}

std::size_t Answer::counted() const {
    const std::size_t wanted = event.request.subs.size();
    const auto count = answered.number("count");
    return count ? static_cast<std::size_t>(std::min<std::uint64_t>(*count, wanted))
                 : std::min(wanted, event.message.subs.size());
}

std::size_t Answer::walked() const {
    return std::min(counted(), event.message.subs.size());
}

std::optional<std::size_t> Answer::failed() const {
    for (std::size_t i = 0; i < walked(); ++i)
        if (event.message.subs[i].error != 0)
            return i;
    return std::nullopt;
}

bool is_valid_size(std::uint64_t size) {
    return size <= INT64_MAX;
}

bool is_valid(const Attributes& attributes) {
    return is_file_type(attributes.mode) && is_valid_size(attributes.size);
}

} // namespace fusewire
