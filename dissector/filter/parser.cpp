#include "dissector/filter/language.h"
#include "dissector/filter/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace fusewire::filter {

namespace {

// Of what joins tests.
struct Spelling {
    std::string_view symbol;
    std::string_view word;
};

bool is_unit(std::string_view word) {
    return find_row(size_units(), word, &Unit::name) != nullptr ||
           find_row(time_units(), word, &Unit::name) != nullptr;
}

std::string function_names() {
    std::string names;
    for (const Function& function : functions())
        names.append(names.empty() ? "" : ", ").append(function.name);
    return names;
}

class Parser {
  public:
    explicit Parser(std::span<const Token> tokens) : tokens_(tokens) {}

    Syntax run() {
        const auto root = disjunction();
        if (root && peek().kind != TokenKind::end)
            unexpected("and, or, or the end");
        if (root && error_.message.empty())
            return {std::move(nodes_), *root, {}};
        return {{}, 0, std::move(error_)};
    }

  private:
    using Maybe = std::optional<ExprIndex>;

    // Counts the nesting for as long as it lives.
    struct Level {
        explicit Level(unsigned& counter) : depth(counter) { ++depth; }
        ~Level() { --depth; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        unsigned& depth;
    };

    const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    const Token& take() {
        const Token& token = peek();
        if (at_ + 1 < tokens_.size())
            ++at_;
        return token;
    }
    bool accept(std::string_view symbol, std::string_view word = {}) {
        if (!peek().is(symbol) && (word.empty() || !peek().is(word)))
            return false;
        take();
        return true;
    }

    std::nullopt_t fail(Place place, std::string message) {
        if (error_.message.empty())
            error_ = {place, std::move(message)};
        return std::nullopt;
    }
    std::nullopt_t unexpected(std::string_view expected) {
        const Token& token = peek();
        if (token.kind == TokenKind::end)
            return fail(token.place, fmt::format("the filter ends; expected {}", expected));
        return fail(token.place, fmt::format("found {}; expected {}", token.raw, expected));
    }

    ExprIndex add(Expr expr) {
        for (const ExprIndex child : expr.children)
            expr.height = std::max(expr.height, nodes_[child].height + 1);
        if (expr.height > max_height)
            fail(expr.place, fmt::format("more than {} operators in a row", max_height));
        nodes_.push_back(std::move(expr));
        return static_cast<ExprIndex>(nodes_.size() - 1);
    }
    ExprIndex add(ExprKind kind, const Token& token, std::vector<ExprIndex> children) {
        Expr expr;
        expr.kind = kind;
        expr.place = token.place;
        expr.word = token.raw;
        expr.children = std::move(children);
        return add(std::move(expr));
    }

    // operand (OPERATOR operand)*, as one node with all operands.
    template <class Operand>
    Maybe chain(ExprKind kind, Spelling spelling, Operand operand) {
        const auto first = operand();
        if (!first)
            return first;
        std::vector<ExprIndex> children = {*first};
        const Token* token = &peek();
        while (accept(spelling.symbol, spelling.word)) {
            const auto next = operand();
            if (!next)
                return next;
            children.push_back(*next);
        }
        return children.size() == 1 ? first : Maybe(add(kind, *token, std::move(children)));
    }

    Maybe disjunction() {
        const Level level(depth_);
        if (depth_ > max_depth)
            return fail(peek().place,
                        fmt::format("more than {} brackets in each other", max_depth));
        return chain(ExprKind::any_of, {"||", "or"}, [&] {
            return chain(ExprKind::one_of, {"^^", "xor"}, [&] {
                return chain(ExprKind::all_of, {"&&", "and"}, [&] { return negation(); });
            });
        });
    }

    Maybe negation() {
        const Token& token = peek();
        if (!accept("!", "not"))
            return relation();
        const Level level(depth_);
        if (depth_ > max_depth)
            return fail(token.place, fmt::format("more than {} nots in a row", max_depth));
        const auto operand = negation();
        return operand ? Maybe(add(ExprKind::invert, token, {*operand})) : operand;
    }

