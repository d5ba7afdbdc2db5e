#include "dissector/statistics/tally.h"

#include <algorithm>
#include <tuple>

namespace fusewire {

void ErrorTally::add(std::int32_t error, std::uint64_t count) {
    total_ += count;
    const auto known = std::ranges::find(counts_, error, &ErrorCount::error);
    if (known != counts_.end())
        known->count += count;
    else if (counts_.size() < kept)
        counts_.push_back({error, count});
    else
        others_ += count;
}

void ErrorTally::merge(const ErrorTally& other) {
    for (const ErrorCount& one : other.counts_)
        add(one.error, one.count);
    total_ += other.others_;
    others_ += other.others_;
}

std::vector<ErrorCount> ErrorTally::sorted() const {
    std::vector<ErrorCount> list = counts_;
    std::ranges::sort(list, [](const ErrorCount& a, const ErrorCount& b) {
        return std::tuple(b.count, b.error) < std::tuple(a.count, a.error);
    });
    return list;
}

bool Tally::add(const Decoded& decoded) {
    const std::uint32_t bytes = decoded.record.wire_length;
    if (decoded.message.kind == MessageKind::request) {
        ++requests;
        request_bytes += bytes;
        return false;
    }
    reply_bytes += bytes;
    if (decoded.message.kind == MessageKind::notification) {
        ++notifications;
        return false;
    }
    ++replies;
    if (decoded.message.has_header && decoded.message.error != 0)
        errors.add(decoded.message.error);
    return decoded.exchange.ends_request && decoded.exchange.latency_ns &&
           add_latency(*decoded.exchange.latency_ns);
}

bool Tally::add_latency(std::int64_t ns) {
    if (ns < 0)
        ++backwards;
    else
        latency.record(static_cast<std::uint64_t>(ns));
    return ns >= 0;
}

void Tally::merge(const Tally& other) {
    requests += other.requests;
    replies += other.replies;
    notifications += other.notifications;
    unanswered += other.unanswered;
    request_bytes += other.request_bytes;
    reply_bytes += other.reply_bytes;
    errors.merge(other.errors);
    latency.merge(other.latency);
    backwards += other.backwards;
    queue.merge(other.queue);
}

} // namespace fusewire
