#include "gui/models/ledger_model.h"

#include "gui/models/column_header.h"

#include <algorithm>

namespace fusewire::gui {

namespace {

bool beginsWith(const std::vector<LedgerRow>& rows, const std::vector<LedgerRow>& first) {
    return rows.size() >= first.size() &&
           std::equal(first.begin(), first.end(), rows.begin(),
                      [](const LedgerRow& a, const LedgerRow& b) { return a.isSameAs(b); });
}

} // namespace

LedgerArranger::LedgerArranger(const LedgerKind& kind) : kind_(kind) {
    qRegisterMetaType<LedgerRowsPtr>();
    thread_ = std::thread([this] { run(); });
}

LedgerArranger::~LedgerArranger() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
        outdated_.store(true, std::memory_order_relaxed);
    }
    asked_.notify_one();
    thread_.join();
}

void LedgerArranger::ask(JudgedPtr judged, LedgerQuery query) {
    {
        const std::lock_guard lock(mutex_);
        if (query.serial != serial_)
            outdated_.store(true, std::memory_order_relaxed);
        task_ = Task{std::move(judged), std::move(query)};
    }
    asked_.notify_one();
}

void LedgerArranger::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return ends_ || task_; });
        if (ends_)
            return;
        const Task task = *std::exchange(task_, std::nullopt);
        serial_ = task.query.serial;
        outdated_.store(false, std::memory_order_relaxed);
        lock.unlock();
        const auto rows = gui::arranged(kind_, task.judged, task.query, [this] {
            return !outdated_.load(std::memory_order_relaxed);
        });
        if (rows)
            emit arranged(rows);
        lock.lock();
    }
}

LedgerModel::LedgerModel(const LedgerKind& kind, QObject* parent)
    : QAbstractTableModel(parent), kind_(kind), arranger_(kind) {
    connect(&arranger_, &LedgerArranger::arranged, this, &LedgerModel::take);
}

void LedgerModel::setJudged(const JudgedPtr& judged) {
    judged_ = judged;
    arrange();
}

void LedgerModel::setText(const QString& text) {
    query_.text = text;
    ask();
}

void LedgerModel::setOnlyFindings(bool only) {
    query_.onlyFindings = only;
    ask();
}

void LedgerModel::setOnlyLive(bool only) {
    query_.onlyLive = only;
    ask();
}

void LedgerModel::setShown(ShownObjectsPtr shown) {
    query_.shown = std::move(shown);
    ask();
}

void LedgerModel::sort(int column, Qt::SortOrder order) {
    query_.column = std::clamp(column, 0, columnCount() - 1);
    query_.descending = order == Qt::DescendingOrder;
    ask();
}

void LedgerModel::ask() {
    ++query_.serial;
    arrange();
}

void LedgerModel::arrange() {
    if (judged_) {
        settled_ = false;
        arranger_.ask(judged_, query_);
        return;
    }
    settled_ = true;
    beginResetModel();
    rows_.reset();
    endResetModel();
    emit arranged();
}

// Where rows only came behind those that are shown, these stay what they are for every view.
void LedgerModel::take(const LedgerRowsPtr& rows) {
    if (!judged_)
        return; // of a capture that is closed
    settled_ = rows->judged == judged_ && rows->serial == query_.serial;
    if (rows_ && beginsWith(rows->rows, rows_->rows)) {
        appendRows(rows);
    } else {
        beginResetModel();
        rows_ = rows;
        endResetModel();
    }
    emit arranged();
}

void LedgerModel::appendRows(const LedgerRowsPtr& rows) {
    const int before = rowCount();
    const int now = static_cast<int>(rows->rows.size());
    if (now > before)
        beginInsertRows({}, before, now - 1);
    rows_ = rows;
    if (now > before)
        endInsertRows();
    if (before > 0)
        emit dataChanged(index(0, 0), index(before - 1, columnCount() - 1));
}

TimelineSubject LedgerModel::subjectAt(int row) const {
    return rows_->rows[static_cast<std::size_t>(row)].subject();
}

int LedgerModel::rowOf(const TimelineSubject& subject) const {
    if (!rows_)
        return -1;
    const auto found = std::ranges::find_if(rows_->rows, [&](const LedgerRow& row) {
        if (row.node != nullptr)
            return !subject.is_fhandle() && row.node->nodeid == subject.nodeid &&
                   row.node->conn == subject.conn;
        return row.fhandle->bytes == subject.fhandle && row.fhandle->conn == subject.conn;
    });
    return found == rows_->rows.end() ? -1 : static_cast<int>(found - rows_->rows.begin());
}

int LedgerModel::columnWidth(int column) const {
    return kind_.columns[static_cast<std::size_t>(column)].width;
}

int LedgerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !rows_ ? 0 : static_cast<int>(rows_->rows.size());
}

int LedgerModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(kind_.columns.size());
}

QVariant LedgerModel::data(const QModelIndex& index, int role) const {
    if (!rows_ || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const LedgerRow& row = rows_->rows[static_cast<std::size_t>(index.row())];
    const LedgerColumn& column = kind_.columns[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return column.text(row, *rows_);
    case Qt::TextAlignmentRole:
        return QVariant((column.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case LedgerSeverityRole:
        return row.worst ? QVariant(static_cast<int>(*row.worst)) : QVariant();
    case LedgerFirstFrameRole:
        return QVariant::fromValue(row.node != nullptr ? row.node->first_frame
                                                       : row.fhandle->first_frame);
    default:
        return {};
    }
}

QVariant LedgerModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const LedgerColumn& column = kind_.columns[static_cast<std::size_t>(section)];
    return columnHeader(tr(column.title), *column.help == '\0' ? QString() : tr(column.help),
                        column.number, role);
}

} // namespace fusewire::gui
