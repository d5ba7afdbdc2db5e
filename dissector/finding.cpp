#include "dissector/finding.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace fusewire {

namespace {

// In the order of Rule.
constexpr RuleRow rows[] = {
    {Rule::frame_short_header,
     {.id = "frame-short-header",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "message is shorter than its header",
      .consequence =
          "a request like this is never sent; the write() of such a reply fails with EINVAL "
          "and the request stays unanswered",
      .advice = "write at least the 16 bytes of fuse_out_header"}},
    {Rule::frame_len_mismatch,
     {.id = "frame-len-mismatch",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "header len is not the length on the wire",
      .consequence = "write() fails with EINVAL and the request stays unanswered",
      .advice = "set len to the number of bytes written, header included"}},
    {Rule::frame_truncated,
     {.id = "frame-truncated",
      .area = Area::framing,
      .severity = Severity::note,
      .text = "only part of the message was captured",
      .consequence = "what was not captured is not checked",
      .advice = "capture again without -s"}},
    {Rule::frame_gap,
     {.id = "frame-gap",
      .area = Area::framing,
      .severity = Severity::warn,
      .text = "a piece of the message is missing from the capture",
      .consequence = "the missing bytes are shown as zero and not checked"}},
    {Rule::frame_fault,
     {.id = "frame-fault",
      .area = Area::framing,
      .severity = Severity::note,
      .text = "bytes that the probe could not read are shown as zero",
      .consequence = "these bytes are not checked"}},
    {Rule::frame_stale,
     {.id = "frame-stale",
      .area = Area::framing,
      .severity = Severity::note,
      .text = "the kernel had reused the arguments, only the header is true",
      .consequence = "only the header is checked; its error may be the kernel's own"}},
    {Rule::opcode_unknown,
     {.id = "opcode-unknown",
      .area = Area::framing,
      .severity = Severity::warn,
      .text = "opcode is not known in this dialect",
      .consequence = "a server answers ENOSYS to what it does not know",
      .doc =
          "Either the capture speaks another dialect (see `fusewire dialects`) or it is damaged."}},
    {Rule::body_short,
     {.id = "body-short",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "body is shorter than its fixed part",
      .consequence = "a server that does not check reads past the end of the message"}},
    {Rule::body_long,
     {.id = "body-long",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "bytes are left over after the last argument",
      .consequence = "nobody looks at them; sizes or dialect are not what they seem"}},
    {Rule::name_no_nul,
     {.id = "name-no-nul",
      .area = Area::names,
      .severity = Severity::error,
      .text = "name has no NUL before the end",
      .consequence = "a server that takes it for a C string reads past the end of the message"}},
    {Rule::name_empty,
     {.id = "name-empty",
      .area = Area::names,
      .severity = Severity::error,
      .text = "name is empty",
      .consequence =
          "the kernel never asks for an empty name; the capture is damaged or made by hand"}},
    {Rule::ext_overrun,
     {.id = "ext-overrun",
      .area = Area::extensions,
      .severity = Severity::error,
      .text = "total_extlen is longer than the body",
      .consequence = "a server that trusts it reads before the beginning of the arguments"}},
    {Rule::ext_record_size,
     {.id = "ext-record-size",
      .area = Area::extensions,
      .severity = Severity::error,
      .text = "extension record size does not fit",
      .consequence = "servers stop reading extensions there"}},
    {Rule::ext_sum,
     {.id = "ext-sum",
      .area = Area::extensions,
      .severity = Severity::error,
      .text = "extension records end before the extensions do",
      .consequence = "a server that looks for the records from either end finds others, or none"}},
    {Rule::ext_type_unknown,
     {.id = "ext-type-unknown",
      .area = Area::extensions,
      .severity = Severity::note,
      .text = "extension type is not known",
      .consequence = "servers skip it"}},
    {Rule::ext_secctx_malformed,
     {.id = "ext-secctx-malformed",
      .area = Area::extensions,
      .severity = Severity::error,
      .text = "security context does not fit its record",
      .consequence = "a server that does not check reads past the record"}},
    {Rule::ext_groups_malformed,
     {.id = "ext-groups-malformed",
      .area = Area::extensions,
      .severity = Severity::error,
      .text = "groups do not fit their record",
      .consequence = "a server that does not check reads past the record"}},
    {Rule::handle_missing,
     {.id = "handle-missing",
      .area = Area::handles,
      .severity = Severity::error,
      .text = "no room for the fhandle's size",
      .consequence =
          "the kernel takes the bytes that follow for the fhandle, the length of the next "
          "sub-reply (304) "
          "for its size; lookups below this node send them, and kernel memory, back to the server",
      .advice = "put fuse_file_handle (u16 size, then the bytes) behind fuse_entry2_out in every "
                "successful reply"}},
    {Rule::handle_truncated,
     {.id = "handle-truncated",
      .area = Area::handles,
      .severity = Severity::error,
      .text = "fhandle is longer than what is left of the reply",
      .consequence =
          "the kernel takes the rest of it from the next sub-reply, and sends that back in lookups "
          "below this node",
      .advice = "set size to the number of handle bytes that follow it"}},
    {Rule::compound_chain_broken,
     {.id = "compound-chain-broken",
      .area = Area::compounds,
      .severity = Severity::error,
      .text = "length of a sub-operation does not fit",
      .consequence = "the kernel cannot read the reply: the whole compound fails with EIO",
      .advice =
          "give each sub-reply a len of 16 bytes and its payload, one right behind the other"}},
    {Rule::compound_count,
     {.id = "compound-count",
      .area = Area::compounds,
      .severity = Severity::error,
      .text = "count is not the number of sub-operations",
      .consequence = "the kernel walks as many sub-replies as the smaller of both counts says"}},
    {Rule::compound_nested,
     {.id = "compound-nested",
      .area = Area::compounds,
      .severity = Severity::error,
      .text = "COMPOUND inside a COMPOUND",
      .consequence = "the kernel never builds one, and servers refuse it"}},
    {Rule::readdir_record_overrun,
     {.id = "readdir-record-overrun",
      .area = Area::directories,
      .severity = Severity::warn,
      .text = "directory record runs past the end",
      .consequence =
          "the kernel drops the record without a word: the first one looks like the end of the "
          "directory, and the reference that one of READDIRPLUS counts is never given back",
      .advice = "leave out what does not fit into size; the kernel comes again",
      .doc = "A note when whole records stand before it and no reference is lost, as from servers "
             "that cut a listing into pieces of the size asked for: the kernel asks for the record "
             "again from the offset before it."}},
    {Rule::array_count,
     {.id = "array-count",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "fewer records than the count says",
      .consequence = "who trusts the count reads past the end of the message"}},
    {Rule::notify_code,
     {.id = "notify-code",
      .area = Area::notifications,
      .severity = Severity::error,
      .text = "notify code is not known",
      .consequence = "write() fails with EINVAL",
      .advice = "send only codes that the kernel's minor has"}},
};
static_assert(std::size(rows) == static_cast<std::size_t>(Rule::count_));

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i)
        if (static_cast<std::size_t>(rows[i].rule) != i)
            return false;
    return true;
}
static_assert(in_order());

