// Finding and the rows of rules. A rule is a row: what it is called, how bad it is, where it holds,
// what it means. Rules about the form of a message are found while decoding (enum Rule below); those
// that need state are predicates in dissector/findings/. Texts are made only when a view asks.
#pragma once

#include "dissector/dialect.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fusewire {

// error: the kernel rejects it, misbehaves, or the protocol forbids it. warn: accepted, but almost
// surely a bug. note: suspicious, or worth knowing.
enum class Severity : std::uint8_t { note, warn, error };
std::string_view spelling(Severity severity);
// False when `text` is no severity.
bool parse_severity(std::string_view text, Severity& severity);

// What of the past a rule must have seen to be sure of itself; a note otherwise.
enum class History : std::uint8_t {
    none,     // the message, or an exchange, is enough
    unbroken, // nothing was lost since
    complete, // everything since INIT is there
};

// The chapters of the reference, in its order.
enum class Area : std::uint8_t {
    framing,
    extensions,
    names,
    init,
    entries,
    attributes,
    handles,
    compounds,
    lifetime,
    files,
    data,
    directories,
    xattrs,
    locks,
    interrupts,
    notifications,
    io_uring,
    verdicts,
    count_
};
std::string_view title(Area area);
std::string_view spelling(Area area); // "io-uring"

// Everything about a rule but its predicate.
struct RuleInfo {
    const char* id; // "handle-changed"
    Area area = Area::framing;
    Severity severity = Severity::error;
    DialectSet dialects = all_dialects;
    const char* text = "";        // what is wrong: "other fhandle for a live node"
    const char* consequence = ""; // what the kernel or the server does about it
    const char* advice = "";      // what to change in the server; "" when nothing can be
    const char* doc = "";         // when it is legal all the same, and how it is told; may be ""
    History history = History::none;
    // A note where the capture's tier cannot see FORGETs: a node may have been forgotten unseen and its
    // nodeid handed out again.
    bool needs_forgets = false;
};

// Rules about the form of a message; the catalogue's ids in snake_case.
enum class Rule : std::uint16_t {
    frame_short_header,
    frame_len_mismatch,
    frame_truncated,
    frame_gap,
    frame_fault,
    frame_stale,
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
    RuleInfo info; // `text` is completed by the numbers of the finding
};
std::span<const RuleRow> rule_rows();
const RuleInfo& row_of(Rule rule);

inline constexpr std::int16_t no_sub = -1;

struct Finding {
    Rule rule;
    std::int16_t sub = no_sub;  // index of the sub-operation
    std::uint32_t offset = 0;   // in the message
    std::uint64_t observed = 0; // what the row's text speaks of: bytes, a count, a number
    std::uint64_t expected = 0;
    bool harmless = false; // a note here, whatever the row says
};

// The row's severity, or a harsher one that the numbers call for.
Severity severity_of(const Finding& finding);

// One line, lower case, without the place: "request body is too short: 8 bytes, expected 16".
std::string describe(const Finding& finding);

} // namespace fusewire
