// What was counted of a capture, as tables for people and as JSON (docs/schema.json).
#pragma once

#include "dissector/statistics/statistics.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace fusewire {

// The statistics with what is known beside them.
struct StatisticsScene {
    const Statistics& statistics;
    std::span<const Connection> connections;
    // The path of a node as far as it is known, else "" or one with "?"; null: paths are not known.
    std::function<std::string(ConnId, std::uint64_t nodeid)> path_of;
    std::string filter; // of what was counted; "": everything
};

enum class GroupOrder : std::uint8_t { latency, count, errors, bytes, key };

struct StatisticsStyle {
    GroupOrder order = GroupOrder::latency; // JSON too
    std::size_t most_rows = 0;              // of a table; 0: any number
    bool histogram = false;
    bool color = false;
    std::size_t width = 0; // columns that a line has; 0: any number
};

// The groups with the largest first.
std::vector<const MessageGroup*> ordered_groups(const GroupTally& groups, GroupOrder order);

// What a group is called: its opcode, node, thread ...
std::string name_of(const MessageGroup& group, GroupBy by);

// Tables of the groups, of compounds, looked-up names and cache times; with an interval, of time alone.
void append_statistics_text(std::string& out, const StatisticsScene& scene,
                            const StatisticsStyle& style);

// One object with a newline. All rows, histograms and intervals are in it.
void append_statistics_json(std::string& out, const StatisticsScene& scene, GroupOrder order);

} // namespace fusewire
