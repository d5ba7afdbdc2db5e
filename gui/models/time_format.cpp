#include "gui/models/time_format.h"

#include <QDateTime>
#include <QTimeZone>
#include <optional>

namespace fusewire::gui {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
// Before the first message that has a time is looked for no further.
constexpr Row most_without_time = 1000;

// Digits behind the point.
int digitsOf(const TimeFormat& format) {
    switch (format.precision) {
    case TimePrecision::seconds:
        return 0;
    case TimePrecision::milliseconds:
        return 3;
    case TimePrecision::microseconds:
        return 6;
    case TimePrecision::nanoseconds:
        return 9;
    case TimePrecision::automatic:
        break;
    }
    return format.from == TimeFrom::epoch ? 9 : 6;
}

// Nanoseconds cut, not rounded, to so many digits, with the point.
QString fractionText(std::uint64_t part_ns, int digits) {
    if (digits == 0)
        return {};
    return QLatin1Char('.') +
           QStringLiteral("%1").arg(part_ns, 9, 10, QLatin1Char('0')).left(digits);
}

// Unsigned inside, since hostile times may lie too far apart for a signed difference.
QString secondsText(std::int64_t time_ns, int digits) {
    const auto bits = static_cast<std::uint64_t>(time_ns);
    const std::uint64_t magnitude = time_ns < 0 ? 0 - bits : bits;
    return (time_ns < 0 ? QStringLiteral("-") : QString()) +
           QString::number(magnitude / second_ns) + fractionText(magnitude % second_ns, digits);
}

QString dateText(std::int64_t time_ns, int digits, bool utc) {
    const std::int64_t part = (time_ns % second_ns + second_ns) % second_ns;
    QDateTime time = QDateTime::fromSecsSinceEpoch((time_ns - part) / second_ns, Qt::UTC);
    if (!utc)
        time = time.toLocalTime();
    return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) +
           fractionText(static_cast<std::uint64_t>(part), digits);
}

std::int64_t difference(std::int64_t later, std::int64_t earlier) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(later) -
                                     static_cast<std::uint64_t>(earlier));
}

std::optional<std::int64_t> timeOf(const FrameIndex& index, Row row) {
    if (row == no_row || row >= index.size())
        return std::nullopt;
    const FrameRow frame = index[row];
    return frame.has(frame_no_time) ? std::nullopt : std::optional(frame.time_ns);
}

// Of the nearest reference before the row, or the first message that has a time.
std::optional<std::int64_t> originOf(const TimeFormat& format, const FrameIndex& index, Row row) {
    if (auto behind = format.references.upper_bound(row); behind != format.references.begin())
        if (const auto time = timeOf(index, *std::prev(behind)))
            return time;
    for (Row first = 0; first < std::min(index.size(), most_without_time); ++first)
        if (const auto time = timeOf(index, first))
            return time;
    return std::nullopt;
}

std::optional<std::int64_t> countedFrom(const TimeFormat& format, const FrameIndex& index, Row row,
                                        Row previous) {
    if (format.from == TimeFrom::previous)
        return previous == no_row ? timeOf(index, row) : timeOf(index, previous);
    if (format.from == TimeFrom::first)
        return originOf(format, index, row);
    const FrameRow frame = index[row];
    return frame.kind == MessageKind::reply ? timeOf(index, frame.partner) : std::nullopt;
}

} // namespace

QString timeText(const TimeFormat& format, const FrameIndex& index, Row row, Row previous) {
    if (format.references.contains(row))
        return QStringLiteral("*REF*");
    const auto time = timeOf(index, row);
    if (!time)
        return QStringLiteral("-");
    const int digits = digitsOf(format);
    if (format.from == TimeFrom::epoch)
        return secondsText(*time, digits);
    if (format.from == TimeFrom::local || format.from == TimeFrom::utc)
        return dateText(*time, digits, format.from == TimeFrom::utc);
    const auto from = countedFrom(format, index, row, previous);
    return from ? secondsText(difference(*time, *from), digits) : QString();
}

QString durationText(std::int64_t ns) {
    struct Unit {
        double ns;
        const char* name;
    };
    constexpr Unit units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}};
    const auto size = std::abs(static_cast<double>(ns));
    for (const Unit& unit : units)
        if (size >= unit.ns)
            return QStringLiteral("%1 %2")
                .arg(static_cast<double>(ns) / unit.ns, 0, 'g', 4)
                .arg(QString::fromUtf8(unit.name));
    return QStringLiteral("%1 ns").arg(ns);
}

} // namespace fusewire::gui
