#include "dissector/filter/language.h"
#include "dissector/filter/literal.h"
#include "dissector/filter/program.h"
#include "dissector/letters.h"
#include "dissector/opcodes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>

namespace fusewire::filter {

namespace {

bool is_field_name(std::string_view word) {
    return word.starts_with("fuse.") || word.starts_with("frame.") || word == "fuse" ||
           word == "frame";
}

// Types whose values are compared with each other.
enum class Family : std::uint8_t { numbers, texts, durations, times };

Family family_of(ValueType type) {
    switch (type) {
    case ValueType::duration:
        return Family::durations;
    case ValueType::time:
        return Family::times;
    case ValueType::number:
    case ValueType::ranked:
        return Family::numbers;
    default:
        return Family::texts;
    }
}

std::string_view word_of(ValueType type) {
    constexpr std::array<std::string_view, 4> words = {"a number", "text", "a span of time",
                                                       "a time"};
    return words[static_cast<std::size_t>(family_of(type))];
}

bool is_test(ExprKind kind) {
    return kind >= ExprKind::compare;
}

// Errors travel as this exception no further than compile(): the tree is walked to some depth, and
// every step can fail.
struct Failed {
    SyntaxError error;
};

class Compiler {
  public:
    explicit Compiler(const Syntax& syntax) : syntax_(syntax) {}

    Program run() {
        program_.root = test(syntax_.root);
        return std::move(program_);
    }

  private:
    using Type = std::optional<ValueType>;

    const Expr& expr(ExprIndex index) const { return syntax_.nodes[index]; }

    [[noreturn]] static void fail(Place place, std::string message) {
        throw Failed{{place, std::move(message)}};
    }

    std::uint32_t add(TestNode node) {
        program_.tests.push_back(std::move(node));
        return static_cast<std::uint32_t>(program_.tests.size() - 1);
    }
    std::uint32_t add(ValueNode node) {
        program_.values.push_back(std::move(node));
        return static_cast<std::uint32_t>(program_.values.size() - 1);
    }

    std::uint32_t field(const Expr& expr, std::string_view name) {
        const auto known = std::ranges::find(program_.fields, name, &FieldRef::name);
        if (known != program_.fields.end())
            return static_cast<std::uint32_t>(known - program_.fields.begin());
        auto found = FieldRef::find(name);
        if (!found)
            fail(expr.place, found.error().message);
        program_.needs |= found->needs();
        program_.fields.push_back(std::move(*found));
        return static_cast<std::uint32_t>(program_.fields.size() - 1);
    }

    // Tests

    std::uint32_t test(ExprIndex index) {
        const Expr& node = expr(index);
        switch (node.kind) {
        case ExprKind::all_of:
            return join(TestOp::all_of, node);
        case ExprKind::any_of:
            return join(TestOp::any_of, node);
        case ExprKind::one_of:
            return join(TestOp::one_of, node);
        case ExprKind::invert:
            return join(TestOp::invert, node);
        case ExprKind::compare:
            return comparison(node);
        case ExprKind::contains:
            return containment(node);
        case ExprKind::matches:
            return match(node);
        case ExprKind::in:
            return membership(node);
        default:
            return presence(index);
        }
    }

    std::uint32_t join(TestOp op, const Expr& node) {
        TestNode made{.op = op};
        for (const ExprIndex child : node.children)
            made.tests.push_back(test(child));
        return add(std::move(made));
    }

    // A value alone: whether it is there, or for a calculation whether it is not 0.
    std::uint32_t presence(ExprIndex index) {
        const Expr& node = expr(index);
        if (node.kind == ExprKind::word && !is_field_name(node.word))
            no_field(node);
        if (node.kind == ExprKind::number || node.kind == ExprKind::string)
            fail(node.place, "a value alone is no test; compare it with a field");
        const Type type = infer(index);
        if (!type)
            fail(node.place, "there is no field in it");
        gather_fields(index);
        const bool calculated = node.kind == ExprKind::binary || node.kind == ExprKind::negate;
        return add(TestNode{.op = calculated ? TestOp::not_zero : TestOp::exists,
                            .left = value(index, *type)});
    }

