#include "dissector/escape.h"
#include "dissector/render/judgement.h"
#include "dissector/render/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace fusewire {

namespace {

const char* entity_of(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return nullptr;
    }
}

// Text and attribute values. U+FFFE and U+FFFF are well-formed UTF-8 that XML does not allow.
std::string xml(std::string_view text) {
    std::string printable;
    append_printable(printable, text);
    std::string out;
    for (std::size_t i = 0; i < printable.size(); ++i) {
        const std::string_view rest = std::string_view(printable).substr(i);
        if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
            out += "\\ufff";
            out += rest[2] == '\xbe' ? 'e' : 'f';
            i += 2;
        } else if (const char* entity = entity_of(printable[i])) {
            out += entity;
        } else {
            out += printable[i];
        }
    }
    return out;
}

std::string details_of(const FindingGroup& group) {
    std::string out;
    for (const Judgement* judgement : group.judgements) {
        std::string line = fmt::format("{}: connection {}, ", spelling(judgement->severity),
                                       static_cast<std::uint32_t>(judgement->conn));
        append_place(line, *judgement);
        std::string evidence;
        append_evidence(evidence, *judgement);
        if (!evidence.empty())
            line += ": " + evidence;
        if (judgement->count > 1)
            line +=
                fmt::format("; {} times until frame {}", judgement->count, judgement->last_frame);
        out += xml(line) + "\n";
    }
    return out;
}

void append_failure(std::string& out, const FindingGroup& group) {
    const Judgement& worst = *group.judgements.front();
    fmt::format_to(std::back_inserter(out), "      <failure type=\"{}\" message=\"{}\">\n",
                   spelling(group.severity), xml(worst.message()));
    fmt::format_to(std::back_inserter(out), "effect: {}\n", xml(worst.consequence()));
    if (*group.rule->advice != '\0')
        fmt::format_to(std::back_inserter(out), "do: {}\n", xml(group.rule->advice));
    out += details_of(group);
    out += "      </failure>\n";
}

} // namespace

void append_junit(std::string& out, const CheckReport& report, const std::string& file) {
    const auto end = std::back_inserter(out);
    const std::string totals = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"",
                                           all_rules().size(), report.groups.size());
    fmt::format_to(end,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n"
                   "  <testsuite name=\"{}\" {} skipped=\"0\">\n",
                   totals, xml("fusewire check " + file), totals);
    for (const RuleInfo* rule : all_rules()) {
        fmt::format_to(end, "    <testcase classname=\"fusewire.{}\" name=\"{}\"",
                       spelling(rule->area), rule->id);
        const auto group = std::ranges::find(report.groups, rule, &FindingGroup::rule);
        if (group == report.groups.end()) {
            out += "/>\n";
            continue;
        }
        out += ">\n";
        append_failure(out, *group);
        out += "    </testcase>\n";
    }
    out += "  </testsuite>\n</testsuites>\n";
}

} // namespace fusewire
