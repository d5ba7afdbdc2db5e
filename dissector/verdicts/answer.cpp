#include "dissector/verdicts/answer.h"

#include "dissector/bytes.h"
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
    if (!known_node_)
        known_node_ = find_known_node();
    return *known_node_;
}

const NodeState* Answer::find_known_node() const {
    const Entry* handed_out = entry();
    if (handed_out == nullptr || handed_out->nodeid == root_nodeid)
        return nullptr;
    const NodeState* node = state().find(handed_out->nodeid);
    return node != nullptr && node->accepted > 0 ? node : nullptr;
}

const NameState* Answer::cached_name() const {
    if (!cached_name_)
        cached_name_ = find_cached_name();
    return *cached_name_;
}

const NameState* Answer::find_cached_name() const {
    const Message& request = event.request;
    const Operation first = request.subs.empty() ? asked : Operation(request, 0);
    if (!first.is(Op::lookup) && !first.is(Op::lookup_handle))
        return nullptr;
    const NameState* name = state().at(first.nodeid(), first.text("name"));
    if (name == nullptr || name->nodeid == 0)
        return nullptr;
    // A parent's fhandle is only sent when there is nothing to revalidate.
    const std::span<const Node> nodes = first.nodes();
    const bool extended = std::any_of(nodes.begin(), nodes.end(),
                                      [](const Node& node) { return node.field == &field::ext; });
    return extended ? nullptr : name;
}

const AttributeFacts& Answer::attributes() const {
    if (!attributes_)
        attributes_ = find_attributes();
    return *attributes_;
}

// In one walk, since nearly every reply is looked at only to see that nothing is wrong.
AttributeFacts Answer::find_attributes() const {
    AttributeFacts facts;
    for (const Node& node : answered.nodes()) {
        if (node.cut)
            continue;
        const std::string_view name = node.field->name;
        if (node.field->kind == Kind::mode)
            facts.mode = node.value;
        else if (node.field->kind == Kind::byte_count && name == "size")
            facts.size = node.value;
        else if (node.field->kind == Kind::flags && name == "mask")
            facts.mask = node.value;
    }
    return facts;
}

const Listing& Answer::listing() const {
    if (!listing_)
        listing_ = look_through_listing();
    return *listing_;
}

Listing Answer::look_through_listing() const {
    constexpr std::size_t name_max = 4095, entry_size = 128, head_size = 24, namelen_at = 16;
    const Message& reply = event.message;
    const Cursor bytes(reply.bytes, reply.order);
    const std::size_t before = asked.is(Op::readdirplus) ? entry_size : 0;
    const std::size_t head = before + head_size;
    const std::size_t end = event.record.wire_length;
    Listing listing;
    std::size_t at = out_header_size;
    for (std::size_t index = 0; at < end; ++index) {
        const auto namelen = bytes.u32(at + before + namelen_at);
        if (end - at < head || !namelen) {
            listing.cut = end - at < head;
            return listing;
        }
        const std::size_t length = (head + *namelen + 7) & ~std::size_t{7};
        const bool bad_length = *namelen == 0 || *namelen > name_max;
        if (!bad_length && length > end - at) {
            listing.cut = true;
            return listing;
        }
        const Bytes name = bytes.slice(at + head, *namelen);
        if (bad_length || std::find(name.begin(), name.end(), std::byte{'/'}) != name.end()) {
            listing.bad = index;
            return listing;
        }
        at += length;
    }
    return listing;
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
