// How sure the rules about notifications are, and what they leave to each other.
#include "tests/dissector/judged.h"

namespace fusewire {
namespace {

using testing::reply;
using testing::request;
using testing::Wire;

constexpr std::uint32_t lookup = 1, mkdir_op = 9, notify_reply = 41;
constexpr std::int32_t inval_inode = 2, inval_entry = 3, retrieve = 5, resend = 7, prune = 9;
constexpr std::uint64_t ring = std::uint64_t{1} << 41;

class NotificationRules : public testing::JudgedTest {
  protected:
    static Wire of_name(std::uint64_t parent, std::string_view name) {
        return Wire().u64(parent).u32(name.size()).u32(0).name(name);
    }
    static Wire data_of(std::uint64_t nodeid, std::uint64_t offset, std::uint32_t size) {
        return Wire().zeros(8).u64(offset).u32(size).zeros(20).zeros(size);
    }
    void ask_for(std::uint64_t number, std::uint64_t nodeid) {
        notify(retrieve, Wire().u64(number).u64(nodeid).u64(0).u32(4096).u32(0));
    }
};

TEST_F(NotificationRules, AHazardIsANoteWhenThreadsAreNotKnown) {
    begin();
    ask(request(mkdir_op, 4, 1, Wire().u32(0755).u32(022).name("new")));
    notify(inval_entry, of_name(1, "old"));
    EXPECT_EQ(found(), Found{"notify-deadlock-hazard note"});
}

TEST_F(NotificationRules, AHazardIsAWarningForOneThread) {
    begin();
    thread = 7;
    ask(request(mkdir_op, 4, 1, Wire().u32(0755).u32(022).name("new")));
    notify(inval_entry, of_name(1, "old"));
    EXPECT_EQ(found(), Found{"notify-deadlock-hazard warn"});
}

TEST_F(NotificationRules, ManyOutstandingRequestsAreNotSearched) {
    begin();
    for (std::uint64_t i = 0; i < 300; ++i)
        ask(request(lookup, 4 + 2 * i, 1, Wire().name("a")));
    notify(inval_entry, of_name(1, "old"));
    EXPECT_EQ(found(), Found());
}

TEST_F(NotificationRules, ASizeIsReportedOnceAndNotAsThatOfABody) {
    begin();
    notify(inval_inode, Wire().u64(1).u64(0).u64(0).zeros(8));
    EXPECT_EQ(found(), Found{"notify-size error"});
}

TEST_F(NotificationRules, WhatFollowsResendIsOfNoConcern) {
    begin();
    notify(resend, Wire().zeros(24));
    EXPECT_EQ(found(), Found());
}

TEST_F(NotificationRules, AHugePruneCountDoesNotWrap) {
    begin();
    notify(prune, Wire().u32(0x20000000).u32(0).u64(0));
    EXPECT_EQ(found(), Found{"notify-prune-count error"});
}

TEST_F(NotificationRules, AnAnswerToARetrieveOfBeforeTheCaptureIsANote) {
    ask(request(notify_reply, 1001, 1, data_of(1, 0, 4)));
    EXPECT_EQ(found(), Found{"notify-reply-unsolicited note"});
}

TEST_F(NotificationRules, TiersThatSeeNoNotificationsCannotMissARetrieve) {
    begin();
    transport = Transport::tracepoint;
    ask(request(notify_reply, 1001, 1, data_of(1, 0, 4)));
    EXPECT_EQ(found(), Found());
}

TEST_F(NotificationRules, ARetrieveThatWasGivenUpIsNotCalledUnsolicited) {
    begin();
    for (std::uint64_t i = 0; i <= Retrieves::limit; ++i)
        ask_for(i + 1, 1);
    const std::size_t before = found().size();
    ask(request(notify_reply, 1, 1, data_of(1, 0, 4)));
    EXPECT_EQ(found().size(), before);
}

TEST_F(NotificationRules, BeforeTheInitReplyIsTooSoon) {
    constexpr std::uint32_t init = 26;
    ask(request(init, 2, 0, Wire().u32(7).u32(45).u32(0).u32(0).zeros(48)));
    notify(inval_inode, Wire().u64(1).u64(0).u64(0));
    EXPECT_EQ(found(), Found{"notify-before-init warn"});
}

TEST_F(NotificationRules, AnErrorWithAnotherUniqueInARingIsAWarning) {
    begin(ring);
    transport = Transport::io_uring;
    ask(request(lookup, 4, 1, Wire().name("a")));
    answer(reply(400, -2));
    EXPECT_EQ(found(), Found{"uring-unique-mismatch warn"});
}

TEST_F(NotificationRules, BitZeroOfUniqueDoesNotMatterInARing) {
    begin(ring);
    transport = Transport::io_uring;
    ask(request(lookup, 4, 1, Wire().name("a")));
    answer(reply(5, -2));
    EXPECT_EQ(found(), Found());
}

} // namespace
} // namespace fusewire
