// The "raw" dump format that raw_server logs in and `fusewire import --from raw` reads: records of
// {u8 direction 0 request / 1 reply, 3 zero bytes, u32 length, u64 ns since the epoch, bytes},
// little-endian. What became of a reply cannot be said there: FILE.results has a line "number errno"
// for each reply once it is written, with the number of its record counted from 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace fusewire::live_test {

using Buffer = std::vector<std::byte>;

enum class LogDirection : std::uint8_t { request = 0, reply = 1 };

struct LogRecord {
    LogDirection direction{};
    std::uint64_t time_ns = 0;
    int result = 0;       // of the write() of a reply: 0 or a negative errno
    bool written = false; // a reply of which the result is known
    Buffer bytes;
};

// Appends records to a file; safe to use from several threads. Each record is one write, so that
// the log is whole up to the moment the server is killed.
class RawLog {
  public:
    // An empty path logs nothing. Throws std::system_error if the file cannot be made.
    explicit RawLog(const std::string& path);
    ~RawLog();
    RawLog(const RawLog&) = delete;
    RawLog& operator=(const RawLog&) = delete;

    // The record's number.
    std::uint64_t add(LogDirection direction, std::span<const std::byte> bytes);

    // What the kernel said to the reply of that number: 0 or a negative errno.
    void written(std::uint64_t number, int result);

  private:
    std::mutex mutex_;
    std::uint64_t count_ = 0;
    int fd_ = -1;
    int results_ = -1;
};

// All whole records of a log, with the results beside it. Throws std::runtime_error if the file cannot be read.
std::vector<LogRecord> read_raw_log(const std::string& path);

} // namespace fusewire::live_test
