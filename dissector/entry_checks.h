// What the kernel checks in entries and attributes before it takes them. The rules of entries,
// attributes and references go by it, whatever opcode brought them.
#pragma once

#include "dissector/entry.h"
#include "dissector/state.h"

#include <cstdint>

namespace fusewire {

inline constexpr std::uint64_t most_size = INT64_MAX; // largest size of a file

// EIO, and for a node that is known the inode is made bad (fuse_invalid_attr()).
bool are_invalid(const Attributes& attributes);

// The kernel looks at the entry: not at READDIRPLUS records for "." and "..", nor at those that only
// name a file.
bool is_used(const Entry& entry);
// "." and "..", which are never counted or linked to a name.
bool is_dot(const Entry& entry);

// The file type that the request creates, as S_IFMT bits; 0: it creates none, or it is not known.
// That of LINK is the type of the node it links to.
std::uint32_t type_asked(const Operation& request, const State& state);

// The entry passes every check of the kernel; it refuses to link it otherwise.
bool is_acceptable(const Entry& entry, const Operation& request, const State& state);

// Some LOOKUP_HANDLE servers answer STATX with the root's attributes for every node.
bool describe_root(const Attributes& attributes, std::uint64_t nodeid, const State& state);

} // namespace fusewire
