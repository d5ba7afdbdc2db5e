// Whether a STATX beside LOOKUP_HANDLE or MKOBJ_HANDLE describes the root. The kernel puts nodeid 1
// into it as a placeholder for the node that is being found; a server that takes that literally gives
// every node the attributes of the root.
#pragma once

#include "dissector/state.h"

#include <cstdint>
#include <optional>

namespace fusewire {

// Both are the same directory, as far as attributes tell.
bool same_directory(const Attributes& a, const Attributes& b);

// The node that the attributes of `entry` are really of.
struct RootLikeness {
    std::uint64_t nodeid = 0; // the root, or another node that was given the same directory
    std::uint64_t frame = 0;  // where its attributes are
};
// `state` as before the entry.
std::optional<RootLikeness> describes_root(const Entry& entry, const State& state);

// Keeps what describes_root() compares the next entry with.
void remember_directory(const Entry& entry, std::uint64_t frame, State& state);

} // namespace fusewire
