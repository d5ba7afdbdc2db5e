#include "dissector/filter/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace fusewire::filter {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
int hex_value(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Longest first.
constexpr std::array<std::string_view, 30> symbols = {
    "===", "!==", "==", "!=", "~=", ">=", "<=", "&&", "||", "^^", "..", "(", ")", "{", "}",
    "[",   "]",   ",",  ":",  ">",  "<",  "!",  "&",  "|",  "+",  "-",  "*", "/", "%", "~",
};

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Tokens run() {
        Tokens tokens;
        while (skip_spaces(), at_ < text_.size()) {
            begin_ = at_;
            auto token = next();
            if (!token)
                return {{}, error_};
            is_pattern_ = token->is("matches") || token->is("~");
            tokens.all.push_back(std::move(*token));
        }
        begin_ = at_;
        tokens.all.push_back(make(TokenKind::end));
        return tokens;
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void skip_spaces() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
    }

    Token make(TokenKind kind) const {
        Token token;
        token.kind = kind;
        token.raw = text_.substr(begin_, at_ - begin_);
        token.place = {begin_, std::max<std::size_t>(1, at_ - begin_)};
        return token;
    }

    std::nullopt_t fail(std::string message) {
        error_ = {{begin_, std::max<std::size_t>(1, at_ - begin_)}, std::move(message)};
        return std::nullopt;
    }

    std::optional<Token> next() {
        const char c = peek();
        if (c == '"')
            return string(false);
        if ((c == 'r' || c == 'R') && peek(1) == '"') {
            ++at_;
            return string(true);
        }
        if (is_digit(c) || is_byte_and_colon())
            return number();
        if (is_letter(c))
            return word();
        if (c == '\'')
            return character();
        for (const std::string_view symbol : symbols)
            if (text_.substr(at_, symbol.size()) == symbol) {
                at_ += symbol.size();
                in_slice_ = symbol == "[" || (in_slice_ && symbol != "]");
                return make(TokenKind::symbol);
            }
        ++at_;
        return fail(not_known(c));
    }

    static std::string not_known(char c) {
        if (c == '=')
            return "a comparison is written ==";
        const auto byte = static_cast<unsigned char>(c);
        return fmt::format("byte 0x{:02x} belongs to no filter{}", byte,
                           byte >= 0x80 ? "; the quotes of a text are plain ones, \"" : "");
    }

    // "a1:" with another byte behind it; in a slice a colon stands between numbers.
    bool is_byte_and_colon() const {
        return hex_value(peek()) >= 0 && hex_value(peek(1)) >= 0 && peek(2) == ':' &&
               hex_value(peek(3)) >= 0 && hex_value(peek(4)) >= 0 && !in_slice_;
    }

    // A dash belongs to the names of rules and dialects, but not to fields, where it is a minus.
    std::optional<Token> word() {
        while (at_ < text_.size()) {
            const std::string_view so_far = text_.substr(begin_, at_ - begin_);
            const bool dash =
                peek() == '-' && is_letter(peek(1)) && so_far.find('.') == so_far.npos;
            const bool dot = peek() == '.' && peek(1) != '.';
            if (!is_letter(peek()) && !is_digit(peek()) && !dash && !dot)
                break;
            ++at_;
        }
        return make(TokenKind::word);
    }

    // "0x1f", "0b11", "1.5", "64K", "5ms", "11:22:33" and the hex digits of a handle; what they mean
    // is told by what they are compared with.
    std::optional<Token> number() {
        while (at_ < text_.size()) {
            const bool dot = peek() == '.' && is_digit(peek(1));
            const bool colon =
                peek() == ':' && hex_value(peek(1)) >= 0 && hex_value(peek(2)) >= 0 && !in_slice_;
            if (!is_letter(peek()) && !is_digit(peek()) && !dot && !colon)
                break;
            ++at_;
        }
        return make(TokenKind::number);
    }

    std::optional<Token> character() {
        ++at_;
        std::string text;
        if (!one_character(text, true) || peek() != '\'')
            return fail("text is written \"text\"; only one character can be written 'a'");
        ++at_;
        Token token = make(TokenKind::text);
        token.text = std::move(text);
        return token;
    }

    std::optional<Token> string(bool raw) {
        ++at_;
        std::string text;
        while (at_ < text_.size() && peek() != '"')
            if (!one_character(text, !raw))
                return fail(
                    "an escape is \\\", \\\\, \\n, \\r, \\t, \\0 or \\x and two hex digits; "
                    "r\"...\" takes backslashes as they are");
        if (at_ >= text_.size())
            return fail("the string has no closing quote");
        ++at_;
        Token token = make(TokenKind::text);
        token.text = std::move(text);
        return token;
    }

    bool one_character(std::string& out, bool escapes) {
        if (at_ >= text_.size())
            return false;
        const char c = text_[at_++];
        if (c != '\\' || !escapes) {
            out += c;
            return true;
        }
        constexpr std::string_view letters = "nrt0\"'\\";
        constexpr std::string_view values("\n\r\t\0\"'\\", 7);
        const char letter = peek();
        ++at_;
        if (letter == 'x' && hex_value(peek()) >= 0 && hex_value(peek(1)) >= 0) {
            out += static_cast<char>(hex_value(peek()) * 16 + hex_value(peek(1)));
            at_ += 2;
            return true;
        }
        if (at_ > text_.size())
            return false;
        const auto found = letters.find(letter);
        if (found != letters.npos)
            out += values[found];
        else if (is_pattern_) // "\.log" is what people write
            out.append({'\\', letter});
        return found != letters.npos || is_pattern_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    bool in_slice_ = false;
    bool is_pattern_ = false; // a regular expression is next
    SyntaxError error_;
};

} // namespace

Tokens tokenize(std::string_view filter) {
    return Lexer(filter).run();
}

} // namespace fusewire::filter
