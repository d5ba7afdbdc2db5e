// A display filter ready to run: its tests and values with fields looked up, names turned into
// numbers, and every type settled.
#pragma once

#include "dissector/field_ref.h"
#include "dissector/filter/regex.h"
#include "dissector/filter/syntax.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace fusewire::filter {

enum class ValueOp : std::uint8_t {
    field,
    number,
    text,
    negate,
    add,
    subtract,
    multiply,
    divide,
    remainder,
    bit_and,
    bit_or,
    slice,
    length, // of each value in bytes
    count,  // of the values
    lower,
    upper,
    string, // each value as it is written
    abs,
    min,
    max,
};

// Something with a value, or several, or none in a given message.
struct ValueNode {
    ValueOp op{};
    ValueType type = ValueType::number;
    std::uint32_t left = 0;  // index of a value
    std::uint32_t right = 0; // the same, of binary operators
    std::uint32_t field = 0; // index of a field
    Int128 number = 0;
    std::string text{};
    std::vector<SliceRange> ranges{};
};

enum class TestOp : std::uint8_t {
    all_of,
    any_of,
    one_of,
    invert,
    exists,   // the value has a value
    not_zero, // any of its values is not 0
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    contains,
    matches,
    in_numbers,
    in_texts,
};

struct NumberRange {
    Int128 first;
    Int128 last;
};
struct TextRange {
    std::string first;
    std::string last;
};

struct TestNode {
    TestOp op{};
    bool all = false; // of the values must pass, and there must be one; else any
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    std::uint32_t regex = 0;
    std::vector<std::uint32_t> tests{};
    std::vector<NumberRange> numbers{}; // sorted, without overlap
    std::vector<TextRange> texts{};
};

struct Program {
    std::vector<FieldRef> fields;
    std::vector<ValueNode> values;
    std::vector<TestNode> tests;
    std::vector<Regex> regexes;
    std::uint32_t root = 0;
    std::uint8_t needs = 0; // FieldNeed
};

struct Compiled {
    Program program;
    SyntaxError error; // if it has a message
};
Compiled compile(const Syntax& syntax);

// What a test of a message cannot say.
enum class Doubt : std::uint8_t {
    none,
    some, // of the values: a regular expression did not finish
    all,  // there are too many to be calculated with
};

// What a run needs beside the program; one for each thread.
struct Scratch {
    FieldValues values;
    Doubt doubt = Doubt::none;                // about the test at hand
    std::uint64_t gave_up = 0;                // searches that a regular expression did not finish
    std::chrono::nanoseconds slow_searches{}; // spent on those that took long
    std::uint64_t undecided = 0;              // messages that were left out for all of this
};
bool run(const Program& program, Scratch& scratch, const Decoded& decoded);

// The values of one node of a program that needs no message: false if a field is below it.
bool run_constant(const Program& program, std::uint32_t value, Scratch& scratch);

} // namespace fusewire::filter
