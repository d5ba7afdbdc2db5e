#include "samples/builder/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "samples/builder/numbers.h"

namespace fusewire::samples {

namespace {

bool is_name_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::vector<std::string> path_of(std::string_view dotted) {
    std::vector<std::string> path;
    for (;;) {
        const std::size_t dot = dotted.find('.');
        path.emplace_back(dotted.substr(0, dot));
        if (dot == std::string_view::npos)
            return path;
        dotted.remove_prefix(dot + 1);
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const int letter = std::tolower(static_cast<unsigned char>(c)) - 'a';
    return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

// The character that a C escape stands for; `at` is that of the backslash and moves behind it.
char escaped(std::string_view text, std::size_t& at) {
    constexpr std::string_view letters = "ntr0";
    constexpr std::string_view meant{"\n\t\r\0", 4};
    const char c = at + 1 < text.size() ? text[at + 1] : '\\';
    at += 2;
    if (c == 'x' && at + 1 < text.size() && hex_digit(text[at]) >= 0 &&
        hex_digit(text[at + 1]) >= 0) {
        at += 2;
        return static_cast<char>(hex_digit(text[at - 2]) * 16 + hex_digit(text[at - 1]));
    }
    const std::size_t known = letters.find(c);
    return known != std::string_view::npos ? meant[known] : c;
}

std::string shown(const Token& token) {
    switch (token.kind) {
    case TokenKind::line_end:
    case TokenKind::end:
        return "the end of the line";
    case TokenKind::call:
        return "$" + token.text + "(";
    default:
        return "\"" + token.text + "\"";
    }
}

} // namespace

std::string Assignment::name() const {
    return fmt::format("{}", fmt::join(path, "."));
}

const Token& Parser::peek(std::size_t ahead) const {
    return at_ + ahead < range_.end ? (*range_.tokens)[at_ + ahead] : end_;
}

Token Parser::take() {
    if (at_ < range_.end)
        return (*range_.tokens)[at_++];
    Token none = end_;
    if (range_.end > 0)
        none.place = (*range_.tokens)[std::min(range_.end, range_.tokens->size() - 1)].place;
    return none;
}

bool Parser::take_mark(char mark) {
    if (!peek().is(mark))
        return false;
    ++at_;
    return true;
}

void Parser::expect_mark(char mark, std::string_view why) {
    if (take_mark(mark))
        return;
    const Token found = take();
    complaint_.say(found.place,
                   fmt::format("expected \"{}\" {}, found {}", mark, why, shown(found)));
}

bool Parser::take_word(std::string_view word) {
    if (peek().kind != TokenKind::word || peek().text != word)
        return false;
    ++at_;
    return true;
}

void Parser::skip_lines() {
    while (peek().kind == TokenKind::line_end)
        ++at_;
}

void Parser::end_of_statement() {
    if (peek().kind == TokenKind::end || peek().kind == TokenKind::line_end)
        return;
    const Token found = take();
    complaint_.say(found.place,
                   fmt::format("expected the end of the line, found {}", shown(found)));
}

// Appends the value of the variable at text[dollar]; returns where the text goes on.
std::size_t Parser::variable(const Token& token, std::size_t dollar, std::string& out) {
    const std::string& text = token.text;
    if (dollar + 1 < text.size() && text[dollar + 1] == '$') {
        out.push_back('$');
        return dollar + 2;
    }
    const bool braced = dollar + 1 < text.size() && text[dollar + 1] == '{';
    const std::size_t begin = dollar + (braced ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && is_name_char(text[end]))
        ++end;
    const std::string name = text.substr(begin, end - begin);
    if (const Token* bound = scope_.find(name))
        out += bound->text;
    else
        complaint_.say(token.place, fmt::format("no variable \"{}\"{}", name,
                                                did_you_mean(name, scope_.names())));
    return end + (braced ? 1 : 0);
}

std::string Parser::interpolated(const Token& token) {
    if (token.cooked)
        return token.text;
    std::string out;
    for (std::size_t at = 0; at < token.text.size();) {
        if (token.text[at] == '$')
            at = variable(token, at, out);
        else if (token.text[at] == '\\' && token.kind == TokenKind::string)
            out.push_back(escaped(token.text, at));
        else
            out.push_back(token.text[at++]);
    }
    return out;
}

Token Parser::cooked(std::string_view what) {
    Token token = take();
    if (token.kind != TokenKind::word && token.kind != TokenKind::string) {
        complaint_.say(token.place, fmt::format("expected {}, found {}", what, shown(token)));
        return token;
    }
    // "$name" alone is the bound value itself, so that strings stay strings.
    if (token.kind == TokenKind::word && token.text.size() > 1 && token.text[0] == '$' &&
        std::all_of(token.text.begin() + 1, token.text.end(), is_name_char)) {
        if (const Token* bound = scope_.find(token.text.substr(1))) {
            const Place place = token.place;
            token = *bound;
            token.place = place;
            return token;
        }
    }
    token.text = interpolated(token);
    token.cooked = true;
    return token;
}

std::optional<std::uint64_t> Parser::number(std::string_view what) {
    const Token token = cooked(what);
    std::string problem;
    const auto value = number_of(token.text, {}, problem);
    if (!value)
        complaint_.say(token.place, fmt::format("expected {}: {}", what, problem));
    return value;
}

Token Parser::bound_value() {
    Token token = cooked("a value");
    constexpr std::string_view operators = "+-*|~(<";
    if (token.kind == TokenKind::word && token.text.find_first_of(operators) != std::string::npos) {
        std::string problem;
        if (const auto value = number_of(token.text, {}, problem))
            token.text = std::to_string(*value);
    }
    return token;
}

TokenRange Parser::block(std::string_view what, char open, char close) {
    const Place start = peek().place;
    expect_mark(open, fmt::format("after {}", what));
    TokenRange inside = range_;
    inside.begin = at_;
    for (int depth = 1; !at_end();) {
        const Token token = take();
        depth += token.is(open) ? 1 : (token.is(close) ? -1 : 0);
        if (depth == 0) {
            inside.end = at_ - 1;
            return inside;
        }
    }
    complaint_.say(start, fmt::format("\"{}\" has no \"{}\"", open, close));
    inside.end = at_;
    return inside;
}

bool Parser::starts_assignment(std::size_t ahead) const {
    const Token& next = peek(ahead + 1);
    return peek(ahead).kind == TokenKind::word && (next.is('=') || (next.is('{') && next.glued));
}

bool Parser::continues_on_next_line() const {
    std::size_t ahead = 0;
    while (peek(ahead).kind == TokenKind::line_end)
        ++ahead;
    const Token& next = peek(ahead);
    const bool fits = starts_assignment(ahead) || next.kind == TokenKind::call ||
                      (next.kind == TokenKind::word && next.text == "repeat");
    return ahead > 0 && fits && next.place.column > column_;
}

void Parser::assignments(std::vector<Assignment>& out, bool in_block) {
    while (!at_end()) {
        if (in_block || continues_on_next_line())
            skip_lines();
        const auto nested = [&](const TokenRange& range, Scope& inner) {
            Parser(range, inner, complaint_).assignments(out, true);
        };
        if (starts_assignment()) {
            out.push_back(assignment());
        } else if (peek().kind == TokenKind::call) {
            call(nested);
        } else if (take_word("repeat")) {
            repeat(nested);
        } else if (in_block && !at_end()) {
            const Token found = take();
            complaint_.say(found.place, fmt::format("expected name=value, found {}", shown(found)));
        } else {
            return;
        }
    }
}

Assignment Parser::assignment() {
    Assignment out;
    out.place = peek().place;
    out.path = path_of(word("a field's name"));
    if (!take_mark('=')) {
        out.value.form = Written::Form::group;
        out.value.place = peek().place;
        Parser(block("the group's name"), scope_, complaint_).assignments(out.value.members, true);
        return out;
    }
    out.value = value();
    return out;
}

Written Parser::value() {
    if (peek().is('['))
        return list();
    const Token token = cooked("a value");
    return {.form = token.kind == TokenKind::string ? Written::Form::string : Written::Form::word,
            .text = token.text,
            .place = token.place};
}

Written Parser::list() {
    Written out{.form = Written::Form::list, .place = take().place};
    for (;;) {
        skip_lines();
        if (at_end() || take_mark(']'))
            return out;
        take_mark(',');
        out.items.push_back(value());
    }
}

MessageText Parser::message() {
    MessageText out;
    out.place = peek().place;
    if (peek().kind == TokenKind::word && !starts_assignment())
        out.opcode = word("an opcode");
    assignments(out.assignments, false);
    if (peek().is('{')) {
        out.has_subs = true;
        Parser(block("the opcode"), scope_, complaint_).sub_messages(out.subs);
        assignments(out.assignments, false);
    }
    return out;
}

void Parser::sub_messages(std::vector<MessageText>& out) {
    const auto nested = [&](const TokenRange& range, Scope& inner) {
        Parser(range, inner, complaint_).sub_messages(out);
    };
    for (skip_lines(); !at_end(); skip_lines()) {
        if (peek().kind == TokenKind::call) {
            call(nested);
            continue;
        }
        if (take_word("repeat")) {
            repeat(nested);
            continue;
        }
        begin_statement();
        out.push_back(message());
        end_of_statement();
    }
}

bool Parser::bind_arguments(const Macro& macro, const Token& name, Scope& inner) {
    expect_mark('(', "after the macro's name");
    std::size_t given = 0;
    for (bool more = !peek().is(')'); more && !at_end(); ++given) {
        const Token value = bound_value();
        if (given < macro.parameters.size())
            inner.bind(macro.parameters[given].name, value);
        more = take_mark(',');
    }
    expect_mark(')', "after the macro's arguments");
    std::size_t needed = 0;
    for (const Macro::Parameter& parameter : macro.parameters)
        needed += parameter.has_default ? 0 : 1;
    if (given < needed || given > macro.parameters.size()) {
        complaint_.say(name.place, fmt::format("macro \"{}\" takes {} arguments, {} given",
                                               name.text, macro.parameters.size(), given));
        return false;
    }
    for (std::size_t i = given; i < macro.parameters.size(); ++i)
        inner.bind(macro.parameters[i].name, macro.parameters[i].value);
    return !complaint_.failed();
}

} // namespace fusewire::samples
