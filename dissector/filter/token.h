// Tokens of a display filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire::filter {

// Where something stands in the filter's text, for messages: bytes from 0.
struct Place {
    std::size_t column = 0;
    std::size_t length = 1;
};

struct SyntaxError {
    Place place;
    std::string message;
};

enum class TokenKind : std::uint8_t {
    word,   // a field, a name of a value, a keyword: letters, digits, '_', '.' and inner '-'
    number, // digits with their unit, as they were written
    text,   // a quoted string, unescaped
    symbol, // an operator or a bracket
    end,
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view raw; // in the filter's text
    std::string text;     // of a quoted string
    Place place;

    bool is(std::string_view wanted) const {
        return (kind == TokenKind::symbol || kind == TokenKind::word) && raw == wanted;
    }
};

// All tokens of a filter and a last one of kind end.
struct Tokens {
    std::vector<Token> all;
    SyntaxError error; // if `all` is empty
};
Tokens tokenize(std::string_view filter);

} // namespace fusewire::filter
