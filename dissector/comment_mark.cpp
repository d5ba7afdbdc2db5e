#include "dissector/comment_mark.h"

#include <algorithm>
#include <utility>

namespace fusewire {

MarkedComment split_mark(std::string_view comment) {
    MarkedComment parts;
    bool first = true;
    while (true) {
        const std::size_t end = std::min(comment.find('\n'), comment.size());
        const std::string_view line = comment.substr(0, end);
        if (line == mark_comment) {
            parts.marked = true;
        } else {
            if (!std::exchange(first, false))
                parts.text += '\n';
            parts.text += line;
        }
        if (end == comment.size())
            return parts;
        comment.remove_prefix(end + 1);
    }
}

std::string join_mark(const MarkedComment& parts) {
    std::string comment = parts.text;
    if (parts.marked)
        comment.append(comment.empty() ? "" : "\n").append(mark_comment);
    return comment;
}

} // namespace fusewire
