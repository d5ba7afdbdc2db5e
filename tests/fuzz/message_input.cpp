#include "tests/fuzz/message_input.h"

#include <algorithm>
#include <iterator>

namespace fusewire::fuzz {
namespace {

enum MessageBit : std::uint64_t {
    bit_cut = 1u << 4,
    bit_io_uring = 1u << 5,
    bit_no_time = 1u << 6
};
// Beside the direction.
enum DirectionBit : std::uint64_t { bit_in_flight = 1u << 2, bit_unread = 1u << 3 };
constexpr std::uint32_t record_flags[] = {record_stale, record_fault, record_gap,
                                          record_lost_before};
constexpr std::int64_t step_ns = 1'234'567;

} // namespace

// Returns how many bytes were captured.
std::size_t MessageInput::take_head(Record& record) {
    const std::uint64_t direction = rest_.number(1);
    record.direction = static_cast<Direction>(direction % 4);
    record.flags |= (direction & bit_in_flight) != 0 ? record_in_flight : 0u;
    record.flags |= (direction & bit_unread) != 0 ? record_unread : 0u;
    const std::uint64_t bits = rest_.number(1);
    for (std::size_t i = 0; i < std::size(record_flags); ++i)
        if ((bits >> i & 1) != 0)
            record.flags |= record_flags[i];
    record.transport = (bits & bit_io_uring) != 0 ? Transport::io_uring : Transport::read_write;
    if ((bits & bit_no_time) != 0)
        record.flags |= record_no_time;
    record.wire_length = static_cast<std::uint32_t>(rest_.number(2));
    if ((bits & bit_cut) == 0)
        return record.wire_length;
    return std::min<std::size_t>(rest_.number(2), record.wire_length);
}

bool MessageInput::next(Record& record) {
    if (rest_.empty())
        return false;
    record = {};
    record.frame = ++frame_;
    record.time_ns = static_cast<std::int64_t>(frame_) * step_ns;
    record.message_number = frame_;
    record.conn = ConnId{41};
    bytes_ = std::make_unique<ExactCopy>(rest_.bytes(take_head(record)));
    record.bytes = bytes_->bytes();
    if (record.bytes.size() < record.wire_length)
        record.flags |= record_truncated;
    return true;
}

} // namespace fusewire::fuzz
