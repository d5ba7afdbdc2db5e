#include "capture/live/retry_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace fusewire {

namespace {

constexpr std::uint32_t server_thread = 7;
constexpr std::uint32_t other_thread = 8;
constexpr std::uint32_t conn = 50;

class Retries : public testing::Test {
  protected:
    void add(std::string_view text, unsigned marks = 0, std::uint32_t thread = server_thread,
             fuse_event_direction direction = FUSE_EVENT_REPLY) {
        fuse_event event{};
        event.conn = conn;
        event.tid = thread;
        event.direction = static_cast<__u8>(direction);
        event.transport = FUSE_EVENT_READ_WRITE;
        event.flags = static_cast<__u8>(marks);
        const JoinedMessage message{event, std::as_bytes(std::span(text))};
        taken = queue.takes(message);
        if (taken)
            queue.add(message);
    }

    std::string next(bool give_up = false) {
        const auto message = queue.next(give_up);
        if (!message)
            return "none";
        flags = message->event.flags;
        return {reinterpret_cast<const char*>(message->bytes.data()), message->bytes.size()};
    }

    RetryQueue queue;
    bool taken = false;
    unsigned flags = 0; // of what next() handed out
};

TEST_F(Retries, AWholeMessageNeedsNoQueue) {
    add("whole");
    EXPECT_FALSE(taken);
    EXPECT_TRUE(queue.empty());
}

TEST_F(Retries, AReplyWithHolesWaitsAndWhatFollowsWaitsBehindIt) {
    add("h_les", FUSE_EVENT_FAULT);
    EXPECT_TRUE(taken);
    add("second", 0, other_thread);
    EXPECT_TRUE(taken);
    EXPECT_EQ(next(), "none");
}

TEST_F(Retries, TheSecondCopyTakesThePlaceOfTheFirst) {
    add("h_les", FUSE_EVENT_FAULT);
    add("second", 0, other_thread);
    add("holes", FUSE_EVENT_RETRY);
    EXPECT_EQ(next(), "holes");
    EXPECT_EQ(flags & (FUSE_EVENT_FAULT | FUSE_EVENT_RETRY), 0u);
    EXPECT_EQ(next(), "second");
    EXPECT_TRUE(queue.empty());
}

TEST_F(Retries, ASecondCopyWithHolesSaysSo) {
    add("h__es", FUSE_EVENT_FAULT);
    add("h_les", FUSE_EVENT_RETRY | FUSE_EVENT_FAULT);
    EXPECT_EQ(next(), "h_les");
    EXPECT_EQ(flags & FUSE_EVENT_FAULT, FUSE_EVENT_FAULT);
}

TEST_F(Retries, GivingUpHandsOutTheFirstCopyAsItIs) {
    add("h_les", FUSE_EVENT_FAULT);
    EXPECT_EQ(next(), "none");
    EXPECT_EQ(next(true), "h_les");
    EXPECT_EQ(flags & FUSE_EVENT_FAULT, FUSE_EVENT_FAULT);
    EXPECT_EQ(next(true), "none");
}

TEST_F(Retries, ASecondCopyOfNothingIsDropped) {
    add("late", FUSE_EVENT_RETRY);
    EXPECT_TRUE(taken);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(next(true), "none");
}

TEST_F(Retries, TheSecondCopyOfAnotherThreadIsNotTaken) {
    add("h_les", FUSE_EVENT_FAULT);
    add("other", FUSE_EVENT_RETRY, other_thread);
    EXPECT_EQ(next(), "none");
    EXPECT_EQ(next(true), "h_les");
}

TEST_F(Retries, EachThreadHasItsOwnSecondCopy) {
    add("f_rst", FUSE_EVENT_FAULT);
    add("s_cond", FUSE_EVENT_FAULT, other_thread);
    add("second", FUSE_EVENT_RETRY, other_thread);
    EXPECT_EQ(next(), "none");
    add("first", FUSE_EVENT_RETRY);
    EXPECT_EQ(next(), "first");
    EXPECT_EQ(next(), "second");
}

// The ring had no room for it.
TEST_F(Retries, AMissingSecondCopyDoesNotTakeThatOfTheNextReply) {
    add("f_rst", FUSE_EVENT_FAULT);
    add("s_cond", FUSE_EVENT_FAULT);
    add("second", FUSE_EVENT_RETRY);
    EXPECT_EQ(next(), "f_rst");
    EXPECT_EQ(flags & FUSE_EVENT_FAULT, FUSE_EVENT_FAULT);
    EXPECT_EQ(next(), "second");
}

TEST_F(Retries, AThreadThatReadsAgainHasEndedItsWrite) {
    add("h_les", FUSE_EVENT_FAULT);
    add("request", 0, server_thread, FUSE_EVENT_REQUEST);
    EXPECT_EQ(next(), "h_les");
    EXPECT_EQ(next(), "request");
}

TEST_F(Retries, ARequestWithHolesHasNoSecondCopy) {
    add("r_quest", FUSE_EVENT_FAULT, server_thread, FUSE_EVENT_REQUEST);
    EXPECT_FALSE(taken);
}

TEST_F(Retries, MoreThanAThousandMessagesAreNotKeptWaiting) {
    add("h_les", FUSE_EVENT_FAULT);
    for (int i = 0; i < 1023; i++)
        add("behind", 0, other_thread);
    EXPECT_FALSE(queue.is_full());
    add("behind", 0, other_thread);
    EXPECT_TRUE(queue.is_full());
}

TEST_F(Retries, MoreThan64MiBAreNotKeptWaiting) {
    const std::string large(16u << 20, 'x');
    add(large, FUSE_EVENT_FAULT);
    for (int i = 0; i < 3; i++)
        add(large, 0, other_thread);
    EXPECT_FALSE(queue.is_full());
    add("x", 0, other_thread);
    EXPECT_TRUE(queue.is_full());
    EXPECT_EQ(next(true), large);
    EXPECT_FALSE(queue.is_full());
}

} // namespace

} // namespace fusewire
