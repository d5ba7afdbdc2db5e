// Pairing: the requests that wait for a reply, as far as that needs no more than their headers. What
// a frame index keeps of them instead of whole messages; bounded, the oldest go first.
#pragma once

#include "dissector/record.h"
#include "dissector/request_key.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusewire {

// A request that has no reply yet.
struct WaitingRequest {
    std::uint64_t unique = 0; // as it was sent, resend bit included
    std::uint64_t nodeid = 0;
    std::uint32_t row = 0; // where it stands in the index
    std::uint32_t opcode_number = 0;
    std::uint32_t place = 0; // in Pairing, which sets it
    bool unread = false;     // by the server, when it was last listed
};

class Pairing {
  public:
    // The kernel allows 65,535 in the background, and few callers wait at once.
    static constexpr std::size_t limit = std::size_t{1} << 16;

    // What a message with this unique and pair key belongs to; nullptr if nothing waits for it. Valid
    // until the next call that changes something.
    WaitingRequest* find(ConnId conn, std::uint64_t unique, std::uint64_t pair_key);

    // A request begins to wait; one with the same number that waited is forgotten. Without any number
    // it cannot be paired and is not kept.
    void wait(ConnId conn, std::uint64_t pair_key, const WaitingRequest& request);

    // What find() gave waits no more.
    void settle(const WaitingRequest& request) { remove(request.place); }

    std::size_t size() const { return count_; }

  private:
    using Index = std::uint32_t;
    static constexpr Index none = ~Index{0};

    struct Entry {
        WaitingRequest request;
        RequestKey key;
        Index next = none; // with the same hash, or free
        Index older = none;
        Index younger = none;
    };

    static std::uint64_t hash(const RequestKey& key);
    Index& head_of(const RequestKey& key) { return heads_[hash(key) & (heads_.size() - 1)]; }
    Index find(const RequestKey& key) const;
    Index take_entry();
    void remove(Index index);
    void link(Index index);
    void rehash(std::size_t heads);

    std::vector<Entry> entries_;
    std::vector<Index> heads_; // by hash; as many as a power of two
    Index free_ = none;
    Index oldest_ = none;
    Index youngest_ = none;
    std::size_t count_ = 0;
};

} // namespace fusewire
