#include "dissector/statistics/interval_series.h"

namespace fusewire {

Tally* IntervalSeries::at(const Record& record) {
    if (!record.has_time()) {
        ++untimed_;
        return nullptr;
    }
    if (!origin_ns_)
        origin_ns_ = record.time_ns;
    std::int64_t since = 0;
    if (__builtin_sub_overflow(record.time_ns, *origin_ns_, &since)) {
        ++left_out_;
        return nullptr;
    }
    const std::int64_t number = since / interval_ns_ - (since % interval_ns_ < 0 ? 1 : 0);
    if (latest_tally_ != nullptr && number == latest_)
        return latest_tally_;
    auto found = intervals_.find(number);
    if (found == intervals_.end()) {
        if (intervals_.size() >= kept) {
            ++left_out_;
            return nullptr;
        }
        found = intervals_.try_emplace(number).first;
    }
    latest_ = number;
    latest_tally_ = &found->second;
    return latest_tally_;
}

void IntervalSeries::see(const Decoded& decoded) {
    const Message& message = decoded.message;
    const bool counts = message.kind == MessageKind::request ||
                        message.kind == MessageKind::reply ||
                        message.kind == MessageKind::notification;
    if (!counts || decoded.exchange.again)
        return;
    Tally* tally = at(decoded.record);
    if (tally != nullptr)
        tally->add(decoded);
}

} // namespace fusewire
