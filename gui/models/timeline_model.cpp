#include "gui/models/timeline_model.h"

#include "dissector/escape.h"
#include "gui/models/column_header.h"

#include <QStringList>
#include <algorithm>

namespace fusewire::gui {

namespace {

struct ColumnRow {
    const char* title;
    bool number;
};
constexpr ColumnRow column_rows[] = {
    {QT_TRANSLATE_NOOP("TimelineModel", "Frame"), true},
    {QT_TRANSLATE_NOOP("TimelineModel", "Time"), true},
    {QT_TRANSLATE_NOOP("TimelineModel", "What"), false},
    {QT_TRANSLATE_NOOP("TimelineModel", "Operation"), false},
    {QT_TRANSLATE_NOOP("TimelineModel", "References"), true},
    {QT_TRANSLATE_NOOP("TimelineModel", "Details"), false},
    {QT_TRANSLATE_NOOP("TimelineModel", "Findings"), false},
};
static_assert(std::size(column_rows) == TimelineModel::ColumnCount);

// What does not change when an event is only counted on.
bool isSameEvent(const TimelineEvent& a, const TimelineEvent& b) {
    return a.frame == b.frame && a.kind == b.kind && a.sub == b.sub;
}

std::size_t commonBeginning(const std::vector<TimelineEvent>& a,
                            const std::vector<TimelineEvent>& b) {
    const auto [end, other] = std::ranges::mismatch(a, b, isSameEvent);
    return static_cast<std::size_t>(end - a.begin());
}

QString framesText(const TimelineEvent& event) {
    return event.last_frame == event.frame
               ? QString::number(event.frame)
               : QStringLiteral("%1–%2").arg(event.frame).arg(event.last_frame);
}

QString rulesText(const TimelineEvent& event) {
    QStringList rules;
    for (const TimelineFinding& finding : event.findings)
        rules.append(QString::fromLatin1(finding.rule->id));
    return rules.join(QStringLiteral(", "));
}

// Text without a byte of the capture that is not escaped yet.
QString printable(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString madeForPeople(std::string_view text) {
    std::string out;
    append_printable(out, text);
    return printable(out);
}

} // namespace

TimelineModel::TimelineModel(QObject* parent) : QAbstractTableModel(parent) {}

TimelineModel::~TimelineModel() = default;

void TimelineModel::follow(const CaptureInput& input, const TimelineSubject& subject,
                           std::int64_t origin_ns) {
    clear();
    subject_ = subject;
    origin_ns_ = origin_ns;
    reader_ = std::make_unique<TimelineReader>(input, subject);
    connect(reader_.get(), &TimelineReader::read, this, &TimelineModel::take);
    connect(reader_.get(), &TimelineReader::progressed, this, [this](int percent) {
        percent_ = percent;
        emit progressed(percent);
    });
    emit subjectChanged();
    reader_->start();
}

void TimelineModel::clear() {
    reader_.reset();
    percent_ = 0;
    beginResetModel();
    timeline_.reset();
    endResetModel();
    if (std::exchange(subject_, std::nullopt))
        emit subjectChanged();
}

void TimelineModel::cancel() {
    if (!reader_)
        return;
    reader_.reset();
    emit finished();
}

// Rows that are there already stay what they are for every view.
void TimelineModel::take(const TimelinePtr& timeline) {
    if (!reader_)
        return; // it was cancelled
    const std::vector<TimelineEvent> none;
    const auto& before = timeline_ ? timeline_->events : none;
    const std::size_t same = commonBeginning(before, timeline->events);
    const int first = static_cast<int>(same), old = static_cast<int>(before.size()),
              now = static_cast<int>(timeline->events.size());
    if (old > first) {
        beginRemoveRows({}, first, old - 1);
        auto kept = std::make_shared<TimelineSnapshot>();
        kept->events.assign(before.begin(), before.begin() + first);
        timeline_ = kept;
        endRemoveRows();
    }
    if (now > first)
        beginInsertRows({}, first, now - 1);
    timeline_ = timeline;
    if (now > first)
        endInsertRows();
    if (first > 0)
        emit dataChanged(index(0, 0), index(first - 1, ColumnCount - 1));
    if (timeline->complete)
        endReading();
}

void TimelineModel::endReading() {
    reader_.release()->deleteLater(); // it is its signal that is being served
    percent_ = 100;
    emit finished();
}

int TimelineModel::rowOfFrame(std::uint64_t frame) const {
    if (!timeline_)
        return -1;
    const auto& events = timeline_->events;
    const auto next = std::ranges::upper_bound(events, frame, {}, &TimelineEvent::frame);
    if (next != events.begin() && std::prev(next)->last_frame >= frame)
        return static_cast<int>(std::prev(next) - events.begin());
    const auto answered = std::ranges::find(events, frame, &TimelineEvent::reply_frame);
    return answered == events.end() ? -1 : static_cast<int>(answered - events.begin());
}

int TimelineModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !timeline_ ? 0 : static_cast<int>(timeline_->events.size());
}

int TimelineModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TimelineModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const ColumnRow& column = column_rows[section];
    const bool ofFhandle = section == References && subject_ && subject_->is_fhandle();
    return columnHeader(ofFhandle ? tr("Nodes") : tr(column.title), {}, column.number, role);
}

