#include "dissector/entry_checks.h"

namespace fusewire {

bool are_invalid(const Attributes& attributes) {
    return !is_file_type(attributes.mode) || attributes.size > most_size;
}

bool is_dot(const Entry& entry) {
    return entry.name == "." || entry.name == "..";
}

bool is_used(const Entry& entry) {
    return entry.nodeid != 0 && !(entry.origin == EntryOrigin::readdirplus && is_dot(entry));
}

std::uint32_t type_asked(const Operation& request, const State& state) {
    switch (request.op()) {
    case Op::mkdir:
        return type_directory;
    case Op::symlink:
        return type_symlink;
    case Op::create:
    case Op::tmpfile:
    case Op::mkobj_handle:
        return type_regular;
    case Op::mknod: {
        const auto mode = request.number("mode");
        const std::uint64_t type = mode.value_or(0) & type_mask;
        return !mode ? 0 : type == 0 ? type_regular : static_cast<std::uint32_t>(type);
    }
    case Op::link: {
        const NodeState* old = state.find(request.number("oldnodeid").value_or(0));
        return old == nullptr ? 0 : old->type();
    }
    default:
        return 0;
    }
}

bool is_acceptable(const Entry& entry, const Operation& request, const State& state) {
    if (!is_used(entry) || (entry.attributes && are_invalid(*entry.attributes)))
        return false;
    const bool lookup = entry.origin == EntryOrigin::lookup;
    if (entry.nodeid == root_nodeid && !(lookup && is_dot(entry)))
        return false;
    const std::uint32_t type = type_asked(request, state);
    return type == 0 || !entry.attributes || entry.attributes->type() == type;
}

bool describe_root(const Attributes& attributes, std::uint64_t nodeid, const State& state) {
    if (nodeid == root_nodeid || attributes.type() != type_directory)
        return false;
    const NodeState* root = state.find(root_nodeid);
    return root != nullptr && root->attributes && root->attributes->ino == attributes.ino &&
           root->attributes->type() == attributes.type();
}

} // namespace fusewire
