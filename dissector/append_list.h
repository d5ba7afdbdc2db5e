// AppendList: a list that one thread appends to while others read what is there, without a lock.
// Elements never move; the chunks they lie in double in size, and memory that nothing was written
// to yet is only reserved.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace fusewire {

template <class T, std::size_t FirstChunk = 16>
class AppendList {
    static_assert(std::has_single_bit(FirstChunk));

  public:
    // Any thread; elements below it can be read. Acquires what the appending thread wrote to them.
    std::size_t size() const { return size_.load(std::memory_order_acquire); }
    bool empty() const { return size() == 0; }

    // Any thread, for index < size().
    const T& operator[](std::size_t index) const {
        const Place place = place_of(index);
        return chunks_[place.chunk][place.at];
    }
    // The appending thread. What others may look at already is changed only as T says.
    T& operator[](std::size_t index) {
        const Place place = place_of(index);
        return chunks_[place.chunk][place.at];
    }

    // The appending thread: one more element, which others see once it is complete.
    T& push_back(T value) {
        const std::size_t index = size_.load(std::memory_order_relaxed);
        const Place place = place_of(index);
        if (!chunks_[place.chunk])
            chunks_[place.chunk] = std::make_unique_for_overwrite<T[]>(FirstChunk << place.chunk);
        T& element = chunks_[place.chunk][place.at];
        element = std::move(value);
        size_.store(index + 1, std::memory_order_release);
        return element;
    }

  private:
    static constexpr unsigned first_width = std::bit_width(FirstChunk);
    static constexpr std::size_t chunk_count = 65 - first_width;

    struct Place {
        std::size_t chunk;
        std::size_t at;
    };
    static Place place_of(std::size_t index) {
        const std::size_t from_start = index + FirstChunk;
        const auto chunk = static_cast<std::size_t>(std::bit_width(from_start)) - first_width;
        return {chunk, from_start - (FirstChunk << chunk)};
    }

    std::array<std::unique_ptr<T[]>, chunk_count> chunks_;
    std::atomic<std::size_t> size_{0};
};

} // namespace fusewire
