// TimeFormat: how the time of a message is written in the list: from what it is counted, and to which
// part of a second, made from the index alone; and spans of time.
#pragma once

#include "dissector/frame_index.h"

#include <QString>
#include <cstdint>
#include <set>

namespace fusewire::gui {

enum class TimeFrom : int {
    first,    // seconds since the first message, or the reference before it
    previous, // since the one that is shown before it
    request,  // of a reply: since what it answers
    local,    // date and time of day here
    utc,
    epoch, // seconds since 1970
};

enum class TimePrecision : int { automatic, seconds, milliseconds, microseconds, nanoseconds };

struct TimeFormat {
    TimeFrom from = TimeFrom::first;
    TimePrecision precision = TimePrecision::automatic;
    std::set<Row> references; // times count from them, to the next one
    bool operator==(const TimeFormat&) const = default;
};

// `previous` is the row that is shown before it; no_row: none. "*REF*" of a reference.
QString timeText(const TimeFormat& format, const FrameIndex& index, Row row, Row previous);

// A span of time with the unit that suits it, "83.2 µs".
QString durationText(std::int64_t ns);

} // namespace fusewire::gui
