// RecordSource: where records come from. A capture file, a pipe and the live probe all look the
// same to the views; open_capture() picks the reader by the first bytes, never by the file's name.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fusewire {

// Where a record lies in its file: the offset of its first packet.
enum class Position : std::uint64_t {};

// Reads records of a mapped capture file once more, in any order, so that a view needs to keep no
// more than a Position of each. Serves one thread, while another may be in next(); not while one is in
// rewind(), and no longer than its source.
class RandomAccess {
  public:
    virtual ~RandomAccess() = default;

    // Reads the record at `position`, which next() has passed; record.frame and record.about are left
    // as they are. False if there is none. The record's spans are valid until the next call.
    [[nodiscard]] virtual Result<bool> read_at(Position position, Record& record) = 0;
};

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

    // Connections of which more, or something else, has become known since they were listed: their
    // indexes, in the order in which that happened; grows while records are read.
    virtual std::span<const std::size_t> revised() const { return {}; }

    // Starts again from the first record; only if rewindable().
    virtual bool rewindable() const { return false; }
    [[nodiscard]] virtual Result<void> rewind() {
        return fail(Errc::unsupported, "this source cannot be read twice");
    }

    // Of the record that next() has given last; means something only with random_access().
    virtual Position position() const { return {}; }

    // A reader of its own for each caller. Null for pipes, compressed files, rare variants of pcap, and
    // live sources.
    virtual std::unique_ptr<RandomAccess> random_access() const { return nullptr; }

    // `idle` is called whenever next() is about to wait for more input, so that what was made of the
    // records so far can be flushed. Sources that never wait do not call it.
    virtual void on_idle(std::function<void()> idle) { static_cast<void>(idle); }

    virtual Progress progress() const { return {}; }

    // A cut end or a damaged tail that did not stop the reading: one line each, for stderr.
    virtual const std::vector<std::string>& warnings() const = 0;
};

// Opens a pcapng or pcap capture, plain or compressed with gzip or zstd; "-" is standard input.
[[nodiscard]] Result<std::unique_ptr<RecordSource>> open_capture(const std::string& path);

// The same of a plain file to which more is written: next() waits at its end as long as `go_on`, and calls
// what was given to on_idle() meanwhile. The file may be empty still, so what is wrong with it is an error
// of next(). Errc::unsupported for what is no regular file.
[[nodiscard]] Result<std::unique_ptr<RecordSource>>
open_growing_capture(const std::string& path, std::function<bool()> go_on);

// As open_capture(), but a pipe or a compressed file is copied to a private temporary file first, so that it has
// random access; `go_on` is asked meanwhile, and false stops it.
[[nodiscard]] Result<std::unique_ptr<RecordSource>>
open_capture_spooled(const std::string& path, const std::function<bool(Progress)>& go_on);

// Why a capture is refused that is wanted in any order and has no random_access() even in a plain file.
Error no_random_access(const std::string& path);

} // namespace fusewire
