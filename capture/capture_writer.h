// Copies records into a capture file, each connection's description before its first record.
#pragma once

#include "capture/sink.h"
#include "capture/source.h"

#include <cerrno>
#include <memory>
#include <string>

namespace fusewire {

class CaptureWriter {
  public:
    explicit CaptureWriter(std::unique_ptr<RecordSink> sink) : sink_(std::move(sink)) {}

    // "-" is standard output.
    [[nodiscard]] static Result<CaptureWriter> create(const std::string& path, FileFormat format);
    // Errc::usage if `path` is the file `input`, which would be emptied before it is read.
    [[nodiscard]] static Result<CaptureWriter> create(const std::string& path, FileFormat format,
                                                      const std::string& input);

    [[nodiscard]] Result<void> write(const RecordSource& source, const Record& record);
    [[nodiscard]] Result<void> flush() { return sink_->flush(); }

    std::uint64_t bytes_written() const { return sink_->bytes_written(); }

  private:
    Result<void> describe(const RecordSource& source);

    std::unique_ptr<RecordSink> sink_;
    std::size_t described_ = 0; // connections of the source
    std::size_t revised_ = 0;   // of the source's revised()
};

// True for what a reader of our output does by going away.
inline bool is_closed_pipe(const Error& error) {
    return error.sys_errno == EPIPE;
}

} // namespace fusewire
