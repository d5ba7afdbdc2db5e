#include "dissector/lock_table.h"

#include <algorithm>
#include <utility>

namespace fusewire {

namespace {

// What is left of `held` around the range of `taken`.
void without(const Lock& held, const Lock& taken, std::vector<Lock>& out) {
    if (held.start < taken.start) {
        out.push_back(held);
        out.back().end = taken.start - 1;
    }
    if (held.end > taken.end) {
        out.push_back(held);
        out.back().start = taken.end + 1;
    }
}

bool touches(const Lock& left, const Lock& right) {
    return left.end < right.start && left.end + 1 == right.start;
}

bool is_joined(const Lock& known, const Lock& lock) {
    return known.of_same_owner(lock) && known.write == lock.write && known.fh == lock.fh &&
           (touches(known, lock) || touches(lock, known));
}

} // namespace

void LockTable::grant(std::uint64_t nodeid, const Lock& lock) {
    if (lock.start > lock.end)
        return;
    release(nodeid, lock);
    const Locks* known = at(nodeid);
    Locks locks = known != nullptr ? *known : Locks{};
    Lock joined = lock;
    std::erase_if(locks, [&](const Lock& other) {
        if (!is_joined(other, joined))
            return false;
        joined.start = std::min(joined.start, other.start);
        joined.end = std::max(joined.end, other.end);
        return true;
    });
    if (locks.size() < node_limit && size_ < limit)
        locks.push_back(joined);
    put(nodeid, std::move(locks));
}

void LockTable::release(std::uint64_t nodeid, const Lock& lock) {
    const Locks* known = at(nodeid);
    if (known == nullptr || lock.start > lock.end)
        return;
    Locks locks;
    for (const Lock& held : *known) {
        if (held.of_same_owner(lock) && held.overlaps(lock))
            without(held, lock, locks);
        else
            locks.push_back(held);
    }
    put(nodeid, std::move(locks));
}

void LockTable::release_fh(std::uint64_t nodeid, std::uint64_t fh) {
    const Locks* known = at(nodeid);
    if (known == nullptr)
        return;
    Locks locks = *known;
    std::erase_if(locks, [&](const Lock& held) { return held.fh == fh; });
    put(nodeid, std::move(locks));
}

void LockTable::release_node(std::uint64_t nodeid) {
    put(nodeid, {});
}

const Lock* LockTable::conflict(std::uint64_t nodeid, const Lock& wanted) const {
    const Locks* known = at(nodeid);
    if (known == nullptr)
        return nullptr;
    const auto found = std::find_if(known->begin(), known->end(), [&](const Lock& held) {
        return held.kind == wanted.kind && held.owner != wanted.owner && held.overlaps(wanted) &&
               (held.write || wanted.write);
    });
    return found == known->end() ? nullptr : &*found;
}

const Lock* LockTable::held(std::uint64_t nodeid, LockKind kind, std::uint64_t fh) const {
    const Locks* known = at(nodeid);
    if (known == nullptr)
        return nullptr;
    const auto found = std::find_if(known->begin(), known->end(), [&](const Lock& lock) {
        return lock.kind == kind && lock.fh == fh;
    });
    return found == known->end() ? nullptr : &*found;
}

// A split can leave one more than the limit.
void LockTable::put(std::uint64_t nodeid, Locks&& locks) {
    if (locks.size() > node_limit)
        locks.resize(node_limit);
    const auto known = nodes_.find(nodeid);
    if (known != nodes_.end())
        size_ -= known->second.size();
    size_ += locks.size();
    if (!locks.empty())
        nodes_.insert_or_assign(nodeid, std::move(locks));
    else if (known != nodes_.end())
        nodes_.erase(known);
}

const LockTable::Locks* LockTable::at(std::uint64_t nodeid) const {
    const auto found = nodes_.find(nodeid);
    return found == nodes_.end() ? nullptr : &found->second;
}

} // namespace fusewire
