#include "gui/models/statx_model.h"

#include "dissector/render/statx.h"

namespace fusewire::gui {

namespace {

QString spelled(std::string_view text) {
    return QString::fromUtf8(text.data(), std::ssize(text));
}

// The mask says one thing and the kernel does another, or does not take the reply.
std::optional<Severity> surpriseOf(const StatxFact& fact) {
    if (fact.use == StatxUse::refused)
        return Severity::error;
    return fact.surprises() || fact.from_dirent ? std::optional(Severity::warn) : std::nullopt;
}

} // namespace

StatxModel::StatxModel(Viewer& viewer, QObject* parent)
    : QAbstractItemModel(parent), judged_(viewer.judgedCurrent()) {
    connect(&viewer, &Viewer::documentChanged, this, [this] { show(nullptr); });
    connect(&judged_, &JudgedCurrent::changed, this, &StatxModel::take);
    take();
}

// What is shown stays until the next message is judged, which is mostly at once, and between a request
// and its reply.
void StatxModel::take() {
    const bool waits = !judged_.message() && judged_.percent() == 0;
    if (!waits && !judged_.awaitsReply() && judged_.reply() != reply_)
        show(judged_.reply());
}

void StatxModel::show(const JudgedMessagePtr& reply) {
    beginResetModel();
    reply_ = reply;
    endResetModel();
}

const StatxReport& StatxModel::report(int row) const {
    return reply_->statx[static_cast<std::size_t>(row)];
}

// A field knows its STATX by the number in its index, counted from 1.
QModelIndex StatxModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : quintptr{0});
}

QModelIndex StatxModel::parent(const QModelIndex& child) const {
    return child.internalId() == 0
               ? QModelIndex()
               : createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr{0});
}

int StatxModel::rowCount(const QModelIndex& parent) const {
    if (!reply_ || parent.column() > 0 || (parent.isValid() && parent.internalId() != 0))
        return 0;
    return static_cast<int>(parent.isValid() ? report(parent.row()).facts.size()
                                             : reply_->statx.size());
}

int StatxModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QVariant StatxModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (index.internalId() != 0) {
        const StatxReport& whole = report(static_cast<int>(index.internalId()) - 1);
        return factData(whole.facts[static_cast<std::size_t>(index.row())], index.column(), role);
    }
    if (role == StatxFrameRole)
        return QVariant::fromValue(reply_->frame);
    return role == Qt::DisplayRole && index.column() == field ? titleOf(report(index.row()))
                                                              : QVariant();
}

QString StatxModel::titleOf(const StatxReport& report) const {
    const QString node = tr("nodeid %1").arg(report.nodeid);
    return report.sub == no_sub ? node : tr("Operation %1, %2").arg(report.sub).arg(node);
}

QVariant StatxModel::factData(const StatxFact& fact, int column, int role) const {
    const auto& known = column == before ? fact.from_node : fact.from_dirent;
    const bool leadsBack = (column == before || column == dirent) && known;
    switch (role) {
    case Qt::DisplayRole:
        return factText(fact, column);
    case StatxFrameRole:
        return QVariant::fromValue(leadsBack ? known->frame : reply_->frame);
    case StatxOffsetRole:
        return leadsBack ? QVariant() : QVariant(fact.offset);
    case StatxSurpriseRole:
        if (const auto surprise = surpriseOf(fact); surprise && column == field)
            return static_cast<int>(*surprise);
        return {};
    default:
        return {};
    }
}

QString StatxModel::factText(const StatxFact& fact, int column) const {
    const auto mask = [&](bool set, const QString& yes, const QString& no) {
        return fact.row->bit == 0 ? QString() : set ? yes : no;
    };
    const auto known = [&](const std::optional<StatxDifference>& difference) {
        return difference ? tr("%1 (frame %2)")
                                .arg(spelled(statx_value_text(difference->value, fact.row->shape)))
                                .arg(difference->frame)
                          : QString();
    };
    switch (column) {
    case field:
        return QString::fromUtf8(fact.row->name);
    case value:
        return spelled(statx_value_text(fact.value, fact.row->shape));
    case asked:
        return mask(fact.requested, tr("requested"), tr("not requested"));
    case answered:
        return mask(fact.answered, tr("answered"), tr("not answered"));
    case use:
        return spelled(spelling(fact.use));
    case before:
        return known(fact.from_node);
    case dirent:
        return known(fact.from_dirent);
    default:
        return {};
    }
}

QVariant StatxModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const QString titles[column_count] = {tr("Field"),          tr("Value"),  tr("Asked"),
                                          tr("Answered"),       tr("Kernel"), tr("Before"),
                                          tr("Directory entry")};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
        section >= column_count)
        return {};
    return titles[section];
}

} // namespace fusewire::gui
