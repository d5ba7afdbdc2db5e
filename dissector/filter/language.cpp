#include "dissector/filter/language.h"

namespace fusewire::filter {

namespace {

constexpr Comparison comparison_rows[] = {
    {"===", "all_eq", TestOp::equal, true, "every value of the field is equal"},
    {"!==", "any_ne", TestOp::not_equal, false, "some value of the field is different"},
    {"~=", "any_ne", TestOp::not_equal, false, "the same as !=="},
    {"==", "eq", TestOp::equal, false, "some value is equal"},
    {"!=", "ne", TestOp::not_equal, true, "every value is different"},
    {">=", "ge", TestOp::greater_equal, false, "some value is greater or equal"},
    {"<=", "le", TestOp::less_equal, false, "some value is less or equal"},
    {">", "gt", TestOp::greater, false, "some value is greater"},
    {"<", "lt", TestOp::less, false, "some value is less"},
};

constexpr Operator operator_rows[] = {
    {"*", ValueOp::multiply, 3, "times"},
    {"/", ValueOp::divide, 3, "divided by; no value when it is by 0"},
    {"%", ValueOp::remainder, 3, "remainder"},
    {"+", ValueOp::add, 2, "plus"},
    {"-", ValueOp::subtract, 2, "minus; write spaces around it"},
    {"&", ValueOp::bit_and, 1, "bits that both have; alone, whether there is one"},
    {"|", ValueOp::bit_or, 0, "bits that either has"},
};

constexpr Function function_rows[] = {
    {"len", ValueOp::length, Takes::text, ValueType::number, "bytes of each value"},
    {"count", ValueOp::count, Takes::anything, ValueType::number, "how many values the field has"},
    {"lower", ValueOp::lower, Takes::text, {}, "the text in small letters (ASCII)"},
    {"upper", ValueOp::upper, Takes::text, {}, "the text in capital letters (ASCII)"},
    {"string", ValueOp::string, Takes::numbers, ValueType::text, "the number as it is written"},
    {"abs", ValueOp::abs, Takes::numbers, {}, "without its sign"},
    {"min", ValueOp::min, Takes::numbers, {}, "the least of the field's values"},
    {"max", ValueOp::max, Takes::numbers, {}, "the greatest of the field's values"},
};

constexpr Unit size_rows[] = {{"K", 1u << 10},   {"M", 1u << 20},   {"G", 1u << 30},
                              {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}};

constexpr std::uint64_t second = 1'000'000'000;
constexpr Unit time_rows[] = {{"ns", 1},     {"us", 1'000},        {"ms", 1'000'000},
                              {"s", second}, {"min", 60 * second}, {"h", 3600 * second}};

constexpr Phrase logic_rows[] = {
    {"a && b, a and b", "both"},
    {"a || b, a or b", "either, or both"},
    {"a ^^ b, a xor b", "either, and not both"},
    {"!a, not a", "not; binds more tightly than the others"},
    {"(a)", "brackets; && binds more tightly than ^^, and that more tightly than ||"},
};

constexpr Phrase test_rows[] = {
    {"FIELD", "the message has the field, whatever its value"},
    {"FIELD contains VALUE", "the text or bytes are somewhere in it"},
    {"FIELD matches \"PCRE\", FIELD ~ \"PCRE\"",
     "the regular expression (PCRE2) finds something, in capitals or not; (?-i) tells them apart. "
     "In r\"...\" every backslash stays as it is"},
    {"FIELD in {1, 3..5, READ}", "it is in the set, or between two values of it"},
    {"FIELD not in {...}", "no value of it is"},
    {"any FIELD < VALUE, all FIELD < VALUE",
     "one of its values, or each of them; works with every test above"},
    {"VALUE < FIELD < VALUE", "both comparisons"},
    {"FIELD & VALUE", "a calculation alone: it is not 0"},
};

constexpr Phrase value_rows[] = {
    {"10, -10, 0x1f, 0644, 0b11", "numbers: decimal, hexadecimal, octal, binary"},
    {"LOOKUP, ENOENT, O_TRUNC, S_IFDIR, warn",
     "names, where the field knows them: of opcodes (in any letters), errnos, flags, file types, "
     "severities. An error is negative: fuse.error == ENOENT is fuse.error == -2"},
    {"5 ms, 1.5s, 2", "spans of time, in seconds if no unit says something else"},
    {"\"2026-11-22 14:30:00.5\", \"2026-11-22T15:30+01:00\"", "times, UTC unless they say so"},
    {"\"text\", 'c', r\"text\"",
     "text, with the escapes \\\" \\\\ \\n \\r \\t \\0 \\xff, or without any in r\"...\""},
    {"a1:b2:c3, a1b2c3, 0xa1b2, \"text\"", "bytes, beside handles, data and slices"},
    {"FIELD[0:4], FIELD[0-3], FIELD[4:], FIELD[:4], FIELD[-4:], FIELD[0,2-3]",
     "a slice of text or bytes: from a byte so many, from byte to byte, from the end if negative"},
};

constexpr Phrase field_phrase_rows[] = {
    {"fuse.name, fuse.nodeid, fuse.fh, fuse.mode", "of this kind, wherever in the message"},
    {"fuse.getattr.attr.mode", "of one opcode; the whole list is in fields.md"},
    {"fuse.attr.mode, fuse.fhandle.size", "of a structure, wherever it stands"},
    {"fuse.getattr", "the message has a body of that opcode"},
    {"fuse.sub.opcode, fuse.sub.error", "of the sub-operations of a compound"},
    {"fuse.request.name", "of the request, beside its reply too: for errors of what was asked"},
    {"fuse.finding, fuse.finding.severity", "what the checker says of the message"},
    {"fuse.latency, fuse.reply_frame, frame.time_epoch", "of the message as a whole"},
    {"fuse, frame", "its bytes"},
};

constexpr FilterExample example_rows[] = {
    {"fuse.opcode == LOOKUP && fuse.error", "replies to LOOKUP"},
    {"fuse.error < 0", "what failed"},
    {"fuse.error == ENOENT && fuse.request.name matches \"^[a-z]+$\"",
     "names in plain letters that were not there"},
    {"fuse.latency > 5 ms", "slow replies"},
    {"fuse.opcode in {READ, WRITE} and fuse.latency > 100us", "slow input and output"},
    {"fuse.opcode && !fuse.reply_frame && !fuse.request_frame",
     "requests without a reply, and replies without a request"},
    {"fuse.name contains \"txt\"", "requests with such a name"},
    {"fuse.request.name == \"docs\"", "the same with their replies"},
    {"fuse.nodeid == 3", "everything about a node"},
    {"fuse.nodeid in {1, 0x21..0x30}", "about some nodes"},
    {"fuse.mode & S_IFMT == S_IFDIR", "attributes of directories"},
    {"fuse.open.flags & (O_TRUNC | O_APPEND)", "opens that truncate or append"},
    {"fuse.write.offset + fuse.write.size > 1 MiB", "writes beyond the first mebibyte"},
    {"fuse.read.size >= 128 KiB", "large reads"},
    {"fuse.sub.opcode == LOOKUP_HANDLE && fuse.fhandle.size > 32",
     "compounds with a long file handle"},
    {"fuse.fhandle.handle[0:4] == a0:a1:a2:a3", "handles that begin so"},
    {"fuse.sub.opcode == STATX && any fuse.sub.error != 0", "compounds of which a part failed"},
    {"count(fuse.sub.opcode) > 2", "compounds of more than two operations"},
    {"fuse.finding.severity >= warn", "what the checker warns of, or worse"},
    {"fuse.finding matches \"^handle-\"", "what it says of file handles"},
    {"fuse.direction == \"notify\"", "notifications"},
    {"fuse.uid == 1000 and not fuse.opcode in {GETATTR, LOOKUP}", "what one user does"},
    {"frame.time_epoch >= \"2026-02-25 12:00:00\" && frame.time_epoch < \"2026-02-25 12:00:01\"",
     "one second"},
    {"fuse.lost", "where messages are missing"},
};

} // namespace

std::span<const Comparison> comparisons() {
    return comparison_rows;
}
std::span<const Operator> operators() {
    return operator_rows;
}
std::span<const Function> functions() {
    return function_rows;
}
std::span<const Unit> size_units() {
    return size_rows;
}
std::span<const Unit> time_units() {
    return time_rows;
}
std::span<const Phrase> logic_phrases() {
    return logic_rows;
}
std::span<const Phrase> test_phrases() {
    return test_rows;
}
std::span<const Phrase> value_phrases() {
    return value_rows;
}
std::span<const Phrase> field_phrases() {
    return field_phrase_rows;
}
std::span<const FilterExample> filter_examples() {
    return example_rows;
}

} // namespace fusewire::filter
