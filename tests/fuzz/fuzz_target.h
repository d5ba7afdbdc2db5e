// What the fuzz targets share: the entry point that libFuzzer and the replay call, the check that
// stops at a broken promise, and input taken apart into numbers.
#pragma once

#include "dissector/record.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fusewire::fuzz {

// Ends the run with a message when a promise of the code under test is broken.
inline void require(bool holds, const char* promise) {
    if (holds)
        return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

// Reads every byte, so that a span that points outside of its message is noticed.
inline void touch(Bytes bytes) {
    for (const std::byte& byte : bytes)
        static_cast<void>(*static_cast<const volatile std::byte*>(&byte));
}

// Takes numbers and bytes from the front of the input; zeros once it is used up.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size)
        : rest_(reinterpret_cast<const std::byte*>(data), size) {}

    bool empty() const { return rest_.empty(); }

    // Little-endian, 1 to 8 bytes.
    std::uint64_t number(std::size_t width) {
        std::uint64_t value = 0;
        const Bytes taken = bytes(width);
        for (std::size_t i = 0; i < taken.size(); ++i)
            value |= std::to_integer<std::uint64_t>(taken[i]) << (8 * i);
        return value;
    }

    Bytes bytes(std::size_t count) {
        const Bytes taken = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

  private:
    Bytes rest_;
};

// A copy in a heap block of exactly its size, so that ASan sees a read one byte past the end.
class ExactCopy {
  public:
    explicit ExactCopy(Bytes bytes) : size_(bytes.size()), data_(new std::byte[bytes.size()]) {
        std::copy(bytes.begin(), bytes.end(), data_.get());
    }
    Bytes bytes() const { return {data_.get(), size_}; }

  private:
    std::size_t size_;
    std::unique_ptr<std::byte[]> data_;
};

} // namespace fusewire::fuzz
