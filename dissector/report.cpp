#include "dissector/report.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace fusewire {

namespace {

// What comes first is likely to be the cause of the rest.
bool is_worse(const Judgement* a, const Judgement* b) {
    return std::tuple(b->severity, a->frame) < std::tuple(a->severity, b->frame);
}

bool comes_first(const FindingGroup& a, const FindingGroup& b) {
    return is_worse(a.judgements.front(), b.judgements.front());
}

} // namespace

CheckReport report_of(const Checker& checker, Severity least) {
    CheckReport report;
    std::unordered_map<std::string_view, std::size_t> places; // by rule id
    for (const Judgement& judgement : checker.judgements()) {
        ++report.counts[static_cast<std::size_t>(judgement.severity)];
        if (judgement.severity < least)
            continue;
        const auto [place, added] = places.try_emplace(judgement.rule->id, report.groups.size());
        if (added)
            report.groups.emplace_back().rule = find_rule(judgement.rule->id);
        FindingGroup& group = report.groups[place->second];
        group.severity = std::max(group.severity, judgement.severity);
        group.count += judgement.count;
        group.judgements.push_back(&judgement);
    }
    for (FindingGroup& group : report.groups)
        std::stable_sort(group.judgements.begin(), group.judgements.end(), is_worse);
    std::stable_sort(report.groups.begin(), report.groups.end(), comes_first);
    report.dropped = checker.dropped();
    report.messages = checker.messages();
    report.lost = checker.lost();
    for (const auto& [conn, state] : checker.states())
        if (state.messages > 0)
            report.connections.push_back(
                {static_cast<ConnId>(conn), state.dialect, state.init_seen, state.gap});
    return report;
}

} // namespace fusewire
