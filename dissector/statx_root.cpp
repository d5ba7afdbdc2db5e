#include "dissector/statx_root.h"

namespace fusewire {

namespace {

bool has_statx_beside(const Entry& entry) {
    return entry.attributes && (entry.op == Op::lookup_handle || entry.op == Op::mkobj_handle);
}

} // namespace

// Inode numbers alone are not enough: file systems mounted below the root may use the same ones. Their
// times differ.
bool same_directory(const Attributes& a, const Attributes& b) {
    return a.type() == type_directory && a.ino != 0 && a.ino == b.ino && a.mode == b.mode &&
           a.nlink == b.nlink && a.uid == b.uid && a.gid == b.gid && a.size == b.size &&
           a.ctime == b.ctime && a.ctime_ns == b.ctime_ns && a.mtime == b.mtime &&
           a.mtime_ns == b.mtime_ns;
}

std::optional<RootLikeness> describes_root(const Entry& entry, const State& state) {
    if (!has_statx_beside(entry) || entry.nodeid == 0 || entry.nodeid == root_nodeid)
        return std::nullopt;
    const NodeState* root = state.find(root_nodeid);
    if (root != nullptr && root->attributes && same_directory(*entry.attributes, *root->attributes))
        return RootLikeness{root_nodeid, root->attributes_frame};
    // The root's own attributes may not be in the capture, or be old. But no two directories are one,
    // unless the server found the same one twice and gives both nodes its fhandle.
    const StatxEcho& last = state.last_directory;
    if (last.nodeid == 0 || last.nodeid == entry.nodeid ||
        !same_directory(*entry.attributes, last.attributes))
        return std::nullopt;
    const NodeState* other = state.find(last.nodeid);
    if (other == nullptr || (other->handle_state == HandleState::known && entry.fhandle.sound() &&
                             other->handle == entry.fhandle.bytes))
        return std::nullopt;
    return RootLikeness{last.nodeid, last.frame};
}

void remember_directory(const Entry& entry, std::uint64_t frame, State& state) {
    if (has_statx_beside(entry) && entry.attributes->type() == type_directory &&
        entry.nodeid != root_nodeid)
        state.last_directory = {entry.nodeid, frame, *entry.attributes};
}

} // namespace fusewire
