#include "capture/live/chunk_joiner.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fusewire {

namespace {

// Room that is made for a message at once; a longer one grows into it.
constexpr std::size_t most_reserved = std::size_t{1} << 20;

constexpr std::size_t max_lanes = std::size_t{FUSE_EVENT_MAX_CPUS} * 16;

constexpr unsigned char both_ends = FUSE_EVENT_FIRST | FUSE_EVENT_LAST;

// What begins with a header that makes sense, else nothing.
std::optional<fuse_event> header_of(Bytes record) {
    fuse_event event;
    if (record.size() < sizeof(event))
        return std::nullopt;
    std::memcpy(&event, record.data(), sizeof(event));
    if (event.version != FUSE_EVENT_VERSION || event.direction > FUSE_EVENT_RESULT ||
        event.captured > record.size() - sizeof(event))
        return std::nullopt;
    return event;
}

// CPU and program of a msg_id.
std::uint64_t lane_of(const fuse_event& event) {
    return event.msg_id >> 44;
}

} // namespace

std::optional<JoinedMessage> ChunkJoiner::add(Bytes record) {
    const auto event = header_of(record);
    if (!event || (lanes_.size() >= max_lanes && !lanes_.contains(lane_of(*event)))) {
        counts_.damaged++;
        return std::nullopt;
    }
    Lane& lane = lanes_[lane_of(*event)];
    if (lane.state == State::idle || lane.event.msg_id != event->msg_id)
        begin(lane, *event);
    else if (lane.state == State::joining && (event->flags & FUSE_EVENT_FIRST) != 0)
        give_up(lane);
    return append(lane, *event, record.subspan(sizeof(fuse_event), event->captured));
}

void ChunkJoiner::begin(Lane& lane, const fuse_event& event) {
    give_up(lane);
    lane.event = event;
    lane.state = State::joining;
    if ((event.flags & FUSE_EVENT_FIRST) == 0)
        give_up(lane);
}

// The message is not coming; its further records are ignored.
void ChunkJoiner::give_up(Lane& lane) {
    if (lane.state == State::joining)
        counts_.incomplete++;
    lane.state = State::dead;
    kept_ -= lane.bytes.size();
    lane.bytes.clear();
}

bool ChunkJoiner::fits(const Lane& lane, const fuse_event& event) const {
    return event.offset == lane.bytes.size() && event.captured <= max_bytes_ - kept_;
}

std::optional<JoinedMessage> ChunkJoiner::append(Lane& lane, const fuse_event& event, Bytes bytes) {
    if (lane.state != State::joining)
        return std::nullopt;
    if (!fits(lane, event)) {
        give_up(lane);
        return std::nullopt;
    }
    lane.event.flags |= event.flags;
    if ((event.flags & both_ends) == both_ends) {
        lane.state = State::idle;
        return JoinedMessage{lane.event, bytes};
    }
    if (lane.bytes.empty())
        lane.bytes.reserve(std::min<std::size_t>(event.msg_length, most_reserved));
    lane.bytes.insert(lane.bytes.end(), bytes.begin(), bytes.end());
    kept_ += bytes.size();
    if ((event.flags & FUSE_EVENT_LAST) == 0)
        return std::nullopt;
    lane.state = State::idle;
    kept_ -= lane.bytes.size();
    finished_.swap(lane.bytes);
    lane.bytes.clear();
    return JoinedMessage{lane.event, finished_};
}

void ChunkJoiner::abandon() {
    for (auto& [id, lane] : lanes_)
        give_up(lane);
}

} // namespace fusewire
