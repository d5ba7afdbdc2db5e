// What is remembered of directories while they are read.
#include "dissector/directory_reads.h"
#include "dissector/message_facts.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fusewire {
namespace {

constexpr std::uint64_t node = 7, fh = 3;

DirentRecord record(std::string_view name, std::uint64_t off, std::uint32_t type = 8) {
    return {.ino = 100 + off,
            .off = off,
            .type = type,
            .namelen = static_cast<std::uint32_t>(name.size()),
            .name = name};
}

class DirectoryReadsTest : public ::testing::Test {
  protected:
    void list(std::uint64_t offset, const std::vector<DirentRecord>& records) {
        reads.listed({node, fh, offset, frame, frame + 1, records});
        frame += 2;
    }
    DirectoryReads reads;
    std::uint64_t frame = 1;
};

TEST_F(DirectoryReadsTest, APassHoldsWhatItReturned) {
    list(0, {record("a", 1), record("b", 2)});
    list(2, {record("c", 5)});
    const DirectoryRead* read = reads.find(node, fh);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->highest, 5u);
    EXPECT_TRUE(read->returned_in_pass(1));
    EXPECT_FALSE(read->returned(3));
    ASSERT_NE(read->listed_in_pass(DirectoryReads::hash_of("c")), nullptr);
    EXPECT_EQ(read->listed_in_pass(DirectoryReads::hash_of("c"))->other, 5u);
    EXPECT_FALSE(read->looped);
}

TEST_F(DirectoryReadsTest, OffsetZeroBeginsANewPass) {
    list(0, {record("a", 1), record("b", 2)});
    list(2, {});
    list(0, {record("a", 1)});
    const DirectoryRead* read = reads.find(node, fh);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->highest, 1u);
    EXPECT_EQ(read->end_offset, std::nullopt);
    EXPECT_TRUE(read->returned(2));
    EXPECT_FALSE(read->returned_in_pass(2));
    EXPECT_EQ(read->listed_in_pass(DirectoryReads::hash_of("b")), nullptr);
}

TEST_F(DirectoryReadsTest, OneOffForTwoNamesIsALoop) {
    list(0, {record("a", 1), record("b", 2)});
    list(1, {record("b", 2)});
    EXPECT_FALSE(reads.find(node, fh)->looped);
    list(2, {record("c", 1)});
    EXPECT_TRUE(reads.find(node, fh)->looped);
}

TEST_F(DirectoryReadsTest, AClosedDirectoryIsForgottenAndItsNamesAreNot) {
    list(0, {record("a", 1, 4)});
    reads.closed(node, fh);
    EXPECT_EQ(reads.find(node, fh), nullptr);
    EXPECT_EQ(reads.records(), 0u);
    const DirentFact* fact = reads.dirent_at(node, "a");
    ASSERT_NE(fact, nullptr);
    EXPECT_EQ(fact->type, 4u);
    EXPECT_EQ(fact->ino, 101u);
    EXPECT_EQ(fact->frame, 2u);
    EXPECT_EQ(reads.dirent_at(node + 1, "a"), nullptr);
}

TEST_F(DirectoryReadsTest, AChangedNameIsNoLongerWhatAListingSaid) {
    list(0, {record("a", 1), record("b", 2)});
    reads.changed(node, "a");
    EXPECT_EQ(reads.dirent_at(node, "a"), nullptr);
    EXPECT_NE(reads.dirent_at(node, "b"), nullptr);
}

TEST_F(DirectoryReadsTest, AListingThatWasOvertakenByAChangeSaysNothingOfNames) {
    const std::vector<DirentRecord> records{record("a", 1)};
    Listing listing{node, fh, 0, 1, 2, records};
    listing.stable = false;
    reads.listed(listing);
    EXPECT_EQ(reads.dirent_at(node, "a"), nullptr);
    EXPECT_TRUE(reads.find(node, fh)->returned(1));
}

TEST_F(DirectoryReadsTest, AMillionEntriesStayWithinBounds) {
    constexpr std::uint64_t entries = 1'000'000, in_reply = 1000;
    for (std::uint64_t first = 0; first < entries; first += in_reply) {
        std::vector<std::string> names;
        std::vector<DirentRecord> records;
        for (std::uint64_t i = first; i < first + in_reply; ++i)
            names.push_back("file" + std::to_string(i));
        for (std::uint64_t i = 0; i < in_reply; ++i)
            records.push_back(record(names[i], first + i + 1));
        list(first, records);
    }
    EXPECT_LE(reads.records(), 2 * DirectoryRead::most_records);
    EXPECT_FALSE(reads.find(node, fh)->whole);
    EXPECT_NE(reads.dirent_at(node, "file999999"), nullptr);
    EXPECT_EQ(reads.dirent_at(node, "file0"), nullptr);
}

TEST_F(DirectoryReadsTest, DirectoriesThatAreNeverClosedStayWithinBounds) {
    const std::vector<DirentRecord> records{record("a", 1)};
    const std::uint64_t opened = 3 * DirectoryReads::most_directories;
    for (std::uint64_t i = 0; i < opened; ++i)
        reads.listed({node, i, 0, 1, 2, records});
    EXPECT_EQ(reads.records(), 2 * DirectoryReads::most_directories);
    EXPECT_EQ(reads.find(node, 0), nullptr);
    EXPECT_NE(reads.find(node, opened - 1), nullptr);
}

TEST_F(DirectoryReadsTest, ADirectoryOpenedAgainOutlivesItsOldPlaceInTheQueue) {
    const std::vector<DirentRecord> records{record("a", 1)};
    reads.listed({node, fh, 0, 1, 2, records});
    reads.closed(node, fh);
    reads.listed({node, fh, 0, 3, 4, records});
    for (std::uint64_t i = 1; i < DirectoryReads::most_directories; ++i)
        reads.listed({node + i, fh, 0, 1, 2, records});
    EXPECT_NE(reads.find(node, fh), nullptr);
}

} // namespace
} // namespace fusewire
