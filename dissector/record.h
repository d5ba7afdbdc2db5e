// Record: one message as it crossed a FUSE connection, before anything is decoded. The contract
// between everything that yields messages (capture files, the BPF ring, tests) and the dissector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

using Bytes = std::span<const std::byte>;

// The connection's number: the kernel-encoded dev_t, which is the directory name under
// /sys/fs/fuse/connections.
enum class ConnId : std::uint32_t {};

// What a record is. The numbers are those of the pseudo-header (docs/capture-format.md).
enum class Direction : std::uint8_t {
    request = 0,      // kernel to server
    reply = 1,        // server to kernel: a reply, or a notification (unique 0)
    write_result = 2, // no bytes: the server's write() of a reply failed, `result` says how
    loss = 3,         // no bytes: `lost` messages are missing here
};

// How the message travelled, or how the probe saw it.
enum class Transport : std::uint8_t {
    unknown = 0,
    read_write = 1, // read, readv, write, writev on /dev/fuse
    splice = 2,
    io_uring = 3,   // FUSE over io_uring; header len of replies is rewritten by the probe
    tracepoint = 4, // taken from the kernel's struct fuse_req, the transport is not known
    imported = 5,   // converted from another dump format
};

// As filters and JSON spell it; empty: unknown.
constexpr std::string_view transport_name(Transport transport) {
    constexpr std::string_view names[] = {"",         "read_write", "splice",
                                          "io_uring", "tracepoint", "imported"};
    const auto number = static_cast<std::size_t>(transport);
    return number < std::size(names) ? names[number] : std::string_view();
}
inline constexpr std::size_t transport_count = 6;

enum RecordFlag : std::uint32_t {
    record_truncated = 1u << 0,   // bytes beyond the snap length were not captured
    record_more = 1u << 1,        // another packet of the same message follows (files only)
    record_lost_before = 1u << 2, // messages were lost just before this one, see `lost`
    record_stale = 1u << 3,   // arguments had been reused by the kernel; only the header is true
    record_fault = 1u << 4,   // some bytes could not be read and are zero
    record_no_time = 1u << 5, // the source has no clock; time_ns is 0
    record_gap = 1u << 6,     // a packet of this message is missing; its bytes are zero
    // A request that was on its way before the probe could see it, or one that a later look lists
    // again. The time is that of the look.
    record_in_flight = 1u << 7,
    record_unread = 1u << 8, // with in_flight: no thread of the server has read it yet
};

struct Connection;

// `bytes`, `comment` and `about` belong to the source and stay valid until its next record.
struct Record {
    std::uint64_t frame = 0;          // packet number in the file, from 1; of the first packet
    std::int64_t time_ns = 0;         // nanoseconds since the epoch
    std::uint64_t message_number = 0; // joins the packets of one message
    std::uint64_t pair_key = 0;       // equal in a request and its reply; 0: pair by unique
    std::uint64_t lost = 0;           // messages lost just before this one
    ConnId conn{};
    std::uint32_t server_pid = 0; // 0: not known
    std::uint32_t server_tid = 0;
    std::uint32_t cpu = 0;
    std::uint32_t wire_length = 0; // bytes on the wire, at least bytes.size()
    std::int32_t result = 0;       // write_result: what write() returned, negative errno
    std::uint32_t flags = 0;       // RecordFlag
    Direction direction = Direction::request;
    Transport transport = Transport::unknown;
    Bytes bytes;
    std::string_view comment;
    const Connection* about = nullptr; // what the source knows of the connection; null: nothing

    bool has_time() const { return (flags & record_no_time) == 0; }
};

// What is known of a connection beside its messages; empty strings and zeros are "not known".
// Capture files carry it as interface options.
struct Connection {
    ConnId conn{};
    std::string mount_point;
    std::string fs_type;     // "fuse.bindfs"
    std::string source;      // mount source
    std::string options;     // mount options
    std::string server_name; // comm of the server process
    std::uint32_t server_pid = 0;
    std::int64_t began_ns = 0; // time of its INIT request; 0: mounted before the capture began
    std::string kernel;        // release of the kernel it was captured on
    std::string tier;          // capture tier: "tp", "fentry", ...
    std::vector<std::string> cannot_see; // what this tier cannot capture, one phrase each
    // Negotiated protocol minor and INIT flags, as the kernel has them; minor 0: not known.
    std::uint32_t minor = 0;
    std::uint64_t init_flags = 0;
};

} // namespace fusewire
