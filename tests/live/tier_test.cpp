#include "capture/live/tier.h"

#include <gtest/gtest.h>

namespace fusewire {

namespace {

TEST(Tier, EachHasANameAndSaysWhatItCannotSee) {
    for (const Tier& tier : tiers()) {
        EXPECT_FALSE(tier.name.empty());
        for (const std::string_view phrase : tier.cannot_see)
            EXPECT_FALSE(phrase.empty());
    }
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
