// What was counted of a capture as figures: a table for each chart, whose rows know the display filter
// of the messages behind them.
#pragma once

#include "dissector/ledger.h"
#include "dissector/statistics/statistics.h"
#include "dissector/statistics/time_map.h"
#include "gui/models/figures.h"

#include <cstdint>
#include <vector>

namespace fusewire::gui {

// Groups that a table shows: those with the largest sums of latencies.
inline constexpr std::size_t most_groups = 20'000;

FiguresPtr groupFigures(const GroupTally& groups);
// The same where they are nodes: each with its latest path, as far as the ledger knows it.
FiguresPtr withPaths(const Figures& groups, const Ledger& ledger);
// By powers of two. `filter`: of the messages that the latencies are of; empty: all.
FiguresPtr latencyFigures(const Histogram& latencies, const QString& filter);
// Those groups that have latencies.
FiguresPtr percentileFigures(const std::vector<MessageGroup>& groups, GroupBy by);
FiguresPtr timeFigures(const TimeMap& times);
// By opcode, the most frequent first; `operations`: those that compounds carried, whose errors are not
// in any message's header.
FiguresPtr errorFigures(const std::vector<MessageGroup>& opcodes,
                        const std::vector<SubOperations>& operations);
// The cells with replies.
FiguresPtr mapFigures(const TimeMap& times);

// What it is called.
QString groupName(const MessageGroup& group, GroupBy by);
// The display filter of a group; empty: none can say it.
QString filterOf(const MessageGroup& group, GroupBy by);
// Of messages from `begin_ns` to before `end_ns`, since the epoch.
QString filterOfTime(std::int64_t begin_ns, std::int64_t end_ns);
// Of replies that took from `lowest` to `highest` ns.
QString filterOfLatency(std::uint64_t lowest, std::uint64_t highest);
// Both filters; either may be empty.
QString joinedFilter(const QString& first, const QString& second);
// The time of day of an instant, with as many digits as tell columns `interval_ns` wide apart.
QString timeText(std::int64_t time_ns, std::int64_t interval_ns);

} // namespace fusewire::gui
