// What raw_server says without being asked, or wrongly, when a test wants it. A test asks by extended
// attributes: setting tell_xattr of a node to one of the names below has the bytes written after the
// reply, by the same thread.
#pragma once

#include "tests/live/raw_log.h"
#include "tests/live/raw_tree.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fusewire::live_test {

// Set to a name:
//   inval-inode, store, retrieve      notifications about the node
//   inval-entries                     one for each child of the node
//   unknown-unique, wrong-length, wrong-error, unknown-notification
//                                     a message that the kernel refuses
inline constexpr char tell_xattr[] = "user.raw.tell";

// Asked for, it is answered when the request is interrupted, with EINTR.
inline constexpr char held_xattr[] = "user.raw.held";

// Asked for, the answer is longer than there is room, which fails with EINVAL.
inline constexpr char long_xattr[] = "user.raw.long";

// The whole message, with its length right.
Buffer reply_to(std::uint64_t unique, int error, Buffer body);

// nullopt: there is no such name.
std::optional<std::vector<Buffer>> told_by(std::string_view name, const RawNode& node,
                                           RawTree& tree);

} // namespace fusewire::live_test
