// RetryQueue: waits for the second copy of a reply of which some pages were not in memory. The probe
// hands out a first copy with holes before the kernel acts on the reply, and a whole one once the
// kernel has touched the pages. The reply keeps its place: what comes between waits behind it.
#pragma once

#include "capture/live/chunk_joiner.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace fusewire {

class RetryQueue {
  public:
    // Whether a message has to go through the queue: it has holes, or another one waits.
    bool takes(const JoinedMessage& message) const;

    void add(const JoinedMessage& message);

    // The oldest message unless it still waits; with `give_up` it is handed out as it is. Its bytes
    // are valid until the next call.
    std::optional<JoinedMessage> next(bool give_up);

    bool empty() const { return entries_.empty(); }

    // More is waiting than the second copy of one reply is worth.
    bool is_full() const { return entries_.size() > max_messages || bytes_ > max_bytes; }

  private:
    static constexpr std::size_t max_messages = 1024;
    static constexpr std::size_t max_bytes = std::size_t{64} << 20;

    struct Entry {
        fuse_event event{};
        std::vector<std::byte> bytes;
        bool waits = false;
    };

    std::deque<Entry>::iterator waiting_of(const fuse_event& event);
    void replace(Entry& entry, const JoinedMessage& message);

    std::deque<Entry> entries_;
    std::size_t bytes_ = 0;
    Entry handed_out_;
};

} // namespace fusewire
