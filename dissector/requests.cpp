#include "dissector/requests.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace fusewire {

namespace {

std::uint64_t id_of(std::uint64_t unique) {
    return unique & ~resend_bit;
}

} // namespace

const Outstanding* Requests::outstanding(std::uint64_t unique) const {
    const auto found = outstanding_.find(id_of(unique));
    return found == outstanding_.end() ? nullptr : &found->second;
}

const Settled* Requests::settled(std::uint64_t unique) const {
    return settled_.find(id_of(unique));
}

void Requests::sent(const Outstanding& request) {
    const std::uint64_t id = id_of(request.unique);
    const auto [found, added] = outstanding_.try_emplace(id, request);
    if (!added) {
        const std::uint32_t copies = found->second.copies + 1;
        found->second = request;
        found->second.copies = copies;
        return;
    }
    if ((id & interrupt_bit) == 0)
        highest_ = std::max(highest_, id);
    order_.push_back(id);
    while (outstanding_.size() > outstanding_limit) {
        given_up_ += outstanding_.erase(order_.front());
        order_.pop_front();
    }
    // Answered ones leave the queue in bulk, so that it stays near the number of outstanding ones.
    if (order_.size() > 2 * outstanding_.size() + 1024)
        std::erase_if(order_, [&](std::uint64_t old) { return !outstanding_.contains(old); });
}

const Unanswerable* Requests::unanswerable(std::uint64_t unique) const {
    for (std::size_t i = 0; i < unanswerable_.size(); ++i) {
        const std::size_t back = next_unanswerable_ + unanswerable_.size() - 1 - i;
        const Unanswerable& request = unanswerable_[back % unanswerable_.size()];
        if (request.unique == unique)
            return &request;
    }
    return nullptr;
}

void Requests::sent(const Unanswerable& request) {
    if (unanswerable_.size() < unanswerable_limit)
        unanswerable_.push_back(request);
    else
        unanswerable_[next_unanswerable_] = request;
    next_unanswerable_ = (next_unanswerable_ + 1) % unanswerable_limit;
}

void Requests::seen_again(std::uint64_t unique, const Record& record) {
    const auto found = outstanding_.find(id_of(unique));
    if (found != outstanding_.end() && record.server_tid != 0)
        found->second.server_tid = record.server_tid;
}

void Requests::interrupted(std::uint64_t unique, std::uint64_t frame,
                           std::optional<std::int64_t> time_ns) {
    const auto found = outstanding_.find(id_of(unique));
    if (found == outstanding_.end())
        return;
    found->second.interrupt_frame = frame;
    found->second.interrupt_ns = time_ns;
}

void Requests::refused(std::uint64_t unique, std::uint64_t frame) {
    if (const auto found = outstanding_.find(id_of(unique)); found != outstanding_.end())
        found->second.refused_frame = frame;
}

void Requests::answered(std::uint64_t unique, std::uint64_t frame, std::int32_t error,
                        std::uint64_t digest) {
    const std::uint64_t id = id_of(unique);
    const auto found = outstanding_.find(id);
    if (found == outstanding_.end())
        return;
    const Outstanding& request = found->second;
    settled_.put(id, {request.frame, frame, digest, request.interrupt_frame, error, request.op});
    outstanding_.erase(found);
}

std::uint64_t digest_of(Bytes bytes) {
    constexpr std::size_t sample = 64;
    const auto hash = [](Bytes part) {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(part.data()), part.size()});
    };
    if (bytes.size() <= 2 * sample)
        return hash(bytes);
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    return (hash(bytes.first(sample)) * odd ^ hash(bytes.last(sample))) * odd ^ bytes.size();
}

} // namespace fusewire