    std::uint32_t comparison(const Expr& node) {
        const ExprIndex left = node.children[0];
        const ExprIndex right = node.children[1];
        const Comparison& row = *find_row(comparisons(), node.word, &Comparison::symbol);
        TestNode made{.op = row.op, .all = row.all};
        if (node.quantifier != Quantifier::by_operator)
            made.all = node.quantifier == Quantifier::all;
        const bool equality = row.op == TestOp::equal || row.op == TestOp::not_equal;
        if (equality && (is_named(left, right) || is_named(right, left))) {
            const bool field_first = is_named(left, right);
            made.left = named_field(expr(field_first ? left : right));
            made.right = opcode_name(expr(field_first ? right : left));
            return add(std::move(made));
        }
        const ValueType type = common_type(node, left, right);
        whole_texts_ = equality && expr(left).kind == ExprKind::word;
        made.left = value(left, type);
        made.right = value(right, type);
        whole_texts_ = false;
        return add(std::move(made));
    }

    // A field whose values have names in another field, beside a name.
    bool is_named(ExprIndex field_index, ExprIndex name_index) {
        const Expr& node = expr(field_index);
        const Expr& name = expr(name_index);
        return node.kind == ExprKind::word && is_field_name(node.word) && is_name(name) &&
               program_.fields[field(node, node.word)].by_name() != nullptr;
    }

    // ENOENT or "ENOENT"
    static bool is_name(const Expr& node) {
        return node.kind == ExprKind::string ||
               (node.kind == ExprKind::word && !is_field_name(node.word));
    }
    static std::string_view name_of(const Expr& node) {
        return node.kind == ExprKind::string ? std::string_view(node.text) : node.word;
    }

    std::uint32_t named_field(const Expr& node) {
        const char* name = program_.fields[field(node, node.word)].by_name();
        return add(
            ValueNode{.op = ValueOp::field, .type = ValueType::text, .field = field(node, name)});
    }

    std::uint32_t opcode_name(const Expr& node) {
        return add(
            ValueNode{.op = ValueOp::text, .type = ValueType::text, .text = known_opcode(node)});
    }

    static std::string known_opcode(const Expr& node) {
        constexpr std::string_view header_prefix = "FUSE_";
        std::string_view name = name_of(node);
        if (name.starts_with(header_prefix))
            name.remove_prefix(header_prefix.size());
        if (const Opcode* opcode = find_opcode_named(name))
            return opcode->name;
        fail(node.place, fmt::format("no opcode is called {}{}", shortened(name_of(node)),
                                     suggestion(name_of(node), opcode_names())));
    }

    static std::vector<std::string> opcode_names() {
        std::vector<std::string> names;
        for (const Opcode* opcode : all_opcodes())
            names.emplace_back(opcode->name);
        return names;
    }

    static std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
        constexpr std::size_t few = 6;
        const std::string near = nearest_name(word, names);
        if (!near.empty())
            return fmt::format("; did you mean {}?", near);
        return names.size() > few ? std::string()
                                  : fmt::format("; it has {}", fmt::join(names, ", "));
    }

    ValueType common_type(const Expr& node, ExprIndex left, ExprIndex right) {
        const Type a = infer(left);
        const Type b = infer(right);
        if (!a && !b) {
            for (const ExprIndex side : {left, right})
                if (expr(side).kind == ExprKind::word)
                    no_field(expr(side));
            fail(node.place, "there is no field on either side");
        }
        if (a && b && family_of(*a) != family_of(*b))
            fail(node.place,
                 fmt::format("{} cannot be compared with {}", word_of(*a), word_of(*b)));
        names_.clear();
        gather_fields(left);
        gather_fields(right);
        return a ? *a : *b;
    }

    ValueType text_type(ExprIndex index, const Expr& node) {
        const Type type = infer(index);
        if (!type && expr(index).kind == ExprKind::word)
            no_field(expr(index));
        if (!type || !is_textual(*type))
            fail(node.place,
                 fmt::format("{} looks into text and bytes, and this is {}{}", node.word,
                             type ? word_of(*type) : "a value", text_beside(index)));
        names_.clear();
        gather_fields(index);
        return *type;
    }

    // "; fuse.opcode_name is text"
    std::string text_beside(ExprIndex index) {
        const Expr& node = expr(index);
        const char* name = node.kind == ExprKind::word && is_field_name(node.word)
                               ? program_.fields[field(node, node.word)].by_name()
                               : nullptr;
        return name == nullptr ? std::string() : fmt::format("; {} is text", name);
    }

