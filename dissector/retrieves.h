// Retrieves: what the server asked to have back of the kernel's cache (RETRIEVE), until NOTIFY_REPLY
// brings it. Bounded: the oldest are given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace fusewire {

// A RETRIEVE that no NOTIFY_REPLY came for yet.
struct Retrieve {
    std::uint64_t notify_unique = 0;
    std::uint64_t nodeid = 0;
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
    std::uint64_t frame = 0;
    bool expected = false; // the kernel knows the node, so that an answer must come
};

class Retrieves {
  public:
    static constexpr std::size_t limit = 1024;

    void asked(const Retrieve& retrieve);
    void answered(std::uint64_t notify_unique);
    // The oldest one with this number; servers may use a number again. nullptr: none.
    const Retrieve* find(std::uint64_t notify_unique) const;
    // Some were given up: an answer that fits none may still be one to them.
    bool gave_up() const { return gave_up_; }
    const std::deque<Retrieve>& waiting() const { return waiting_; }

  private:
    std::deque<Retrieve> waiting_;
    std::unordered_map<std::uint64_t, std::size_t> numbers_; // how many of `waiting_` have it
    bool gave_up_ = false;
};

} // namespace fusewire
