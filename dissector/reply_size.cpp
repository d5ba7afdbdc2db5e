#include "dissector/reply_size.h"

#include "dissector/field.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr std::uint32_t page = 4096;

// Room that the request does not name: READLINK fills a page but for a NUL, CUSE_INIT brings a page
// of settings.
struct FixedRoom {
    Op op;
    std::uint32_t bytes;
};
constexpr FixedRoom fixed_rooms[] = {{Op::readlink, page - 1}, {Op::cuse_init, page}};

const Body& body_of(const Opcode& opcode, std::optional<std::uint64_t> asked) {
    for (const ReplyChoice& choice : opcode.reply_choices)
        if (choice.field == opcode.asked && asked && (*asked & choice.mask) == choice.value)
            return choice.body;
    return opcode.reply;
}

// What the request asks for; nullopt when it was not captured.
std::optional<std::uint64_t> asked_by(const Operation& request) {
    for (const Node& node : request.nodes())
        if (node.field == request.opcode()->asked && !node.cut)
            return node.value;
    return std::nullopt;
}

// The struct as it is at this minor.
std::uint32_t size_at(const Struct& layout, const Limits& limits) {
    for (const Cut& cut : layout.cuts)
        if (limits.minor_known && cut.minor != 0 && limits.minor < cut.minor)
            return cut.size;
    return layout.size;
}

std::uint32_t room_of(const Operation& request, std::optional<std::uint64_t> asked) {
    for (const FixedRoom& row : fixed_rooms)
        if (request.is(row.op))
            return row.bytes;
    if (!asked)
        return ReplySize::no_limit;
    // The kernel keeps a page for an unrestricted ioctl to name the memory that it wants.
    const std::uint64_t least = request.is(Op::ioctl) ? page : 0;
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(*asked, least, ReplySize::no_limit / 2));
}

bool judged_elsewhere(const Operation& request) {
    constexpr OpSet elsewhere = ops(Op::init, Op::interrupt, Op::lookup_handle, Op::mkobj_handle);
    return (op_bit(request.op()) & elsewhere) != 0;
}

} // namespace

std::optional<ReplySize> reply_size(const Operation& request, const Limits& limits) {
    const Opcode* opcode = request.opcode();
    if (opcode == nullptr || opcode->no_reply || judged_elsewhere(request))
        return std::nullopt;
    const auto asked = opcode->asked != nullptr ? asked_by(request) : std::nullopt;
    if (opcode->asked != nullptr && !opcode->reply_choices.empty() && !asked)
        return std::nullopt; // which body it is depends on what was not captured
    const Body& body = body_of(*opcode, asked);
    ReplySize size;
    const Struct* first = nullptr;
    bool open_ended = body.variable;
    const Dialect dialect{.name = request.message().dialect,
                          .init_known = limits.known,
                          .init_flags = limits.accepted};
    for (const Part& part : body.parts) {
        if (!has_part(part, dialect))
            continue;
        if (part.kind == PartKind::fields)
            size.least += size_at(*part.layout, limits);
        else
            open_ended = true;
        if (first == nullptr)
            first = part.layout;
    }
    if (open_ended) {
        const std::uint32_t room = room_of(request, asked);
        size.most = room == ReplySize::no_limit ? room : size.least + room;
        return size;
    }
    size.most = size.least;
    if (!limits.minor_known && first != nullptr && !first->cuts.empty())
        size.old = size.least - first->size + first->cuts.front().size;
    return size;
}

} // namespace fusewire
