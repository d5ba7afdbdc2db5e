// RecordSink: where records go. Files are created with mode 0600, since captured data is private.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstdint>
#include <memory>
#include <string>

namespace fusewire {

enum class FileFormat : std::uint8_t { pcapng, pcap };

class RecordSink {
  public:
    virtual ~RecordSink() = default;

    // Describes a connection; to be called before its first record. Another call describes it anew
    // for the records that follow, or is ignored if it says nothing else.
    [[nodiscard]] virtual Result<void> describe(const Connection& connection) = 0;

    // Writes one message as one packet or several (max_packet_length). record.frame is ignored.
    [[nodiscard]] virtual Result<void> write(const Record& record) = 0;

    // Makes what was written visible to a reader of the file or pipe.
    [[nodiscard]] virtual Result<void> flush() = 0;

    virtual std::uint64_t bytes_written() const = 0;
};

// What a pcapng file says of its making. Samples that are compared byte by byte fix it.
struct FileOrigin {
    std::string os;          // "Linux 6.18.0 x86_64"
    std::string application; // "fusewire 0.1.0"
    std::string comment;     // a person's, on the whole capture
};

// This program on this machine.
FileOrigin this_origin();

// Creates (truncates) a capture file; "-" is standard output.
[[nodiscard]] Result<std::unique_ptr<RecordSink>>
create_capture(const std::string& path, FileFormat format,
               const FileOrigin& origin = this_origin());

} // namespace fusewire
