#include "dissector/retrieves.h"

#include <algorithm>

namespace fusewire {

void Retrieves::asked(const Retrieve& retrieve) {
    waiting_.push_back(retrieve);
    ++numbers_[retrieve.notify_unique];
    if (waiting_.size() <= limit)
        return;
    const std::uint64_t oldest = waiting_.front().notify_unique;
    answered(oldest);
    gave_up_ = true;
}

void Retrieves::answered(std::uint64_t notify_unique) {
    const Retrieve* found = find(notify_unique);
    if (found == nullptr)
        return;
    const auto known = numbers_.find(notify_unique);
    if (--known->second == 0)
        numbers_.erase(known);
    const auto same = [&](const Retrieve& one) { return &one == found; };
    waiting_.erase(std::find_if(waiting_.begin(), waiting_.end(), same));
}

const Retrieve* Retrieves::find(std::uint64_t notify_unique) const {
    if (!numbers_.contains(notify_unique))
        return nullptr;
    const auto same = [&](const Retrieve& one) { return one.notify_unique == notify_unique; };
    return &*std::find_if(waiting_.begin(), waiting_.end(), same);
}

} // namespace fusewire
