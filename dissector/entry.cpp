#include "dissector/entry.h"

#include "dissector/group.h"
#include "dissector/opcodes.h"
#include "dissector/opcodes/shared.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <type_traits>

namespace fusewire {

namespace {

void read_common(const Group& group, Attributes& out) {
    out.ino = group.u64("ino");
    out.size = group.u64("size");
    out.blocks = group.u64("blocks");
    out.mode = group.u32("mode");
    out.nlink = group.u32("nlink");
    out.uid = group.u32("uid");
    out.gid = group.u32("gid");
    out.blksize = group.u32("blksize");
}

// Takes the value of a member of struct fuse_attr.
using SetAttribute = void (*)(Attributes& out, std::uint64_t value);
template <auto Member>
void set(Attributes& out, std::uint64_t value) {
    out.*Member = static_cast<std::remove_reference_t<decltype(out.*Member)>>(value);
}
struct AttrMember {
    std::string_view name;
    SetAttribute set;
};
constexpr AttrMember attr_members[] = {
    {"ino", set<&Attributes::ino>},
    {"size", set<&Attributes::size>},
    {"blocks", set<&Attributes::blocks>},
    {"mtime", set<&Attributes::mtime>},
    {"ctime", set<&Attributes::ctime>},
    {"atimensec", set<&Attributes::atime_ns>},
    {"mtimensec", set<&Attributes::mtime_ns>},
    {"ctimensec", set<&Attributes::ctime_ns>},
    {"mode", set<&Attributes::mode>},
    {"nlink", set<&Attributes::nlink>},
    {"uid", set<&Attributes::uid>},
    {"gid", set<&Attributes::gid>},
    {"blksize", set<&Attributes::blksize>},
    {"flags", set<&Attributes::flags>},
};

// By position in attr_fields, so that no name is compared while messages are read; null for members
// that nobody asks for.
constexpr auto attr_setters = [] {
    std::array<SetAttribute, std::size(attr_fields)> setters{};
    for (const AttrMember& member : attr_members)
        for (std::size_t i = 0; i < setters.size(); ++i)
            if (attr_fields[i].name == member.name)
                setters[i] = member.set;
    return setters;
}();

void read_attr(const Group& group, Attributes& out) {
    group.each([&](const Node& node) {
        const auto position = static_cast<std::size_t>(node.field - attr_fields);
        if (position < attr_setters.size() && attr_setters[position] != nullptr)
            attr_setters[position](out, node.cut ? 0 : node.value);
    });
}

void read_time(const Message& message, const Group& group, std::string_view name,
               std::int64_t* seconds, std::uint32_t& nanoseconds) {
    const Node* time = group.node(name);
    if (time == nullptr)
        return;
    const Group members(message, *time);
    if (seconds != nullptr)
        *seconds = members.i64("tv_sec");
    nanoseconds = members.u32("tv_nsec");
}

void read_statx(const Message& message, const Group& group, Attributes& out) {
    read_common(group, out);
    out.is_statx = true;
    out.mask = group.u32("mask");
    read_time(message, group, "ctime", &out.ctime, out.ctime_ns);
    read_time(message, group, "mtime", &out.mtime, out.mtime_ns);
    read_time(message, group, "atime", nullptr, out.atime_ns);
    read_time(message, group, "btime", nullptr, out.btime_ns);
}

constexpr bool creates(Op op) {
    switch (op) {
    case Op::mknod:
    case Op::mkdir:
    case Op::symlink:
    case Op::create:
    case Op::tmpfile:
    case Op::mkobj_handle:
    case Op::mkobjx:
        return true;
    default:
        return false;
    }
}

constexpr bool gives_entry(Op op) {
    return op == Op::lookup || op == Op::lookup_handle || op == Op::lookup_root ||
           op == Op::lookupx || op == Op::link || creates(op);
}

FhandleFact fhandle_of(const Operation& reply) {
    FhandleFact fact;
    const Message& message = reply.message();
    const bool in_any_entry = // LOOKUP_HANDLE v2, as far as it was negotiated
        message.dialect == DialectName::lookup_handle_v2 &&
        reply.find("fhandle", "size") != nullptr;
    fact.expected = reply.is(Op::lookup_handle) || reply.is(Op::mkobj_handle) || in_any_entry;
    if (!fact.expected)
        return fact;
    const std::uint32_t entry_size =
        message.dialect == DialectName::lookup_handle_v2 ? 128 : 40; // of what stands in front
    fact.offset = reply.offset() + reply.length() - reply.body_length() + entry_size;
    const Node* size = reply.find("fhandle", "size");
    const Node* bytes = reply.find("fhandle", "handle");
    if (size == nullptr || bytes == nullptr)
        return fact;
    fact.present = true;
    fact.declared = static_cast<std::uint32_t>(size->value);
    fact.bytes = message.text_of(*bytes);
    fact.bytes_at = bytes->offset;
    fact.offset = size->offset;
    const std::uint32_t handle_end = bytes->offset + bytes->width;
    const std::uint32_t reply_end = reply.offset() + reply.length();
    fact.trailing = reply_end > handle_end ? reply_end - handle_end : 0;
    const Node after{.field = nullptr, .value = 0, .offset = handle_end, .width = fact.trailing};
    const Bytes rest = message.bytes_of(after);
    fact.trailing_zero =
        std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; });
    return fact;
}

