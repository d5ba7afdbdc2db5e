// Requests that nobody answers are remembered for a while.
#include "dissector/requests.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

TEST(Requests, RememberTheLatestThatNobodyMayAnswer) {
    Requests requests;
    EXPECT_EQ(requests.unanswerable(2), nullptr);
    for (std::uint64_t i = 1; i <= Requests::unanswerable_limit; ++i)
        requests.sent(Unanswerable{.unique = 2 * i, .frame = i, .op = Op::forget});
    ASSERT_NE(requests.unanswerable(2), nullptr);
    requests.sent(Unanswerable{.unique = 4, .frame = 9999, .op = Op::notify_reply});
    EXPECT_EQ(requests.unanswerable(2), nullptr);
    ASSERT_NE(requests.unanswerable(4), nullptr);
    EXPECT_EQ(requests.unanswerable(4)->frame, 9999u);
    EXPECT_EQ(requests.outstanding_count(), 0u);
}

} // namespace
} // namespace fusewire
