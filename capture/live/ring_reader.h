// Reads a BPF ring buffer through its memory mapping, one record at a time and without copying. The
// kernel gives no ordering but its own: records come as they were reserved.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace fusewire {

// The memory of a ring: two positions that only grow, and the data, which is mapped twice in a row
// so that no record is split. `size` is a power of two.
struct RingMemory {
    std::uint64_t* consumer = nullptr;
    const std::uint64_t* producer = nullptr;
    const std::byte* data = nullptr;
    std::size_t size = 0;
};

class RingReader {
  public:
    // A ring in memory that belongs to somebody else.
    explicit RingReader(const RingMemory& memory) : memory_(memory) {}
    RingReader(RingReader&& other) noexcept;
    RingReader(const RingReader&) = delete;
    RingReader& operator=(const RingReader&) = delete;
    ~RingReader();

    // Maps the ring buffer map `fd` of `size` bytes.
    [[nodiscard]] static Result<RingReader> map(int fd, std::size_t size);

    // The next record, valid until the next call, which makes room for it in the ring. nullopt: none
    // now.
    std::optional<Bytes> next();

    // How far the probe has written and we have read, in bytes since the beginning.
    std::uint64_t produced() const { return __atomic_load_n(memory_.producer, __ATOMIC_ACQUIRE); }
    std::uint64_t consumed() const { return *memory_.consumer + held_; }

  private:
    void release();

    RingMemory memory_;
    std::uint64_t held_ = 0; // bytes of the record handed out last, with its header
    bool mapped_ = false;    // the memory is ours to unmap
};

} // namespace fusewire
