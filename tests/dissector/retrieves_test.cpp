// Numbers that are given out now and referred to later: bounded, and honest about what was given up.
#include "dissector/interrupts.h"
#include "dissector/requests.h"
#include "dissector/retrieves.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

TEST(Retrieves, OneNumberMayBeUsedForSeveralAndTheOldestIsAnswered) {
    Retrieves retrieves;
    retrieves.asked({.notify_unique = 7, .nodeid = 5, .frame = 1});
    retrieves.asked({.notify_unique = 7, .nodeid = 6, .frame = 2});
    ASSERT_NE(retrieves.find(7), nullptr);
    EXPECT_EQ(retrieves.find(7)->nodeid, 5u);
    retrieves.answered(7);
    ASSERT_NE(retrieves.find(7), nullptr);
    EXPECT_EQ(retrieves.find(7)->nodeid, 6u);
    retrieves.answered(7);
    EXPECT_EQ(retrieves.find(7), nullptr);
    retrieves.answered(7);
    EXPECT_TRUE(retrieves.waiting().empty());
}

TEST(Retrieves, SayWhenSomeWereGivenUp) {
    Retrieves retrieves;
    for (std::uint64_t i = 0; i < Retrieves::limit; ++i)
        retrieves.asked({.notify_unique = i});
    EXPECT_FALSE(retrieves.gave_up());
    retrieves.asked({.notify_unique = 1});
    EXPECT_TRUE(retrieves.gave_up());
    EXPECT_EQ(retrieves.waiting().size(), Retrieves::limit);
    EXPECT_EQ(retrieves.find(0), nullptr);
    EXPECT_NE(retrieves.find(1), nullptr);
}

TEST(Interrupts, OneThatCameEarlyWaitsForItsTarget) {
    Interrupts interrupts;
    interrupts.early({.target = 40, .frame = 3, .time_ns = 1000});
    EXPECT_FALSE(interrupts.arrived(42));
    const auto early = interrupts.arrived(40 | resend_bit);
    ASSERT_TRUE(early);
    EXPECT_EQ(early->frame, 3u);
    EXPECT_TRUE(interrupts.waiting().empty());
}

TEST(Interrupts, ForgetTheOldestWhenThereAreTooMany) {
    Interrupts interrupts;
    for (std::uint64_t i = 0; i <= Interrupts::limit; ++i)
        interrupts.early({.target = 2 * i});
    EXPECT_EQ(interrupts.waiting().size(), Interrupts::limit);
    EXPECT_FALSE(interrupts.arrived(0));
    EXPECT_TRUE(interrupts.arrived(2));
}

TEST(Interrupts, TheFirstRefusalCounts) {
    Interrupts interrupts;
    EXPECT_EQ(interrupts.declined_frame(), 0u);
    interrupts.declined(5, 100);
    interrupts.declined(9, 900);
    EXPECT_EQ(interrupts.declined_frame(), 5u);
    EXPECT_EQ(interrupts.declined_ns(), 100);
}

} // namespace
} // namespace fusewire