    Quantifier quantifier() {
        const bool leads = peek(1).kind != TokenKind::symbol || peek(1).is("-") || peek(1).is("(");
        if (leads && accept("any"))
            return Quantifier::any;
        return leads && accept("all") ? Quantifier::all : Quantifier::by_operator;
    }

    const Comparison* comparison() const {
        for (const Comparison& row : comparisons())
            if (peek().is(row.symbol) || peek().is(row.word))
                return &row;
        return nullptr;
    }

    Maybe relation() {
        const Quantifier how = quantifier();
        const auto left = arithmetic(0);
        if (!left)
            return left;
        const Token& token = peek();
        Maybe made;
        if (accept("contains"))
            made = right_of(ExprKind::contains, token, *left);
        else if (accept("matches", "~"))
            made = right_of(ExprKind::matches, token, *left);
        else if (accept("in"))
            made = membership(token, *left);
        else if (token.is("not") && peek(1).is("in"))
            made = no_membership(*left);
        else if (comparison() != nullptr)
            return comparisons_from(*left, how);
        else if (how != Quantifier::by_operator)
            return unexpected("a comparison after any or all");
        else
            return left;
        if (made)
            nodes_[*made].quantifier = how;
        return made;
    }

    Maybe right_of(ExprKind kind, const Token& token, ExprIndex left) {
        const auto right = arithmetic(0);
        return right ? Maybe(add(kind, token, {left, *right})) : right;
    }

    // a < b < c means a < b and b < c.
    Maybe comparisons_from(ExprIndex left, Quantifier how) {
        const Token& first = peek();
        std::vector<ExprIndex> tests;
        while (const Comparison* row = comparison()) {
            const Token& token = take();
            const auto right = arithmetic(0);
            if (!right)
                return right;
            const ExprIndex test = add(ExprKind::compare, token, {left, *right});
            nodes_[test].word = row->symbol;
            nodes_[test].quantifier = how;
            tests.push_back(test);
            left = *right;
        }
        return tests.size() == 1 ? tests.front() : add(ExprKind::all_of, first, std::move(tests));
    }

    Maybe membership(const Token& token, ExprIndex value) {
        if (!accept("{"))
            return unexpected("{ and the values after in");
        std::vector<ExprIndex> children = {value};
        do {
            if (peek().is("}") && children.size() > 1)
                break;
            const auto first = arithmetic(1);
            if (!first)
                return first;
            const auto last = accept("..") ? arithmetic(1) : first;
            if (!last)
                return last;
            children.push_back(*first);
            children.push_back(*last);
            accept(",");
        } while (!accept("}"));
        if (tokens_[at_ - 1].raw != "}")
            take();
        return add(ExprKind::in, token, std::move(children));
    }

    Maybe no_membership(ExprIndex value) {
        const Token& token = take();
        const auto inside = membership(take(), value);
        return inside ? Maybe(add(ExprKind::invert, token, {*inside})) : inside;
    }

    Maybe arithmetic(unsigned level) {
        if (level == operator_levels)
            return sign();
        auto left = arithmetic(level + 1);
        while (left && is_operator(level)) {
            const Token& token = take();
            const auto right = arithmetic(level + 1);
            if (!right)
                return right;
            left = add(ExprKind::binary, token, {*left, *right});
        }
        return left;
    }

    bool is_operator(unsigned level) const {
        const Operator* row = peek().kind == TokenKind::symbol
                                  ? find_row(operators(), peek().raw, &Operator::symbol)
                                  : nullptr;
        return row != nullptr && row->level == level;
    }

    Maybe sign() {
        const Token& token = peek();
        if (!accept("-"))
            return postfix();
        const Level level(depth_);
        if (depth_ > max_depth)
            return fail(token.place, fmt::format("more than {} signs in a row", max_depth));
        const auto operand = sign();
        return operand ? Maybe(add(ExprKind::negate, token, {*operand})) : operand;
    }

