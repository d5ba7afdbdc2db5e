// ByteInput: a window that moves over the bytes of a capture file, pipe or buffer, the same for plain
// and compressed input, and for a file that still grows. It keeps no more than its reader asked to see at once; a plain file can be
// looked at as a whole besides.
#pragma once

#include "capture/byte_stream.h"
#include "capture/growing_file.h"
#include "capture/mapped_file.h"
#include "capture/source.h"

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

namespace fusewire::files {

class ByteInput {
  public:
    // Opens a file, maps it for whole() if it is a plain regular file, decompresses it if it is gzip
    // or zstd; "-" is standard input. With `go_on` a pipe is opened although nobody writes to it yet, and
    // reading it waits only as long as that is true.
    [[nodiscard]] static Result<std::unique_ptr<ByteInput>> open(const std::string& path,
                                                                 std::function<bool()> go_on = {});

    // A plain file to which more is written: peek() waits at its end as long as `go_on`.
    [[nodiscard]] static Result<std::unique_ptr<ByteInput>> follow(const std::string& path,
                                                                   GrowingFile::GoOn go_on);

    // The same of an open file, which is closed in the end. `note` becomes its complaint().
    [[nodiscard]] static Result<std::unique_ptr<ByteInput>> adopt(int fd, std::string name,
                                                                  std::string note);

    // Reads `bytes`, which the caller keeps, as if they were a mapped file.
    static std::unique_ptr<ByteInput> over(Bytes bytes, std::string name);

    ~ByteInput();
    ByteInput(const ByteInput&) = delete;
    ByteInput& operator=(const ByteInput&) = delete;

    // The next `count` bytes without consuming them; fewer only at the end of the input or when
    // failure() says why. Valid until the next peek(), read(), skip past them, or rewind().
    Bytes peek(std::size_t count) {
        if (count <= end_ - cursor_)
            return {data_ + cursor_, count};
        return refill(count);
    }

    // What peek() would show without reading, of a growing file without waiting.
    Bytes at_hand() const { return {data_ + cursor_, end_ - cursor_}; }

    // Consumes bytes that peek() has shown.
    void skip(std::size_t count) { cursor_ += count; }

    // Consumes and copies up to out.size() bytes, at least one unless the input has ended.
    std::size_t read(std::span<std::byte> out);

    // Bytes consumed, counted after decompression.
    std::uint64_t offset() const { return base_ + cursor_; }

    // The whole file if it is mapped, for access at any place, and of a growing one what was read; empty
    // otherwise. It may be looked at while another thread reads on.
    Bytes whole() const {
        return growing_ == nullptr ? whole_ : whole_.first(seen_.load(std::memory_order_acquire));
    }

    bool grows() const { return growing_ != nullptr; }

    // Not all bytes of whole() were true when they were looked at: the file shrank.
    bool whole_lost() const { return map_ && map_->fault_seen(); }
    Error shrunk() const {
        return {Errc::io, name_ + ": the file shrank while it was being read", 0};
    }

    // Reading failed. Asks nothing of the kernel, so that it can be called for every record.
    bool troubled() const { return failure_.has_value(); }

    // Why the input ended early; asks the kernel whether a mapped file is shorter than it was.
    std::optional<Error> failure() const;

    // A note on the end of the input, such as cut compressed data; empty if nothing is to be said.
    std::string complaint() const { return stream_ ? stream_->complaint() : note_; }

    bool rewindable() const { return rewindable_; }
    [[nodiscard]] Result<void> rewind();

    // See RecordSource::on_idle(); called before each read of a pipe, and at the end of a growing file.
    void on_idle(std::function<void()> idle) { idle_ = std::move(idle); }

    Progress progress() const;
    const std::string& name() const { return name_; }

  private:
    explicit ByteInput(std::string name) : name_(std::move(name)) {}

    Result<void> attach(std::function<bool()> go_on = {});
    void attach_file(std::uint64_t start, std::uint64_t size);
    Result<void> attach_pipe(std::function<bool()> go_on);
    Result<void> attach_growing(GrowingFile::GoOn go_on);
    Bytes refill(std::size_t count);
    [[nodiscard]] Result<std::size_t> read_more();
    [[nodiscard]] Result<bool> await_growth();
    void make_room(std::size_t count);

    std::string name_;
    std::string note_;
    int fd_ = -1;
    bool owns_fd_ = false;
    bool rewindable_ = false;
    Compression compression_ = Compression::none;
    std::uint64_t total_ = 0; // bytes of the file itself, 0 unknown

    std::unique_ptr<MappedFile> map_;
    Bytes whole_;
    std::unique_ptr<ByteStream> stream_; // null: data_ is the whole input
    GrowingFile* growing_ = nullptr;     // stream_, if that is what it is
    std::atomic<std::size_t> seen_{0};   // bytes of a growing file that were read
    std::vector<std::byte> buffer_;
    const std::byte* data_ = nullptr;
    std::size_t cursor_ = 0;
    std::size_t end_ = 0;
    std::uint64_t base_ = 0; // offset of data_ in the input
    std::optional<Error> failure_;
    std::function<void()> idle_; // empty: nobody wants to know
};

} // namespace fusewire::files
