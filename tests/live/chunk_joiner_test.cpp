#include "capture/live/chunk_joiner.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

namespace fusewire {

namespace {

using Raw = std::vector<std::byte>;

constexpr std::uint64_t id_on(std::uint64_t cpu, std::uint64_t program, std::uint64_t counter) {
    return cpu << 48 | program << 44 | counter;
}

struct Chunk {
    std::uint64_t msg_id;
    unsigned flags;
    std::uint32_t offset;
    std::string_view text;
};

Raw record(const Chunk& chunk) {
    fuse_event event{};
    event.msg_id = chunk.msg_id;
    event.version = FUSE_EVENT_VERSION;
    event.flags = static_cast<__u8>(chunk.flags);
    event.offset = chunk.offset;
    event.captured = static_cast<__u32>(chunk.text.size());
    event.msg_length = 100;
    Raw bytes(sizeof(event) + chunk.text.size());
    std::memcpy(bytes.data(), &event, sizeof(event));
    std::memcpy(bytes.data() + sizeof(event), chunk.text.data(), chunk.text.size());
    return bytes;
}

constexpr unsigned first = FUSE_EVENT_FIRST;
constexpr unsigned last = FUSE_EVENT_LAST;

class Joining : public testing::Test {
  protected:
    // The text of the message that the chunk completes, "-" if none.
    std::string add(const Chunk& chunk) { return add_raw(record(chunk)); }

    std::string add_raw(const Raw& bytes) {
        const auto message = joiner.add(bytes);
        if (!message)
            return "-";
        flags = message->event.flags;
        return {reinterpret_cast<const char*>(message->bytes.data()), message->bytes.size()};
    }

    ChunkJoiner joiner{1000};
    unsigned flags = 0;
};

TEST_F(Joining, OneChunkIsAMessage) {
    EXPECT_EQ(add({1, first | last, 0, "whole"}), "whole");
    EXPECT_EQ(add({2, first | last, 0, ""}), "");
    EXPECT_EQ(joiner.counts().incomplete, 0u);
}

TEST_F(Joining, SeveralChunksAreJoinedWithTheFlagsOfAll) {
    EXPECT_EQ(add({1, first, 0, "one "}), "-");
    EXPECT_EQ(add({1, FUSE_EVENT_FAULT, 4, "two "}), "-");
    EXPECT_EQ(add({1, last, 8, "three"}), "one two three");
    EXPECT_EQ(flags, first | last | FUSE_EVENT_FAULT);
}

TEST_F(Joining, MessagesOfDifferentCpusAndProgramsMayBeInterleaved) {
    EXPECT_EQ(add({id_on(0, 0, 5), first, 0, "a"}), "-");
    EXPECT_EQ(add({id_on(1, 0, 5), first, 0, "b"}), "-");
    EXPECT_EQ(add({id_on(0, 1, 5), first, 0, "c"}), "-");
    EXPECT_EQ(add({id_on(1, 0, 5), last, 1, "B"}), "bB");
    EXPECT_EQ(add({id_on(0, 1, 5), last, 1, "C"}), "cC");
    EXPECT_EQ(add({id_on(0, 0, 5), last, 1, "A"}), "aA");
    EXPECT_EQ(joiner.counts().incomplete, 0u);
}

TEST_F(Joining, AMessageWhoseEndIsMissingIsCountedAndTheNextIsWhole) {
    EXPECT_EQ(add({1, first, 0, "lost"}), "-");
    EXPECT_EQ(add({2, first, 0, "ne"}), "-");
    EXPECT_EQ(joiner.counts().incomplete, 1u);
    EXPECT_EQ(add({2, last, 2, "xt"}), "next");
    EXPECT_EQ(joiner.counts().incomplete, 1u);
}

TEST_F(Joining, AMessageWhoseStartIsMissingIsCountedOnce) {
    EXPECT_EQ(add({1, 0, 4, "middle"}), "-");
    EXPECT_EQ(add({1, last, 10, "end"}), "-");
    EXPECT_EQ(joiner.counts().incomplete, 1u);
    EXPECT_EQ(add({2, first | last, 0, "next"}), "next");
}

TEST_F(Joining, AMissingMiddleIsCountedOnce) {
    add({1, first, 0, "aa"});
    EXPECT_EQ(add({1, 0, 4, "cc"}), "-");
    EXPECT_EQ(add({1, last, 6, "dd"}), "-");
    EXPECT_EQ(joiner.counts().incomplete, 1u);
}

TEST_F(Joining, AnOverlapOrASecondStartIsNotJoined) {
    add({1, first, 0, "aa"});
    EXPECT_EQ(add({1, last, 1, "bb"}), "-");
    add({2, first, 0, "aa"});
    EXPECT_EQ(add({2, first, 0, "aa"}), "-");
    EXPECT_EQ(add({2, last, 2, "bb"}), "-");
    EXPECT_EQ(joiner.counts().incomplete, 2u);
}

TEST_F(Joining, MemoryIsBoundedOverAllLanes) {
    const std::string big(600, 'x');
    EXPECT_EQ(add({id_on(0, 0, 1), first, 0, big}), "-");
    EXPECT_EQ(add({id_on(1, 0, 1), first, 0, big}), "-");
    EXPECT_EQ(joiner.counts().incomplete, 1u);
    EXPECT_EQ(add({id_on(0, 0, 1), last, 600, "y"}), big + "y");
    EXPECT_EQ(add({id_on(1, 0, 2), first, 0, big}), "-");
    EXPECT_EQ(add({id_on(1, 0, 2), last, 600, "y"}), big + "y");
    EXPECT_EQ(joiner.counts().incomplete, 1u);
}

TEST_F(Joining, RecordsThatAreNoneAreCountedAndIgnored) {
    Raw bytes = record({1, first | last, 0, "text"});
    for (std::size_t size = 0; size < bytes.size(); size++)
        EXPECT_EQ(add_raw(Raw(bytes.begin(), bytes.begin() + static_cast<long>(size))), "-");
    EXPECT_EQ(joiner.counts().damaged, bytes.size());
    bytes[offsetof(fuse_event, version)] = std::byte{9};
    EXPECT_EQ(add_raw(bytes), "-");
    EXPECT_EQ(joiner.counts().damaged, bytes.size() + 1);
}

TEST_F(Joining, BytesBehindTheCapturedOnesAreNotTheMessages) {
    Raw bytes = record({1, first | last, 0, "text"});
    bytes.resize(bytes.size() + 4);
    EXPECT_EQ(add_raw(bytes), "text");
}

TEST_F(Joining, WhatIsUnfinishedAtTheEndIsCounted) {
    add({id_on(0, 0, 1), first, 0, "a"});
    add({id_on(1, 0, 1), first, 0, "b"});
    add({id_on(2, 0, 1), first | last, 0, "c"});
    joiner.abandon();
    joiner.abandon();
    EXPECT_EQ(joiner.counts().incomplete, 2u);
}

TEST_F(Joining, RandomRecordsNeitherCrashNorGrow) {
    std::mt19937 random(1);
    for (int i = 0; i < 100'000; i++) {
        const std::string text(random() % 40, 'x');
        Raw bytes = record({id_on(random() % 3, random() % 2, random() % 4),
                            static_cast<unsigned>(random() % 64),
                            static_cast<std::uint32_t>(random() % 3 * 20), text});
        if (random() % 10 == 0)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        const auto message = joiner.add(bytes);
        EXPECT_TRUE(!message || message->bytes.size() <= 1000);
    }
}

} // namespace

} // namespace fusewire
