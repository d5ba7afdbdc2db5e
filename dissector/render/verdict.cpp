#include "dissector/render/verdict.h"

#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/render/paint.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace fusewire {

namespace {

auto into(std::string& out) {
    return std::back_inserter(out);
}

bool has_effect_asked_for(const Verdict& verdict) {
    switch (verdict.row->outcome) {
    case Outcome::accepted:
    case Outcome::negative:
        return true;
    case Outcome::caller_error:
        return verdict.row->caller_errno == VerdictRow::as_sent;
    default:
        return false;
    }
}

bool is_harmful(Outcome outcome) {
    switch (outcome) {
    case Outcome::accepted:
    case Outcome::fields_ignored:
    case Outcome::negative:
    case Outcome::unsupported:
    case Outcome::dropped:
        return false;
    default:
        return true;
    }
}

// Text in the colour of the outcome.
void append_painted(std::string& out, std::string_view text, Outcome outcome,
                    const TextStyle& style) {
    const Painted mark(out, style.color, is_harmful(outcome) ? Paint::bad : Paint::caution);
    out += text;
}

// The kernel's view of an error: negative, as in reply headers.
void append_json_error(std::string& out, std::string_view key, std::int32_t error) {
    if (error == VerdictRow::undefined)
        fmt::format_to(into(out), "\"{}\":null,", key);
    else
        fmt::format_to(into(out), "\"{}\":{},", key, -error);
}

std::string dialects_text(DialectSet dialects) {
    if (dialects == all_dialects)
        return {};
    std::string text;
    for (int i = 0; i < dialect_count; ++i) {
        const auto name = static_cast<DialectName>(i);
        if (name == DialectName::unknown || (dialects & in_dialect(name)) == 0)
            continue;
        if (!text.empty())
            text += ", ";
        text += spelling(name);
    }
    return text;
}

std::string_view evidence_text(Evidence evidence) {
    switch (evidence) {
    case Evidence::live:
        return "compared";
    case Evidence::seen:
        return "seen";
    case Evidence::source:
        break;
    }
    return "source";
}

// What a row says of the caller, who is not a person of the reply for every row.
std::string row_errno_text(std::int16_t error) {
    return error == VerdictRow::as_sent ? "as sent" : verdict_errno_text(error);
}

bool matches(const VerdictRow& row, std::string_view pattern) {
    const auto has = [&](std::string_view text) { return text.find(pattern) != text.npos; };
    return has(row.id) || has(row.text) || has(spelling(row.outcome));
}

struct OutcomeMeaning {
    Outcome outcome;
    const char* meaning;
};
constexpr OutcomeMeaning meanings[] = {
    {Outcome::accepted, "taken as it is"},
    {Outcome::fields_ignored, "taken, but part of it has no effect"},
    {Outcome::negative, "there is no such name"},
    {Outcome::caller_error, "the caller gets an error, the server's or another one"},
    {Outcome::refused, "the server's write() fails, and the caller gets an error"},
    {Outcome::refused_kept, "the server's write() fails, and the request stays unanswered"},
    {Outcome::unmatched, "the server's write() fails with ENOENT: there is nothing to apply it to"},
    {Outcome::dropped, "a name is dropped from the cache"},
    {Outcome::inode_bad, "an inode is made bad: EIO for everybody who holds it"},
    {Outcome::warning, "the kernel logs a warning"},
    {Outcome::unsupported, "the kernel goes on without the operation, mostly for good"},
    {Outcome::disclosure, "kernel memory goes to the server"},
    {Outcome::crash, "BUG or oops: the caller is killed"},
};
static_assert(std::size(meanings) == outcome_count);

constexpr std::string_view introduction =
    "# Verdicts\n\n"
    "What the kernel does with each reply and notification: what the server's write() returns, "
    "what "
    "the\ncaller gets, and what becomes of the kernel's own state. The first row that holds is the "
    "verdict, in\nthis order, but for rows of other operations or dialects.\n"
    "Generated from the rows by `fusewire verdicts -T markdown`.\n\n"
    "`-` stands for what is not the same every time: nobody waits, the kernel asks again, the "
    "caller "
    "does\nnot come back, or it depends on what is cached. Where the caller of an operation is not "
    "waiting for\nit (RELEASE, readahead, writeback, INIT, a cached name that is looked up again), "
    "the "
    "verdict of a\nmessage says so, whatever stands here.\n\n"
    "The last column tells where a row is known from:\n\n"
    "* compared: `tests/live/verdict_test.cpp` does it to the running kernel and compares\n"
    "* seen: done to a kernel with LOOKUP_HANDLE RFC v3 on COMPOUND v5, and written down\n"
    "* source: read in the kernel's source or in the series\n\n"
    "| outcome | meaning |\n|---|---|\n";

void append_row(std::string& out, const VerdictRow& row) {
    std::string text = row.text;
    if (const std::string dialects = dialects_text(row.dialects); !dialects.empty())
        text += fmt::format(" ({})", dialects);
    std::string escaped;
    for (const char c : text)
        escaped += c == '|' ? std::string("\\|") : std::string(1, c);
    fmt::format_to(into(out), "| `{}` | {} | {} | {} | {} | {} |\n", row.id, spelling(row.outcome),
                   verdict_errno_text(row.write_errno), row_errno_text(row.caller_errno), escaped,
                   evidence_text(row.evidence));
}

} // namespace

