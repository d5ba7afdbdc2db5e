// IntervalSeries: what was counted in each interval of time, from the first message on. Memory is
// bounded by the intervals that have messages, of which a hostile clock can make no more than a cap.
#pragma once

#include "dissector/session.h"
#include "dissector/statistics/tally.h"

#include <cstdint>
#include <map>
#include <optional>

namespace fusewire {

class IntervalSeries {
  public:
    static constexpr std::size_t kept = 100'000; // intervals with messages

    // `interval_ns` is at least 1.
    explicit IntervalSeries(std::int64_t interval_ns) : interval_ns_(interval_ns) {}

    // A reply counts, with its latency, when it was written. `unanswered` is not counted.
    void see(const Decoded& decoded);

    std::int64_t interval_ns() const { return interval_ns_; }
    // Where interval 0 begins: the time of the first message; absent while there was none with one.
    std::optional<std::int64_t> origin_ns() const { return origin_ns_; }
    // By number; negative where the clock went back.
    const std::map<std::int64_t, Tally>& intervals() const { return intervals_; }
    std::uint64_t untimed() const { return untimed_; }   // messages without a time
    std::uint64_t left_out() const { return left_out_; } // messages of too many intervals

  private:
    Tally* at(const Record& record);

    std::int64_t interval_ns_;
    std::optional<std::int64_t> origin_ns_;
    std::map<std::int64_t, Tally> intervals_;
    std::int64_t latest_ = 0; // number of *latest_tally_
    Tally* latest_tally_ = nullptr;
    std::uint64_t untimed_ = 0;
    std::uint64_t left_out_ = 0;
};

} // namespace fusewire
