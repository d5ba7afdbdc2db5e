// RecentMap: the latest values by number, in a ring whose oldest is written over. Unlike BoundedMap it
// allocates nothing once it is full, for what every message adds to. Made for uniques, which count
// up: neighbours lie side by side, so that they are in the cache when they are wanted. Numbers that
// somebody chose cannot be made to meet, since how far apart they lie is a secret of each map.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusewire {

template <class Value, std::size_t Limit>
class RecentMap {
  public:
    const Value* find(std::uint64_t key) const {
        const Slot* slot = slot_of(key);
        return slot == nullptr ? nullptr : &slot->value;
    }
    // A known key keeps its age.
    void put(std::uint64_t key, const Value& value) {
        if (const Slot* known = slot_of(key))
            slots_[static_cast<std::size_t>(known - slots_.data())].value = value;
        else
            link(key, value);
    }

  private:
    using Index = std::uint32_t;
    static constexpr Index none = ~Index{0};
    static_assert(Limit < none && (Limit & (Limit - 1)) == 0);

    struct Slot {
        std::uint64_t key;
        Index next; // with the same hash
        Value value;
    };

    // Within a block of Limit numbers of the kernel, which are even, each has a place of its own; where
    // the block begins is a multiply-shift hash of its number.
    std::size_t hash(std::uint64_t key) const {
        constexpr unsigned bits = std::countr_zero(Limit);
        const std::uint64_t block = key >> (bits + 1);
        return static_cast<std::size_t>((key >> 1) + (block * secret_ >> (64 - bits))) &
               (Limit - 1);
    }
    const Slot* slot_of(std::uint64_t key) const {
        if (slots_.empty())
            return nullptr;
        for (Index at = heads_[hash(key)]; at != none; at = slots_[at].next)
            if (slots_[at].key == key)
                return &slots_[at];
        return nullptr;
    }
    void link(std::uint64_t key, const Value& value) {
        if (slots_.empty())
            heads_.assign(Limit, none);
        if (slots_.size() < Limit)
            slots_.emplace_back();
        else
            unlink(oldest_);
        Index& head = heads_[hash(key)];
        slots_[oldest_] = {key, head, value};
        head = oldest_;
        oldest_ = (oldest_ + 1) % Limit;
    }
    void unlink(Index gone) {
        Index* link = &heads_[hash(slots_[gone].key)];
        while (*link != gone)
            link = &slots_[*link].next;
        *link = slots_[gone].next;
    }

    // Where the system puts a map in memory is random.
    static std::uint64_t secret_of(const void* place) {
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
        const std::uint64_t mixed = reinterpret_cast<std::uintptr_t>(place) * odd;
        return (mixed ^ mixed >> 29) * odd | 1;
    }

    std::uint64_t secret_ = secret_of(this);
    std::vector<Slot> slots_;
    std::vector<Index> heads_; // by hash
    Index oldest_ = 0;         // the slot that is written next
};

} // namespace fusewire
