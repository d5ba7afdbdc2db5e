// Tests that run once for each tier that this machine has, or for the one that FUSEWIRE_TEST_TIER
// names.
#pragma once

#include "tests/live/live_fixture.h"

namespace fusewire::live_test {

class TierTest : public LiveTest, public testing::WithParamInterface<const char*> {
  protected:
    // Skips where the tier does not load; fails if it is the one named.
    void SetUp() override;

    // Of this tier, with a ring that holds the test's traffic.
    LiveOptions options(ConnId conn) const;
    std::unique_ptr<LiveSource> open(const LiveOptions& options) const;

    // The tier sees requests as they are sent, not as they are read; so it sees nothing but requests
    // that wait for a reply, and their replies.
    bool is_in_caller() const;
};

// The tiers, and a readable name for the test of each.
inline constexpr const char* tested_tiers[] = {"fentry", "kprobe", "tp", "sys"};
std::string tier_name(const testing::TestParamInfo<const char*>& info);

} // namespace fusewire::live_test
