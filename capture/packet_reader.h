// PacketReader: the packets of a capture file, before messages are put together from them. One
// implementation for each file format; what they share is this interface and nothing else.
#pragma once

#include "capture/byte_input.h"
#include "capture/warnings.h"
#include "dissector/record.h"
#include "dissector/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fusewire::files {

// One packet of the file. The spans are valid until the next packet is read.
struct Packet {
    Bytes data;               // pseudo-header and bytes of the message
    std::uint64_t offset = 0; // of its block or record in the file, for packet_at()
    std::uint64_t frame = 0;  // from 1, counted as tshark does; 0 from packet_at()
    std::int64_t time_ns = 0; // since the epoch
    bool has_time = true;
    std::uint32_t interface = 0; // index for facts(), counted over all sections of the file
    std::uint64_t dropped = 0;   // packets lost before this one, as the container says
    std::string_view comment;    // several of them are lines of one text, kept in comment_lines
    std::string comment_lines;

    void add_comment(std::string_view text) {
        if (comment.empty()) {
            comment = text;
            return;
        }
        std::string lines{comment};
        lines.append("\n").append(text);
        comment_lines = std::move(lines);
        comment = comment_lines;
    }
};

// What the file says of an interface.
struct InterfaceFacts {
    Connection connection;
    bool names_connection = false; // connection.conn is stated, not guessed
};

class PacketReader {
  public:
    virtual ~PacketReader() = default;

    // The next packet of a link type we accept: false at the end. An error is the last thing said.
    [[nodiscard]] virtual Result<bool> next(Packet& packet) = 0;

    // Whether packet_at() works: the file is mapped and its variant of the format is simple enough.
    virtual bool finds_packets() const = 0;

    // The first packet at or after `offset`, which moves past it; only for places that next() has
    // passed, but from any thread. False at the end.
    [[nodiscard]] virtual Result<bool> packet_at(std::uint64_t& offset, Packet& packet) const = 0;

    // Of an interface of a packet that was read, from any thread.
    virtual const InterfaceFacts& facts(std::uint32_t interface) const = 0;

    // Interfaces seen so far.
    virtual std::uint32_t interface_count() const = 0;

    // Forgets the place in the input, which the caller has rewound, but no interfaces.
    [[nodiscard]] virtual Result<void> restart() = 0;
};

// Link types of our packets: LINKTYPE_USER0 to USER15, and the private range above 65000.
constexpr bool is_our_link_type(std::uint32_t link_type) {
    return (link_type >= 147 && link_type <= 162) || link_type >= 65001;
}

// "1 (Ethernet)".
std::string link_type_name(std::uint32_t link_type);

// The error for a capture of something else than FUSE.
Error foreign_link_type(const std::string& file, const std::string& format,
                        std::uint32_t link_type);

std::unique_ptr<PacketReader> read_pcapng(ByteInput& input, Warnings& warnings);
[[nodiscard]] Result<std::unique_ptr<PacketReader>> read_pcap(ByteInput& input, Warnings& warnings);

// Whether the first bytes (12 are enough) are those of the format.
bool looks_like_pcapng(Bytes head);
bool looks_like_pcap(Bytes head);

} // namespace fusewire::files
