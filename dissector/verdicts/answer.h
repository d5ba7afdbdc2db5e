// Answer: one reply with its request as the rows of verdicts look at it. Values are taken from the
// message when a row asks for them, so that a reply that no row minds costs little.
#pragma once

#include "dissector/findings/events.h"
#include "dissector/reply_size.h"

#include <cstdint>
#include <optional>

namespace fusewire {

// What parse_dirfile() and parse_dirplusfile() make of the records of a listing.
struct ListingForm {
    std::optional<std::size_t> bad; // index of the first record that fails the listing
    bool cut = false;               // the last record is not all there
};

// Attributes of a node by itself; nullopt where the reply does not say.
struct AttributeFacts {
    std::optional<std::uint64_t> mode;
    std::optional<std::uint64_t> size;
    std::optional<std::uint64_t> mask; // of STATX
};

class Answer {
  public:
    explicit Answer(const ExchangeEvent& of) : event(of), asked(of.request), answered(of.message) {}

    const ExchangeEvent& event;
    Operation asked;
    Operation answered;

    const State& state() const { return event.state; }
    const Limits& limits() const { return event.state.limits; }
    std::int32_t error() const { return event.message.error; }
    bool over_io_uring() const { return event.record.transport == Transport::io_uring; }
    // Bytes behind the header, on the wire.
    std::uint32_t payload() const;
    // How long the payload may be; nullopt: not known.
    std::optional<ReplySize> room() const;

    // The first entry that the reply hands out; nullptr: none.
    const Entry* entry() const { return event.entries.empty() ? nullptr : &event.entries.front(); }
    // The node that the entry names, as the kernel knew it before; nullptr: not, or not for sure.
    const NodeState* known_node() const;
    // The reply is about a name that the kernel has cached: if the answer is another one, it drops the
    // name and asks again.
    bool revalidates() const { return cached_name() != nullptr; }
    // That name; nullptr: none.
    const NameState* cached_name() const;

    // Operations of a COMPOUND. The kernel looks at as many replies as both sides count.
    bool is_compound_of(Op first) const;
    std::size_t counted() const;
    std::size_t walked() const; // of those, how many replies are there
    // Index of the first walked reply with an error; nullopt: none.
    std::optional<std::size_t> failed() const;

    // Of GETATTR, SETATTR and STATX.
    const AttributeFacts& attributes() const;
    // Of a listing; looked through once.
    const ListingForm& listing() const;

  private:
    std::optional<ReplySize> compound_room() const;
    const NodeState* find_known_node() const;
    const NameState* find_cached_name() const;
    AttributeFacts find_attributes() const;
    ListingForm look_through_listing() const;

    // Several rows ask for these.
    mutable std::optional<const NodeState*> known_node_;
    mutable std::optional<const NameState*> cached_name_;
    mutable std::optional<AttributeFacts> attributes_;
    mutable std::optional<ListingForm> listing_;
};

} // namespace fusewire
