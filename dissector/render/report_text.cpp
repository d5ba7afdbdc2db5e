#include "dissector/escape.h"
#include "dissector/render/judgement.h"
#include "dissector/render/paint.h"
#include "dissector/render/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace fusewire {

namespace {

constexpr std::size_t first_places = 3;

std::string plural(std::uint64_t count, std::string_view word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

class TextReport {
  public:
    TextReport(std::string& out, const CheckReport& report, const ReportStyle& style)
        : out_(out), report_(report), style_(style) {}

    void group(const FindingGroup& group);
    void summary();

  private:
    template <class... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    }
    void head(const FindingGroup& group);
    void place(const FindingGroup& group, const Judgement& judgement);
    void counts();
    void what_is_missing();

    std::string& out_;
    const CheckReport& report_;
    const ReportStyle& style_;
};

void TextReport::group(const FindingGroup& group) {
    head(group);
    const Judgement& worst = *group.judgements.front();
    if (*worst.consequence() != '\0')
        add("  effect: {}\n", worst.consequence());
    if (*group.rule->advice != '\0')
        add("  do:     {}\n", group.rule->advice);
    const std::size_t shown =
        style_.all ? group.judgements.size() : std::min(group.judgements.size(), first_places);
    for (std::size_t i = 0; i < shown; ++i)
        place(group, *group.judgements[i]);
    if (shown < group.judgements.size())
        add("    and {} more (--all shows them)\n", group.judgements.size() - shown);
    out_ += '\n';
}

void TextReport::head(const FindingGroup& group) {
    {
        const Painted mark(out_, style_.color, paint_of(group.severity));
        add("{} {}", spelling(group.severity), group.rule->id);
    }
    add(": {}", group.rule->text);
    if (group.count > 1)
        add(" ({} times, {})", group.count, plural(group.judgements.size(), "object"));
    out_ += '\n';
}

void TextReport::place(const FindingGroup& group, const Judgement& judgement) {
    out_ += "    ";
    {
        const Painted where(out_, style_.color, Paint::dim);
        if (report_.connections.size() > 1)
            add("connection {}, ", static_cast<std::uint32_t>(judgement.conn));
        append_place(out_, judgement);
    }
    std::string evidence;
    std::string seen;
    append_sighting(seen, judgement);
    if (judgement.severity != group.severity)
        evidence += fmt::format("only {}{}", spelling(judgement.severity),
                                seen.empty()                         ? ""
                                : judgement.sighting.text != nullptr ? ", "
                                                                     : ": ");
    evidence += seen;
    if (judgement.count > 1)
        evidence += fmt::format("{}{} times until frame {}", evidence.empty() ? "" : "; ",
                                judgement.count, judgement.last_frame);
    if (!evidence.empty())
        add(": {}", evidence);
    out_ += '\n';
    const char* effect = judgement.consequence();
    if (std::strcmp(effect, group.judgements.front()->consequence()) != 0)
        add("      effect: {}\n", effect);
}

void TextReport::counts() {
    const std::uint64_t notes = report_.count(Severity::note);
    const std::uint64_t warnings = report_.count(Severity::warn);
    if (report_.groups.empty())
        add("nothing found at {} or above", spelling(style_.least));
    else
        add("{}, {}", plural(report_.count(Severity::error), "error"), plural(warnings, "warning"));
    if (report_.groups.empty() && style_.least == Severity::error && warnings > 0)
        add(", {} (--severity warn shows them)", plural(warnings, "warning"));
    else if (notes > 0)
        add(", {}{}", plural(notes, "note"),
            style_.least == Severity::note ? "" : " (--severity note shows them)");
    if (report_.dropped > 0)
        add(", {} more not kept", report_.dropped);
    add(" in {}", plural(report_.messages, "message"));
    const char* separator = ": ";
    for (const CheckedConnection& connection : report_.connections) {
        add("{}connection {} {}", separator, static_cast<std::uint32_t>(connection.conn),
            spelling(connection.dialect));
        separator = ", ";
    }
}

// Both turn findings that need the past into notes.
void TextReport::what_is_missing() {
    const Painted mark(out_, style_.color, Paint::caution);
    if (report_.lost > 0)
        add("; {} lost, so what needs them is at most a note", plural(report_.lost, "message"));
    std::string blind;
    for (const CheckedConnection& connection : report_.connections)
        if (!connection.init_seen)
            blind += fmt::format("{}{}", blind.empty() ? "" : ", ",
                                 static_cast<std::uint32_t>(connection.conn));
    if (!blind.empty())
        add("; INIT of connection {} was not seen, so what needs the beginning is at most a note",
            blind);
}

void TextReport::summary() {
    counts();
    what_is_missing();
    out_ += '\n';
}

} // namespace

void append_text(std::string& out, const CheckReport& report, const ReportStyle& style) {
    TextReport text(out, report, style);
    for (const FindingGroup& group : report.groups)
        text.group(group);
    text.summary();
}

} // namespace fusewire