constexpr std::array<std::string_view, static_cast<std::size_t>(Area::count_)> titles = {
    "Framing and pairing",
    "Extensions",
    "Names",
    "INIT and what it settles",
    "Entries",
    "Attributes",
    "LOOKUP_HANDLE: fhandles",
    "COMPOUND",
    "References and nodeids",
    "Open files",
    "Data",
    "Directories",
    "Extended attributes",
    "Locks",
    "INTERRUPT",
    "Notifications",
    "FUSE over io_uring and virtiofs",
    "Verdicts"};

constexpr std::array<std::string_view, static_cast<std::size_t>(Area::count_)> area_spellings = {
    "framing", "extensions", "names",      "init",          "entries",  "attributes",
    "handles", "compounds",  "lifetime",   "files",         "data",     "directories",
    "xattrs",  "locks",      "interrupts", "notifications", "io-uring", "verdicts"};

constexpr std::array<std::string_view, 3> severities = {"note", "warn", "error"};

} // namespace

std::string_view spelling(Severity severity) {
    return severities[static_cast<std::size_t>(severity)];
}

bool parse_severity(std::string_view text, Severity& severity) {
    for (std::size_t i = 0; i < severities.size(); ++i)
        if (severities[i] == text) {
            severity = static_cast<Severity>(i);
            return true;
        }
    return false;
}

std::string_view spelling(Area area) {
    return area_spellings[static_cast<std::size_t>(area)];
}

std::string_view title(Area area) {
    return titles[static_cast<std::size_t>(area)];
}

std::span<const RuleRow> rule_rows() {
    return rows;
}

const RuleInfo& row_of(Rule rule) {
    return rows[static_cast<std::size_t>(rule)].info;
}

Severity severity_of(const Finding& finding) {
    // Every dialect is free to add opcodes, but these two never meant anything.
    const bool never_assigned = finding.observed == 7 || finding.observed == 19;
    if (finding.rule == Rule::opcode_unknown && never_assigned)
        return Severity::error;
    if (finding.harmless)
        return Severity::note;
    return row_of(finding.rule).severity;
}

std::string describe(const Finding& finding) {
    const RuleInfo& row = row_of(finding.rule);
    if (finding.expected != 0)
        return fmt::format("{}: {}, expected {}", row.text, finding.observed, finding.expected);
    if (finding.observed != 0)
        return fmt::format("{}: {}", row.text, finding.observed);
    return row.text;
}

} // namespace fusewire
