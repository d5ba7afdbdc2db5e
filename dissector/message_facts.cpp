#include "dissector/message_facts.h"

#include "dissector/group.h"
#include "dissector/opcodes.h"

#include <algorithm>

namespace fusewire {

namespace {

// Nodes that a request names beside the one in its header.
struct NamedNode {
    Op op;
    const char* field;
    NodeRole role;
};
constexpr NamedNode named_nodes[] = {
    {Op::rename, "newdir", NodeRole::new_parent},
    {Op::rename2, "newdir", NodeRole::new_parent},
    {Op::link, "oldnodeid", NodeRole::old_node},
    {Op::copy_file_range, "nodeid_out", NodeRole::copy_destination},
    {Op::copy_file_range_64, "nodeid_out", NodeRole::copy_destination},
};

// Fields that hold an open file. `flag` is a field whose bits must be set for it to count.
struct FhField {
    Op op;
    const char* field;
    FhSpace space = FhSpace::file;
    const char* flag = nullptr;
    std::uint64_t bits = 0;
    const char* node = nullptr; // the node it is of; nullptr: the one in the header
};
constexpr std::uint64_t fattr_fh = 1u << 6, getattr_fh = 1;
constexpr FhField fh_fields[] = {
    {Op::read, "fh"},
    {Op::write, "fh"},
    {Op::flush, "fh"},
    {Op::fsync, "fh"},
    {Op::release, "fh"},
    {Op::lseek, "fh"},
    {Op::fallocate, "fh"},
    {Op::ioctl, "fh"},
    {Op::poll, "fh"},
    {Op::getlk, "fh"},
    {Op::setlk, "fh"},
    {Op::setlkw, "fh"},
    {Op::copy_file_range, "fh_in"},
    {Op::copy_file_range, "fh_out", FhSpace::file, nullptr, 0, "nodeid_out"},
    {Op::copy_file_range_64, "fh_in"},
    {Op::copy_file_range_64, "fh_out", FhSpace::file, nullptr, 0, "nodeid_out"},
    {Op::setattr, "fh", FhSpace::file, "valid", fattr_fh},
    {Op::getattr, "fh", FhSpace::file, "getattr_flags", getattr_fh},
    {Op::statx, "fh", FhSpace::file, "getattr_flags", getattr_fh},
    {Op::readdir, "fh", FhSpace::directory},
    {Op::readdirplus, "fh", FhSpace::directory},
    {Op::releasedir, "fh", FhSpace::directory},
    {Op::fsyncdir, "fh", FhSpace::directory},
};
constexpr std::uint64_t ioctl_dir = 1u << 4; // FUSE_IOCTL_DIR

struct NameField {
    Op op;
    const char* field;
    NameRole role;
};
constexpr NameField name_fields[] = {
    {Op::lookup, "name", NameRole::looked_up},     {Op::lookup_handle, "name", NameRole::looked_up},
    {Op::lookupx, "name", NameRole::looked_up},    {Op::mknod, "name", NameRole::created},
    {Op::mkdir, "name", NameRole::created},        {Op::create, "name", NameRole::created},
    {Op::mkobj_handle, "name", NameRole::created}, {Op::mkobjx, "name", NameRole::created},
    {Op::link, "name", NameRole::created},         {Op::symlink, "name", NameRole::created},
    {Op::symlink, "target", NameRole::target},     {Op::unlink, "name", NameRole::removed},
    {Op::rmdir, "name", NameRole::removed},        {Op::rename, "name", NameRole::removed},
    {Op::rename, "newname", NameRole::created},    {Op::rename2, "name", NameRole::removed},
    {Op::rename2, "newname", NameRole::created},   {Op::tmpfile, "name", NameRole::tmpfile},
    {Op::setxattr, "name", NameRole::xattr},       {Op::getxattr, "name", NameRole::xattr},
    {Op::removexattr, "name", NameRole::xattr},
};

// The operations that a table speaks of: nearly all messages are of others.
template <class Rows>
constexpr OpSet ops_of(const Rows& rows) {
    OpSet set = 0;
    for (const auto& row : rows)
        set |= op_bit(row.op);
    return set;
}

constexpr OpSet nodeless = ops(Op::init, Op::destroy, Op::batch_forget, Op::interrupt, Op::compound,
                               Op::cuse_init, Op::lookup_root);

} // namespace

bool names_no_node(const Operation& operation) {
    return (op_bit(operation.op()) & nodeless) != 0;
}

std::optional<Dependency> dependency_of(const Operation& operation) {
    constexpr std::uint64_t none = 0xff;
    for (const Node& node : operation.nodes()) {
        if (node.field != &field::dependency)
            continue;
        const Node* index = Group(operation.message(), node).node("dep_index");
        if (index == nullptr || index->value == none)
            return std::nullopt;
        return Dependency{static_cast<std::size_t>(index->value), index->offset};
    }
    return std::nullopt;
}

bool has_placeholder_node(const Operation& operation) {
    const Message& message = operation.message();
    if (operation.sub() <= 0 || message.subs.empty())
        return false;
    const Operation first(message, 0);
    return first.is(Op::lookup_handle) || first.is(Op::mkobj_handle) ||
           dependency_of(operation).has_value();
}

ShortList<UsedNode, 2> used_nodes(const Operation& request) {
    ShortList<UsedNode, 2> out;
    if (request.opcode() == nullptr || names_no_node(request) || request.is(Op::forget) ||
        has_placeholder_node(request))
        return out;
    constexpr std::uint32_t nodeid_in_header = 16;
    out.push_back({NodeRole::target, request.nodeid(), request.offset() + nodeid_in_header});
    if ((op_bit(request.op()) & ops_of(named_nodes)) == 0)
        return out;
    for (const NamedNode& named : named_nodes)
        if (request.is(named.op))
            if (const Node* node = request.find(named.field))
                out.push_back({named.role, node->value, node->offset});
    return out;
}

ShortList<UsedFh, 2> used_fhs(const Operation& request) {
    ShortList<UsedFh, 2> out;
    if ((op_bit(request.op()) & ops_of(fh_fields)) == 0)
        return out;
    for (const FhField& row : fh_fields) {
        if (!request.is(row.op))
            continue;
        if (row.flag != nullptr && (request.number(row.flag).value_or(0) & row.bits) == 0)
            continue;
        const Node* fh = request.find(row.field);
        if (fh == nullptr)
            continue;
        const std::uint64_t nodeid =
            row.node == nullptr ? request.nodeid() : request.number(row.node).value_or(0);
        const bool directory =
            request.is(Op::ioctl) && (request.number("flags").value_or(0) & ioctl_dir) != 0;
        out.push_back(
            {{directory ? FhSpace::directory : row.space, fh->value, nodeid}, fh->offset});
    }
    return out;
}

ShortList<UsedName, 2> used_names(const Operation& request) {
    ShortList<UsedName, 2> out;
    if ((op_bit(request.op()) & ops_of(name_fields)) == 0)
        return out;
    for (const NameField& row : name_fields)
        if (request.is(row.op))
            if (const Node* name = request.find(row.field))
                out.push_back({row.role, request.message().text_of(*name), name->offset});
    return out;
}

void forgets(const Operation& request, std::vector<Forgotten>& out) {
    out.clear();
    if (request.is(Op::forget)) {
        if (const Node* count = request.find("nlookup"))
            out.push_back({request.nodeid(), count->value, count->offset});
        return;
    }
    if (!request.is(Op::batch_forget))
        return;
    const std::span<const Node> nodes = request.nodes();
    for (std::size_t i = 0; i + 2 < nodes.size(); ++i)
        if (std::string_view(nodes[i].field->name) == "forgets" && !nodes[i].cut)
            out.push_back({nodes[i + 1].value, nodes[i + 2].value, nodes[i + 1].offset});
}

void extension_records(const Operation& request, std::vector<ExtensionRecord>& out) {
    out.clear();
    const Message& message = request.message();
    const bool may_have_some = request.sub() != no_sub || message.total_extlen != 0 ||
                               request.opcode() == nullptr || request.opcode()->structural_ext;
    if (!may_have_some)
        return;
    for (const Node& node : request.nodes()) {
        if (node.field != &field::ext)
            continue;
        const Group record(message, node);
        ExtensionRecord found{.offset = node.offset};
        found.size = record.u32("size");
        const Node* contexts = record.node("nr_secctx");
        found.type =
            contexts != nullptr ? static_cast<std::uint32_t>(contexts->value) : record.u32("type");
        if (const Node* fhandle = record.node("fhandle")) {
            const Group members(message, *fhandle);
            found.fhandle = members.text("handle");
            found.fhandle_size = members.u32("size");
        }
        out.push_back(found);
    }
}

void dirents(const Operation& reply, std::vector<DirentRecord>& out) {
    out.clear();
    const Message& message = reply.message();
    for (const Node& node : reply.nodes()) {
        const bool plus = node.field == &field::direntplus;
        if (!plus && node.field != &field::dirent)
            continue;
        const Group record(message, node);
        const Node* name = record.node("name");
        const Node* inner = plus ? record.node("dirent") : &node;
        if (name == nullptr || inner == nullptr)
            continue;
        const Group head(message, *inner);
        out.push_back({head.u64("ino"), head.u64("off"), head.u32("type"), head.u32("namelen"),
                       message.text_of(*name), inner->offset});
    }
}

bool ends_listing(const DirentRecord& record) {
    return record.namelen == 0 || record.namelen > longest_dirent_name ||
           record.name.find('/') != std::string_view::npos;
}

bool opened(const Operation& request, const Operation& reply, const Entry* entry, Opened& out) {
    const bool creates = request.is(Op::create) || request.is(Op::tmpfile);
    if (!creates && !request.is(Op::open) && !request.is(Op::opendir))
        return false;
    const Node* fh = reply.find("fh");
    if (fh == nullptr || reply.error() != 0)
        return false;
    out.from_mkobj = has_placeholder_node(request);
    std::uint64_t nodeid = request.nodeid();
    if (creates || out.from_mkobj) {
        if (entry == nullptr)
            return false;
        nodeid = entry->nodeid;
    }
    out.key = {request.is(Op::opendir) ? FhSpace::directory : FhSpace::file, fh->value, nodeid};
    out.open_flags = static_cast<std::uint32_t>(request.number("flags").value_or(0));
    out.fopen = static_cast<std::uint32_t>(reply.number("open_flags").value_or(0));
    out.offset = fh->offset;
    return true;
}

} // namespace fusewire