    Maybe postfix() {
        const auto value = primary();
        if (!value || !peek().is("["))
            return value;
        const Token& token = take();
        Expr expr;
        expr.kind = ExprKind::slice;
        expr.place = token.place;
        expr.children = {*value};
        do {
            SliceRange range;
            if (!slice_range(range))
                return std::nullopt;
            expr.ranges.push_back(range);
        } while (accept(","));
        if (!accept("]"))
            return unexpected("] after the slice");
        return add(std::move(expr));
    }

    bool slice_number(std::int64_t& number) {
        const bool negative = accept("-");
        const Token& token = peek();
        const auto [end, error] =
            std::from_chars(token.raw.data(), token.raw.data() + token.raw.size(), number);
        if (token.kind != TokenKind::number || error != std::errc() ||
            end != token.raw.data() + token.raw.size()) {
            unexpected("a byte's number in the slice");
            return false;
        }
        take();
        number = negative ? -number : number;
        return true;
    }

    // [i], [i-j], [i:n], [:n], [i:]
    bool slice_range(SliceRange& range) {
        if (!peek().is(":") && !slice_number(range.first))
            return false;
        range.last = range.first;
        if (accept("-"))
            return slice_number(range.last);
        if (!accept(":"))
            return true;
        range.last = -1;
        range.is_length = !peek().is("]") && !peek().is(",");
        return !range.is_length || slice_number(range.last);
    }

    Maybe primary() {
        const Token& token = peek();
        if (accept("("))
            return bracketed(token);
        switch (token.kind) {
        case TokenKind::text: {
            take();
            Expr expr;
            expr.kind = ExprKind::string;
            expr.place = token.place;
            expr.word = token.raw;
            expr.text = token.text;
            return add(std::move(expr));
        }
        case TokenKind::number:
            return number();
        case TokenKind::word:
            if (peek(1).is("(") && find_row(functions(), token.raw, &Function::name) != nullptr)
                return call();
            if (is_keyword(token))
                break;
            if (peek(1).is("("))
                return fail(token.place, fmt::format("no function is called {}; there are {}",
                                                     token.raw, function_names()));
            return add(ExprKind::word, take(), {});
        default:
            break;
        }
        return unexpected("a field or a value");
    }

    Maybe bracketed(const Token& open) {
        const auto inside = disjunction();
        if (!inside)
            return inside;
        if (accept(")"))
            return inside;
        if (peek().kind == TokenKind::end)
            return fail(open.place, "this bracket is not closed");
        return unexpected(") for the bracket");
    }

    // "5 ms" is one value.
    Maybe number() {
        const Token& token = take();
        const Token& next = peek();
        const bool has_unit = next.kind == TokenKind::word && is_unit(next.raw) &&
                              next.place.column <= token.place.column + token.place.length + 1;
        const ExprIndex made = add(ExprKind::number, token, {});
        if (has_unit) {
            take();
            nodes_[made].text = next.raw;
            nodes_[made].place.length = next.place.column + next.place.length - token.place.column;
        }
        return made;
    }

    Maybe call() {
        const Token& name = take();
        const Token& open = take();
        const auto argument = bracketed(open);
        return argument ? Maybe(add(ExprKind::call, name, {*argument})) : argument;
    }

    static bool is_keyword(const Token& token) {
        constexpr std::array<std::string_view, 17> words = {
            "and", "or", "xor", "not", "in",  "contains", "matches", "eq",    "ne",
            "gt",  "ge", "lt",  "le",  "any", "all",      "all_eq",  "any_ne"};
        return std::ranges::find(words, token.raw) != words.end();
    }

    std::span<const Token> tokens_;
    std::size_t at_ = 0;
    unsigned depth_ = 0;
    std::vector<Expr> nodes_;
    SyntaxError error_;
};

} // namespace

Syntax parse(std::string_view filter) {
    const Tokens tokens = tokenize(filter);
    if (tokens.all.empty())
        return {{}, 0, tokens.error};
    return Parser(tokens.all).run();
}

} // namespace fusewire::filter
