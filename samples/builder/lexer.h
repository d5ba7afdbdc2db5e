// The words of a sample's text. A word runs up to white space or one of { } [ ] ( ) , = ; so that
// numbers, flags joined by "|" and file names need no quotes; "(" inside a word belongs to it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "samples/builder/complaint.h"

namespace fusewire::samples {

enum class TokenKind : std::uint8_t {
    word,
    string,   // text between double quotes; escapes and $ are still as written unless `cooked`
    call,     // $name directly followed by "("; text is the name
    mark,     // one of { } [ ] ( ) , =
    line_end, // a newline or ";"
    end,
};

struct Token {
    TokenKind kind = TokenKind::end;
    bool cooked = false; // no $ or escapes are left in the text
    bool glued = false;  // no white space before it
    std::string text;
    Place place;

    bool is(char c) const { return kind == TokenKind::mark && text[0] == c; }
};

// The whole text as tokens, the last of kind `end`.
std::vector<Token> tokenise(std::string_view text, const std::string& file, Complaint& complaint);

// The comment block that a text begins with, without its "#" marks.
std::string first_comment(std::string_view text);

} // namespace fusewire::samples
