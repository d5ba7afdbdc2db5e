#include "dissector/statx_view.h"

#include "dissector/entry_checks.h"
#include "dissector/group.h"
#include "dissector/message_facts.h"

#include <array>

namespace fusewire {

namespace {

constexpr std::uint32_t sx_type = 1 << 0, sx_mode = 1 << 1, sx_nlink = 1 << 2, sx_uid = 1 << 3,
                        sx_gid = 1 << 4, sx_atime = 1 << 5, sx_mtime = 1 << 6, sx_ctime = 1 << 7,
                        sx_ino = 1 << 8, sx_size = 1 << 9, sx_blocks = 1 << 10, sx_btime = 1 << 11,
                        sx_basic = 0x7ff;
constexpr std::uint32_t permissions = 07777;

// How to find the field in the message, and in what is known of the node.
struct Access {
    StatxRow row;
    const char* field;
    const char* minor = nullptr; // of a device
    std::uint64_t mask = ~std::uint64_t{0};
    StatxValue (*known)(const Attributes&) = nullptr;
};

constexpr auto ignored = StatxUse::ignored, passed = StatxUse::passed, kept = StatxUse::kept;
constexpr auto number = StatxShape::number;

constexpr Access fields[] = {
    // The type of a known inode never changes: it is only compared.
    {{"type", sx_type, StatxShape::octal, kept, ignored, kept},
     "mode",
     nullptr,
     type_mask,
     [](const Attributes& a) { return StatxValue{a.type()}; }},
    {{"mode", sx_mode, StatxShape::octal, kept, passed, kept},
     "mode",
     nullptr,
     permissions,
     [](const Attributes& a) { return StatxValue{a.mode & permissions}; }},
    {{"nlink", sx_nlink, number, kept, passed, kept},
     "nlink",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.nlink}; }},
    {{"uid", sx_uid, number, kept, passed, kept},
     "uid",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.uid}; }},
    {{"gid", sx_gid, number, kept, passed, kept},
     "gid",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.gid}; }},
    {{"atime", sx_atime, StatxShape::time, kept, passed, kept}, "atime"},
    {{"mtime", sx_mtime, StatxShape::time, kept, passed, kept},
     "mtime",
     nullptr,
     ~0ull,
     [](const Attributes& a) {
         return StatxValue{static_cast<std::uint64_t>(a.mtime), a.mtime_ns};
     }},
    {{"ctime", sx_ctime, StatxShape::time, kept, passed, kept},
     "ctime",
     nullptr,
     ~0ull,
     [](const Attributes& a) {
         return StatxValue{static_cast<std::uint64_t>(a.ctime), a.ctime_ns};
     }},
    {{"ino", sx_ino, number, kept, passed, kept},
     "ino",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.ino}; }},
    {{"size", sx_size, number, kept, passed, kept},
     "size",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.size}; }},
    {{"blocks", sx_blocks, number, kept, passed, kept},
     "blocks",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.blocks}; }},
    // Looked at only when its own bit is set, everywhere.
    {{"btime", sx_btime, StatxShape::time, kept, passed, kept}, "btime"},
    {{"blksize", 0, number, kept, passed, kept},
     "blksize",
     nullptr,
     ~0ull,
     [](const Attributes& a) { return StatxValue{a.blksize}; }},
    {{"attributes", 0, StatxShape::hex, ignored, ignored, ignored}, "attributes"},
    {{"attributes_mask", 0, StatxShape::hex, ignored, ignored, ignored}, "attributes_mask"},
    // A device number is set when the inode is made.
    {{"rdev", 0, StatxShape::device, ignored, ignored, kept}, "rdev_major", "rdev_minor"},
    {{"dev", 0, StatxShape::device, ignored, ignored, ignored}, "dev_major", "dev_minor"},
};

constexpr auto rows = [] {
    std::array<StatxRow, std::size(fields)> list{};
    for (std::size_t i = 0; i < list.size(); ++i)
        list[i] = fields[i].row;
    return list;
}();

bool is_fusex(DialectName dialect) {
    return dialect == DialectName::fusex_a || dialect == DialectName::fusex_b;
}

// What the whole reply settles for each of its fields.
struct Reading {
    std::uint32_t wanted = 0;
    std::uint32_t mask = 0;
    bool looked_up = false; // beside a lookup, or the only source of attributes
    bool dropped = false;   // the kernel does not come to look at it
    std::uint32_t refused_bits = 0;
};

// The lookup in front of it found nothing, so that there is no node to describe.
bool is_dropped(const Operation& request, const Operation& reply) {
    if (!has_placeholder_node(request))
        return false;
    const Operation first(reply.message(), 0);
    return first.error() != 0 || first.number("nodeid").value_or(0) == 0;
}

std::uint32_t refused_bits(const Attributes& attributes, const Reading& reading,
                           const NodeState* node) {
    const std::uint32_t judged = reading.looked_up ? sx_basic : attributes.mask;
    const bool changed = !reading.looked_up && node != nullptr && node->type() != 0 &&
                         node->type() != attributes.type();
    std::uint32_t bits = 0;
    if (!is_file_type(attributes.mode) || changed)
        bits |= sx_type & judged;
    if (attributes.size > most_size)
        bits |= sx_size & judged;
    return bits;
}