QVariant TimelineModel::data(const QModelIndex& index, int role) const {
    if (!timeline_ || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TimelineEvent& shown = event(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, index.column());
    case Qt::TextAlignmentRole:
        return QVariant((column_rows[index.column()].number ? Qt::AlignRight : Qt::AlignLeft) |
                        Qt::AlignVCenter);
    case EventFrameRole:
        return QVariant::fromValue(shown.frame);
    case EventOffsetRole:
        return shown.offset;
    case EventSeverityRole:
        return shown.worst() ? QVariant(static_cast<int>(*shown.worst())) : QVariant();
    default:
        return {};
    }
}

QString TimelineModel::text(const TimelineEvent& event, int column) const {
    switch (column) {
    case Frame:
        return framesText(event);
    case Time:
        return timeOf(event);
    case What:
        return printable(spelling(event.kind));
    case Operation:
        return event.opcode == nullptr ? QString() : QString::fromLatin1(event.opcode->name);
    case References:
        return event.accepted == event.sent
                   ? QString::number(event.sent)
                   : QStringLiteral("%1–%2").arg(event.accepted).arg(event.sent);
    case Text:
        return printable(describe(event));
    case Findings:
        return rulesText(event);
    default:
        return {};
    }
}

QString TimelineModel::timeOf(const TimelineEvent& event) const {
    if (!event.time_ns)
        return QStringLiteral("-");
    const auto since = static_cast<std::int64_t>(static_cast<std::uint64_t>(*event.time_ns) -
                                                 static_cast<std::uint64_t>(origin_ns_));
    return QString::number(static_cast<double>(since) / 1e9, 'f', 6);
}

QString TimelineModel::summary(int row) const {
    const TimelineEvent& shown = event(row);
    QStringList lines;
    lines.append(tr("Frame %1, %2 s").arg(framesText(shown), timeOf(shown)));
    QString what = text(shown, What);
    if (shown.opcode != nullptr)
        what += QStringLiteral(", ") + text(shown, Operation);
    lines.append(what);
    if (const QString details = text(shown, Text); !details.isEmpty())
        lines.append(details);
    if (shown.request_frame != 0 && shown.reply_frame != 0)
        lines.append(tr("Request %1, reply %2").arg(shown.request_frame).arg(shown.reply_frame));
    for (const TimelineFinding& finding : shown.findings)
        lines.append(QString::fromLatin1(finding.rule->id) + QStringLiteral(": ") +
                     madeForPeople(finding.text));
    return lines.join('\n');
}

} // namespace fusewire::gui
