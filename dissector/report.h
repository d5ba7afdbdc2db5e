// The findings of a whole capture put together for people: by rule, worst first, with what else has
// to be known to judge them. Refers to the checker that it was made from.
#pragma once

#include "dissector/checker.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace fusewire {

// What one rule found.
struct FindingGroup {
    const RuleInfo* rule = nullptr;           // as in all_rules()
    Severity severity = Severity::note;       // the worst of them
    std::uint64_t count = 0;                  // how often it was seen
    std::vector<const Judgement*> judgements; // one for each object, worst first, then by frame
};

struct CheckedConnection {
    ConnId conn{};
    DialectName dialect = DialectName::unknown;
    bool init_seen = false;
    bool gap = false; // messages are missing
};

struct CheckReport {
    std::vector<FindingGroup> groups;      // at the asked severity and above, worst first
    std::array<std::uint64_t, 3> counts{}; // of all findings, by severity
    std::uint64_t dropped = 0;             // findings that were too many to be kept
    std::uint64_t messages = 0;
    std::uint64_t lost = 0;
    std::vector<CheckedConnection> connections; // by number

    std::uint64_t count(Severity severity) const {
        return counts[static_cast<std::size_t>(severity)];
    }
};

// Those for which `counts_in` is true by rule, worst first. Refers to `findings`.
std::vector<FindingGroup> findings_by_rule(std::span<const Judgement> findings,
                                           const std::function<bool(const Judgement&)>& counts_in);
std::array<std::uint64_t, 3> findings_by_severity(std::span<const Judgement> findings);

// Findings milder than `least` are only counted.
CheckReport report_of(const Checker& checker, Severity least);

} // namespace fusewire
