// FrameIndex: what a list shows of each message of a capture, and what it takes to decode any of them
// alone (dissector/frame_decoder.h): 40 bytes a message beside the file. One thread appends, through a
// FrameIndexer; any other may read rows 0 to size()-1 meanwhile without a lock. A row does not change
// once it can be read, but for what only later messages tell: the reply of a request and the dialect
// of a connection.
#pragma once

#include "dissector/append_list.h"
#include "dissector/dialect_detection.h"
#include "dissector/message.h"

#include <cstdint>
#include <limits>
#include <optional>

namespace fusewire {

// Number of a message in an index, from 0.
using Row = std::uint32_t;
inline constexpr Row no_row = std::numeric_limits<Row>::max();

enum FrameFlag : std::uint16_t {
    frame_truncated = 1u << 0, // not all bytes of the message were captured
    frame_damaged = 1u << 1,   // bytes are missing in the middle, could not be read, or are stale
    frame_lost_before = 1u << 2,
    frame_in_flight = 1u << 3, // see record_in_flight
    frame_unread = 1u << 4,    // see record_unread
    frame_no_time = 1u << 5,
    frame_comment = 1u << 6,
    frame_again = 1u << 7,        // see Exchange::again
    frame_ends_request = 1u << 8, // see Exchange::ends_request
    frame_opcode_known = 1u << 9,
};

// A message as a list shows it.
struct FrameRow {
    std::uint64_t position = 0;      // of its first packet, for RandomAccess
    std::int64_t time_ns = 0;        // since the epoch; nothing, with frame_no_time
    std::uint64_t frame = 0;         // packet number in the file
    std::uint32_t length = 0;        // on the wire
    std::uint32_t opcode_number = 0; // of the request for a reply; notify code for a notification
    std::int32_t error = 0;          // replies; write_result: what write() returned
    ConnId conn{};
    std::uint32_t epoch = 0; // from one INIT of a connection to the next; counted over all of them
    // The latest reply of a request, the request of a reply; of a request that comes again, the one
    // that it was first.
    Row partner = no_row;
    std::uint16_t flags = 0; // FrameFlag
    MessageKind kind = MessageKind::request;

    bool has(FrameFlag flag) const { return (flags & flag) != 0; }
    bool has_partner() const { return partner != no_row; }
    bool operator==(const FrameRow&) const = default;
};

class FrameIndex {
  public:
    static constexpr Row max_rows = no_row - 1;

    FrameIndex() = default;
    FrameIndex(const FrameIndex&) = delete;
    FrameIndex& operator=(const FrameIndex&) = delete;

    // Rows that can be read.
    Row size() const { return static_cast<Row>(rows_.size()); }
    FrameRow operator[](Row row) const;

    // Of a reply; nullopt where it is not known.
    std::optional<std::int64_t> latency_ns(const FrameRow& reply) const;
    // The connection's INIT as far as it was known at that message, with the dialect as it is known now.
    Dialect dialect_of(Row row) const;
    // What the epoch turned out to speak, so far.
    DialectName dialect_name(std::uint32_t epoch) const;
    // How it was recognised; nullptr when nothing told.
    const Recognition* recognition(std::uint32_t epoch) const;
    std::uint32_t epochs() const { return static_cast<std::uint32_t>(epochs_.size()); }
    // The row of a frame number; the next one, where the frame is within a message or is none.
    Row row_of_frame(std::uint64_t frame) const;

    // Grows whenever rows that can be read may look different: the dialect of an epoch changed. New
    // partners are not counted.
    std::uint64_t revision() const { return revision_.load(std::memory_order_acquire); }
    // All messages are in it, and nothing will change any more.
    bool complete() const { return complete_.load(std::memory_order_acquire); }

    // What is held in memory for the rows so far.
    std::size_t bytes() const;

  private:
    friend class FrameIndexer;

    struct Slot {
        std::uint64_t position;
        std::int64_t time_ns;
        std::uint32_t frame;
        std::uint32_t
            code; // request: opcode; reply: error; notification: code; write_result: result
        std::uint32_t length;
        std::uint32_t state;
        Row partner; // of a request written late: atomically
        std::uint16_t flags;
        MessageKind kind;
    };
    static_assert(sizeof(Slot) <= 40);

    // What is known of a connection from one message to another. A connection goes through few.
    struct State {
        ConnId conn{};
        std::uint32_t epoch = 0;
        Dialect dialect; // its name stands in the epoch
        // The state that it is taken for, since more is known: written late, atomically.
        std::uint32_t instead = 0;
    };
    struct Epoch {
        const Recognition* reason = nullptr; // both written late, atomically
        DialectName name = DialectName::unknown;
    };

    const State& state_of(Row row) const;

    AppendList<Slot, 4096> rows_;
    AppendList<State> states_;
    AppendList<Epoch> epochs_;
    std::atomic<std::uint64_t> revision_{0};
    std::atomic<bool> complete_{false};
};

} // namespace fusewire
