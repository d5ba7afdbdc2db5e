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
    if (is_retry(message.event)) {
        replace(message);
        return;
    }
    Entry& entry = entries_.emplace_back();
    entry.event = message.event;
    entry.bytes.assign(message.bytes.begin(), message.bytes.end());
    entry.waits = has_holes(message.event);
    bytes_ += entry.bytes.size();
}

bool RetryQueue::replace(const JoinedMessage& message) {
    const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
        return entry.waits && entry.event.tid == message.event.tid &&
               entry.event.conn == message.event.conn;
    });
    if (found == entries_.end())
        return false;
    found->waits = false;
    found->event.flags &= static_cast<unsigned char>(~FUSE_EVENT_FAULT);
    found->event.flags |= message.event.flags & FUSE_EVENT_FAULT;
    bytes_ += message.bytes.size();
    bytes_ -= found->bytes.size();
    found->bytes.assign(message.bytes.begin(), message.bytes.end());
    return true;
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
