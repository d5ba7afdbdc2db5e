#include "dissector/finding.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace fusewire {

namespace {

// In the order of Rule.
constexpr RuleRow rows[] = {
    {Rule::frame_short_header, "frame-short-header", Severity::error,
     "message is shorter than its header"},
    {Rule::frame_len_mismatch, "frame-len-mismatch", Severity::error,
     "header len is not the length on the wire"},
    {Rule::frame_truncated, "frame-truncated", Severity::note,
     "only part of the message was captured"},
    {Rule::frame_gap, "frame-gap", Severity::warn,
     "a piece of the message is missing from the capture"},
    {Rule::frame_fault, "frame-fault", Severity::note,
     "bytes that the probe could not read are shown as zero"},
    {Rule::frame_stale, "frame-stale", Severity::note,
     "the kernel had reused the arguments, only the header is true"},
    {Rule::frame_byte_order, "frame-byte-order", Severity::note,
     "message is in the other byte order"},
    {Rule::opcode_unknown, "opcode-unknown", Severity::warn, "opcode is not known in this dialect"},
    {Rule::body_short, "body-short", Severity::error, "body is shorter than its fixed part"},
    {Rule::body_long, "body-long", Severity::error, "bytes are left over after the last argument"},
    {Rule::name_no_nul, "name-no-nul", Severity::error, "name has no NUL before the end"},
    {Rule::name_empty, "name-empty", Severity::error, "name is empty"},
    {Rule::ext_overrun, "ext-overrun", Severity::error, "total_extlen is longer than the body"},
    {Rule::ext_record_size, "ext-record-size", Severity::error,
     "extension record size does not fit"},
    {Rule::ext_sum, "ext-sum", Severity::error,
     "extension records do not end where the message ends"},
    {Rule::ext_type_unknown, "ext-type-unknown", Severity::note, "extension type is not known"},
    {Rule::ext_secctx_malformed, "ext-secctx-malformed", Severity::error,
     "security context does not fit its record"},
    {Rule::ext_groups_malformed, "ext-groups-malformed", Severity::error,
     "groups do not fit their record"},
    {Rule::handle_missing, "handle-missing", Severity::error, "no room for the fhandle's size"},
    {Rule::handle_truncated, "handle-truncated", Severity::error,
     "fhandle is longer than what is left of the reply"},
    {Rule::compound_chain_broken, "compound-chain-broken", Severity::error,
     "length of a sub-operation does not fit"},
    {Rule::compound_count, "compound-count", Severity::error,
     "count is not the number of sub-operations"},
    {Rule::compound_nested, "compound-nested", Severity::error, "COMPOUND inside a COMPOUND"},
    {Rule::readdir_record_overrun, "readdir-record-overrun", Severity::warn,
     "directory record runs past the end"},
    {Rule::array_count, "array-count", Severity::error, "fewer records than the count says"},
    {Rule::notify_code, "notify-code", Severity::error, "notify code is not known"},
};
static_assert(std::size(rows) == static_cast<std::size_t>(Rule::count_));

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i)
        if (static_cast<std::size_t>(rows[i].rule) != i)
            return false;
    return true;
}
static_assert(in_order());

constexpr std::array<std::string_view, 3> severities = {"note", "warn", "error"};

} // namespace

std::string_view spelling(Severity severity) {
    return severities[static_cast<std::size_t>(severity)];
}

std::span<const RuleRow> rule_rows() {
    return rows;
}

const RuleRow& row_of(Rule rule) {
    return rows[static_cast<std::size_t>(rule)];
}

std::string describe(const Finding& finding) {
    const RuleRow& row = row_of(finding.rule);
    if (finding.expected != 0)
        return fmt::format("{}: {}, expected {}", row.text, finding.observed, finding.expected);
    if (finding.observed != 0)
        return fmt::format("{}: {}", row.text, finding.observed);
    return row.text;
}

} // namespace fusewire
