// When nothing can be left in the kernel's queue that was put there before.
#include "dissector/course.h"
#include "tests/dissector/records.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

Record at(std::int64_t time_ns, std::uint64_t frame) {
    Record record;
    record.time_ns = time_ns;
    record.frame = frame;
    return record;
}

class CourseTest : public ::testing::Test {
  protected:
    void ask(std::int64_t time_ns, std::uint64_t frame) {
        course.request(Message{}, at(time_ns, frame), requests);
    }
    bool lull_since(std::uint64_t frame, std::int64_t time_ns) const {
        return course.lull_since(frame, at(time_ns, 99), requests);
    }

    Course course;
    Requests requests;
};

TEST_F(CourseTest, AQuietTimeIsALull) {
    ask(0, 1);
    course.reply(at(1000, 2));
    EXPECT_FALSE(lull_since(2, 1000 + Course::lull_ns - 1));
    EXPECT_TRUE(lull_since(2, 1000 + Course::lull_ns));
}

TEST_F(CourseTest, AnUnansweredRequestKeepsTheServerBusy) {
    ask(0, 1);
    requests.sent(Outstanding{.frame = 1, .unique = 2});
    EXPECT_FALSE(lull_since(1, 10 * Course::lull_ns));
}

TEST_F(CourseTest, ALullIsRememberedForLaterRequests) {
    ask(0, 1);
    ask(Course::lull_ns, 5);
    ask(Course::lull_ns + 1, 6);
    EXPECT_TRUE(lull_since(1, Course::lull_ns + 2));
    EXPECT_FALSE(lull_since(5, Course::lull_ns + 2));
}

TEST_F(CourseTest, WithoutAClockThereIsNone) {
    ask(0, 1);
    Record record = at(10 * Course::lull_ns, 2);
    record.flags = record_no_time;
    EXPECT_FALSE(course.in_lull(record, requests));
}

} // namespace
} // namespace fusewire
