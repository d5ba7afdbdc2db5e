// GrowingFile: the bytes of a file that somebody else is still writing. Reading never waits; wait() does, at
// the end of what there is, and tells a file that became shorter or was removed from one that may grow.
#pragma once

#include "capture/byte_stream.h"

#include <functional>
#include <string>

namespace fusewire::files {

class GrowingFile final : public ByteStream {
  public:
    // Asked again and again while there is nothing to read; false ends the wait.
    using GoOn = std::function<bool()>;

    // Reads the regular file `fd`, which it does not own, up to `most` bytes of it.
    GrowingFile(int fd, std::uint64_t most, std::string name, GoOn go_on);

    Result<std::size_t> read(std::span<std::byte> out) override;
    Result<void> rewind() override;
    std::uint64_t consumed() const override { return consumed_; }
    std::string complaint() const override { return complaint_; }

    // To be called when read() has given nothing: true when reading may give something now, false when it
    // never will. `idle` is called before each moment of waiting. A file that lost no more than what comes
    // after `used` bytes is read from its new end on, where consumed() stands then; one that lost more is
    // an error.
    [[nodiscard]] Result<bool> wait(std::uint64_t used, const std::function<void()>& idle);

    // Of the file, now.
    std::uint64_t size() const;

  private:
    [[nodiscard]] Result<bool> look(std::uint64_t used);

    int fd_;
    std::uint64_t most_;
    std::string name_;
    GoOn go_on_;
    std::uint64_t consumed_ = 0;
    std::string complaint_;
    bool over_ = false;
};

} // namespace fusewire::files
