#include "capture/live/retry_queue.h"

#include <algorithm>
#include <utility>

namespace fusewire {

namespace {

// Only what a server writes is copied a second time.
bool has_holes(const fuse_event& event) {
    return (event.flags & FUSE_EVENT_FAULT) != 0 && event.direction == FUSE_EVENT_REPLY &&
           event.transport == FUSE_EVENT_READ_WRITE;
}

bool is_retry(const fuse_event& event) {
    return (event.flags & FUSE_EVENT_RETRY) != 0;
}

} // namespace

bool RetryQueue::takes(const JoinedMessage& message) const {
    return !entries_.empty() || has_holes(message.event) || is_retry(message.event);
}

// A retry of a reply that is no longer here is no message of its own.
void RetryQueue::add(const JoinedMessage& message) {
    const auto waiting = waiting_of(message.event);
    if (is_retry(message.event)) {
        if (waiting != entries_.end())
            replace(*waiting, message);
        return;
    }
    // Its write() is over, and the second copy found no room in the ring.
    if (waiting != entries_.end())
        waiting->waits = false;
    Entry& entry = entries_.emplace_back();
    entry.event = message.event;
    entry.bytes.assign(message.bytes.begin(), message.bytes.end());
    entry.waits = has_holes(message.event);
    bytes_ += entry.bytes.size();
}

// The reply of that thread that waits: at most one does.
std::deque<RetryQueue::Entry>::iterator RetryQueue::waiting_of(const fuse_event& event) {
    return std::ranges::find_if(entries_, [&](const Entry& entry) {
        return entry.waits && entry.event.tid == event.tid && entry.event.conn == event.conn;
    });
}

void RetryQueue::replace(Entry& entry, const JoinedMessage& message) {
    entry.waits = false;
    entry.event.flags &= static_cast<unsigned char>(~FUSE_EVENT_FAULT);
    entry.event.flags |= message.event.flags & FUSE_EVENT_FAULT;
    bytes_ += message.bytes.size();
    bytes_ -= entry.bytes.size();
    entry.bytes.assign(message.bytes.begin(), message.bytes.end());
}

std::optional<JoinedMessage> RetryQueue::next(bool give_up) {
    if (entries_.empty() || (entries_.front().waits && !give_up))
        return std::nullopt;
    handed_out_ = std::move(entries_.front());
    entries_.pop_front();
    bytes_ -= handed_out_.bytes.size();
    return JoinedMessage{handed_out_.event, handed_out_.bytes};
}

} // namespace fusewire