void read_entry_times(const Group& group, Entry& entry) {
    entry.nodeid = group.u64("nodeid");
    entry.generation = group.u64("generation");
    entry.entry_valid_s = group.u64("entry_valid");
    entry.entry_valid_ns = group.u32("entry_valid_nsec");
}

// The STATX that a lookup or creation was sent together with, unless part of it is missing.
std::optional<Attributes> statx_beside(const Message& reply) {
    constexpr std::uint32_t statx_out_size = 288;
    for (std::size_t i = 0; i < reply.subs.size(); ++i) {
        const Operation operation(reply, i);
        if (operation.is(Op::statx) && operation.error() == 0 &&
            operation.body_length() >= statx_out_size)
            return attributes_of(operation);
    }
    return std::nullopt;
}

void add_entry(const Operation& request, const Operation& reply, std::vector<Entry>& out) {
    const Node* nodeid = reply.find("nodeid");
    if (nodeid == nullptr || reply.error() != 0)
        return;
    Entry entry;
    entry.op = request.op();
    entry.origin = creates(request.op())  ? EntryOrigin::create
                   : request.is(Op::link) ? EntryOrigin::link
                                          : EntryOrigin::lookup;
    entry.sub = reply.sub();
    entry.offset = nodeid->offset;
    entry.parent = request.nodeid();
    entry.name = request.text("name");
    entry.nodeid = nodeid->value;
    entry.generation = reply.number("generation").value_or(0);
    entry.entry_valid_s = reply.number("entry_valid").value_or(0);
    entry.entry_valid_ns = static_cast<std::uint32_t>(reply.number("entry_valid_nsec").value_or(0));
    entry.attributes = attributes_of(reply);
    entry.fhandle = fhandle_of(reply);
    if (!entry.attributes) // entry2_out and entryx_out have none
        entry.attributes = statx_beside(reply.message());
    out.push_back(entry);
}

void add_readdirplus(const Operation& request, const Operation& reply, std::vector<Entry>& out) {
    const Message& message = reply.message();
    for (const Node& node : reply.nodes()) {
        if (node.field != &field::direntplus)
            continue;
        const Group record(message, node);
        const Node* head = record.node("entry_out");
        const Node* name = record.node("name");
        if (head == nullptr || name == nullptr)
            continue;
        const Group members(message, *head);
        Entry entry;
        entry.op = Op::readdirplus;
        entry.origin = EntryOrigin::readdirplus;
        entry.sub = reply.sub();
        entry.offset = head->offset;
        entry.parent = request.nodeid();
        entry.name = message.text_of(*name);
        read_entry_times(members, entry);
        if (const Node* attr = members.node("attr")) {
            Attributes attributes;
            read_attr(Group(message, *attr), attributes);
            attributes.valid_s = members.u64("attr_valid");
            attributes.valid_ns = members.u32("attr_valid_nsec");
            attributes.offset = attr->offset;
            attributes.sub = reply.sub();
            entry.attributes = attributes;
        }
        out.push_back(entry);
    }
}

} // namespace

bool is_file_type(std::uint32_t mode) {
    switch (mode & type_mask) {
    case 0010000:
    case 0020000:
    case 0040000:
    case 0060000:
    case 0100000:
    case 0120000:
    case 0140000:
        return true;
    default:
        return false;
    }
}

std::optional<Attributes> attributes_of(const Operation& reply) {
    const Node* classic = reply.find("attr");
    const Node* statx = classic == nullptr ? reply.find("stat") : nullptr;
    const Node* found = classic != nullptr ? classic : statx;
    if (found == nullptr || reply.error() != 0)
        return std::nullopt;
    const Message& message = reply.message();
    Attributes out;
    out.offset = found->offset;
    out.sub = reply.sub();
    out.valid_s = reply.number("attr_valid").value_or(0);
    out.valid_ns = static_cast<std::uint32_t>(reply.number("attr_valid_nsec").value_or(0));
    if (classic != nullptr)
        read_attr(Group(message, *classic), out);
    else
        read_statx(message, Group(message, *statx), out);
    return out;
}

void entries_of(const Message& request, const Message& reply, std::vector<Entry>& out) {
    out.clear();
    if (reply.error != 0)
        return;
    each_pair(request, reply, [&](const Operation& asked, const Operation& answered) {
        if (asked.is(Op::readdirplus) && answered.error() == 0)
            add_readdirplus(asked, answered, out);
        else if (gives_entry(asked.op()))
            add_entry(asked, answered, out);
    });
}

} // namespace fusewire
