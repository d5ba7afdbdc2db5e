// How the comment of a message says that the user has marked it: by a line of its own, so that other
// programs keep the mark as they keep comments (docs/capture-format.md).
#pragma once

#include <string>
#include <string_view>

namespace fusewire {

inline constexpr std::string_view mark_comment = "fusewire:mark";

// The comments of a message, which a Record has as lines of one text, without the mark.
struct MarkedComment {
    std::string text;
    bool marked = false;
};
MarkedComment split_mark(std::string_view comment);
// The reverse of split_mark().
std::string join_mark(const MarkedComment& parts);

} // namespace fusewire
