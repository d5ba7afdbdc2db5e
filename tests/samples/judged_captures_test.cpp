// The recorded captures as the checker sees them: every rule that must fire does, and nothing else at
// warn or above but what may (expected.json beside the captures).
#include "capture/import.h"
#include "dissector/checker.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

namespace fusewire::samples {
namespace {

class JudgedCaptures : public ::testing::TestWithParam<const char*> {};

TEST_P(JudgedCaptures, FireWhatTheyMustAndNothingUnexpected) {
    const std::filesystem::path folder = samples_folder() / "captures" / GetParam();
    std::ifstream file(folder / "expected.json");
    const nlohmann::json expected = nlohmann::json::parse(file);
    ASSERT_FALSE(expected.empty());
    for (const auto& [name, rules] : expected.items()) {
        SCOPED_TRACE(name);
        auto source = open_import((folder / name).string(), ImportFormat::raw);
        ASSERT_TRUE(source) << source.error().message;
        const std::set<std::string> must = rules["must"], may = rules["may"];
        std::set<std::string> fired;
        for (const Judgement& judgement : judged(**source)) {
            const std::string rule = judgement.rule->id;
            fired.insert(rule);
            if (judgement.severity >= Severity::warn && !must.contains(rule)) {
                EXPECT_TRUE(may.contains(rule))
                    << "frame " << judgement.frame << " " << spelling(judgement.severity) << " "
                    << rule << ": " << judgement.message() << ", nodeid "
                    << judgement.sighting.nodeid << ", " << judgement.count << " times";
            }
        }
        for (const std::string& rule : must)
            if (find_rule(rule) != nullptr) {
                EXPECT_TRUE(fired.contains(rule)) << rule << " does not fire";
            }
    }
}

INSTANTIATE_TEST_SUITE_P(Folders, JudgedCaptures, ::testing::Values("classic", "lookup-handle-v3"),
                         [](const auto& folder) {
                             std::string name = folder.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

} // namespace
} // namespace fusewire::samples
