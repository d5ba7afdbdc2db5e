#include "samples/builder/lexer.h"

#include <algorithm>
#include <cctype>

namespace fusewire::samples {

namespace {

constexpr std::string_view marks = "{}[](),=";

bool is_name_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Lexer {
  public:
    Lexer(std::string_view text, const std::string& file, Complaint& complaint)
        : text_(text), complaint_(complaint) {
        here_.file = std::make_shared<const std::string>(file);
        here_.line = here_.column = 1;
    }

    std::vector<Token> run() {
        while (!complaint_.failed() && at_ < text_.size())
            step();
        emit(TokenKind::end, {}, here_);
        return std::move(tokens_);
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void advance() {
        const bool newline = text_[at_++] == '\n';
        here_.line += newline ? 1 : 0;
        here_.column = newline ? 1 : here_.column + 1;
    }
    void emit(TokenKind kind, std::string text, const Place& place) {
        const bool glued = !tokens_.empty() && last_end_ == begin_;
        tokens_.push_back({.kind = kind, .glued = glued, .text = std::move(text), .place = place});
        last_end_ = at_;
    }

    void step() {
        const char c = peek();
        begin_ = at_;
        if (c == '#') {
            while (at_ < text_.size() && peek() != '\n')
                advance();
        } else if (c == '\\' && peek(1) == '\n') { // the line goes on
            advance();
            advance();
        } else if (c == '\n' || c == ';') {
            mark(TokenKind::line_end, {});
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            advance();
        } else if (c == '"') {
            string();
        } else if (marks.find(c) != std::string_view::npos && c != '(') {
            mark(TokenKind::mark, {c});
        } else {
            word();
        }
    }

    void mark(TokenKind kind, std::string text) {
        const Place start = here_;
        advance();
        emit(kind, std::move(text), start);
    }

    void string() {
        const Place start = here_;
        advance();
        while (at_ < text_.size() && peek() != '"' && peek() != '\n') {
            if (peek() == '\\' && at_ + 1 < text_.size())
                advance();
            advance();
        }
        if (peek() != '"') {
            complaint_.say(start, "string has no closing quote on its line");
            return;
        }
        advance();
        emit(TokenKind::string, std::string(text_.substr(begin_ + 1, at_ - begin_ - 2)), start);
    }

    void word() {
        const Place start = here_;
        int open = 0;
        while (at_ < text_.size()) {
            const char c = peek();
            if (c == '(' && open == 0 && names_a_call()) {
                emit(TokenKind::call, std::string(text_.substr(begin_ + 1, at_ - begin_ - 1)),
                     start);
                begin_ = at_;
                mark(TokenKind::mark, "(");
                return;
            }
            const bool closes = c == ')' && open == 0;
            const bool brace_of_name =
                (c == '{' && at_ > begin_ && text_[at_ - 1] == '$') || (c == '}' && in_braces());
            const bool other_mark = c != '(' && c != ')' && marks.find(c) != std::string_view::npos;
            if (closes || (other_mark && !brace_of_name) || c == ';' || c == '"' ||
                std::isspace(static_cast<unsigned char>(c)) != 0)
                break;
            open += c == '(' ? 1 : (c == ')' ? -1 : 0);
            advance();
        }
        emit(TokenKind::word, std::string(text_.substr(begin_, at_ - begin_)), start);
    }

    // The word so far is "$name".
    bool names_a_call() const {
        if (text_[begin_] != '$' || at_ == begin_ + 1)
            return false;
        for (std::size_t i = begin_ + 1; i < at_; ++i)
            if (!is_name_char(text_[i]))
                return false;
        return true;
    }

    // The word so far ends within "${name".
    bool in_braces() const {
        const std::string_view so_far = text_.substr(begin_, at_ - begin_);
        const std::size_t open = so_far.rfind("${");
        return open != std::string_view::npos && so_far.find('}', open) == std::string_view::npos;
    }

    std::string_view text_;
    Complaint& complaint_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;    // of the token being read
    std::size_t last_end_ = 0; // of the one before it
    Place here_;
    std::vector<Token> tokens_;
};

} // namespace

std::vector<Token> tokenise(std::string_view text, const std::string& file, Complaint& complaint) {
    return Lexer(text, file, complaint).run();
}

std::string first_comment(std::string_view text) {
    std::string comment;
    while (!text.empty() && text.front() == '#') {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(1, end - 1);
        if (!line.empty() && line.front() == ' ')
            line.remove_prefix(1);
        comment.append(line).push_back('\n');
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    while (!comment.empty() && comment.back() == '\n')
        comment.pop_back();
    return comment;
}

} // namespace fusewire::samples
