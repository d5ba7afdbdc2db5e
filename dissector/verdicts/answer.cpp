#include "dissector/verdicts/answer.h"

#include "dissector/bytes.h"
#include "dissector/dissect.h"
#include "dissector/opcodes.h"

#include <algorithm>

namespace fusewire {

std::uint32_t Answer::payload() const {
    const std::uint32_t length = event.record.wire_length;
    return length > out_header_size ? length - static_cast<std::uint32_t>(out_header_size) : 0;
}

std::optional<ReplySize> Answer::room() const {
    constexpr std::uint32_t init_out = 64;
    if (asked.is(Op::compound))
        return compound_room();
    if (asked.is(Op::init))
        return ReplySize{0, init_out}; // a shorter one reads as if zeros followed
    return event.room;
}

// COMPOUND v4 to v6: the results of all operations at their largest, and a header for each.
std::optional<ReplySize> Answer::compound_room() const {
    constexpr std::uint32_t head = 16; // struct fuse_compound_out
    const auto results = asked.number("result_size");
    if (!results)
        return std::nullopt;
    const std::uint64_t most = head + *results + out_header_size * event.request.subs.size();
    return ReplySize{head, static_cast<std::uint32_t>(std::min<std::uint64_t>(most, UINT32_MAX))};
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

const ListingForm& Answer::listing() const {
    if (!listing_)
        listing_ = look_through_listing();
    return *listing_;
}

ListingForm Answer::look_through_listing() const {
    constexpr std::size_t name_max = 4095, entry_size = 128, head_size = 24, namelen_at = 16;
    const Message& reply = event.message;
    const Cursor bytes(reply.bytes, reply.order);
    const std::size_t before = asked.is(Op::readdirplus) ? entry_size : 0;
    const std::size_t head = before + head_size;
    const std::size_t end = event.record.wire_length;
    ListingForm listing;
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

} // namespace fusewire