    static bool is_value_name(std::string_view word) {
        std::uint64_t number = 0;
        return find_opcode_named(word) != nullptr ||
               FieldRef::find("fuse.error")->find_value(word, number);
    }

    // A word where a field must be: "nodeid", which most likely means "fuse.nodeid".
    [[noreturn]] void no_field(const Expr& node) const {
        if (is_value_name(node.word))
            fail(node.place, fmt::format("{} is a value, and no test; one of several values is "
                                         "written FIELD in {{A, B}}",
                                         node.word));
        const auto meant = FieldRef::find(fmt::format("fuse.{}", node.word));
        if (meant)
            fail(node.place,
                 fmt::format("no field is called {}; did you mean {}?", node.word, meant->name()));
        fail(node.place, FieldRef::find(node.word).error().message);
    }

    std::uint32_t containment(const Expr& node) {
        const ValueType type = text_type(node.children[0], node);
        return add(TestNode{.op = TestOp::contains,
                            .all = node.quantifier == Quantifier::all,
                            .left = value(node.children[0], type),
                            .right = value(node.children[1], type)});
    }

    std::uint32_t match(const Expr& node) {
        const ValueType type = text_type(node.children[0], node);
        const Expr& pattern = expr(node.children[1]);
        if (pattern.kind != ExprKind::string)
            fail(pattern.place, "a regular expression is written in quotes");
        Regex regex(pattern.text);
        if (!regex.error().empty())
            fail(pattern.place, fmt::format("the regular expression: {} (at byte {})",
                                            regex.error(), regex.error_offset()));
        program_.regexes.push_back(std::move(regex));
        return add(TestNode{.op = TestOp::matches,
                            .all = node.quantifier == Quantifier::all,
                            .left = value(node.children[0], type),
                            .regex = static_cast<std::uint32_t>(program_.regexes.size() - 1)});
    }

    // Names of opcodes and numbers may stand in one set.
    std::uint32_t membership(const Expr& node) {
        const ExprIndex member = node.children[0];
        const Type type = infer(member);
        if (!type && expr(member).kind == ExprKind::word)
            no_field(expr(member));
        if (!type)
            fail(node.place, "there is no field before in");
        names_.clear();
        gather_fields(member);
        TestNode numbers{.op = TestOp::in_numbers, .all = node.quantifier == Quantifier::all};
        TestNode texts{.op = TestOp::in_texts, .all = numbers.all};
        for (std::size_t i = 1; i + 1 < node.children.size(); i += 2) {
            const ExprIndex first = node.children[i];
            const ExprIndex last = node.children[i + 1];
            if (first == last && is_named(member, first))
                texts.texts.push_back({known_opcode(expr(first)), known_opcode(expr(first))});
            else if (is_textual(*type))
                texts.texts.push_back(text_range(first, last, *type));
            else
                numbers.numbers.push_back(number_range(first, last, *type));
        }
        const bool named = !texts.texts.empty() && !is_textual(*type);
        texts.left = named ? named_field(expr(member)) : value(member, *type);
        if (numbers.numbers.empty())
            return add(std::move(texts));
        merge(numbers.numbers);
        numbers.left = value(member, *type);
        if (texts.texts.empty())
            return add(std::move(numbers));
        TestNode both{.op = TestOp::any_of};
        both.tests = {add(std::move(numbers)), add(std::move(texts))};
        return add(std::move(both));
    }

    TextRange text_range(ExprIndex first, ExprIndex last, ValueType type) {
        whole_texts_ = first == last;
        TextRange range{constant_text(first, type), constant_text(last, type)};
        whole_texts_ = false;
        if (range.first > range.last)
            fail(expr(first).place, "a range goes from the lesser text to the greater one");
        return range;
    }

    NumberRange number_range(ExprIndex first, ExprIndex last, ValueType type) {
        const Expr& node = expr(first);
        if (node.kind == ExprKind::binary && node.word == "-")
            fail(node.place, "a range is written 5..7");
        const NumberRange range{constant_number(first, type), constant_number(last, type)};
        if (range.first > range.last)
            fail(node.place, "a range goes from the lesser value to the greater one; errors are "
                             "negative");
        return range;
    }

