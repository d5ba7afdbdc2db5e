#include "dissector/decoder.h"

#include <algorithm>
#include <initializer_list>

namespace fusewire {

namespace {

constexpr bool is_one_of(Kind kind, std::uint64_t kinds) {
    return (kinds >> static_cast<unsigned>(kind) & 1) != 0;
}
constexpr std::uint64_t set_of(std::initializer_list<Kind> kinds) {
    std::uint64_t set = 0;
    for (const Kind kind : kinds)
        set |= std::uint64_t{1} << static_cast<unsigned>(kind);
    return set;
}

// Integers are what the tables give 1, 2, 4 or 8 bytes; everything else is shown as bytes.
constexpr bool is_integer(const Field& field) {
    constexpr std::uint64_t bytes =
        set_of({Kind::name, Kind::text, Kind::data, Kind::group, Kind::note});
    return field.width <= 8 && (field.width & (field.width - 1)) == 0 &&
           !is_one_of(field.kind, bytes);
}

constexpr std::uint64_t sign_extended(const Field& field, std::uint64_t value) {
    constexpr std::uint64_t with_sign = set_of({Kind::signed_number, Kind::error});
    if (!is_one_of(field.kind, with_sign) || field.width >= 8)
        return value;
    const unsigned unused = 64 - 8 * field.width;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
}

bool cut_applies(const Cut& cut, const Dialect& dialect) {
    return (cut.minor != 0 && dialect.minor < cut.minor) ||
           (cut.needs != 0 && (dialect.init_flags & cut.needs) == 0);
}

} // namespace

std::size_t Decoder::open(const Field& field, Offset offset, const Opcode* opcode) {
    add(field, offset, 0).opcode = opcode;
    return out_.nodes.size() - 1;
}

void Decoder::rest(const Field& field, Offset begin, Offset end) {
    if (begin < end)
        add(field, begin, end - begin);
}

void Decoder::report(Rule rule, Offset offset, std::uint64_t observed, std::uint64_t expected) {
    out_.findings.push_back({rule, sub_, offset, observed, expected});
}

// nullopt: not in this body, or not captured.
std::optional<std::uint64_t> Decoder::value_of(const Field* wanted) const {
    for (std::size_t i = out_.nodes.size(); i > body_start_; --i)
        if (const Node& node = out_.nodes[i - 1]; node.field == wanted)
            return node.cut ? std::nullopt : std::optional(node.value);
    return std::nullopt;
}

void Decoder::body(const Opcode& opcode, const Body& body, Offset begin, Offset end,
                   bool is_request) {
    const std::size_t outer_start = body_start_;
    body_start_ = out_.nodes.size();
    const std::size_t layer = open(field::layer, begin, &opcode);
    if (out_.body_node == Message::no_node)
        out_.body_node = static_cast<std::uint32_t>(layer);
    ++depth_;
    Offset at = begin;
    const Part* const first = next_part(body, body.parts.data());
    for (const Part* piece = first; piece != nullptr;) {
        const Part* const next = next_part(body, piece + 1);
        Offset size = piece == first             ? effective_size(body, *piece, begin, end)
                      : piece->layout != nullptr ? piece->layout->size
                                                 : 0;
        if (body.variable && piece->kind == PartKind::fields && next == nullptr)
            size = std::min<Offset>(size, end - at);
        if (!piece->optional || at < end)
            at = part(*piece, at, size, end);
        piece = next;
    }
    --depth_;
    close(layer, at);
    if (at == begin && out_.nodes.size() == layer + 1) {
        out_.nodes.pop_back(); // nothing to show: an empty body has no layer
        if (out_.body_node == layer)
            out_.body_node = Message::no_node;
    }
    body_start_ = outer_start;
    if (at >= end)
        return;
    if (is_request && opcode.structural_ext && extensions_verify(at, end)) {
        extensions(at, end);
        return;
    }
    rest(field::trailing, at, end);
    report(Rule::body_long, at, end - begin, at - begin);
}

// The first part at or after `from` that messages in this dialect have; nullptr after the last.
const Part* Decoder::next_part(const Body& body, const Part* from) const {
    const Part* const end = body.parts.data() + body.parts.size();
    for (; from != end; ++from)
        if (has_part(*from, context_.dialect))
            return from;
    return nullptr;
}

Decoder::Offset Decoder::part(const Part& part, Offset begin, Offset size, Offset end) {
    switch (part.kind) {
    case PartKind::fields:
        return fields(*part.layout, begin, size, end);
    case PartKind::name:
        return part.count != nullptr ? counted_name(part, begin, end)
                                     : name(*part.field, begin, end);
    case PartKind::data:
        return data(part, begin, end);
    case PartKind::array:
        return array(part, begin, end);
    case PartKind::strings:
        return strings(*part.field, begin, end);
    case PartKind::dirents:
        return dirents(*part.layout, field::dirent, begin, end);
    case PartKind::direntplus:
        return dirents(*part.layout, field::direntplus, begin, end);
    case PartKind::file_handle:
        return fhandle(*part.layout, part.padded, begin, end);
    case PartKind::sub_requests:
        return sub_requests(part, begin, end);
    case PartKind::sub_replies:
        return sub_replies(begin, end);
    }
    return begin;
}

Decoder::Offset Decoder::fields(const Struct& layout, Offset begin, Offset size, Offset end) {
    const Offset limit = size <= end - begin ? begin + size : end;
    for (const Field& field : layout.fields) {
        if (begin + field.offset >= limit)
            break;
        one_field(field, begin, limit);
    }
    if (limit < begin + size && captured(begin, 0)) // else it is the capture that is short
        report(Rule::body_short, begin, end - begin, size);
    return limit;
}

// Nearly all fields are integers that are there.
inline void Decoder::one_field(const Field& field, Offset base, Offset limit) {
    const Offset at = base + field.offset;
    std::uint64_t value = 0;
    if (is_integer(field) && at + field.width <= limit && cursor_.read(at, field.width, value))
        push(field, at, field.width, sign_extended(field, value), false);
    else
        other_field(field, at, limit);
}

void Decoder::other_field(const Field& field, Offset at, Offset limit) {
    if (field.kind == Kind::group && field.members != nullptr) {
        const std::size_t group = open(field, at);
        ++depth_;
        for (const Field& member : field.members->fields)
            if (at + member.offset < limit)
                one_field(member, at, limit);
        --depth_;
        close(group, std::min<Offset>(at + field.width, limit));
        return;
    }
    if (!is_integer(field)) {
        add(field, at, std::min<Offset>(field.width, limit - at));
        return;
    }
    if (at + field.width > limit) {
        rest(field::trailing, at, limit); // half an integer is only bytes
        return;
    }
    add(field, at, field.width); // the capture ends here
}

Decoder::Offset Decoder::name(const Field& field, Offset begin, Offset end) {
    const auto nul = cursor_.find_nul(begin, end);
    if (nul) {
        add(field, begin, static_cast<Offset>(*nul) - begin);
        if (*nul == begin)
            report(Rule::name_empty, begin);
        return static_cast<Offset>(*nul) + 1;
    }
    add(field, begin, end - begin);
    if (captured(begin, end - begin))
        report(Rule::name_no_nul, begin, end - begin);
    return end;
}

// How many of the bytes up to `end` belong to the part; all of them when nothing says otherwise.
Decoder::Offset Decoder::counted(const Part& part, Offset begin, Offset end) {
    const Offset room = end - begin;
    const std::uint64_t wanted = part.count != nullptr ? value_of(part.count).value_or(room) : room;
    if (wanted > room && captured(begin, 0))
        report(Rule::body_short, begin, room, wanted);
    return static_cast<Offset>(std::min<std::uint64_t>(wanted, room));
}

// The length comes from a field, as in notifications, where the NUL after it is not counted, and in
// MKOBJX, where it is.
Decoder::Offset Decoder::counted_name(const Part& part, Offset begin, Offset end) {
    const Offset counted_end = begin + counted(part, begin, end);
    const Offset nul = part.nul_counted && counted_end > begin ? 1 : 0;
    const Offset name_end = counted_end - nul;
    add(*part.field, begin, name_end - begin);
    if (name_end == begin && !part.nul_counted) // a TMPFILE of MKOBJX has no name
        report(Rule::name_empty, begin);
    const bool has_nul =
        name_end < end && (!captured(name_end, 1) || cursor_.find_nul(name_end, name_end + 1));
    if (!has_nul && captured(begin, name_end - begin))
        report(Rule::name_no_nul, begin, name_end - begin);
    return has_nul ? name_end + 1 : counted_end;
}

Decoder::Offset Decoder::data(const Part& part, Offset begin, Offset end) {
    const Offset size = counted(part, begin, end);
    rest(*part.field, begin, begin + size);
    return begin + size;
}

Decoder::Offset Decoder::array(const Part& part, Offset begin, Offset end) {
    const Offset width = part.layout != nullptr ? part.layout->size : part.field->width;
    const Offset room = (end - begin) / width;
    const std::uint64_t wanted = part.count != nullptr ? value_of(part.count).value_or(room) : room;
    if (wanted > room)
        report(Rule::array_count, begin, room, wanted);
    const Offset stop = begin + static_cast<Offset>(std::min<std::uint64_t>(wanted, room)) * width;
    Offset at = begin;
    for (; at < stop; at += width) {
        if (out_.nodes.size() >= max_nodes || !captured(at, width)) {
            rest(field::trailing, at, stop);
            return stop;
        }
        if (part.layout == nullptr) {
            std::uint64_t value = 0;
            cursor_.read(at, width, value);
            add(*part.field, at, width, value);
            continue;
        }
        const std::size_t group = open(*part.field, at);
        ++depth_;
        fields(*part.layout, at, width, end);
        --depth_;
        close(group, at + width);
    }
    return at;
}

Decoder::Offset Decoder::strings(const Field& field, Offset begin, Offset end) {
    Offset at = begin;
    while (at < end && out_.nodes.size() < max_nodes)
        at = name(field, at, end);
    return at;
}

// A record of READDIRPLUS that the kernel cannot read has a nodeid, which is its first field.
bool Decoder::loses_node(const Field& group_field, Offset at, Offset room) const {
    const bool whole = room >= sizeof(std::uint64_t);
    return &group_field == &field::direntplus && whole && cursor_.u64(at).value_or(0) != 0;
}

// fuse_dirent and fuse_direntplus: a fixed head whose last 8 bytes are namelen and type, the name
// without a NUL, then padding to 8.
Decoder::Offset Decoder::dirents(const Struct& head, const Field& group_field, Offset begin,
                                 Offset end) {
    Offset at = begin;
    while (at < end && out_.nodes.size() < max_nodes) {
        const auto namelen = cursor_.u32(at + head.size - 8);
        const Offset room = end - at;
        if (room < head.size || (namelen && *namelen > room - head.size)) {
            report(Rule::readdir_record_overrun, at, room,
                   head.size + std::uint64_t{namelen.value_or(0)});
            out_.findings.back().harmless = at > begin && !loses_node(group_field, at, room);
            break;
        }
        if (!namelen)
            break; // beyond what was captured
        const std::size_t group = open(group_field, at);
        ++depth_;
        fields(head, at, head.size, end);
        const Offset name_at = at + head.size;
        add(field::dirent_name, name_at, *namelen);
        const Offset next = std::min<Offset>(at + align8(head.size + *namelen), end);
        rest(field::padding, name_at + *namelen, next);
        --depth_;
        close(group, next);
        at = next;
    }
    rest(field::trailing, at, end);
    return end;
}

// struct fuse_file_handle: a head that begins with the size, then as many bytes. A server of RFC v3 may
// pad it; the kernel uses `size` bytes.
Decoder::Offset Decoder::fhandle(const Struct& head, bool padded, Offset begin, Offset end) {
    std::uint64_t size = 0;
    if (end - begin < head.size || !cursor_.read(begin, head.fields.front().width, size)) {
        if (end - begin < head.size)
            report(Rule::handle_missing, begin, end - begin, head.size);
        rest(field::trailing, begin, end);
        return end;
    }
    const Offset bytes_at = begin + head.size;
    const Offset present = static_cast<Offset>(std::min<std::uint64_t>(size, end - bytes_at));
    const std::size_t group = open(field::fhandle, begin);
    ++depth_;
    for (const Field& field : head.fields)
        one_field(field, begin, bytes_at);
    add(field::fhandle_bytes, bytes_at, present);
    --depth_;
    close(group, bytes_at + present);
    if (present < size)
        report(Rule::handle_truncated, begin, present, size);
    if (!padded)
        return bytes_at + present;
    rest(field::padding, bytes_at + present, end);
    return end;
}

// A struct that grew over time is told from the negotiated minor and flags; where INIT was not
// seen, or contradicts the bytes, from the only size that leaves no byte unexplained.
Decoder::Offset Decoder::effective_size(const Body& body, const Part& first, Offset begin,
                                        Offset end) const {
    const Struct* layout = first.layout;
    if (layout == nullptr)
        return 0;
    if (layout->cuts.empty())
        return layout->size;
    Offset negotiated = layout->size;
    if (context_.dialect.init_known)
        for (const Cut& cut : layout->cuts)
            if (cut_applies(cut, context_.dialect)) {
                negotiated = cut.size;
                break;
            }
    // The out-of-tree kernels are recent ones, even when their INIT was not seen.
    constexpr DialectSet any_minor = in_dialects(DialectName::unknown, DialectName::upstream);
    const bool recent = (any_minor & in_dialect(context_.dialect.name)) == 0;
    if (fits(body, first, negotiated, begin, end) && (context_.dialect.init_known || recent))
        return negotiated;
    for (const Cut& cut : layout->cuts)
        if (fits(body, first, cut.size, begin, end))
            return cut.size;
    return fits(body, first, layout->size, begin, end) ? layout->size : negotiated;
}

// Whether the body, with its first struct `size` bytes long, ends exactly at `end`.
bool Decoder::fits(const Body& body, const Part& first, Offset size, Offset begin,
                   Offset end) const {
    if (size > end - begin)
        return false;
    Offset at = begin + size;
    for (const Part* next = next_part(body, &first + 1); next != nullptr;
         next = next_part(body, next + 1)) {
        const Part& part = *next;
        std::uint64_t count = 0;
        if (part.count != nullptr &&
            !cursor_.read(begin + part.count->offset, part.count->width, count))
            return false;
        switch (part.kind) {
        case PartKind::fields:
            at += part.layout->size;
            break;
        case PartKind::name: {
            const auto nul = cursor_.find_nul(at, end);
            if (!nul || *nul == at)
                return false;
            at = static_cast<Offset>(*nul) + 1;
            break;
        }
        case PartKind::data:
            return part.count == nullptr || count == end - at;
        case PartKind::file_handle: {
            std::uint64_t bytes = 0;
            if (part.optional && at == end)
                break;
            if (!cursor_.read(at, part.layout->fields.front().width, bytes) ||
                part.layout->size + bytes > end - at)
                return false;
            if (part.padded)
                return true;
            at += part.layout->size + static_cast<Offset>(bytes);
            break;
        }
        default:
            return true;
        }
        if (at > end)
            return false;
    }
    return at == end;
}

} // namespace fusewire
