// The server's end of FUSE over io_uring (kernel 6.14 and later): one queue for each CPU, all on one
// ring and served by one thread. Requests are put together to the bytes that read() would give, so
// that they can be compared with a capture.
#pragma once

#include "tests/live/raw_log.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace fusewire::live_test {

// Bit of the INIT flags.
constexpr std::uint64_t init_over_io_uring = std::uint64_t{1} << 41;

class UringQueues {
  public:
    // The whole reply to a whole request. Each request over a ring has one.
    using Answer = std::function<Buffer(std::span<const std::byte> request)>;

    // For a device whose INIT has been answered with init_over_io_uring; `max_payload` is the
    // largest of what was negotiated. Throws std::system_error.
    UringQueues(int device, std::size_t max_payload);
    ~UringQueues();
    UringQueues(const UringQueues&) = delete;
    UringQueues& operator=(const UringQueues&) = delete;

    // Registers with the kernel and serves until the file system is unmounted.
    void run(const Answer& answer);

  private:
    class Ring;
    struct Entry;

    void submit(Entry& entry, std::uint32_t command, std::uint64_t commit_id);
    Buffer request_in(const Entry& entry) const;
    std::uint64_t put_reply(Entry& entry, std::span<const std::byte> reply);

    int device_;
    std::vector<std::unique_ptr<Entry>> entries_;
    std::unique_ptr<Ring> ring_;
};

} // namespace fusewire::live_test
