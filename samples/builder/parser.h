// Parser: tokens to assignments and messages. Walks a range of tokens; variables, macro calls and
// repetitions are resolved on the way.
#pragma once

#include <optional>

#include "samples/builder/scope.h"
#include "samples/builder/syntax.h"

namespace fusewire::samples {

class Parser {
  public:
    Parser(TokenRange range, Scope& scope, Complaint& complaint)
        : range_(std::move(range)), scope_(scope), complaint_(complaint), at_(range_.begin) {}

    const Token& peek(std::size_t ahead = 0) const;
    Token take();
    bool at_end() const { return complaint_.failed() || peek().kind == TokenKind::end; }
    bool take_mark(char mark);
    void expect_mark(char mark, std::string_view why);
    bool take_word(std::string_view word);
    void skip_lines();
    // Lines indented further than this one belong to the statement that begins here.
    void begin_statement() { column_ = peek().place.column; }
    // Nothing more may stand on this line.
    void end_of_statement();

    // A word or string with its variables filled in; `what` is named when there is none.
    Token cooked(std::string_view what);
    std::string word(std::string_view what) { return cooked(what).text; }
    std::optional<std::uint64_t> number(std::string_view what);

    // The tokens between a bracket and the one that closes it.
    TokenRange block(std::string_view what, char open = '{', char close = '}');
    // What a variable or parameter is bound to: arithmetic is done now, all else stays as it is.
    Token bound_value();

    // a=1 b{c=2} $macro() repeat 3 i { … }, up to the end of the line or, in a block, of the range.
    void assignments(std::vector<Assignment>& out, bool in_block);
    // OPCODE assignments { sub-messages }
    MessageText message();

    // Runs `body` for each turn of "repeat N [i] { … }" / once for "$name(…)", in a scope of its own.
    template <class Body>
    void repeat(Body body);
    template <class Body>
    void call(Body body);

    Scope& scope() { return scope_; }
    Complaint& complaint() { return complaint_; }

  private:
    static constexpr std::size_t max_macro_depth = 32;

    bool starts_assignment(std::size_t ahead = 0) const;
    bool continues_on_next_line() const;
    Assignment assignment();
    Written value();
    Written list();
    void sub_messages(std::vector<MessageText>& out);
    std::string interpolated(const Token& token);
    std::size_t variable(const Token& token, std::size_t dollar, std::string& out);
    bool bind_arguments(const Macro& macro, const Token& name, Scope& inner);

    TokenRange range_;
    Scope& scope_;
    Complaint& complaint_;
    std::size_t at_;
    std::uint32_t column_ = 0; // where the statement began
    Token end_{};
};

template <class Body>
void Parser::repeat(Body body) {
    const auto times = number("how often");
    const std::string name = peek().kind == TokenKind::word ? word("a variable's name") : "";
    const TokenRange inside = block("repeat");
    for (std::uint64_t i = 0; times && i < *times && !complaint_.failed(); ++i) {
        Scope inner(&scope_);
        if (!name.empty())
            inner.bind(name, {.kind = TokenKind::word, .cooked = true, .text = std::to_string(i)});
        body(inside, inner);
    }
}

template <class Body>
void Parser::call(Body body) {
    const Token name = take();
    const Macro* macro = scope_.find_macro(name.text);
    Scope inner(&scope_);
    if (macro == nullptr) {
        complaint_.say(name.place, "no macro \"" + name.text + "\"" +
                                       did_you_mean(name.text, scope_.macro_names()));
        return;
    }
    if (!bind_arguments(*macro, name, inner))
        return;
    if (complaint_.depth() >= max_macro_depth) {
        complaint_.say(name.place, "macros call each other without end");
        return;
    }
    complaint_.enter(name.place);
    body(macro->body, inner);
    complaint_.leave();
}

} // namespace fusewire::samples
