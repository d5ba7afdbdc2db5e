#include "dissector/frame_index.h"

#include <algorithm>

namespace fusewire {

namespace {

// Of what the appending thread may write while others read.
template <class T>
T late(const T& value) {
    return std::atomic_ref<T>(const_cast<T&>(value)).load(std::memory_order_acquire);
}

bool is_of_reply(MessageKind kind) {
    return kind == MessageKind::reply || kind == MessageKind::write_result;
}

} // namespace

FrameRow FrameIndex::operator[](Row row) const {
    const Slot& slot = rows_[row];
    const State& state = states_[slot.state];
    FrameRow out{.position = slot.position,
                 .time_ns = slot.time_ns,
                 .frame = slot.frame,
                 .length = slot.length,
                 .conn = state.conn,
                 .epoch = state.epoch,
                 .partner = late(slot.partner),
                 .flags = slot.flags,
                 .kind = slot.kind};
    if (!is_of_reply(slot.kind)) {
        out.opcode_number = slot.code;
        return out;
    }
    out.error = static_cast<std::int32_t>(slot.code);
    if (out.has_partner()) {
        out.opcode_number = rows_[out.partner].code;
        out.flags |= frame_opcode_known;
    }
    return out;
}

std::optional<std::int64_t> FrameIndex::latency_ns(const FrameRow& reply) const {
    if (reply.kind != MessageKind::reply || !reply.has_partner() || reply.has(frame_no_time))
        return std::nullopt;
    const Slot& request = rows_[reply.partner];
    std::int64_t latency = 0; // a damaged file can hold times that are too far apart
    const bool unknown = (request.flags & (frame_no_time | frame_in_flight)) != 0;
    if (unknown || __builtin_sub_overflow(reply.time_ns, request.time_ns, &latency))
        return std::nullopt;
    return latency;
}

const FrameIndex::State& FrameIndex::state_of(Row row) const {
    const std::uint32_t first = rows_[row].state;
    const std::uint32_t instead = late(states_[first].instead);
    return states_[instead == 0 ? first : instead];
}

Dialect FrameIndex::dialect_of(Row row) const {
    const State& state = state_of(row);
    Dialect dialect = state.dialect;
    dialect.name = dialect_name(state.epoch);
    return dialect;
}

DialectName FrameIndex::dialect_name(std::uint32_t epoch) const {
    return late(epochs_[epoch].name);
}

const Recognition* FrameIndex::recognition(std::uint32_t epoch) const {
    return late(epochs_[epoch].reason);
}

// Messages of several packets may end behind others that began later, so frames are nearly in order
// but not quite.
Row FrameIndex::row_of_frame(std::uint64_t frame) const {
    Row low = 0;
    Row high = size();
    while (low < high) {
        const Row middle = low + (high - low) / 2;
        if (rows_[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::size_t FrameIndex::bytes() const {
    return rows_.size() * sizeof(Slot) + states_.size() * sizeof(State) +
           epochs_.size() * sizeof(Epoch);
}

} // namespace fusewire
