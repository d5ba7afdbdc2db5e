// The tree of a message as rows, for views that fold it and mark bytes: what each node is called, what
// it holds, where its bytes are, and how a display filter asks for it.
#pragma once

#include "dissector/session.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fusewire {

struct TreeRow {
    std::uint8_t depth = 0; // one more than that of the row that it is below
    std::string label;
    std::string value;        // empty: a group
    std::uint32_t offset = 0; // of its bytes in the message
    std::uint32_t width = 0;  // 0: no bytes of its own
    std::string field;        // by which filters and columns find it; empty: they do not
    std::string literal;      // the value as a filter writes it; empty: none that is worth writing
    std::uint64_t frame = 0;  // of another message that it names; 0: none
};

// What is known of a message beside its bytes, below one row "Frame": when and how it came, what it
// answers, how long that took. Rows of which nothing is known are left out.
std::vector<TreeRow> frame_rows(const Decoded& decoded);

// In the order of the tree: each row's children follow it.
std::vector<TreeRow> tree_rows(const Message& message);

// Text as a filter writes it, in quotes.
std::string filter_quoted(std::string_view text);

} // namespace fusewire
