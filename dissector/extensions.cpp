// Extension records at the end of a request (struct fuse_ext_header, since 7.38): security contexts,
// supplementary groups, and the parent's fhandle of LOOKUP_HANDLE RFC v3.
#include "dissector/decoder.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr std::uint32_t head_size = 8;
constexpr std::uint32_t type_groups =
    32; // FUSE_EXT_GROUPS; smaller numbers count security contexts
constexpr std::uint32_t type_handle = 33; // FUSE_EXT_HANDLE

} // namespace

void Decoder::extensions(Offset begin, Offset end) {
    Offset at = begin;
    while (at < end && out_.nodes.size() < max_nodes) {
        const auto size = cursor_.u32(at);
        const auto type = cursor_.u32(at + 4);
        if (end - at < head_size || !size || !type || *size < head_size || *size > end - at) {
            if (captured(at, std::min(end - at, head_size)))
                report(Rule::ext_record_size, at, size.value_or(0), end - at);
            break;
        }
        const std::size_t group = open(field::ext, at);
        ++depth_;
        fields(ext_header, at, head_size, end);
        extension_body(*type, at + head_size, at + *size);
        --depth_;
        close(group, at + *size);
        const Offset next = std::min(align8(at - begin + *size) + begin, end);
        rest(field::padding, at + *size, next);
        at = next;
    }
    rest(field::trailing, at, end);
}

void Decoder::extension_body(std::uint32_t type, Offset begin, Offset end) {
    if (type == type_handle) {
        fhandle(fhandle_head, true, begin, end);
        return;
    }
    if (type == type_groups) {
        const Offset after = fields(supp_groups, begin, supp_groups.size, end);
        const std::uint64_t count = cursor_.u32(begin).value_or(0);
        const Offset room = (end - after) / 4;
        if (count > room)
            report(Rule::ext_groups_malformed, begin, room, count);
        Offset at = after;
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, room); ++i, at += 4)
            add(field::group_id, at, 4, cursor_.u32(at).value_or(0));
        rest(field::padding, at, end);
        return;
    }
    if (type < type_groups) {
        add(field::nr_secctx, begin - 4, 4, type);
        security_contexts(type, begin, end);
        return;
    }
    report(Rule::ext_type_unknown, begin - 4, type);
    rest(field::payload, begin, end);
}

void Decoder::security_contexts(std::uint32_t count, Offset begin, Offset end) {
    Offset at = begin;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto size = cursor_.u32(at);
        const auto nul = cursor_.find_nul(at + secctx.size, end);
        if (end - at < secctx.size || !size || !nul || *size > end - (*nul + 1)) {
            if (captured(at, end - at))
                report(Rule::ext_secctx_malformed, at, i, count);
            break;
        }
        const std::size_t group = open(field::secctx_entry, at);
        ++depth_;
        fields(secctx, at, secctx.size, end);
        const Offset value_at = name(field::secctx_name, at + secctx.size, end);
        rest(field::secctx_value, value_at, value_at + *size);
        const Offset next = std::min(at + align8(value_at + *size - at), end);
        rest(field::padding, value_at + *size, next);
        --depth_;
        close(group, next);
        at = next;
    }
    rest(count == 0 ? field::padding : field::trailing, at, end);
}

// The RFC's compound builder leaves total_extlen at 0, so the records behind the name of a
// LOOKUP_HANDLE or MKOBJ_HANDLE can only be told by their form: a chain that ends exactly at the end.
bool Decoder::extensions_verify(Offset begin, Offset end) const {
    Offset at = begin;
    while (at < end) {
        const auto size = cursor_.u32(at);
        const auto type = cursor_.u32(at + 4);
        if (end - at < head_size)
            return false;
        if (!size || !type)
            return true; // not captured: nothing speaks against it
        if (*size < head_size || *size % 8 != 0 || *size > end - at || *type > type_handle)
            return false;
        at += *size;
    }
    return at == end;
}

} // namespace fusewire
