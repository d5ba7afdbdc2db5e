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

TEST(Requests, TheLatestAnsweredOnesAreKnown) {
    Requests requests;
    const auto ask_and_answer = [&](std::uint64_t unique, std::uint64_t frame) {
        requests.sent(Outstanding{.frame = frame, .unique = unique});
        requests.answered(unique, frame + 1, 0, 0);
    };
    for (std::uint64_t i = 1; i <= Requests::settled_limit; ++i)
        ask_and_answer(2 * i, i);
    ASSERT_NE(requests.settled(2), nullptr);
    EXPECT_EQ(requests.settled(2 | resend_bit)->reply_frame, 2u);
    ask_and_answer(4, 99); // a unique that comes again keeps its place
    ASSERT_NE(requests.settled(2), nullptr);
    EXPECT_EQ(requests.settled(4)->reply_frame, 100u);
    ask_and_answer(1'000'000, 200);
    ask_and_answer(1'000'002, 202);
    EXPECT_EQ(requests.settled(2), nullptr);
    EXPECT_EQ(requests.settled(4), nullptr);
    EXPECT_NE(requests.settled(6), nullptr);
    EXPECT_EQ(requests.settled(1'000'002)->reply_frame, 203u);
}

// Uniques that a map of powers of two would put into one place, and such as lie side by side.
TEST(Requests, AnsweredOnesAreKnownWhateverTheirUniques) {
    for (const std::uint64_t step : {1ull, 2ull, 1ull << 13, 1ull << 14, 1ull << 32, 1ull << 47}) {
        Requests requests;
        for (std::uint64_t i = 1; i <= 3 * Requests::settled_limit; ++i) {
            requests.sent(Outstanding{.frame = i, .unique = i * step});
            requests.answered(i * step, i + 1, 0, 0);
        }
        for (std::uint64_t i = 1; i <= 3 * Requests::settled_limit; ++i) {
            const Settled* settled = requests.settled(i * step);
            ASSERT_EQ(settled != nullptr, i > 2 * Requests::settled_limit) << step << " " << i;
            if (settled != nullptr)
                EXPECT_EQ(settled->request_frame, i);
        }
    }
}

} // namespace
} // namespace fusewire
