#include "tests/live/tier_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace fusewire::live_test {

namespace {

// Why the tier does not load here; empty if it does.
const std::string& refusal_of(const std::string& tier) {
    static std::map<std::string, std::string> known;
    const auto [row, is_new] = known.try_emplace(tier);
    if (is_new) {
        const auto loaded = load_tier(tier, {});
        row->second = loaded ? "" : loaded.error().message;
    }
    return row->second;
}

std::string named_tier() {
    const char* value = std::getenv("FUSEWIRE_TEST_TIER");
    return value == nullptr || std::string_view(value) == "auto" ? "" : value;
}

} // namespace

void TierTest::SetUp() {
    LiveTest::SetUp();
    if (IsSkipped() || HasFatalFailure())
        return;
    const std::string named = named_tier();
    if (!named.empty() && named != GetParam())
        GTEST_SKIP() << "FUSEWIRE_TEST_TIER is " << named;
    const std::string& refusal = refusal_of(GetParam());
    if (refusal.empty())
        return;
    if (!named.empty())
        FAIL() << refusal;
    GTEST_SKIP() << refusal;
}

LiveOptions TierTest::options(ConnId conn) const {
    LiveOptions options = options_for(conn);
    options.tier = GetParam();
    return options;
}

std::unique_ptr<LiveSource> TierTest::open(const LiveOptions& options) const {
    auto source = LiveSource::open(options);
    if (!source)
        throw std::runtime_error(source.error().message);
    return std::move(*source);
}

bool TierTest::is_in_caller() const {
    return std::ranges::find(tiers(), std::string_view(GetParam()), &Tier::name)
        ->requests_in_caller;
}

std::string tier_name(const testing::TestParamInfo<const char*>& info) {
    return info.param;
}

} // namespace fusewire::live_test
