// Where bytes come from in their order: a file, a pipe, memory, or another stream that is
// decompressed on the way. Each keeps a buffer of fixed size, whatever the input says.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fusewire::files {

enum class Compression : std::uint8_t { none, gzip, zstd };

// By the magic number; fewer than four bytes are not compressed.
Compression compression_of(Bytes head);

class ByteStream {
  public:
    virtual ~ByteStream() = default;

    // Puts at least one byte into `out` and returns how many; 0 at the end of the input.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> out) = 0;

    // Starts again from the first byte.
    [[nodiscard]] virtual Result<void> rewind() = 0;

    // Bytes taken from the outermost input so far, for progress.
    virtual std::uint64_t consumed() const = 0;

    // What was wrong with the end of the input without making its bytes untrue; empty if nothing.
    virtual std::string complaint() const { return {}; }
};

// Reads `fd` from where it stands, without owning it; cannot rewind. `name` is for messages. With `go_on` it
// waits only as long as that is true, and then the input is at its end.
std::unique_ptr<ByteStream> stream_pipe(int fd, std::string name, std::function<bool()> go_on = {});

// Reads the bytes [start, end) of a regular file, wherever `fd` stands and without moving it; fewer
// if the file is shorter.
std::unique_ptr<ByteStream> stream_file(int fd, std::uint64_t start, std::uint64_t end,
                                        std::string name);

// Reads bytes that the caller keeps.
std::unique_ptr<ByteStream> stream_memory(Bytes bytes);

// Gives `head`, which was taken from `rest` already, once more and then the rest. Cannot rewind.
std::unique_ptr<ByteStream> stream_after(std::vector<std::byte> head,
                                         std::unique_ptr<ByteStream> rest);

// Decompresses `inner`. Several gzip members or zstd frames in a row are one input.
std::unique_ptr<ByteStream> stream_gzip(std::unique_ptr<ByteStream> inner);
std::unique_ptr<ByteStream> stream_zstd(std::unique_ptr<ByteStream> inner);

} // namespace fusewire::files
