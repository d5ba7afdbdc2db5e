// The words of the filter language: one table of each kind, from which the parser, the compiler and
// the reference (docs/filters.md) come.
#pragma once

#include "dissector/field_values.h"
#include "dissector/filter/program.h"

#include <optional>
#include <span>
#include <string_view>

namespace fusewire::filter {

// A comparison of two values. Longer symbols stand before those that they begin with.
struct Comparison {
    std::string_view symbol;
    std::string_view word;
    TestOp op;
    bool all; // of a field's values must pass, unless any or all stands before
    std::string_view doc;
};
std::span<const Comparison> comparisons();

// A calculation. Those of a higher level bind more tightly.
struct Operator {
    std::string_view symbol;
    ValueOp op;
    unsigned level;
    std::string_view doc;
};
inline constexpr unsigned operator_levels = 4;
std::span<const Operator> operators();

enum class Takes : std::uint8_t { anything, text, numbers };
struct Function {
    std::string_view name;
    ValueOp op;
    Takes takes;
    std::optional<ValueType> gives; // none: what it takes
    std::string_view doc;
};
std::span<const Function> functions();

// The factor that a unit stands for: bytes, or nanoseconds.
struct Unit {
    std::string_view name;
    std::uint64_t factor;
};
std::span<const Unit> size_units();
std::span<const Unit> time_units();

// What joins tests and what else can be asked of a field, for the reference only.
struct Phrase {
    std::string_view form;
    std::string_view doc;
};
std::span<const Phrase> logic_phrases();
std::span<const Phrase> test_phrases();
std::span<const Phrase> value_phrases();
std::span<const Phrase> field_phrases();

// A filter and what it selects; each is run on the samples by a test.
struct FilterExample {
    std::string_view filter;
    std::string_view doc;
};
std::span<const FilterExample> filter_examples();

// The row of that name; nullptr: there is none.
template <class Row, class Key>
const Row* find_row(std::span<const Row> rows, std::string_view name, Key Row::*key) {
    for (const Row& row : rows)
        if (row.*key == name)
            return &row;
    return nullptr;
}

} // namespace fusewire::filter
