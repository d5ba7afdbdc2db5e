// OutputFile: a buffered file or pipe for captures. When writing fails, a regular file is cut back
// to the end of the last whole message, so that a full disk leaves a valid capture.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fusewire::files {

class OutputFile {
  public:
    // Creates or truncates `path` with mode 0600, whatever the mode was; "-" is standard output.
    [[nodiscard]] static Result<std::unique_ptr<OutputFile>> create(const std::string& path);

    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void append(Bytes bytes) { buffer_.insert(buffer_.end(), bytes.begin(), bytes.end()); }

    // What append() appends to: a block is put together where it is written from.
    std::vector<std::byte>& pending() { return buffer_; }

    // Says that what was appended so far is whole, and writes it once there is enough. After an
    // error every call fails with the same one.
    [[nodiscard]] Result<void> commit();

    // Writes everything that is whole.
    [[nodiscard]] Result<void> flush();

    // Bytes committed.
    std::uint64_t size() const { return written_ + marks_end_; }

  private:
    OutputFile(std::string name, int fd, bool owned)
        : name_(std::move(name)), fd_(fd), owned_(owned) {}

    Result<void> prepare();
    Result<void> give_up(int reason, std::size_t done);

    std::string name_;
    int fd_;
    bool owned_;
    std::int64_t start_ = -1; // where our bytes begin in a regular file
    std::vector<std::byte> buffer_;
    std::vector<std::size_t> marks_; // ends of whole messages in the buffer
    std::size_t marks_end_ = 0;
    std::uint64_t written_ = 0;
    tl::expected<void, Error> state_;
};

} // namespace fusewire::files
