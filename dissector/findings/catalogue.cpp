#include "dissector/findings/families.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr const Family* families[] = {
    &framing_family,  &extensions_family, &names_family,      &init_family,
    &entries_family,  &attributes_family, &handles_family,    &compounds_family,
    &lifetime_family, &files_family,      &data_family,       &directories_family,
    &xattrs_family,   &locks_family,      &interrupts_family, &notifications_family,
    &io_uring_family, &verdicts_family,
};

std::vector<const RuleInfo*> collect() {
    std::vector<const RuleInfo*> rules;
    const auto add = [&](const RuleInfo& info) {
        const auto same = [&](const RuleInfo* known) {
            return std::string_view(known->id) == info.id;
        };
        if (std::none_of(rules.begin(), rules.end(), same))
            rules.push_back(&info);
    };
    for (const RuleRow& row : rule_rows())
        add(row.info);
    for (const Family* family : all_families())
        family->each_rule(add);
    std::stable_sort(rules.begin(), rules.end(),
                     [](const RuleInfo* a, const RuleInfo* b) { return a->area < b->area; });
    return rules;
}

template <class Row>
std::vector<Row> joined(std::span<const Row> (Family::*part)() const) {
    std::vector<Row> rows;
    for (const Family* family : families)
        for (const Row& row : (family->*part)())
            rows.push_back(row);
    return rows;
}

} // namespace

std::span<const Family* const> all_families() {
    return families;
}

const std::vector<const RuleInfo*>& all_rules() {
    static const std::vector<const RuleInfo*> rules = collect();
    return rules;
}

const RuleInfo* find_rule(std::string_view id) {
    for (const RuleInfo* rule : all_rules())
        if (id == rule->id)
            return rule;
    return nullptr;
}

const std::vector<OmittedRule>& omitted_rules() {
    static const auto rules = joined<OmittedRule>(&Family::omitted);
    return rules;
}

const std::vector<Suppression>& suppressions() {
    static const auto rows = joined<Suppression>(&Family::suppressions);
    return rows;
}

} // namespace fusewire
