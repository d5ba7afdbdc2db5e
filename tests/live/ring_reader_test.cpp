#include "capture/live/ring_reader.h"

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace fusewire {

namespace {

// A ring of 64 bytes in our own memory; the data is there twice, as the kernel maps it.
class Ring : public testing::Test {
  protected:
    static constexpr std::size_t size = 64;

    void put(std::string_view text, std::uint32_t bits = 0) {
        std::array<std::byte, size> whole{};
        const auto length = static_cast<std::uint32_t>(text.size()) | bits;
        std::memcpy(whole.data(), &length, sizeof(length));
        std::memcpy(whole.data() + BPF_RINGBUF_HDR_SZ, text.data(), text.size());
        const std::size_t used = (BPF_RINGBUF_HDR_SZ + text.size() + 7) / 8 * 8;
        for (std::size_t i = 0; i < used; i++)
            data[(producer + i) % size] = data[(producer + i) % size + size] = whole[i];
        producer += used;
    }

    std::string next() {
        const auto bytes = reader.next();
        return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size())
                     : "none";
    }

    alignas(8) std::array<std::byte, 2 * size> data{};
    std::uint64_t consumer = 0;
    std::uint64_t producer = 0;
    RingReader reader{{&consumer, &producer, data.data(), size}};
};

TEST_F(Ring, AnEmptyRingHasNone) {
    EXPECT_EQ(next(), "none");
}

TEST_F(Ring, RecordsComeInOrderAndAreGivenBackOneLater) {
    put("one");
    put("three four");
    EXPECT_EQ(next(), "one");
    EXPECT_EQ(consumer, 0u);
    EXPECT_EQ(next(), "three four");
    EXPECT_EQ(consumer, 16u);
    EXPECT_EQ(next(), "none");
    EXPECT_EQ(consumer, producer);
}

TEST_F(Ring, WhatIsProducedAndConsumedIsCountedFromTheBeginning) {
    EXPECT_EQ(reader.produced(), 0u);
    EXPECT_EQ(reader.consumed(), 0u);
    put("one");
    put("two");
    EXPECT_EQ(reader.produced(), 32u);
    EXPECT_EQ(reader.consumed(), 0u);
    next();
    EXPECT_EQ(reader.consumed(), 16u); // handed out, although its room is not given back yet
    next();
    next();
    EXPECT_EQ(reader.consumed(), reader.produced());
}

TEST_F(Ring, ADiscardedRecordIsConsumedWithTheNextOne) {
    put("gone", BPF_RINGBUF_DISCARD_BIT);
    put("here");
    EXPECT_EQ(next(), "here");
    EXPECT_EQ(reader.consumed(), 32u);
}

TEST_F(Ring, ARecordAcrossTheEndIsWhole) {
    for (int i = 0; i < 100; i++) {
        const std::string text = "record number " + std::to_string(i);
        put(text);
        EXPECT_EQ(next(), text);
    }
    EXPECT_EQ(next(), "none");
}

TEST_F(Ring, ARecordStillBeingWrittenHidesWhatFollows) {
    put("busy", BPF_RINGBUF_BUSY_BIT);
    put("later");
    EXPECT_EQ(next(), "none");
    EXPECT_EQ(next(), "none");
}

TEST_F(Ring, ADiscardedRecordIsSkipped) {
    put("gone", BPF_RINGBUF_DISCARD_BIT);
    put("here");
    EXPECT_EQ(next(), "here");
}

} // namespace

} // namespace fusewire
