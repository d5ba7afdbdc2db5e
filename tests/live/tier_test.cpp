#include "capture/live/tier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <vector>

namespace fusewire {

namespace {

TEST(Tier, EachHasANameAndSaysWhatItCannotSee) {
    for (const Tier& tier : tiers()) {
        EXPECT_FALSE(tier.name.empty());
        for (const std::string_view phrase : tier.cannot_see)
            EXPECT_FALSE(phrase.empty());
    }
}

TEST(Tier, TheMostCompleteComesFirst) {
    if (tiers().empty())
        GTEST_SKIP() << "this build has no tiers";
    std::vector<std::string_view> names;
    std::ranges::transform(tiers(), std::back_inserter(names), &Tier::name);
    EXPECT_EQ(names, (std::vector<std::string_view>{"fentry", "kprobe", "tp", "sys"}));
}

TEST(Tier, EachHasProgramsOfItsOwn) {
    std::set<std::string_view> seen;
    for (const Tier& tier : tiers()) {
        EXPECT_FALSE(tier.programs.empty()) << tier.name;
        for (const auto& list : {tier.programs, tier.uring_programs})
            for (const std::string_view program : list)
                EXPECT_TRUE(seen.insert(program).second) << tier.name << ": " << program;
    }
}

TEST(Tier, OneThatNeedsAFileSaysWhatIsMissingWithoutIt) {
    for (const Tier& tier : tiers())
        EXPECT_EQ(tier.needs.empty(), tier.lacking.empty()) << tier.name;
}

TEST(Tier, AnUnknownNameIsAUsageErrorThatListsTheOthers) {
    if (tiers().empty())
        GTEST_SKIP() << "this build has no tiers";
    const auto loaded = load_tier("magic", {});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::usage);
    EXPECT_NE(loaded.error().message.find("\"magic\" in this build; there are auto, "),
              std::string::npos);
}

TEST(Tier, TooManyConnectionsAreRefused) {
    if (tiers().empty())
        GTEST_SKIP() << "this build has no tiers";
    ProbeOptions options;
    options.filter.connections.resize(max_filtered_connections + 1);
    const auto loaded = load_tier("auto", options);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::usage);
}

TEST(Tier, ABuildWithoutBpfSaysWhatWasMissing) {
    if (!tiers().empty())
        GTEST_SKIP() << "this build has tiers";
    const auto loaded = load_tier("auto", {});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::unsupported);
}

} // namespace

} // namespace fusewire
