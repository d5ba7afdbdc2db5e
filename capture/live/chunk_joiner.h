// Joins the probe's records into whole messages. A CPU's program hands out one message after the
// other, so there is at most one unfinished message for each (CPU, program) and memory is bounded.
#pragma once

#include "bpf/fuse_event.h"
#include "dissector/record.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace fusewire {

// A whole message: the first record's header with the flags of all, and the bytes of all.
struct JoinedMessage {
    fuse_event event{};
    Bytes bytes; // valid until the next add()
};

// What add() could not use.
struct JoinCounts {
    std::uint64_t incomplete = 0; // messages of which a record is missing
    std::uint64_t damaged = 0;    // records that are none
};

class ChunkJoiner {
  public:
    // At most `max_bytes` are kept of all unfinished messages together.
    explicit ChunkJoiner(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    // One record as it was in the ring; yields the message that it completes.
    std::optional<JoinedMessage> add(Bytes record);

    // Gives up what is unfinished; to be called at the end.
    void abandon();

    const JoinCounts& counts() const { return counts_; }

  private:
    enum class State : std::uint8_t { idle, joining, dead };

    // Where the messages of one program on one CPU arrive.
    struct Lane {
        State state = State::idle;
        fuse_event event{};
        std::vector<std::byte> bytes;
    };

    bool fits(const Lane& lane, const fuse_event& event) const;
    void begin(Lane& lane, const fuse_event& event);
    void give_up(Lane& lane);
    std::optional<JoinedMessage> append(Lane& lane, const fuse_event& event, Bytes bytes);

    std::size_t max_bytes_;
    std::size_t kept_ = 0;
    std::unordered_map<std::uint64_t, Lane> lanes_;
    std::vector<std::byte> finished_;
    JoinCounts counts_;
};

} // namespace fusewire