    static void merge(std::vector<NumberRange>& ranges) {
        std::ranges::sort(ranges, {}, &NumberRange::first);
        std::vector<NumberRange> merged;
        for (const NumberRange& range : ranges)
            if (!merged.empty() && range.first <= merged.back().last)
                merged.back().last = std::max(merged.back().last, range.last);
            else
                merged.push_back(range);
        ranges = std::move(merged);
    }

    std::uint32_t constant(ExprIndex index, ValueType type) {
        if (infer(index))
            fail(expr(index).place, "a set holds values, not fields");
        const std::uint32_t made = value(index, type);
        run_constant(program_, made, scratch_);
        if (scratch_.values.size() != 1)
            fail(expr(index).place, "this has no value");
        return made;
    }
    Int128 constant_number(ExprIndex index, ValueType type) {
        constant(index, type);
        return scratch_.values.all().front().number;
    }
    std::string constant_text(ExprIndex index, ValueType type) {
        constant(index, type);
        return std::string(scratch_.values.all().front().text);
    }

    // Values

    // The type that an expression has of itself; none for what is written without a field.
    Type infer(ExprIndex index) {
        const Expr& node = expr(index);
        if (is_test(node.kind))
            fail(node.place, "a test is no value");
        switch (node.kind) {
        case ExprKind::word:
            return is_field_name(node.word) ? Type(program_.fields[field(node, node.word)].type())
                                            : std::nullopt;
        case ExprKind::negate:
            return infer_negation(node);
        case ExprKind::binary:
            return infer_binary(node);
        case ExprKind::slice:
            return infer_slice(node);
        case ExprKind::call:
            return infer_call(node);
        default:
            return std::nullopt;
        }
    }

    static void check_calculates(const Expr& node, ValueType type) {
        if (is_textual(type))
            fail(node.place,
                 fmt::format("{} calculates with numbers and times, not with text", node.word));
    }

    Type infer_negation(const Expr& node) {
        const Type type = infer(node.children[0]);
        check_calculates(node, type.value_or(ValueType::number));
        return type;
    }

    Type infer_binary(const Expr& node) {
        const Type a = infer(node.children[0]);
        const Type b = infer(node.children[1]);
        if (!a && !b)
            return std::nullopt;
        for (const Type& type : {a, b})
            check_calculates(node, type.value_or(ValueType::number));
        const Family left = family_of(a.value_or(ValueType::number));
        const Family right = family_of(b.value_or(ValueType::number));
        const bool times = left == Family::times || right == Family::times;
        if (node.word == "-" && left == Family::times && right == Family::times)
            return ValueType::duration;
        if (times && (node.word == "+" || node.word == "-") && left != right)
            return ValueType::time;
        if (node.word == "/" && left == Family::durations && right == Family::durations)
            return ValueType::number;
        const bool durations = left == Family::durations || right == Family::durations;
        const bool scales = node.word == "*" || node.word == "/";
        if (durations && left == right && !scales && !is_bitwise(node))
            return ValueType::duration;
        if (durations && (!a || !b) && !is_bitwise(node))
            return ValueType::duration;
        if (durations && scales && left != right)
            return ValueType::duration;
        if (times || durations)
            fail(node.place,
                 fmt::format("{} has no meaning with {}{}", node.word, word_of(a.value_or(*b)),
                             a && b ? fmt::format(" and {}", word_of(*b)) : ""));
        return ValueType::number;
    }

    static bool is_bitwise(const Expr& node) {
        return node.word == "&" || node.word == "|" || node.word == "%";
    }

    Type infer_slice(const Expr& node) {
        const Type type = infer(node.children[0]);
        if (!type || !is_textual(*type))
            fail(node.place, fmt::format("a slice is taken of text or bytes, not of {}",
                                         type ? word_of(*type) : "a value"));
        return ValueType::bytes;
    }

    Type infer_call(const Expr& node) {
        const Type type = infer(node.children[0]);
        if (!type)
            fail(node.place, fmt::format("{}() is asked of a field", node.word));
        const Function& function = *find_row(functions(), node.word, &Function::name);
        if (function.takes == Takes::text && !is_textual(*type))
            fail(node.place, fmt::format("{}() is asked of text or bytes, not of {}", node.word,
                                         word_of(*type)));
        if (function.takes == Takes::numbers && is_textual(*type))
            fail(node.place,
                 fmt::format("{}() is asked of numbers and times, not of text", node.word));
        return function.gives.value_or(*type);
    }

