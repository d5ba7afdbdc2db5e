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

std::vector<FindingGroup> findings_by_rule(std::span<const Judgement> findings,
                                           const std::function<bool(const Judgement&)>& counts_in) {
    std::vector<FindingGroup> groups;
    std::unordered_map<std::string_view, std::size_t> places; // by rule id
    for (const Judgement& judgement : findings) {
        if (!counts_in(judgement))
            continue;
        const auto [place, added] = places.try_emplace(judgement.rule->id, groups.size());
        if (added)
            groups.emplace_back().rule = find_rule(judgement.rule->id);
        FindingGroup& group = groups[place->second];
        group.severity = std::max(group.severity, judgement.severity);
        group.count += judgement.count;
        group.judgements.push_back(&judgement);
    }
    for (FindingGroup& group : groups)
        std::stable_sort(group.judgements.begin(), group.judgements.end(), is_worse);
    std::stable_sort(groups.begin(), groups.end(), comes_first);
    return groups;
}

std::array<std::uint64_t, 3> findings_by_severity(std::span<const Judgement> findings) {
    std::array<std::uint64_t, 3> counts{};
    for (const Judgement& judgement : findings)
        ++counts[static_cast<std::size_t>(judgement.severity)];
    return counts;
}

CheckReport report_of(const Checker& checker, Severity least) {
    CheckReport report;
    report.groups = findings_by_rule(
        checker.judgements(), [=](const Judgement& found) { return found.severity >= least; });
    report.counts = findings_by_severity(checker.judgements());
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
