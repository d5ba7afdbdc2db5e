#include "dissector/filter/program.h"

#include <algorithm>
#include <cassert>

namespace fusewire::filter {

namespace {

// A value times a value is a pair of each; hostile messages have thousands of both.
constexpr std::size_t max_pairs = 65536;

constexpr std::uint64_t most_given_up = 1000;

char changed_case(char c, bool lower) {
    const char first = lower ? 'A' : 'a';
    return c >= first && c < first + 26 ? static_cast<char>(c ^ 0x20) : c;
}

std::string changed_case(std::string_view text, bool lower) {
    std::string out(text);
    for (char& c : out)
        c = changed_case(c, lower);
    return out;
}

// As a column shows it.
std::string text_of(const FieldValue& value, ValueType type) {
    std::string text;
    append_value(text, value, type);
    return text;
}

// The bytes of a range; empty where the text is shorter.
std::string_view cut(std::string_view text, const SliceRange& range) {
    const auto size = static_cast<std::int64_t>(text.size());
    const std::int64_t first = range.first < 0 ? size + range.first : range.first;
    std::int64_t end = range.last < 0 ? size + range.last + 1 : range.last + 1;
    if (range.is_length)
        end = first + std::min(range.last, size);
    if (first < 0 || first >= size || end <= first)
        return {};
    return text.substr(static_cast<std::size_t>(first),
                       static_cast<std::size_t>(std::min(end, size) - first));
}

// Nothing where the result is too wide, or there is none.
bool calculate(ValueOp op, Int128 a, Int128 b, Int128& out) {
    switch (op) {
    case ValueOp::add:
        return !__builtin_add_overflow(a, b, &out);
    case ValueOp::subtract:
        return !__builtin_sub_overflow(a, b, &out);
    case ValueOp::multiply:
        return !__builtin_mul_overflow(a, b, &out);
    case ValueOp::divide:
        out = b == 0 || b == -1 ? -a : a / b;
        return b != 0;
    case ValueOp::remainder:
        out = b == 0 || b == -1 ? 0 : a % b;
        return b != 0;
    case ValueOp::bit_and:
        out = a & b;
        return true;
    case ValueOp::bit_or:
        out = a | b;
        return true;
    default:
        return false;
    }
}

class Run {
  public:
    Run(const Program& program, Scratch& scratch, const Decoded* decoded)
        : program_(program), scratch_(scratch), decoded_(decoded) {}

    bool test(std::uint32_t index) {
        const TestNode& node = program_.tests[index];
        switch (node.op) {
        case TestOp::all_of:
            return std::ranges::all_of(node.tests, [this](std::uint32_t i) { return test(i); });
        case TestOp::any_of:
            return std::ranges::any_of(node.tests, [this](std::uint32_t i) { return test(i); });
        case TestOp::one_of:
            return std::ranges::count_if(node.tests, [this](std::uint32_t i) { return test(i); }) %
                       2 ==
                   1;
        case TestOp::invert:
            return !test(node.tests.front());
        default:
            break;
        }
        FieldValues& values = scratch_.values;
        values.clear();
        collect(node.left);
        const std::size_t left = values.size();
        if (left == 0)
            return false;
        switch (node.op) {
        case TestOp::exists:
            return true;
        case TestOp::not_zero:
            return quantify(node, left, [](const FieldValue& v) { return v.number != 0; });
        case TestOp::matches:
            return quantify(node, left, [&](const FieldValue& v) { return search(node, v); });
        case TestOp::in_numbers:
            return quantify(node, left, [&](const FieldValue& v) { return is_in(node, v.number); });
        case TestOp::in_texts:
            return quantify(node, left, [&](const FieldValue& v) { return is_in(node, v.text); });
        default:
            break;
        }
        collect(node.right);
        return compare(node, left);
    }

    // Adds the values of a node behind those that are there.
    void collect(std::uint32_t index) {
        const ValueNode& node = program_.values[index];
        FieldValues& values = scratch_.values;
        const std::size_t first = values.size();
        switch (node.op) {
        case ValueOp::field:
            if (decoded_ != nullptr)
                program_.fields[node.field].collect(values, *decoded_);
            return;
        case ValueOp::number:
            return values.add_number(node.number);
        case ValueOp::text:
            return values.add_text(node.text);
        case ValueOp::slice:
            collect(node.left);
            return slice(node, first);
        case ValueOp::count: {
            collect(node.left);
            const std::size_t count = values.size() - first;
            values.cut(first);
            return values.add_number(static_cast<Int128>(count));
        }
        case ValueOp::min:
        case ValueOp::max:
            collect(node.left);
            return choose(node.op, first);
        case ValueOp::length:
        case ValueOp::negate:
        case ValueOp::abs:
        case ValueOp::lower:
        case ValueOp::upper:
        case ValueOp::string:
            collect(node.left);
            return change(node, first);
        default:
            return combine(node, first);
        }
    }

  private:
    template <class Passes>
    bool quantify(const TestNode& node, std::size_t count, Passes passes) const {
        const auto values = scratch_.values.all().first(count);
        return node.all ? std::ranges::all_of(values, passes) : std::ranges::any_of(values, passes);
    }

