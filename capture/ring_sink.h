// RingSink: writes one capture as a row of files, x_00001_20261122143000.pcapng and on, and keeps
// all of them or the newest few. Each file is a capture of its own: it describes the connections
// again. A request that is open when a file ends has its reply in the next one.
#pragma once

#include "capture/sink.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fusewire {

// When a file is full and the next one begins. Time counts from the first message of a file.
struct RingRules {
    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

    std::optional<std::chrono::nanoseconds> duration;
    std::optional<std::chrono::nanoseconds> interval; // at multiples of it since the epoch
    std::uint64_t bytes = never;
    std::uint64_t messages = never;
    std::uint64_t kept = never; // files; the oldest of this capture is removed first

    // Whether a file can ever be full.
    bool fills() const { return duration || interval || bytes != never || messages != never; }
};

// "a/x.pcapng", 3 and a time become "a/x_00003_20261122143000.pcapng", in local time.
std::string ring_file_name(const std::string& path, std::uint64_t number, std::int64_t time_ns);

class RingSink final : public RecordSink {
  public:
    // Creates the first file, named after `start_ns`; the others bear the time of their first
    // message. Errors as create_capture().
    [[nodiscard]] static Result<std::unique_ptr<RingSink>>
    create(std::string path, FileFormat format, const RingRules& rules, std::int64_t start_ns);

    [[nodiscard]] Result<void> describe(const Connection& connection) override;
    // Begins the next file first if this one is full; the one before is then closed and whole.
    [[nodiscard]] Result<void> write(const Record& record) override;
    [[nodiscard]] Result<void> flush() override { return sink_->flush(); }
    // Of all files together, also those that were removed.
    std::uint64_t bytes_written() const override { return closed_bytes_ + sink_->bytes_written(); }

    // Whether a message of that time would go into the next file. A file without messages is not.
    bool is_full(std::int64_t time_ns) const;

    // How many files were begun, and the names of those that were not removed, the oldest first.
    std::uint64_t begun() const { return begun_; }
    const std::deque<std::string>& files() const { return files_; }

  private:
    RingSink(std::string path, FileFormat format, const RingRules& rules)
        : path_(std::move(path)), format_(format), rules_(rules) {}

    Result<void> begin_file(std::int64_t time_ns);
    Result<void> switch_file(std::int64_t time_ns);
    Result<void> remove_oldest();

    std::string path_;
    FileFormat format_;
    RingRules rules_;
    std::unique_ptr<RecordSink> sink_;
    std::vector<Connection> connections_;
    std::deque<std::string> files_;
    std::uint64_t begun_ = 0;
    std::uint64_t closed_bytes_ = 0;
    std::uint64_t messages_ = 0; // in this file
    std::int64_t first_ns_ = 0;  // time of the first of them
};

} // namespace fusewire