    // The fields whose names of values are understood in a comparison.
    void gather_fields(ExprIndex index) {
        const Expr& node = expr(index);
        if (node.kind == ExprKind::word && is_field_name(node.word))
            names_.push_back(field(node, node.word));
        if (node.kind != ExprKind::call)
            for (const ExprIndex child : node.children)
                gather_fields(child);
    }

    // An expression of that type, calculated at once where no field is in it.
    std::uint32_t value(ExprIndex index, ValueType type) {
        const std::uint32_t made = compute(index, type);
        const ValueOp op = program_.values[made].op;
        const bool folds = op != ValueOp::number && op != ValueOp::text && op != ValueOp::field;
        if (!folds || !run_constant(program_, made, scratch_))
            return made;
        if (scratch_.values.size() != 1)
            fail(expr(index).place, "this has no value");
        return add(ValueNode{
            .op = ValueOp::number, .type = type, .number = scratch_.values.all().front().number});
    }

    std::uint32_t compute(ExprIndex index, ValueType type) {
        const Expr& node = expr(index);
        switch (node.kind) {
        case ExprKind::word:
            if (is_field_name(node.word)) {
                const std::uint32_t found = field(node, node.word);
                return add(ValueNode{
                    .op = ValueOp::field, .type = program_.fields[found].type(), .field = found});
            }
            return literal(node, type);
        case ExprKind::number:
        case ExprKind::string:
            return literal(node, type);
        case ExprKind::negate:
            check_calculates(node, type);
            // -ENOENT is what the kernel calls it, and the name alone means the same number.
            if (is_name(expr(node.children[0])) && any_field(&FieldRef::has_errnos))
                return compute(node.children[0], type);
            return add(ValueNode{
                .op = ValueOp::negate, .type = type, .left = compute(node.children[0], type)});
        case ExprKind::binary:
            return compute_binary(node, type);
        case ExprKind::slice:
            return add(ValueNode{.op = ValueOp::slice,
                                 .type = ValueType::bytes,
                                 .left = compute(node.children[0], ValueType::bytes),
                                 .ranges = node.ranges});
        case ExprKind::call: {
            const Type inner = infer(node.children[0]);
            return add(ValueNode{.op = find_row(functions(), node.word, &Function::name)->op,
                                 .type = *infer_call(node),
                                 .left = compute(node.children[0], *inner)});
        }
        default:
            fail(node.place, "a test is no value");
        }
    }

    // 2026-02-25 is a difference of numbers, and nobody means that.
    void check_is_meant(const Expr& node, ValueType type) {
        const bool plain = !infer(node.children[0]) && !infer(node.children[1]);
        if (plain && type == ValueType::time)
            fail(node.place, "a time stands in quotes: \"2026-11-22 14:30:00\"");
    }

    // A plain value beside a time is a span of it, and beside * and / a number.
    std::uint32_t compute_binary(const Expr& node, ValueType type) {
        check_calculates(node, type);
        check_is_meant(node, type);
        const Type a = infer(node.children[0]);
        const Type b = infer(node.children[1]);
        const bool scales = node.word == "*" || node.word == "/";
        ValueType left = a.value_or(type);
        ValueType right = b.value_or(type);
        if (scales && !b)
            right = ValueType::number;
        else if (scales && !a)
            left = ValueType::number;
        if (family_of(type) == Family::times && !b)
            right = ValueType::duration;
        if (family_of(type) == Family::durations && a && family_of(*a) == Family::times && !b)
            right = ValueType::time;
        return add(ValueNode{.op = find_row(operators(), node.word, &Operator::symbol)->op,
                             .type = type,
                             .left = compute(node.children[0], left),
                             .right = compute(node.children[1], right)});
    }

    // Literals

    std::uint32_t literal(const Expr& node, ValueType type) {
        if (is_textual(type))
            return add(
                ValueNode{.op = ValueOp::text, .type = type, .text = checked_text(node, type)});
        const std::optional<Int128> number = number_of(node, type);
        if (!number)
            fail(node.place, not_of_type(node, type));
        return add(ValueNode{.op = ValueOp::number, .type = type, .number = *number});
    }

