#include "capture/assembler.h"
#include "capture/byte_order.h"
#include "tests/capture/records.h"

#include <gtest/gtest.h>

namespace fusewire::files {
namespace {

using test::ByteVector;
using test::Kept;
using test::message;

// Cuts messages into parts and collects what the assembler makes of them.
class AssemblerTest : public ::testing::Test {
  protected:
    // One part of `kept`; its bytes have to outlive the call.
    void add(const Kept& kept, std::size_t offset, std::size_t length, bool more) {
        Part part;
        part.record = kept.record;
        part.record.frame = ++frame_;
        part.record.bytes = Bytes{kept.bytes}.subspan(offset, length);
        part.record.flags |= more ? record_more : 0u;
        part.message_offset = static_cast<std::uint32_t>(offset);
        part.position = 1000 * frame_;
        assembler_.add(part);
        collect();
    }

    void collect() {
        Part part;
        while (assembler_.take(part)) {
            given_.push_back({part.record, {}, std::string{part.record.comment}});
            given_.back().bytes.assign(part.record.bytes.begin(), part.record.bytes.end());
        }
    }

    void finish() {
        assembler_.finish();
        collect();
    }

    std::uint32_t flags(std::size_t i) const { return given_.at(i).record.flags; }

    Assembler assembler_;
    std::vector<Kept> given_;
    std::uint64_t frame_ = 0;
};

constexpr std::uint32_t incomplete = record_gap | record_truncated;

TEST_F(AssemblerTest, JoinsPacketsInOrder) {
    const Kept a = message(1, 100);
    add(a, 0, 40, true);
    add(a, 40, 40, true);
    EXPECT_TRUE(given_.empty());
    EXPECT_FALSE(assembler_.idle());
    add(a, 80, 20, false);
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].bytes, a.bytes);
    EXPECT_EQ(given_[0].record.frame, 1u);
    EXPECT_EQ(flags(0), 0u);
    EXPECT_TRUE(assembler_.idle());
}

TEST_F(AssemblerTest, KeepsInterleavedMessagesApart) {
    const Kept a = message(1, 100);
    const Kept b = message(2, 90);
    const Kept c = message(1, 100, Direction::reply);
    add(a, 0, 50, true);
    add(b, 0, 50, true);
    add(a, 50, 50, false);
    add(b, 50, 40, false);
    add(c, 0, 50, true);
    add(c, 50, 50, false);
    ASSERT_EQ(given_.size(), 3u);
    EXPECT_EQ(given_[0].bytes, a.bytes);
    EXPECT_EQ(given_[1].bytes, b.bytes);
    EXPECT_EQ(given_[2].bytes, c.bytes);
    EXPECT_EQ(given_[2].record.frame, 5u);
}

TEST_F(AssemblerTest, WholeMessagesPassWhileOthersWait) {
    const Kept a = message(1, 100);
    const Kept b = message(2, 50);
    add(a, 0, 50, true);
    add(b, 0, 50, false);
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].bytes, b.bytes);
    EXPECT_EQ(given_[0].bytes.data() == b.bytes.data(), false);
}

TEST_F(AssemblerTest, FillsAMissingMiddleWithZerosAndMarksIt) {
    const Kept a = message(1, 100);
    add(a, 0, 40, true);
    add(a, 80, 20, false);
    ASSERT_EQ(given_.size(), 1u);
    ByteVector expected = a.bytes;
    std::fill(expected.begin() + 40, expected.begin() + 80, std::byte{0});
    EXPECT_EQ(given_[0].bytes, expected);
    EXPECT_EQ(flags(0), record_gap);
}

TEST_F(AssemblerTest, FillsAMissingBeginning) {
    const Kept a = message(1, 100);
    add(a, 40, 60, false);
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].bytes.size(), 100u);
    EXPECT_EQ(given_[0].bytes[39], std::byte{0});
    EXPECT_EQ(given_[0].bytes[40], a.bytes[40]);
    EXPECT_EQ(flags(0), record_gap);
}

