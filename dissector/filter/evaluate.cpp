#include "dissector/filter/program.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <vector>

namespace fusewire::filter {

namespace {

// A value times a value is a pair of each; hostile messages have thousands of both.
constexpr std::size_t max_pairs = 65536;

// A regular expression that gave up so often, or has taken so long for single texts, is not worth the
// time on the rest of a capture.
constexpr std::uint64_t most_given_up = 1000;
constexpr std::chrono::milliseconds slow_search{1};
constexpr std::chrono::seconds most_slow_searches{5};

enum class Truth : std::uint8_t { no, yes, unknown };

Truth truth_of(bool holds) {
    return holds ? Truth::yes : Truth::no;
}

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

    Truth test(std::uint32_t index) {
        const TestNode& node = program_.tests[index];
        switch (node.op) {
        case TestOp::all_of:
            return first_of(node.tests, Truth::no);
        case TestOp::any_of:
            return first_of(node.tests, Truth::yes);
        case TestOp::one_of:
            return parity(node.tests);
        case TestOp::invert:
            return inverse(test(node.tests.front()));
        default:
            break;
        }
        scratch_.doubt = Doubt::none;
        const bool holds = passes(node);
        // One value can decide: for any of them when it passes, for all of them when it does not.
        const bool decided =
            scratch_.doubt == Doubt::none || (scratch_.doubt == Doubt::some && holds != node.all);
        return decided ? truth_of(holds) : Truth::unknown;
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
    // `decisive` if a test is; else unknown if one is; else the other.
    Truth first_of(const std::vector<std::uint32_t>& tests, Truth decisive) {
        Truth outcome = inverse(decisive);
        for (const std::uint32_t each : tests) {
            const Truth truth = test(each);
            if (truth == decisive)
                return decisive;
            if (truth == Truth::unknown)
                outcome = Truth::unknown;
        }
        return outcome;
    }

    Truth parity(const std::vector<std::uint32_t>& tests) {
        bool odd = false;
        for (const std::uint32_t each : tests) {
            const Truth truth = test(each);
            if (truth == Truth::unknown)
                return truth;
            odd ^= truth == Truth::yes;
        }
        return truth_of(odd);
    }

    static Truth inverse(Truth truth) {
        return truth == Truth::unknown ? truth : truth_of(truth == Truth::no);
    }

    bool passes(const TestNode& node) {
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

    template <class Passes>
    bool quantify(const TestNode& node, std::size_t count, Passes passes) const {
        const auto values = scratch_.values.all().first(count);
        return node.all ? std::ranges::all_of(values, passes) : std::ranges::any_of(values, passes);
    }

    // What is not known must not decide: it counts as no where one yes is enough, and the other way.
    bool search(const TestNode& node, const FieldValue& value) {
        using Clock = std::chrono::steady_clock;
        auto outcome = Regex::Outcome::gave_up;
        if (scratch_.gave_up < most_given_up && scratch_.slow_searches < most_slow_searches) {
            const Clock::time_point begin = Clock::now();
            outcome = program_.regexes[node.regex].search(value.text);
            const auto took = Clock::now() - begin;
            if (took > slow_search)
                scratch_.slow_searches += took;
        }
        if (outcome != Regex::Outcome::gave_up)
            return outcome == Regex::Outcome::yes;
        ++scratch_.gave_up;
        scratch_.doubt = std::max(scratch_.doubt, Doubt::some);
        return node.all;
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

    bool compare(const TestNode& node, std::size_t left) {
        const auto values = scratch_.values.all();
        const auto first = values.first(left);
        const auto second = values.subspan(left);
        const bool textual = is_textual(program_.values[node.left].type);
        if (second.empty())
            return false;
        if (first.size() * second.size() > max_pairs)
            return compare_many(node, textual, first, second);
        for (const FieldValue& a : first)
            for (const FieldValue& b : second)
                if (holds(node.op, textual, a, b) != node.all)
                    return !node.all;
        return node.all;
    }

    using Values = std::span<const FieldValue>;

    // What each pair would tell, from the least and the greatest of both sides.
    bool compare_many(const TestNode& node, bool textual, Values first, Values second) {
        const auto less = [textual](const FieldValue& a, const FieldValue& b) {
            return holds(TestOp::less, textual, a, b);
        };
        const auto [a_least, a_greatest] = std::ranges::minmax_element(first, less);
        const auto [b_least, b_greatest] = std::ranges::minmax_element(second, less);
        switch (node.op) {
        case TestOp::less:
        case TestOp::less_equal:
            return holds(node.op, textual, node.all ? *a_greatest : *a_least,
                         node.all ? *b_least : *b_greatest);
        case TestOp::greater:
        case TestOp::greater_equal:
            return holds(node.op, textual, node.all ? *a_least : *a_greatest,
                         node.all ? *b_greatest : *b_least);
        case TestOp::equal:
        case TestOp::not_equal: {
            // "All are equal" is the opposite of "some are different", and so on.
            const bool about_all = node.all == (node.op == TestOp::equal);
            const bool equal = about_all
                                   ? !less(*a_least, *b_greatest) && !less(*b_least, *a_greatest)
                                   : share_a_value(first, second, less);
            return equal == (node.op == TestOp::equal);
        }
        default:
            scratch_.doubt = Doubt::all;
            return false;
        }
    }

    template <class Less>
    static bool share_a_value(Values first, Values second, Less less) {
        std::vector<FieldValue> sorted(first.begin(), first.end());
        std::ranges::sort(sorted, less);
        return std::ranges::any_of(second, [&](const FieldValue& value) {
            return std::ranges::binary_search(sorted, value, less);
        });
    }

    static bool holds(TestOp op, bool textual, const FieldValue& a, const FieldValue& b) {
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
        const Values left = values.all().subspan(first, right - first);
        const Values others = values.all().subspan(right);
        std::vector<Int128> results;
        if (left.size() * others.size() > max_pairs)
            scratch_.doubt = Doubt::all;
        else
            for (const FieldValue& a : left)
                for (const FieldValue& b : others)
                    if (Int128 result = 0; calculate(node.op, a.number, b.number, result))
                        results.push_back(result);
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
    const Truth truth = Run(program, scratch, &decoded).test(program.root);
    scratch.undecided += truth == Truth::unknown ? 1 : 0;
    return truth == Truth::yes;
}

bool run_constant(const Program& program, std::uint32_t value, Scratch& scratch) {
    if (has_field(program, value))
        return false;
    scratch.values.clear();
    Run(program, scratch, nullptr).collect(value);
    return true;
}

} // namespace fusewire::filter