    // An expression that gave up so often is not worth the time on the rest of a capture.
    bool search(const TestNode& node, const FieldValue& value) {
        const auto outcome = scratch_.gave_up >= most_given_up
                                 ? Regex::Outcome::gave_up
                                 : program_.regexes[node.regex].search(value.text);
        scratch_.gave_up += outcome == Regex::Outcome::gave_up ? 1 : 0;
        return outcome == Regex::Outcome::yes;
    }

    static bool is_in(const TestNode& node, Int128 number) {
        const auto after = std::ranges::upper_bound(node.numbers, number, {}, &NumberRange::first);
        return after != node.numbers.begin() && number <= std::prev(after)->last;
    }
    static bool is_in(const TestNode& node, std::string_view text) {
        return std::ranges::any_of(node.texts, [&](const TextRange& range) {
            return text >= range.first && text <= range.last;
        });
    }

    bool compare(const TestNode& node, std::size_t left) const {
        const auto values = scratch_.values.all();
        const bool textual = is_textual(program_.values[node.left].type);
        std::size_t pairs = 0;
        for (const FieldValue& a : values.first(left))
            for (const FieldValue& b : values.subspan(left)) {
                if (++pairs > max_pairs)
                    return node.all;
                if (passes(node.op, textual, a, b) != node.all)
                    return !node.all;
            }
        return node.all && pairs != 0;
    }

    static bool passes(TestOp op, bool textual, const FieldValue& a, const FieldValue& b) {
        if (op == TestOp::contains)
            return a.text.find(b.text) != std::string_view::npos;
        const auto order = textual ? a.text <=> b.text : a.number <=> b.number;
        switch (op) {
        case TestOp::equal:
            return order == 0;
        case TestOp::not_equal:
            return order != 0;
        case TestOp::less:
            return order < 0;
        case TestOp::less_equal:
            return order <= 0;
        case TestOp::greater:
            return order > 0;
        case TestOp::greater_equal:
            return order >= 0;
        default:
            return false;
        }
    }

    void change(const ValueNode& node, std::size_t first) {
        FieldValues& values = scratch_.values;
        for (FieldValue& value : values.from(first))
            switch (node.op) {
            case ValueOp::length:
                value = {static_cast<Int128>(value.text.size()), {}};
                break;
            case ValueOp::negate:
                value.number = -value.number;
                break;
            case ValueOp::abs:
                value.number = std::max(value.number, -value.number);
                break;
            case ValueOp::string:
                value.text = values.keep(text_of(value, program_.values[node.left].type));
                break;
            default:
                value.text = values.keep(changed_case(value.text, node.op == ValueOp::lower));
            }
    }

    // The least or the greatest of the values.
    void choose(ValueOp op, std::size_t first) {
        const auto values = scratch_.values.from(first);
        if (values.empty())
            return;
        const auto [least, greatest] = std::ranges::minmax_element(values, {}, &FieldValue::number);
        values.front() = op == ValueOp::min ? *least : *greatest;
        scratch_.values.cut(first + 1);
    }

    void slice(const ValueNode& node, std::size_t first) {
        for (FieldValue& value : scratch_.values.from(first)) {
            if (node.ranges.size() == 1) {
                value.text = cut(value.text, node.ranges.front());
                continue;
            }
            std::string joined;
            for (const SliceRange& range : node.ranges)
                joined += cut(value.text, range);
            value.text = scratch_.values.keep(std::move(joined));
        }
        scratch_.values.drop_empty(first);
    }

    void combine(const ValueNode& node, std::size_t first) {
        FieldValues& values = scratch_.values;
        collect(node.left);
        const std::size_t right = values.size();
        collect(node.right);
        std::vector<Int128> results;
        for (const FieldValue& a : values.all().subspan(first, right - first))
            for (const FieldValue& b : values.all().subspan(right)) {
                Int128 result = 0;
                if (calculate(node.op, a.number, b.number, result) && results.size() < max_pairs)
                    results.push_back(result);
            }
        values.cut(first);
        for (const Int128 result : results)
            values.add_number(result);
    }

    const Program& program_;
    Scratch& scratch_;
    const Decoded* decoded_;
};

bool has_field(const Program& program, std::uint32_t index) {
    const ValueNode& node = program.values[index];
    switch (node.op) {
    case ValueOp::field:
        return true;
    case ValueOp::number:
    case ValueOp::text:
        return false;
    case ValueOp::slice:
    case ValueOp::count:
    case ValueOp::length:
    case ValueOp::negate:
    case ValueOp::lower:
    case ValueOp::upper:
    case ValueOp::string:
    case ValueOp::abs:
    case ValueOp::min:
    case ValueOp::max:
        return has_field(program, node.left);
    default:
        return has_field(program, node.left) || has_field(program, node.right);
    }
}

} // namespace

bool run(const Program& program, Scratch& scratch, const Decoded& decoded) {
    return Run(program, scratch, &decoded).test(program.root);
}

bool run_constant(const Program& program, std::uint32_t value, Scratch& scratch) {
    if (has_field(program, value))
        return false;
    scratch.values.clear();
    Run(program, scratch, nullptr).collect(value);
    return true;
}

} // namespace fusewire::filter
