#include "dissector/quiet.h"

namespace fusewire {

namespace {

// Requests that change the node in their header, or the one they name beside it.
constexpr OpSet change_node =
    ops(Op::write, Op::setattr, Op::setstatx, Op::fallocate, Op::setxattr, Op::removexattr,
        Op::open, Op::ioctl, Op::copy_file_range, Op::copy_file_range_64, Op::mknod, Op::mkdir,
        Op::symlink, Op::create, Op::link);
// Those whose victim is told by a name.
constexpr OpSet change_names = ops(Op::unlink, Op::rmdir, Op::rename, Op::rename2, Op::mknod,
                                   Op::mkdir, Op::symlink, Op::create, Op::link, Op::tmpfile);
constexpr OpSet remove_names = ops(Op::unlink, Op::rmdir, Op::rename, Op::rename2);
// What opens or creates inside a COMPOUND, whose header names no node.
constexpr OpSet compound_changes = ops(Op::open, Op::create, Op::mkobj_handle, Op::mkobjx);

// Looking through more waiting requests than this for each reply is not worth it.
constexpr std::size_t most_waiting = 1024;

template <class Changes>
bool none_waits(const State& state, std::uint64_t but_for, Changes changes) {
    if (state.requests.outstanding_count() > most_waiting)
        return false;
    bool none = true;
    state.requests.each_outstanding([&](const Outstanding& request) {
        const bool itself = ((request.unique ^ but_for) & ~resend_bit) == 0;
        none = none && (itself || !changes(request));
    });
    return none;
}

bool has(OpSet set, Op op) {
    return (set & op_bit(op)) != 0;
}

bool compound_may_change(const Outstanding& request) {
    return request.op == Op::compound && has(compound_changes, request.first_sub);
}

} // namespace

bool is_quiet(const State& state, const NodeState& node, Asked asked) {
    if (asked.frame == 0 || asked.frame < node.modified_frame)
        return false;
    return none_waits(state, asked.unique, [&](const Outstanding& request) {
        const bool named = request.nodeid == node.nodeid || request.other_nodeid == node.nodeid;
        return (named && has(change_node, request.op)) || has(remove_names, request.op) ||
               compound_may_change(request);
    });
}

bool names_are_quiet(const State& state, Asked asked) {
    return asked.frame != 0 && none_waits(state, asked.unique, [](const Outstanding& request) {
               return has(change_names, request.op) || compound_may_change(request);
           });
}

} // namespace fusewire
