#include "capture/assembler.h"

#include "capture/byte_order.h"

#include <algorithm>

namespace fusewire::files {

namespace {

// A hole is filled with zeros only while the message has shown enough bytes to be believed, so that
// a small file cannot make us write gigabytes.
constexpr std::uint64_t free_hole_bytes = 1024 * 1024;
constexpr std::uint64_t hole_bytes_per_received = 16;

bool same_message(const Record& a, const Record& b) {
    return a.conn == b.conn && a.message_number == b.message_number && a.direction == b.direction &&
           a.wire_length == b.wire_length;
}

// The bytes as they are; 0 if they are not there. Byte order does not matter for being equal.
std::uint64_t unique_of(Bytes message) {
    constexpr std::size_t unique_offset = 8; // in the headers of requests and replies alike
    if (message.size() < unique_offset + sizeof(std::uint64_t))
        return 0;
    return load_le<std::uint64_t>(message.data() + unique_offset);
}

} // namespace

void settle(Record& record) {
    record.flags &= ~static_cast<std::uint32_t>(record_more);
    if (record.bytes.size() < record.wire_length)
        record.flags |= record_truncated;
}

// The latest is meant, so that what a message gets does not depend on what came before it, and
// reading it again by itself gives the same.
template <class Condition>
Assembler::Messages::iterator Assembler::find_latest(Condition condition) {
    const auto found = std::find_if(unfinished_.rbegin(), unfinished_.rend(), condition);
    return found == unfinished_.rend() ? unfinished_.end() : std::prev(found.base());
}

void Assembler::add(const Part& part) {
    ++packets_;
    drop_silent();
    if (part.message_offset == 0)
        give_out_predecessor(part);
    if (is_whole(part)) {
        ready_.emplace_back().part = part;
        return;
    }
    auto message = find_unfinished(part);
    if (message == unfinished_.end()) {
        begin(part);
        message = std::prev(unfinished_.end());
    }
    append(*message, part);
    message->last_packet = packets_;
    if ((part.record.flags & record_more) == 0)
        give_out(message, true);
    else
        enforce_limits(*message);
}

// A reply may not come before its request, so a request whose end is missing is given out when its
// reply begins.
void Assembler::give_out_predecessor(const Part& part) {
    const auto precedes = [&part](const Message& message) {
        const Record& earlier = message.part.record;
        const Record& later = part.record;
        if (earlier.conn != later.conn || earlier.direction == later.direction)
            return false;
        return (earlier.pair_key != 0 && earlier.pair_key == later.pair_key) ||
               (unique_of(later.bytes) != 0 && unique_of(later.bytes) == unique_of(message.bytes));
    };
    const auto found = find_latest(precedes);
    if (found != unfinished_.end())
        give_out(found, false);
}

// Packets of a message come in ascending order; one that steps back belongs to another message
// that bears the same number, as when a file was merged with its copy.
Assembler::Messages::iterator Assembler::find_unfinished(const Part& part) {
    return find_latest([&part](const Message& message) {
        return message.reached <= part.message_offset &&
               same_message(message.part.record, part.record);
    });
}

void Assembler::begin(const Part& part) {
    Message& message = unfinished_.emplace_back();
    message.owned = true;
    message.part = part;
    message.part.record.bytes = {};
    message.part.record.comment = {};
    message.part.record.lost = 0; // append() adds it
}

void Assembler::append(Message& message, const Part& part) {
    Record& record = message.part.record;
    record.flags |= part.record.flags;
    record.lost += part.record.lost;
    if (message.comment.empty())
        message.comment = part.record.comment;
    const Bytes bytes = part.record.bytes;
    const std::uint64_t hole = part.message_offset - message.reached;
    if (hole > 0)
        record.flags |= record_gap;
    message.reached = std::uint64_t{part.message_offset} + bytes.size();
    message.received += bytes.size();
    const std::uint64_t zeros = message.reached - message.received;
    message.closed = message.closed || message.reached > max_unfinished_bytes ||
                     zeros > free_hole_bytes + hole_bytes_per_received * message.received;
    if (message.closed)
        return;
    message.bytes.resize(part.message_offset);
    message.bytes.insert(message.bytes.end(), bytes.begin(), bytes.end());
}

void Assembler::give_out(Messages::iterator message, bool complete) {
    Record& record = message->part.record;
    if (!complete || message->closed)
        record.flags |= record_gap | record_truncated;
    ready_.splice(ready_.end(), unfinished_, message);
}

void Assembler::enforce_limits(const Message& current) {
    while (unfinished_.size() > 1 &&
           (unfinished_.size() > max_unfinished || unfinished_bytes() > max_unfinished_bytes)) {
        auto oldest = unfinished_.begin();
        if (&*oldest == &current)
            ++oldest;
        give_out(oldest, false);
    }
}

void Assembler::drop_silent() {
    while (!unfinished_.empty() && packets_ - unfinished_.front().last_packet > max_silence)
        give_out(unfinished_.begin(), false);
}

std::size_t Assembler::unfinished_bytes() const {
    std::size_t sum = 0;
    for (const Message& message : unfinished_)
        sum += message.bytes.capacity();
    return sum;
}

void Assembler::finish() {
    while (!unfinished_.empty())
        give_out(unfinished_.begin(), false);
}

bool Assembler::take(Part& out) {
    taken_.clear();
    if (ready_.empty())
        return false;
    taken_.splice(taken_.end(), ready_, ready_.begin());
    Message& message = taken_.front();
    Record& record = message.part.record;
    if (message.owned) {
        record.bytes = message.bytes;
        record.comment = message.comment;
    }
    settle(record);
    out = message.part;
    return true;
}

void Assembler::clear() {
    unfinished_.clear();
    ready_.clear();
    packets_ = 0;
}

} // namespace fusewire::files
