// The "raw" dump format that raw_server logs in and `fusewire import --from raw` reads: records of
// {u8 direction 0 request / 1 reply, 3 zero bytes, u32 length, u64 ns since the epoch, bytes},
// little-endian.
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

    void add(LogDirection direction, std::span<const std::byte> bytes);

  private:
    std::mutex mutex_;
    int fd_ = -1;
};

// All whole records of a log. Throws std::runtime_error if the file cannot be read.
std::vector<LogRecord> read_raw_log(const std::string& path);

} // namespace fusewire::live_test