TEST_F(AssemblerTest, MarksAMissingEndAtTheEndOfTheInput) {
    const Kept a = message(1, 100);
    add(a, 0, 40, true);
    finish();
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].bytes.size(), 40u);
    EXPECT_EQ(flags(0), incomplete);
}

TEST_F(AssemblerTest, ARequestWithoutItsEndComesBeforeItsReply) {
    const Kept request = message(1, 100);
    const Kept reply = message(1, 30, Direction::reply); // same unique
    add(request, 0, 40, true);
    add(reply, 0, 30, false);
    ASSERT_EQ(given_.size(), 2u);
    EXPECT_EQ(given_[0].record.direction, Direction::request);
    EXPECT_EQ(flags(0), incomplete);
    EXPECT_EQ(given_[1].bytes, reply.bytes);
}

TEST_F(AssemblerTest, ASilentMessageIsGivenUp) {
    const Kept a = message(1, 100);
    const Kept b = message(2, 20);
    add(a, 0, 40, true);
    for (std::uint64_t i = 0; i <= Assembler::max_silence; ++i)
        add(b, 0, 20, false);
    EXPECT_TRUE(assembler_.idle());
    EXPECT_EQ(given_.size(), Assembler::max_silence + 2);
}

TEST_F(AssemblerTest, ACopyOfAMessageIsAnotherMessage) {
    const Kept a = message(1, 100);
    add(a, 0, 50, true);
    add(a, 0, 50, true);
    add(a, 50, 50, false);
    add(a, 50, 50, false);
    ASSERT_EQ(given_.size(), 2u);
    EXPECT_EQ(given_[0].bytes, a.bytes);
    EXPECT_EQ(given_[1].bytes, a.bytes);
    EXPECT_EQ(flags(0) | flags(1), 0u);
}

TEST_F(AssemblerTest, OverlappingPacketsNeverOverwrite) {
    const Kept a = message(1, 100);
    add(a, 0, 60, true);
    add(a, 30, 60, true);
    add(a, 60, 40, false);
    finish();
    ASSERT_EQ(given_.size(), 2u);
    EXPECT_EQ(given_[0].bytes, a.bytes);
    EXPECT_EQ(flags(1), incomplete);
}

TEST_F(AssemblerTest, AClaimedLengthIsNotAllocated) {
    Kept a = message(1, 100);
    a.record.wire_length = 1u << 30;
    add(a, 0, 50, true);
    add(a, 50, 50, false);
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].bytes.size(), 100u);
    EXPECT_LT(given_[0].bytes.capacity(), 4096u);
    EXPECT_EQ(flags(0), record_truncated);
}

TEST_F(AssemblerTest, AHoleLargerThanWhatWasSeenCutsTheMessage) {
    Kept a = message(1, 100);
    a.record.wire_length = 1u << 30;
    add(a, 0, 50, true);
    Part far;
    far.record = a.record;
    far.record.bytes = Bytes{a.bytes}.first(10);
    far.message_offset = (1u << 30) - 10;
    assembler_.add(far);
    collect();
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].bytes.size(), 50u);
    EXPECT_EQ(flags(0), incomplete);
}

TEST_F(AssemblerTest, TooManyUnfinishedMessagesGiveOutTheOldest) {
    std::vector<Kept> kept;
    for (std::uint64_t i = 0; i < 2 * Assembler::max_unfinished; ++i)
        kept.push_back(message(i + 1, 100));
    for (const Kept& one : kept)
        add(one, 0, 50, true);
    ASSERT_EQ(given_.size(), Assembler::max_unfinished);
    EXPECT_EQ(given_[0].record.message_number, 1u);
    EXPECT_EQ(flags(0), incomplete);
    finish();
    EXPECT_EQ(given_.size(), kept.size());
}

TEST_F(AssemblerTest, LossesBeforeAnyOfItsPacketsAreSummed) {
    Kept a = message(1, 100);
    a.record.lost = 2;
    add(a, 0, 50, true);
    a.record.lost = 3;
    add(a, 50, 50, false);
    ASSERT_EQ(given_.size(), 1u);
    EXPECT_EQ(given_[0].record.lost, 5u);
}

} // namespace
} // namespace fusewire::files
