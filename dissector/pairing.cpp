#include "dissector/pairing.h"

namespace fusewire {

namespace {

constexpr std::size_t first_heads = 256;

} // namespace

std::uint64_t Pairing::hash(const RequestKey& key) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    const std::uint64_t where = std::uint64_t{key.conn} << 33 | (key.by_address ? 1u : 0u);
    return ((key.id ^ where) * odd) >> 32;
}

Pairing::Index Pairing::find(const RequestKey& key) const {
    if (heads_.empty())
        return none;
    Index at = heads_[hash(key) & (heads_.size() - 1)];
    while (at != none && entries_[at].key != key)
        at = entries_[at].next;
    return at;
}

WaitingRequest* Pairing::find(ConnId conn, std::uint64_t unique, std::uint64_t pair_key) {
    Index found = find(RequestKey::by_unique(conn, unique));
    if (found == none && pair_key != 0)
        found = find(RequestKey::by_pair_key(conn, pair_key));
    return found == none ? nullptr : &entries_[found].request;
}

void Pairing::wait(ConnId conn, std::uint64_t pair_key, const WaitingRequest& request) {
    const RequestKey key = RequestKey::of(conn, request.unique, pair_key);
    if (key.id == 0)
        return;
    if (const Index known = find(key); known != none)
        remove(known);
    else if (count_ == limit)
        remove(oldest_);
    const Index index = take_entry();
    Entry& entry = entries_[index];
    entry = {request, key, none, youngest_, none};
    entry.request.place = index;
    (youngest_ == none ? oldest_ : entries_[youngest_].younger) = index;
    youngest_ = index;
    ++count_;
    if (count_ > heads_.size())
        rehash(heads_.empty() ? first_heads : 2 * heads_.size());
    else
        link(index);
}

Pairing::Index Pairing::take_entry() {
    if (free_ == none) {
        entries_.emplace_back();
        return static_cast<Index>(entries_.size() - 1);
    }
    const Index index = free_;
    free_ = entries_[index].next;
    return index;
}

void Pairing::link(Index index) {
    Index& head = head_of(entries_[index].key);
    entries_[index].next = head;
    head = index;
}

void Pairing::rehash(std::size_t heads) {
    heads_.assign(heads, none);
    for (Index at = oldest_; at != none; at = entries_[at].younger)
        link(at);
}

void Pairing::remove(Index index) {
    Entry& entry = entries_[index];
    Index* to_it = &head_of(entry.key);
    while (*to_it != index)
        to_it = &entries_[*to_it].next;
    *to_it = entry.next;
    (entry.older == none ? oldest_ : entries_[entry.older].younger) = entry.younger;
    (entry.younger == none ? youngest_ : entries_[entry.younger].older) = entry.older;
    entry.next = free_;
    free_ = index;
    --count_;
}

} // namespace fusewire
