#include "capture/live/ring_reader.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace fusewire {

namespace {

constexpr std::uint64_t round_up_8(std::uint64_t value) {
    return (value + 7) & ~std::uint64_t{7};
}

std::size_t page_size() {
    return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Positions are pages of their own: the consumer's writable, the producer's before the data.
std::size_t producer_mapping_size(std::size_t ring_size) {
    return page_size() + 2 * ring_size;
}

} // namespace

RingReader::RingReader(RingReader&& other) noexcept
    : memory_(other.memory_), held_(std::exchange(other.held_, 0)),
      mapped_(std::exchange(other.mapped_, false)) {}

RingReader::~RingReader() {
    if (!mapped_)
        return;
    munmap(memory_.consumer, page_size());
    munmap(const_cast<std::uint64_t*>(memory_.producer), producer_mapping_size(memory_.size));
}

Result<RingReader> RingReader::map(int fd, std::size_t size) {
    void* consumer = mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (consumer == MAP_FAILED)
        return fail(Errc::refused, "cannot map the ring buffer's consumer page", errno);
    void* producer = mmap(nullptr, producer_mapping_size(size), PROT_READ, MAP_SHARED, fd,
                          static_cast<off_t>(page_size()));
    if (producer == MAP_FAILED) {
        const int error = errno;
        munmap(consumer, page_size());
        return fail(Errc::refused, "cannot map the ring buffer", error);
    }
    RingMemory memory;
    memory.consumer = static_cast<std::uint64_t*>(consumer);
    memory.producer = static_cast<const std::uint64_t*>(producer);
    memory.data = static_cast<const std::byte*>(producer) + page_size();
    memory.size = size;
    RingReader reader(memory);
    reader.mapped_ = true;
    return reader;
}

void RingReader::release() {
    if (held_ == 0)
        return;
    __atomic_store_n(memory_.consumer, *memory_.consumer + held_, __ATOMIC_RELEASE);
    held_ = 0;
}

std::optional<Bytes> RingReader::next() {
    for (;;) {
        release();
        const std::uint64_t consumer = *memory_.consumer;
        if (consumer >= __atomic_load_n(memory_.producer, __ATOMIC_ACQUIRE))
            return std::nullopt;
        const std::byte* record = memory_.data + (consumer & (memory_.size - 1));
        const std::uint32_t header =
            __atomic_load_n(reinterpret_cast<const std::uint32_t*>(record), __ATOMIC_ACQUIRE);
        if ((header & BPF_RINGBUF_BUSY_BIT) != 0)
            return std::nullopt;
        const std::uint32_t length = header & ~BPF_RINGBUF_DISCARD_BIT;
        held_ = round_up_8(BPF_RINGBUF_HDR_SZ + std::uint64_t{length});
        if ((header & BPF_RINGBUF_DISCARD_BIT) == 0)
            return Bytes(record + BPF_RINGBUF_HDR_SZ, length);
    }
}

} // namespace fusewire
