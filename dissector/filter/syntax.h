// The syntax tree of a display filter, before anything is known of its fields.
#pragma once

#include "dissector/filter/token.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::filter {

// Brackets and signs deeper than this are refused, so that no walk over the tree runs out of stack.
inline constexpr unsigned max_depth = 200;
// The same of the tree, which a chain such as a + b + c + ... makes as high as it is long.
inline constexpr unsigned max_height = 1000;

enum class ExprKind : std::uint8_t {
    word,     // a field or the name of a value
    number,   // with its unit
    string,   // quoted
    negate,   // -a
    binary,   // a OP b, arithmetic
    slice,    // a[ranges]
    call,     // name(a)
    compare,  // a OP b
    contains, // a contains b
    matches,  // a matches "regular expression"
    in,       // a in {ranges}
    all_of,   // a and b and ...
    any_of,   // a or b or ...
    one_of,   // a xor b
    invert,   // not a
};

enum class Quantifier : std::uint8_t { by_operator, any, all };

using ExprIndex = std::uint32_t;

// [first, last] counted from 0, from the end if negative; a length instead where `is_length`.
struct SliceRange {
    std::int64_t first = 0;
    std::int64_t last = -1;
    bool is_length = false;
};

struct Expr {
    ExprKind kind{};
    Place place;
    std::string_view word;           // operator, function, word or number as written
    std::string text;                // of a string
    std::vector<ExprIndex> children; // `in`: the value, then first and last of each range
    std::vector<SliceRange> ranges;
    Quantifier quantifier = Quantifier::by_operator;
    unsigned height = 1; // of the tree below
};

struct Syntax {
    std::vector<Expr> nodes;
    ExprIndex root = 0;
    SyntaxError error; // if there are no nodes
};

// `filter` outlives the tree.
Syntax parse(std::string_view filter);

} // namespace fusewire::filter
