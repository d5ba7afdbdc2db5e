// Finding: a fact worth a reader's attention, as a row of the rule table with the place and the
// numbers it was seen with. Decoding reports damage through it and goes on; texts are made only when
// a view asks for them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fusewire {

enum class Severity : std::uint8_t { note, warn, error };
std::string_view spelling(Severity severity);

// Rules about the form of a message; the catalogue's ids in snake_case.
enum class Rule : std::uint16_t {
    frame_short_header,
    frame_len_mismatch,
    frame_truncated,
    frame_gap,
    frame_fault,
    frame_stale,
    frame_byte_order,
    opcode_unknown,
    body_short,
    body_long,
    name_no_nul,
    name_empty,
    ext_overrun,
    ext_record_size,
    ext_sum,
    ext_type_unknown,
    ext_secctx_malformed,
    ext_groups_malformed,
    handle_missing,
    handle_truncated,
    compound_chain_broken,
    compound_count,
    compound_nested,
    readdir_record_overrun,
    array_count,
    notify_code,
    count_
};

struct RuleRow {
    Rule rule;
    const char* id; // "body-short"
    Severity severity;
    const char* text; // what was found; the numbers are appended
};
std::span<const RuleRow> rule_rows();
const RuleRow& row_of(Rule rule);

inline constexpr std::int16_t no_sub = -1;

struct Finding {
    Rule rule;
    std::int16_t sub = no_sub;  // index of the sub-operation
    std::uint32_t offset = 0;   // in the message
    std::uint64_t observed = 0; // what the row's text speaks of: bytes, a count, a number
    std::uint64_t expected = 0;
};

// One line, lower case, without the place: "request body is too short: 8 bytes, expected 16".
std::string describe(const Finding& finding);

} // namespace fusewire
