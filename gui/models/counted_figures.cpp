#include "gui/models/counted_figures.h"

#include "dissector/errno_names.h"
#include "dissector/render/statistics.h"
#include "gui/models/message_list_model.h"
#include "gui/models/plain_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <functional>
#include <limits>

namespace fusewire::gui {

namespace {

constexpr std::int64_t second = 1'000'000'000;

QString tr(const char* text) {
    return QCoreApplication::translate("fusewire::gui::Figures", text);
}

QString number(std::uint64_t value) {
    return QString::number(value);
}

// Of a duration: unknown where nothing was measured.
QVariant known(const Histogram& times, std::uint64_t value) {
    return times.empty() ? QVariant() : QVariant(static_cast<quint64>(value));
}

QVariant count(std::uint64_t value) {
    return static_cast<quint64>(value);
}

std::vector<FigureColumn> groupColumns() {
    return {{tr("Group"), Unit::text},      {tr("Messages"), Unit::count},
            {tr("Requests"), Unit::count},  {tr("Replies"), Unit::count},
            {tr("Waiting"), Unit::count},   {tr("Errors"), Unit::count},
            {tr("Bytes out"), Unit::bytes}, {tr("Bytes in"), Unit::bytes},
            {tr("p50"), Unit::duration},    {tr("p90"), Unit::duration},
            {tr("p99"), Unit::duration},    {tr("Max"), Unit::duration},
            {tr("Mean"), Unit::duration},   {tr("Sum"), Unit::duration}};
}

FigureRow groupRow(const MessageGroup& group, GroupBy by) {
    const Tally& tally = group.tally;
    const Histogram& times = tally.latency;
    return {{groupName(group, by), count(tally.messages()), count(tally.requests),
             count(tally.replies), count(tally.unanswered), count(tally.errors.total()),
             count(tally.request_bytes), count(tally.reply_bytes),
             known(times, times.percentile(500)), known(times, times.percentile(900)),
             known(times, times.percentile(990)), known(times, times.max()),
             known(times, times.mean()), known(times, times.sum())},
            filterOf(group, by),
            0,
            group.key.conn,
            by == GroupBy::nodeid ? group.key.id : 0};
}

QString epochText(std::int64_t time_ns) {
    return QStringLiteral("%1.%2")
        .arg(time_ns / second)
        .arg(time_ns % second, 9, 10, QLatin1Char('0'));
}

// A row for each number. `filter` selects the messages, `field` is the one with the number.
void addErrors(Figures& figures, const QString& name, const ErrorTally& errors,
               const QString& filter, const QString& field) {
    for (const ErrorCount& error : errors.sorted()) {
        const std::string known(errno_name(error.error));
        const QString text =
            known.empty() ? QString::number(error.error) : QString::fromStdString(known);
        const QString test = QStringLiteral("%1 == %2").arg(field, text);
        figures.rows.push_back(
            {{name, text, count(error.count)},
             filter.isEmpty() ? test : QStringLiteral("%1 && %2").arg(filter, test)});
    }
    if (errors.others() > 0)
        figures.rows.push_back({{name, tr("others"), count(errors.others())}, {}});
}

QString rangeText(std::uint64_t lowest, std::uint64_t highest) {
    constexpr std::uint64_t endless = std::numeric_limits<std::int64_t>::max();
    const QString from = durationText(static_cast<std::int64_t>(lowest));
    return highest >= endless
               ? tr("%1 and more").arg(from)
               : tr("%1 to %2").arg(from, durationText(static_cast<std::int64_t>(highest + 1)));
}

} // namespace

QString groupName(const MessageGroup& group, GroupBy by) {
    const QString name = QString::fromStdString(name_of(group, by));
    const bool ofConnection = by == GroupBy::nodeid || by == GroupBy::pid;
    return ofConnection && group.key.kind == GroupKey::Kind::known
               ? tr("%1 of connection %2").arg(name).arg(group.key.conn)
               : name;
}

QString filterOf(const MessageGroup& group, GroupBy by) {
    const GroupKey& key = group.key;
    if (key.kind == GroupKey::Kind::unknown)
        return {};
    const QString id = number(key.id);
    const QString conn = QStringLiteral("fuse.conn == %1").arg(key.conn);
    switch (by) {
    case GroupBy::opcode:
        if (key.kind == GroupKey::Kind::notification)
            return key.opcode == nullptr
                       ? QString()
                       : QStringLiteral("fuse.notify == \"%1\"").arg(key.opcode->name);
        return QStringLiteral("fuse.opcode == %1").arg(key.opcode ? key.opcode->name : id);
    case GroupBy::nodeid:
        return QStringLiteral("%1 && (fuse.nodeid == %2 || fuse.request.nodeid == %2)")
            .arg(conn, id);
    case GroupBy::pid:
        return QStringLiteral("%1 && (fuse.pid == %2 || fuse.request.pid == %2)").arg(conn, id);
    case GroupBy::conn:
        return conn;
    case GroupBy::thread:
        return QStringLiteral("%1 && fuse.server_tid == %2").arg(conn, id);
    }
    return {};
}

// Times before 1970 come from no clock that a filter could name.
QString filterOfTime(std::int64_t begin_ns, std::int64_t end_ns) {
    if (begin_ns < 0 || end_ns < begin_ns)
        return {};
    return QStringLiteral("frame.time_epoch >= %1 && frame.time_epoch < %2")
        .arg(epochText(begin_ns), epochText(end_ns));
}

QString filterOfLatency(std::uint64_t lowest, std::uint64_t highest) {
    constexpr std::uint64_t endless = std::numeric_limits<std::int64_t>::max();
    const QString from = QStringLiteral("fuse.latency >= %1 ns").arg(lowest);
    return highest >= endless ? from
                              : from + QStringLiteral(" && fuse.latency <= %1 ns").arg(highest);
}

QString joinedFilter(const QString& first, const QString& second) {
    if (first.isEmpty() || second.isEmpty())
        return first + second;
    return QStringLiteral("(%1) && (%2)").arg(first, second);
}

QString timeText(std::int64_t time_ns, std::int64_t interval_ns) {
    const std::int64_t seconds = time_ns / second - (time_ns % second < 0 ? 1 : 0);
    const QString time =
        QDateTime::fromSecsSinceEpoch(seconds).toString(QStringLiteral("HH:mm:ss"));
    if (interval_ns >= second)
        return time;
    const int digits = interval_ns >= 1'000'000 ? 3 : 6;
    return time + '.' +
           QStringLiteral("%1")
               .arg(time_ns - seconds * second, 9, 10, QLatin1Char('0'))
               .left(digits);
}

FiguresPtr groupFigures(const GroupTally& groups) {
    auto figures = std::make_shared<Figures>();
    figures->columns = groupColumns();
    const auto ordered = ordered_groups(groups, GroupOrder::latency);
    const std::size_t shown = std::min(ordered.size(), most_groups);
    for (std::size_t i = 0; i < shown; ++i)
        figures->rows.push_back(groupRow(*ordered[i], groups.by()));
    figures->summary = shown < ordered.size()
                           ? tr("%1 of %2 groups, those with the largest sums of latencies")
                                 .arg(shown)
                                 .arg(ordered.size())
                           : tr("%1 groups").arg(shown);
    return figures;
}

FiguresPtr withPaths(const Figures& groups, const Ledger& ledger) {
    auto figures = std::make_shared<Figures>(groups);
    for (FigureRow& row : figures->rows) {
        const auto node = ledger.nodes().find({row.conn, row.nodeid});
        if (node != ledger.nodes().end() && !node->second.paths.empty())
            row.values[0] = QStringLiteral("%1 %2").arg(row.values[0].toString(),
                                                        plainText(node->second.paths.back().value));
    }
    return figures;
}

FiguresPtr latencyFigures(const Histogram& latencies, const QString& filter) {
    auto figures = std::make_shared<Figures>();
    figures->columns = {
        {tr("Latency"), Unit::text}, {tr("From"), Unit::duration}, {tr("Replies"), Unit::count}};
    latencies.each_octave([&](std::uint64_t lowest, std::uint64_t highest, std::uint64_t replies) {
        figures->rows.push_back({{rangeText(lowest, highest), count(lowest), count(replies)},
                                 joinedFilter(filter, filterOfLatency(lowest, highest))});
    });
    if (latencies.empty())
        figures->summary = tr("no latency is known");
    else
        figures->summary = tr("%1 replies: p50 %2, p90 %3, p99 %4, max %5")
                               .arg(latencies.count())
                               .arg(figureText(count(latencies.percentile(500)), Unit::duration),
                                    figureText(count(latencies.percentile(900)), Unit::duration),
                                    figureText(count(latencies.percentile(990)), Unit::duration),
                                    figureText(count(latencies.max()), Unit::duration));
    return figures;
}

FiguresPtr percentileFigures(const std::vector<MessageGroup>& groups, GroupBy by) {
    auto figures = std::make_shared<Figures>();
    figures->columns = {{tr("Group"), Unit::text},   {tr("p50"), Unit::duration},
                        {tr("p90"), Unit::duration}, {tr("p99"), Unit::duration},
                        {tr("Max"), Unit::duration}, {tr("Replies"), Unit::count}};
    for (const MessageGroup& group : groups) {
        const Histogram& times = group.tally.latency;
        if (!times.empty())
            figures->rows.push_back(
                {{groupName(group, by), count(times.percentile(500)), count(times.percentile(900)),
                  count(times.percentile(990)), count(times.max()), count(times.count())},
                 filterOf(group, by)});
    }
    figures->summary = tr("percentiles of latency of %1 opcodes").arg(figures->rows.size());
    return figures;
}

FiguresPtr timeFigures(const TimeMap& times) {
    auto figures = std::make_shared<Figures>();
    figures->columns = {{tr("Time"), Unit::text},
                        {tr("Requests"), Unit::count},
                        {tr("Replies"), Unit::count},
                        {tr("Errors"), Unit::count},
                        {tr("Notifications"), Unit::count}};
    for (std::size_t i = 0; i < times.columns().size(); ++i) {
        const TimeMap::Column& column = times.columns()[i];
        const std::int64_t begin = times.begin_ns(i);
        figures->rows.push_back(
            {{timeText(begin, times.interval_ns()), count(column.requests), count(column.replies),
              count(column.errors), count(column.notifications)},
             filterOfTime(begin, times.begin_ns(i + 1)),
             column.frame});
    }
    figures->summary =
        tr("%1 intervals of %2").arg(times.columns().size()).arg(durationText(times.interval_ns()));
    if (times.untimed() + times.left_out() > 0)
        figures->summary += tr("; %1 messages have no time or one far from the others")
                                .arg(times.untimed() + times.left_out());
    return figures;
}

FiguresPtr errorFigures(const std::vector<MessageGroup>& opcodes,
                        const std::vector<SubOperations>& operations) {
    auto figures = std::make_shared<Figures>();
    figures->columns = {
        {tr("Opcode"), Unit::text}, {tr("Error"), Unit::text}, {tr("Replies"), Unit::count}};
    std::uint64_t errors = 0, replies = 0;
    for (const MessageGroup& group : opcodes) {
        errors += group.tally.errors.total();
        replies += group.tally.replies;
        addErrors(*figures, groupName(group, GroupBy::opcode), group.tally.errors,
                  filterOf(group, GroupBy::opcode), QStringLiteral("fuse.error"));
    }
    std::uint64_t inside = 0;
    for (const SubOperations& operation : operations) {
        inside += operation.errors.total();
        const QString name = operation.opcode == nullptr
                                 ? number(operation.opcode_number)
                                 : QString::fromLatin1(operation.opcode->name);
        addErrors(*figures, tr("%1 in a compound").arg(name), operation.errors,
                  QStringLiteral("fuse.sub.opcode == %1").arg(name),
                  QStringLiteral("fuse.sub.error"));
    }
    std::ranges::stable_sort(figures->rows, std::ranges::greater{},
                             [](const FigureRow& row) { return row.values.back().toULongLong(); });
    figures->summary = tr("%1 errors among %2 replies").arg(errors).arg(replies);
    if (inside > 0)
        figures->summary += tr("; failed operations in compounds: %1").arg(inside);
    return figures;
}

FiguresPtr mapFigures(const TimeMap& times) {
    auto figures = std::make_shared<Figures>();
    figures->columns = {
        {tr("Time"), Unit::text}, {tr("Latency"), Unit::text}, {tr("Replies"), Unit::count}};
    std::uint64_t replies = 0;
    for (std::size_t i = 0; i < times.columns().size(); ++i)
        for (std::size_t row = 0; row < TimeMap::row_count; ++row) {
            const TimeMap::Cell& cell = times.columns()[i].cells[row];
            if (cell.replies == 0)
                continue;
            replies += cell.replies;
            const std::uint64_t lowest = TimeMap::lowest(row), highest = TimeMap::highest(row);
            const std::int64_t begin = times.begin_ns(i);
            figures->rows.push_back({{timeText(begin, times.interval_ns()),
                                      rangeText(lowest, highest), count(cell.replies)},
                                     joinedFilter(filterOfTime(begin, times.begin_ns(i + 1)),
                                                  filterOfLatency(lowest, highest)),
                                     cell.frame});
        }
    figures->summary = tr("latencies of %1 replies in intervals of %2")
                           .arg(replies)
                           .arg(durationText(times.interval_ns()));
    return figures;
}

} // namespace fusewire::gui
