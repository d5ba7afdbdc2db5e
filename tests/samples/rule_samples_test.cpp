// Every rule has a capture that fires it and one that comes close and does not, and what each fires is
// exactly what its text says.
#include "dissector/checker.h"
#include "tests/capture/temp_dir.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "samples/builder/build.h"
#include "samples/builder/write_sample.h"

namespace fusewire::samples {
namespace {

std::filesystem::path rules_folder() {
    return samples_folder() / "rules";
}

bool has_text(Area area) {
    return std::filesystem::exists(rules_folder() / fmt::format("{}.txt", spelling(area)));
}

std::vector<Sample> rule_samples() {
    std::vector<std::filesystem::path> texts;
    for (const auto& entry : std::filesystem::directory_iterator(rules_folder()))
        if (entry.path().extension() == ".txt")
            texts.push_back(entry.path());
    std::sort(texts.begin(), texts.end());
    std::vector<Sample> samples;
    for (const auto& text : texts) {
        auto built = build_samples_from(text.string());
        if (!built)
            ADD_FAILURE() << built.error().message;
        else
            std::move(built->begin(), built->end(), std::back_inserter(samples));
    }
    return samples;
}

std::vector<Judgement> judged(const Sample& sample) {
    SampleSource source(sample);
    return judged(source);
}

using Kind = Expectation::Kind;

std::set<std::string> rules_of(const Sample& sample, std::initializer_list<Kind> kinds) {
    std::set<std::string> rules;
    for (const Expectation& one : sample.expectations)
        if (std::find(kinds.begin(), kinds.end(), one.kind) != kinds.end())
            rules.insert(one.rule);
    return rules;
}

std::set<std::string> fired_by(const std::vector<Judgement>& judgements) {
    std::set<std::string> rules;
    for (const Judgement& judgement : judgements)
        rules.insert(judgement.rule->id);
    return rules;
}

std::string shown(const std::vector<Judgement>& judgements) {
    std::string out;
    for (const Judgement& judgement : judgements)
        out += fmt::format("  frame {} {} {}: {}\n", judgement.frame, spelling(judgement.severity),
                           judgement.rule->id, judgement.message());
    return out;
}

TEST(RuleSamples, FireWhatTheirTextSaysAndNothingElse) {
    for (const Sample& sample : rule_samples()) {
        SCOPED_TRACE(sample.name);
        const auto judgements = judged(sample);
        EXPECT_EQ(fmt::format("{}", fmt::join(fired_by(judgements), " ")),
                  fmt::format("{}", fmt::join(rules_of(sample, {Kind::expect, Kind::also}), " ")))
            << shown(judgements);
        for (const std::string& rule : rules_of(sample, {Kind::near}))
            EXPECT_FALSE(fired_by(judgements).contains(rule)) << shown(judgements);
        EXPECT_LE(rules_of(sample, {Kind::expect}).size(), 1u);
        EXPECT_FALSE(sample.expectations.empty());
    }
}

TEST(RuleSamples, PointAtTheMessageThatIsWrong) {
    for (const Sample& sample : rule_samples()) {
        const auto judgements = judged(sample);
        for (const Expectation& one : sample.expectations) {
            if (one.kind != Kind::expect || one.after == 0)
                continue;
            const bool there =
                std::any_of(judgements.begin(), judgements.end(), [&](const Judgement& judgement) {
                    return judgement.rule->id == one.rule && judgement.frame == one.after;
                });
            EXPECT_TRUE(there) << sample.name << ": not at frame " << one.after << "\n"
                               << shown(judgements);
        }
    }
}

TEST(RuleSamples, NameRulesThatExist) {
    for (const Sample& sample : rule_samples())
        for (const Expectation& one : sample.expectations)
            EXPECT_NE(find_rule(one.rule), nullptr) << sample.name << ": " << one.rule;
}

TEST(RuleSamples, ShowEveryRuleAndANearMissOfIt) {
    std::map<std::string, int> bad, near;
    for (const Sample& sample : rule_samples()) {
        for (const std::string& rule : rules_of(sample, {Kind::expect}))
            ++bad[rule];
        for (const std::string& rule : rules_of(sample, {Kind::near}))
            ++near[rule];
    }
    std::vector<std::string> without;
    for (const RuleInfo* rule : all_rules())
        if (has_text(rule->area) && (!bad.contains(rule->id) || !near.contains(rule->id)))
            without.push_back(fmt::format("{}{}{}", rule->id,
                                          bad.contains(rule->id) ? "" : " (bad)",
                                          near.contains(rule->id) ? "" : " (near)"));
    fmt::print("{} rules, {} fired by a sample, {} with a near miss, {} left out\n",
               all_rules().size(), bad.size(), near.size(), omitted_rules().size());
    EXPECT_TRUE(without.empty()) << fmt::format("rules without a sample:\n  {}",
                                                fmt::join(without, "\n  "));
}

TEST(RuleSamples, AreCommittedAsCaptures) {
    const test::TempDir folder;
    std::set<std::string> names;
    for (const Sample& sample : rule_samples()) {
        EXPECT_TRUE(names.insert(sample.name).second) << "two samples are called " << sample.name;
        const std::filesystem::path committed = rules_folder() / (sample.name + ".pcapng");
        const std::string fresh =
            updates_golden() ? committed.string() : folder.path("sample.pcapng");
        const auto written = write_capture(sample, fresh);
        ASSERT_TRUE(written) << written.error().message;
        if (updates_golden())
            std::filesystem::permissions(committed, std::filesystem::perms(0644));
        EXPECT_TRUE(contents_of(committed) == contents_of(fresh))
            << committed << " is not what its text describes; FUSEWIRE_UPDATE_GOLDEN=1 writes it";
    }
    for (const auto& entry : std::filesystem::directory_iterator(rules_folder()))
        if (entry.path().extension() == ".pcapng") {
            EXPECT_TRUE(names.contains(entry.path().stem().string()))
                << entry.path() << " has no text";
        }
}

TEST(GoodSession, GivesNothingAtWarnOrAbove) {
    const auto samples = build_samples_from((samples_folder() / "lookup-handle-good.txt").string());
    ASSERT_TRUE(samples) << samples.error().message;
    ASSERT_EQ(samples->size(), 1u);
    EXPECT_GT(samples->front().records.size(), 250u);
    const auto judgements = judged(samples->front());
    EXPECT_TRUE(std::none_of(judgements.begin(), judgements.end(), [](const Judgement& judgement) {
        return judgement.severity >= Severity::warn;
    })) << shown(judgements);
}

} // namespace
} // namespace fusewire::samples