StatxUse use_of(const StatxRow& row, const Reading& reading) {
    if (reading.dropped)
        return StatxUse::ignored;
    if (reading.refused_bits != 0)
        return (row.bit & reading.refused_bits) != 0 ? StatxUse::refused : StatxUse::ignored;
    if (row.bit == sx_btime && (reading.mask & sx_btime) == 0)
        return StatxUse::ignored;
    if (reading.looked_up)
        return row.looked_up;
    return (reading.mask & sx_basic) == sx_basic ? row.complete : row.incomplete;
}

// False when it was not captured.
bool read(const Access& access, const Operation& reply, StatxFact& fact) {
    const Node* node = reply.find("stat", access.field);
    if (node == nullptr)
        return false;
    fact.offset = node->offset;
    fact.width = node->width;
    fact.value.number = node->value & access.mask;
    if (access.row.shape == StatxShape::time) {
        const Group time(reply.message(), *node);
        fact.value = {time.u64("tv_sec"), time.u32("tv_nsec")};
    } else if (access.minor != nullptr) {
        const Node* minor = reply.find("stat", access.minor);
        fact.value.rest = minor == nullptr ? 0 : static_cast<std::uint32_t>(minor->value);
        fact.width += minor == nullptr ? 0 : minor->width;
    }
    return true;
}

// What a directory entry says of the field; absent when it says nothing.
std::optional<StatxValue> told_by(const DirentFact& dirent, std::uint32_t bit) {
    constexpr std::uint64_t unknown_ino = 0xffffffff; // libfuse's, where it has none
    constexpr unsigned type_shift = 12;
    if (bit == sx_type && dirent.type != 0)
        return StatxValue{std::uint64_t{dirent.type} << type_shift};
    if (bit == sx_ino && dirent.ino != 0 && dirent.ino != unknown_ino)
        return StatxValue{dirent.ino};
    return std::nullopt;
}

void compare(const Access& access, const NodeState* node, const DirentFact* dirent,
             StatxFact& fact) {
    if (node != nullptr && node->attributes && access.known != nullptr) {
        const Attributes& before = *node->attributes;
        const bool told =
            !before.is_statx || access.row.bit == 0 || (before.mask & access.row.bit) != 0;
        if (const StatxValue known = access.known(before); told && known != fact.value)
            fact.from_node = StatxDifference{known, node->attributes_frame};
    }
    if (dirent != nullptr)
        if (const auto told = told_by(*dirent, access.row.bit); told && *told != fact.value)
            fact.from_dirent = StatxDifference{*told, dirent->frame};
}

} // namespace

std::string_view spelling(StatxUse use) {
    constexpr std::array<std::string_view, 4> names = {"ignored", "passed", "kept", "refused"};
    return names[static_cast<std::size_t>(use)];
}

std::span<const StatxRow> statx_rows() {
    return rows;
}

std::vector<StatxFact> view_statx(const Operation& request, const Operation& reply,
                                  DialectName dialect, const NodeState* node,
                                  const DirentFact* dirent) {
    std::vector<StatxFact> facts;
    const auto attributes = attributes_of(reply);
    if (!attributes || !attributes->is_statx)
        return facts;
    Reading reading;
    reading.wanted = static_cast<std::uint32_t>(request.number("sx_mask").value_or(0));
    reading.mask = attributes->mask;
    reading.looked_up = has_placeholder_node(request) || is_fusex(dialect);
    reading.dropped = is_dropped(request, reply);
    reading.refused_bits = refused_bits(*attributes, reading, node);
    facts.reserve(std::size(fields));
    for (std::size_t i = 0; i < std::size(fields); ++i) {
        StatxFact fact;
        fact.row = &rows[i];
        if (!read(fields[i], reply, fact))
            continue;
        fact.requested = (reading.wanted & fact.row->bit) != 0;
        fact.answered = (reading.mask & fact.row->bit) != 0;
        fact.use = use_of(*fact.row, reading);
        compare(fields[i], node, dirent, fact);
        facts.push_back(fact);
    }
    return facts;
}

void view_statx_replies(const Message& request, const Message& reply,
                        std::span<const Entry> entries, const State& state,
                        std::vector<StatxReport>& out) {
    out.clear();
    each_pair(request, reply, [&](const Operation& asked, const Operation& answered) {
        if (!asked.is(Op::statx))
            return;
        const Entry* entry =
            has_placeholder_node(asked) && !entries.empty() ? &entries.front() : nullptr;
        const std::uint64_t nodeid = entry != nullptr ? entry->nodeid : asked.nodeid();
        const NodeState* node = state.find(nodeid);
        const DirentFact* dirent = nullptr;
        if (entry != nullptr)
            dirent = state.directories.dirent_at(entry->parent, entry->name);
        else if (node != nullptr && !node->name.empty())
            dirent = state.directories.dirent_at(node->parent, node->name);
        auto facts = view_statx(asked, answered, reply.dialect, node, dirent);
        if (!facts.empty())
            out.push_back({answered.sub(), nodeid, std::move(facts)});
    });
}

} // namespace fusewire
