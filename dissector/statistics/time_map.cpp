#include "dissector/statistics/time_map.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace fusewire {

namespace {

constexpr unsigned first_power = 7; // of two: what is below is in the first row

std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
    return number / by - (number % by < 0 ? 1 : 0);
}

void merge(TimeMap::Column& into, const TimeMap::Column& from) {
    into.requests += from.requests;
    into.replies += from.replies;
    into.errors += from.errors;
    into.notifications += from.notifications;
    const auto earlier = [](std::uint64_t& frame, std::uint64_t other) {
        if (other != 0 && (frame == 0 || other < frame))
            frame = other;
    };
    earlier(into.frame, from.frame);
    for (std::size_t i = 0; i < TimeMap::row_count; ++i) {
        into.cells[i].replies += from.cells[i].replies;
        earlier(into.cells[i].frame, from.cells[i].frame);
    }
}

} // namespace

std::size_t TimeMap::row_of(std::uint64_t latency_ns) {
    const auto power = static_cast<unsigned>(std::bit_width(latency_ns | 1) - 1);
    if (power < first_power)
        return 0;
    const std::uint64_t half = latency_ns >> (power - 1) & 1;
    return std::min<std::size_t>(2 * (power - first_power) + half, row_count - 1);
}

std::uint64_t TimeMap::lowest(std::size_t row) {
    if (row == 0)
        return 0;
    return (2 + row % 2) << (first_power - 1 + row / 2);
}

std::uint64_t TimeMap::highest(std::size_t row) {
    return row + 1 >= row_count ? std::numeric_limits<std::uint64_t>::max() : lowest(row + 1) - 1;
}

std::int64_t TimeMap::begin_ns(std::size_t column) const {
    std::int64_t since = 0;
    std::int64_t begin = 0;
    if (__builtin_mul_overflow(first_ + static_cast<std::int64_t>(column), interval_ns_, &since) ||
        __builtin_add_overflow(origin_ns_.value_or(0), since, &begin))
        return std::numeric_limits<std::int64_t>::max();
    return begin;
}

// The next interval of 1, 2, 10, 20 ...: a multiple of the one before, so that columns can be joined.
void TimeMap::widen() {
    const std::int64_t times = doubles_next_ ? 2 : 5;
    doubles_next_ = !doubles_next_;
    interval_ns_ *= times;
    const std::int64_t first = floor_divide(first_, times);
    std::vector<Column> wider;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto place = static_cast<std::size_t>(
            floor_divide(first_ + static_cast<std::int64_t>(i), times) - first);
        if (place >= wider.size())
            wider.resize(place + 1);
        merge(wider[place], columns_[i]);
    }
    first_ = first;
    columns_ = std::move(wider);
}

TimeMap::Column* TimeMap::at(std::int64_t time_ns) {
    if (!origin_ns_)
        origin_ns_ = time_ns;
    std::int64_t since = 0;
    // Half of what a number holds leaves room for every sum below.
    constexpr std::int64_t farthest = std::numeric_limits<std::int64_t>::max() / 2;
    if (__builtin_sub_overflow(time_ns, *origin_ns_, &since) || since > farthest ||
        since < -farthest)
        return nullptr;
    for (;; widen()) {
        const std::int64_t number = floor_divide(since, interval_ns_);
        if (columns_.empty())
            first_ = number;
        const std::int64_t begin = std::min(first_, number);
        const std::int64_t end =
            std::max(first_ + static_cast<std::int64_t>(columns_.size()), number + 1);
        if (end - begin > static_cast<std::int64_t>(most_columns))
            continue;
        if (begin < first_)
            columns_.insert(columns_.begin(), static_cast<std::size_t>(first_ - begin), Column());
        first_ = begin;
        if (columns_.size() < static_cast<std::size_t>(end - begin))
            columns_.resize(static_cast<std::size_t>(end - begin));
        return &columns_[static_cast<std::size_t>(number - begin)];
    }
}

void TimeMap::see(const Decoded& decoded) {
    const Message& message = decoded.message;
    const bool reply = message.kind == MessageKind::reply;
    const bool request = message.kind == MessageKind::request;
    if (decoded.exchange.again || (!reply && !request && message.kind != MessageKind::notification))
        return;
    if (!decoded.record.has_time()) {
        ++untimed_;
        return;
    }
    Column* column = at(decoded.record.time_ns);
    if (column == nullptr) {
        ++left_out_;
        return;
    }
    if (column->messages() == 0)
        column->frame = decoded.record.frame;
    ++(reply ? column->replies : request ? column->requests : column->notifications);
    if (!reply)
        return;
    column->errors += message.has_header && message.error != 0 ? 1 : 0;
    const auto latency = decoded.exchange.latency_ns;
    if (!decoded.exchange.ends_request || !latency || *latency < 0)
        return;
    Cell& cell = column->cells[row_of(static_cast<std::uint64_t>(*latency))];
    if (cell.replies++ == 0)
        cell.frame = decoded.record.frame;
}

} // namespace fusewire