    // Where only some texts occur, another one is a slip.
    std::string checked_text(const Expr& node, ValueType type) const {
        std::string text = text_of(node, type);
        const auto known = whole_texts_ && names_.size() == 1 ? program_.fields[names_[0]].texts()
                                                              : std::vector<std::string>();
        if (!known.empty() && std::ranges::find(known, text) == known.end())
            fail(node.place,
                 fmt::format("{} is no value of {}{}", shortened(text),
                             program_.fields[names_[0]].name(), suggestion(text, known)));
        return text;
    }

    static std::string text_of(const Expr& node, ValueType type) {
        if (node.kind == ExprKind::string)
            return node.text;
        const bool has_colon = node.word.find(':') != node.word.npos;
        const auto bytes =
            type == ValueType::bytes || has_colon ? parse_bytes(node.word) : std::nullopt;
        if (type != ValueType::bytes)
            return bytes ? *bytes : std::string(node.word);
        if (!bytes)
            fail(node.place,
                 fmt::format("{} is no bytes; write a1:b2:c3, a1b2c3 or \"text\"", node.word));
        return *bytes;
    }

    std::optional<Int128> number_of(const Expr& node, ValueType type) const {
        if (node.kind == ExprKind::string && type == ValueType::time)
            return parse_time(node.text);
        if (node.kind == ExprKind::string && any_field(&FieldRef::is_timestamp))
            if (const auto time = parse_time(node.text))
                return *time / 1'000'000'000;
        if (is_name(node))
            return named_number(name_of(node));
        if (type == ValueType::duration || type == ValueType::time)
            return parse_duration(node.word, node.text);
        if (const auto number = parse_integer(node.word, node.text))
            return number;
        // 5 ms beside a field that counts nanoseconds.
        const bool counts_ns =
            any_field([](const FieldRef& f) { return f.name().ends_with("_ns"); });
        return counts_ns ? parse_duration(node.word, node.text) : std::nullopt;
    }

    // Whether one of the fields of the comparison at hand is of a kind.
    template <class Is>
    bool any_field(Is is) const {
        return std::ranges::any_of(
            names_, [&](std::uint32_t i) { return std::invoke(is, program_.fields[i]); });
    }

    std::optional<Int128> named_number(std::string_view name) const {
        for (const std::uint32_t index : names_) {
            std::uint64_t number = 0;
            const FieldRef& field = program_.fields[index];
            if (field.find_value(name, number))
                return field.is_signed() ? static_cast<Int128>(static_cast<std::int64_t>(number))
                                         : static_cast<Int128>(number);
            const Opcode* opcode = field.by_name() ? find_opcode_named(name) : nullptr;
            if (opcode != nullptr)
                return opcode->number;
        }
        if (same_letters(name, "true") || same_letters(name, "false"))
            return same_letters(name, "true") ? 1 : 0;
        return std::nullopt;
    }

    std::string not_of_type(const Expr& node, ValueType type) const {
        std::vector<std::string> known;
        for (const std::uint32_t index : names_)
            std::ranges::move(program_.fields[index].by_name() != nullptr
                                  ? opcode_names()
                                  : program_.fields[index].value_names(),
                              std::back_inserter(known));
        if (is_name(node) && !known.empty())
            return fmt::format("{} is no value of {}{}", shortened(name_of(node)),
                               program_.fields[names_[0]].name(), suggestion(name_of(node), known));
        constexpr std::array<std::string_view, 4> examples = {
            "a number such as 10, 0x1f, 0644 or 64K", "text",
            "a span of time such as 5 ms or 1.5 s", "a time such as \"2026-11-22 14:30:00\""};
        const bool has_unit = node.kind == ExprKind::number && !node.text.empty();
        return fmt::format("{}{}{} is not {}", shortened(node.word), has_unit ? " " : "",
                           has_unit ? node.text : "",
                           examples[static_cast<std::size_t>(family_of(type))]);
    }

    const Syntax& syntax_;
    Program program_;
    Scratch scratch_;
    std::vector<std::uint32_t> names_; // fields of the comparison at hand
    bool whole_texts_ = false;         // it compares whole texts for equality
};

} // namespace

Compiled compile(const Syntax& syntax) {
    try {
        return {Compiler(syntax).run(), {}};
    } catch (Failed& failed) {
        return {{}, std::move(failed.error)};
    }
}

} // namespace fusewire::filter