std::string verdict_errno_text(std::int32_t error) {
    if (error == VerdictRow::undefined)
        return "-";
    const std::string_view name = errno_name(error);
    return error == 0 || name.empty() ? fmt::to_string(error) : std::string(name);
}

void append_verdict_json(std::string& out, const Verdict& verdict) {
    if (verdict.row == nullptr) {
        out += "null";
        return;
    }
    fmt::format_to(into(out), "{{\"id\":\"{}\",\"outcome\":\"{}\",", verdict.row->id,
                   spelling(verdict.row->outcome));
    append_json_error(out, "write_error", verdict.write_errno);
    append_json_error(out, "caller_error", verdict.caller_errno);
    out += "\"text\":";
    append_json_string(out, verdict.row->text);
    out += '}';
}

void append_verdict_mark(std::string& out, const Verdict& verdict, const TextStyle& style) {
    if (verdict.row == nullptr || has_effect_asked_for(verdict))
        return;
    out += ' ';
    std::string mark = fmt::format("[kernel: {}", spelling(verdict.row->outcome));
    if (verdict.write_errno > 0)
        mark += fmt::format(", write {}", verdict_errno_text(verdict.write_errno));
    if (verdict.caller_errno > 0)
        mark += fmt::format(", caller {}", verdict_errno_text(verdict.caller_errno));
    mark += ']';
    append_painted(out, mark, verdict.row->outcome, style);
}

void append_verdict(std::string& out, const Verdict& verdict, const TextStyle& style) {
    if (verdict.row == nullptr)
        return;
    out += "  Kernel: ";
    if (has_effect_asked_for(verdict))
        out += spelling(verdict.row->outcome);
    else
        append_painted(out, spelling(verdict.row->outcome), verdict.row->outcome, style);
    fmt::format_to(into(out), ", {} ({}; write {}, caller {})\n", verdict.row->text,
                   verdict.row->id, verdict_errno_text(verdict.write_errno),
                   verdict_errno_text(verdict.caller_errno));
}

void append_verdict_rows(std::string& out, std::string_view pattern) {
    for (const VerdictRow* row : all_verdicts())
        if (matches(*row, pattern))
            fmt::format_to(into(out), "{:<28} {:<14} write {:<12} caller {:<12} {}\n", row->id,
                           spelling(row->outcome), verdict_errno_text(row->write_errno),
                           row_errno_text(row->caller_errno), row->text);
}

std::string verdict_page() {
    std::string page(introduction);
    for (const OutcomeMeaning& row : meanings)
        fmt::format_to(into(page), "| {} | {} |\n", spelling(row.outcome), row.meaning);
    for (const VerdictArea& area : verdict_areas()) {
        fmt::format_to(
            into(page),
            "\n## {}\n\n| id | outcome | write() | caller | what happens | known from |\n"
            "|---|---|---|---|---|---|\n",
            area.title);
        for (const VerdictRow* row : area.rows)
            append_row(page, *row);
    }
    return page;
}

} // namespace fusewire
