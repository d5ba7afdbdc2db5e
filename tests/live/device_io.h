// The system calls by which bytes cross /dev/fuse. A reader and a writer belong to one thread of a
// server; what they are told to use is a name: requests come by "read", "readv" or "splice", replies
// go by "write", "writev", "splice", "move" (file pages that the kernel may keep), "mapped" or
// "mapped-data" (from a file mapping of which no page is present).
#pragma once

#include "tests/live/raw_log.h"

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace fusewire::live_test {

// A pipe that holds a message of up to `size` bytes in pages that are not full. Throws
// std::system_error: more than fs.pipe-max-size needs privileges that not every root has.
class Pipe {
  public:
    explicit Pipe(std::size_t size);
    ~Pipe();
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int in() const { return ends_[1]; }
    int out() const { return ends_[0]; }

    // Takes exactly `bytes.size()` bytes out.
    bool take(std::span<std::byte> bytes) const;

  private:
    int ends_[2] = {-1, -1};
};

class RequestReader {
  public:
    // Requests of up to `room` bytes. Throws std::invalid_argument for an unknown way.
    RequestReader(std::string_view way, int device, std::size_t room);

    // Waits for the next request, which is valid until the next call; empty: unmounted.
    std::span<const std::byte> next();

  private:
    struct Way;
    static const Way ways[];

    ssize_t by_read();
    ssize_t by_readv();
    ssize_t by_splice();

    const Way* way_;
    int device_;
    Buffer buffer_;
    Buffer scattered_; // the pieces that readv fills, which do not touch
    std::optional<Pipe> pipe_;
    std::size_t calls_ = 0;
};

class ReplyWriter {
  public:
    // Replies of up to `room` bytes. Throws std::invalid_argument for an unknown way.
    ReplyWriter(std::string_view way, int device, std::size_t room);
    ~ReplyWriter();
    ReplyWriter(const ReplyWriter&) = delete;
    ReplyWriter& operator=(const ReplyWriter&) = delete;

    // What the kernel says: 0, or a negative errno.
    int write(std::span<const std::byte> reply);

  private:
    struct Way;
    static const Way ways[];

    ssize_t by_write(std::span<const std::byte> reply);
    ssize_t by_writev(std::span<const std::byte> reply);
    ssize_t by_splice(std::span<const std::byte> reply);
    ssize_t by_move(std::span<const std::byte> reply);
    ssize_t from_mapping(std::span<const std::byte> reply);
    ssize_t data_from_mapping(std::span<const std::byte> reply);
    void put_into_file(std::span<const std::byte> bytes) const;
    ssize_t send_pipe(std::size_t size, unsigned flags);

    const Way* way_;
    int device_;
    std::optional<Pipe> pipe_;
    int file_ = -1; // without a name
    std::size_t calls_ = 0;
};

} // namespace fusewire::live_test
