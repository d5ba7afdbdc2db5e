// RecordSource: where records come from. A capture file, a pipe and the live probe all look the same
// to the views; open_capture() picks the reader by the first bytes, never by the file's name.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fusewire {

// Progress through the input, for progress bars; total is 0 when it is not known (pipes, live).
struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
};

class RecordSource {
  public:
    virtual ~RecordSource() = default;

    // The next record: true with `record` filled, false at the end of the input. An error is the
    // last thing a source says; the records before it were whole and remain true. The record's
    // spans are valid until the next call.
    [[nodiscard]] virtual Result<bool> next(Record& record) = 0;

    // Connections described so far; grows while records are read. `conn` is unique in the list.
    virtual const std::vector<Connection>& connections() const = 0;

    // Starts again from the first record; only if rewindable().
    virtual bool rewindable() const { return false; }
    [[nodiscard]] virtual Result<void> rewind() {
        return fail(Errc::unsupported, "this source cannot be read twice");
    }

    virtual Progress progress() const { return {}; }

    // A cut end or a damaged tail that did not stop the reading: one line each, for stderr.
    virtual const std::vector<std::string>& warnings() const = 0;
};

// Opens a pcapng or pcap capture, plain or compressed with gzip or zstd; "-" is standard input.
[[nodiscard]] Result<std::unique_ptr<RecordSource>> open_capture(const std::string& path);

} // namespace fusewire
