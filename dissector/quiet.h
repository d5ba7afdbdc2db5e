// Whether a node or its names may have changed while a request was on its way. Requests run in
// parallel: what a reply says may be older than a change that was answered before it. Rules that
// compare two replies ask here first.
#pragma once

#include "dissector/state.h"

#include <cstdint>

namespace fusewire {

// A request: where it was read, and its unique. Frame 0: not known, and nothing is quiet then.
struct Asked {
    std::uint64_t frame = 0;
    std::uint64_t unique = 0;
};

// Nothing that may change the attributes of this node was answered since the request was sent, or
// waits for an answer now, but the request itself.
bool is_quiet(const State& state, const NodeState& node, Asked asked);
// The same for names: nothing that makes, moves or removes any is on its way.
bool names_are_quiet(const State& state, Asked asked);

} // namespace fusewire
