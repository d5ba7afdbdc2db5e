// Splitting: a message as the packets that it becomes in a capture file. The one place that knows
// how long a packet may be.
#pragma once

#include "capture/pseudo_header.h"
#include "dissector/record.h"

#include <algorithm>
#include <array>

namespace fusewire::files {

// One packet of a message: pseudo-header, then bytes.
struct Slice {
    std::array<std::byte, pseudo_header_size> header;
    Bytes bytes;
    bool first = true;

    std::uint32_t length() const {
        return static_cast<std::uint32_t>(pseudo_header_size + bytes.size());
    }
};

// Calls emit(Slice) for each packet of the message, in order; at least once.
template <class Emit>
void split(const Record& record, Emit emit) {
    PseudoHeader header;
    header.direction = record.direction;
    header.transport = record.transport;
    header.conn = record.conn;
    header.server_pid = record.server_pid;
    header.server_tid = record.server_tid;
    header.cpu = record.cpu;
    header.message_number = record.message_number;
    header.wire_length =
        std::max(record.wire_length, static_cast<std::uint32_t>(record.bytes.size()));
    header.result = record.result;
    header.pair_key = record.pair_key;
    header.lost = record.lost;
    header.flags = record.flags & ~static_cast<std::uint32_t>(record_more);

    Bytes rest = record.bytes;
    Slice slice;
    do {
        slice.bytes = rest.first(std::min(rest.size(), max_packet_bytes));
        rest = rest.subspan(slice.bytes.size());
        if (!rest.empty())
            header.flags |= record_more;
        slice.header = pack(header);
        emit(static_cast<const Slice&>(slice));
        header.offset += static_cast<std::uint32_t>(slice.bytes.size());
        // Losses happened before the message, not between its packets.
        header.lost = 0;
        header.flags &= ~static_cast<std::uint32_t>(record_more | record_lost_before);
        slice.first = false;
    } while (!rest.empty());
}

} // namespace fusewire::files
