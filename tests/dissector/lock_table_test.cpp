// Granted locks: ranges that split and join, owners and kinds apart, and the limits.
#include "dissector/lock_table.h"

#include <gtest/gtest.h>

namespace fusewire {
namespace {

constexpr std::uint64_t node = 3;

Lock read_lock(std::uint64_t owner, std::uint64_t start, std::uint64_t end) {
    return {.owner = owner, .start = start, .end = end, .fh = owner};
}

Lock write_lock(std::uint64_t owner, std::uint64_t start, std::uint64_t end) {
    Lock lock = read_lock(owner, start, end);
    lock.write = true;
    return lock;
}

bool is_free(const LockTable& table, std::uint64_t start, std::uint64_t end) {
    return table.conflict(node, write_lock(99, start, end)) == nullptr;
}

TEST(LockTable, ReadersShareAndWritersDoNot) {
    LockTable table;
    table.grant(node, read_lock(1, 0, 9));
    EXPECT_EQ(table.conflict(node, read_lock(2, 5, 5)), nullptr);
    ASSERT_NE(table.conflict(node, write_lock(2, 9, 20)), nullptr);
    EXPECT_EQ(table.conflict(node, write_lock(2, 9, 20))->owner, 1u);
    EXPECT_EQ(table.conflict(node, write_lock(2, 10, 20)), nullptr);
    EXPECT_EQ(table.conflict(4, write_lock(2, 0, 9)), nullptr) << "another node";
}

TEST(LockTable, AnOwnerNeverConflictsWithItself) {
    LockTable table;
    table.grant(node, read_lock(1, 0, 9));
    EXPECT_EQ(table.conflict(node, write_lock(1, 0, 9)), nullptr);
}

TEST(LockTable, UnlockingTheMiddleLeavesBothSides) {
    LockTable table;
    table.grant(node, write_lock(1, 0, 99));
    table.release(node, read_lock(1, 40, 49));
    EXPECT_EQ(table.size(), 2u);
    EXPECT_TRUE(is_free(table, 40, 49));
    EXPECT_FALSE(is_free(table, 39, 39));
    EXPECT_FALSE(is_free(table, 50, 50));
}

TEST(LockTable, UnlockingEverythingLeavesNothing) {
    LockTable table;
    table.grant(node, write_lock(1, 0, Lock::to_eof));
    table.release(node, read_lock(1, 0, UINT64_MAX));
    EXPECT_EQ(table.size(), 0u);
}

TEST(LockTable, UnlockingTakesNothingFromOthers) {
    LockTable table;
    table.grant(node, read_lock(1, 0, 9));
    table.grant(node, read_lock(2, 0, 9));
    table.release(node, read_lock(1, 0, 9));
    EXPECT_FALSE(is_free(table, 0, 9));
}

TEST(LockTable, NeighboursOfOneTypeJoin) {
    LockTable table;
    table.grant(node, write_lock(1, 0, 9));
    table.grant(node, write_lock(1, 20, 29));
    table.grant(node, write_lock(1, 10, 19));
    EXPECT_EQ(table.size(), 1u);
    EXPECT_FALSE(is_free(table, 15, 15));
    table.grant(node, read_lock(1, 30, 39));
    EXPECT_EQ(table.size(), 2u);
}

TEST(LockTable, ANewTypeReplacesTheOldOneInItsRange) {
    LockTable table;
    table.grant(node, write_lock(1, 0, 99));
    table.grant(node, read_lock(1, 10, 19));
    EXPECT_EQ(table.size(), 3u);
    EXPECT_EQ(table.conflict(node, read_lock(2, 10, 19)), nullptr);
    EXPECT_NE(table.conflict(node, read_lock(2, 10, 20)), nullptr);
}

TEST(LockTable, KindsDoNotSeeEachOther) {
    LockTable table;
    Lock flock = write_lock(1, 0, Lock::to_eof);
    flock.kind = LockKind::flock;
    table.grant(node, flock);
    EXPECT_TRUE(is_free(table, 0, 9));
    table.release(node, read_lock(1, 0, UINT64_MAX));
    EXPECT_NE(table.held(node, LockKind::flock, 1), nullptr);
    EXPECT_EQ(table.held(node, LockKind::posix, 1), nullptr);
}

TEST(LockTable, ClosingAFileDropsWhatWasLockedThroughIt) {
    LockTable table;
    table.grant(node, write_lock(1, 0, 9));
    table.grant(node, write_lock(2, 10, 19));
    table.release_fh(node, 1);
    EXPECT_TRUE(is_free(table, 0, 9));
    EXPECT_FALSE(is_free(table, 10, 19));
    table.release_node(node);
    EXPECT_EQ(table.size(), 0u);
}

TEST(LockTable, ABackwardRangeIsNoLock) {
    LockTable table;
    table.grant(node, write_lock(1, 9, 0));
    EXPECT_EQ(table.size(), 0u);
}

TEST(LockTable, TheEndsOfTheNumberRangeDoNotWrap) {
    LockTable table;
    table.grant(node, write_lock(1, 0, 0));
    table.grant(node, write_lock(1, UINT64_MAX, UINT64_MAX));
    EXPECT_EQ(table.size(), 2u);
    table.release(node, read_lock(1, 0, UINT64_MAX));
    EXPECT_EQ(table.size(), 0u);
}

TEST(LockTable, StaysWithinItsLimits) {
    LockTable table;
    for (std::uint64_t i = 0; i < 2 * LockTable::node_limit; ++i)
        table.grant(node, write_lock(1, 2 * i, 2 * i));
    EXPECT_EQ(table.size(), LockTable::node_limit);
    for (std::uint64_t i = 0; i < 2 * LockTable::limit; ++i)
        table.grant(1000 + i, write_lock(1, 0, 0));
    EXPECT_EQ(table.size(), LockTable::limit);
    EXPECT_FALSE(is_free(table, 0, 0)) << "what is known stays true";
}

} // namespace
} // namespace fusewire
