// Statistics: everything that is counted of a capture, or of some of its messages. Fed with one
// decoded message at a time, so that the command line and the viewer count alike; messages that are
// not to be counted are shown to it all the same, since they tell what was answered.
#pragma once

#include "dissector/statistics/compounds.h"
#include "dissector/statistics/group_tally.h"
#include "dissector/statistics/interval_series.h"
#include "dissector/statistics/lookups.h"

#include <cstdint>
#include <optional>

namespace fusewire {

class Statistics {
  public:
    // With an interval (ns), what happened over time is counted too.
    explicit Statistics(GroupBy by, std::optional<std::int64_t> interval_ns = std::nullopt);

    // In the order of the capture, bodies decoded; without them all but what bodies tell is counted.
    void see(const Decoded& decoded, bool counted = true);

    const GroupTally& groups() const { return groups_; }
    const CompoundStatistics& compounds() const { return compounds_; }
    const LookupStatistics& lookups() const { return lookups_; }
    const IntervalSeries* series() const { return series_ ? &*series_ : nullptr; }
    std::uint64_t seen() const { return seen_; }       // messages, counted or not
    std::uint64_t lost() const { return lost_; }       // messages that the capture lost
    std::uint64_t refused() const { return refused_; } // replies that the kernel did not take

  private:
    GroupTally groups_;
    CompoundStatistics compounds_;
    LookupStatistics lookups_;
    std::optional<IntervalSeries> series_;
    std::uint64_t seen_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t refused_ = 0;
};

} // namespace fusewire
