#include "gui/models/message_list_model.h"

#include <algorithm>
#include <cmath>

namespace fusewire::gui {

namespace {

constexpr int most_kept_cells = 20'000;  // rows
constexpr std::size_t most_wanted = 400; // rows: a few screens
constexpr qsizetype most_tip_lines = 10;
constexpr int most_rows = std::numeric_limits<int>::max() - 1;

QString directionOf(MessageKind kind) {
    switch (kind) {
    case MessageKind::request:
        return QStringLiteral("→");
    case MessageKind::reply:
        return QStringLiteral("←");
    case MessageKind::notification:
        return QStringLiteral("!");
    case MessageKind::write_result:
    case MessageKind::loss:
        break;
    }
    return QStringLiteral("–");
}

QString toQString(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// From a request to its latest reply, whichever of the two is given.
QString latencyOf(const FrameIndex& index, const FrameRow& row) {
    const bool asks = row.kind == MessageKind::request && row.has_partner();
    const auto latency = index.latency_ns(asks ? index[row.partner] : row);
    return latency ? durationText(*latency) : QString();
}

} // namespace

MessageListModel::MessageListModel(std::vector<Column> columns, QObject* parent)
    : QAbstractTableModel(parent), columns_(std::move(columns)), cells_(most_kept_cells) {
    qRegisterMetaType<CellsBatch>();
    asking_.setSingleShot(true);
    connect(&asking_, &QTimer::timeout, this, &MessageListModel::askForWanted);
    sortAgain_.setSingleShot(true);
    connect(&sortAgain_, &QTimer::timeout, this, &MessageListModel::startSorter);
}

MessageListModel::~MessageListModel() = default;

void MessageListModel::setDocument(std::shared_ptr<CaptureDocument> document) {
    beginResetModel();
    reader_.reset();
    if (document_)
        document_->disconnect(this);
    // Nothing is told of cells here: a view that looked would want rows of the capture that goes.
    cells_.clear();
    wanted_.clear();
    forgetOrder();
    sortColumn_ = -1;
    judged_.reset();
    chosen_.reset();
    timeFormat_.references.clear();
    document_ = std::move(document);
    count_ = 0;
    if (document_) {
        count_ = static_cast<int>(std::min<Row>(document_->rows(), most_rows));
        makeReader();
        connect(document_.get(), &CaptureDocument::grew, this, &MessageListModel::grow);
        connect(document_.get(), &CaptureDocument::revised, this, &MessageListModel::forgetCells);
    }
    endResetModel();
}

void MessageListModel::setJudged(const JudgedPtr& judged) {
    judged_ = judged;
    if (reader_)
        reader_->setJudged(judged);
    ++age_;
    tellChanged({});
}

void MessageListModel::setAnnotations(const AnnotationsModel& annotations) {
    annotations_ = &annotations;
    connect(annotations_, &AnnotationsModel::changed, this, [this] {
        if (count_ > 0)
            emit dataChanged(index(0, 0), index(count_ - 1, columnCount() - 1),
                             {MarkedRole, CommentRole});
    });
}

void MessageListModel::makeReader() {
    reader_ = std::make_unique<RowReader>(document_->capture(), columns_, coloring_);
    reader_->setJudged(judged_);
    // What an earlier reader sent may still be on its way.
    connect(reader_.get(), &RowReader::cellsRead, this,
            [this, ticket = ++readerTicket_](const CellsBatch& batch) {
                if (ticket == readerTicket_)
                    take(batch);
            });
}

void MessageListModel::setColoring(std::vector<ColoringRule> rules) {
    coloring_ = std::move(rules);
    if (document_) {
        reader_.reset();
        makeReader();
    }
    forgetCells();
    emit coloringChanged();
}

void MessageListModel::tellChanged(const QList<int>& roles) {
    if (count_ > 0)
        emit dataChanged(index(0, 0), index(count_ - 1, columnCount() - 1), roles);
}

void MessageListModel::setColumns(std::vector<Column> columns) {
    if (columns.empty() || columns == columns_)
        return;
    beginResetModel();
    reader_.reset();
    cells_.clear();
    wanted_.clear();
    const bool stays = sortColumn_ >= 0;
    const Column sortedBy = stays ? columns_[static_cast<std::size_t>(sortColumn_)] : Column();
    columns_ = std::move(columns);
    if (document_)
        makeReader();
    const auto found = std::ranges::find_if(
        columns_, [&](const Column& column) { return stays && column.shows(sortedBy); });
    sortColumn_ = found == columns_.end() ? -1 : static_cast<int>(found - columns_.begin());
    if (sortColumn_ < 0)
        forgetOrder();
    endResetModel();
    emit columnsChanged();
}

bool MessageListModel::addFieldColumn(const QString& field) {
    const auto added = columnOfField(field);
    if (!added)
        return false;
    std::vector<Column> columns = columns_;
    const auto same =
        std::ranges::find_if(columns, [&](const Column& column) { return column.shows(*added); });
    if (same != columns.end())
        same->hidden = false;
    else
        columns.insert(columns.end() - 1, *added);
    setColumns(std::move(columns));
    return true;
}

void MessageListModel::setColumnWidth(int column, int characters) {
    columns_[static_cast<std::size_t>(column)].width = std::clamp(characters, 1, Column::max_width);
    emit columnsChanged();
}

void MessageListModel::setColumnHidden(int column, bool hidden) {
    columns_[static_cast<std::size_t>(column)].hidden = hidden;
    emit columnsChanged();
}

void MessageListModel::grow(Row rows) {
    const int count = static_cast<int>(std::min<Row>(rows, most_rows));
    if (chosen_ || count <= count_)
        return;
    beginInsertRows({}, count_, count - 1);
    count_ = count;
    endInsertRows();
    sortAgainLater();
}

void MessageListModel::setRows(std::optional<std::vector<Row>> rows) {
    beginResetModel();
    forgetOrder();
    chosen_ = std::move(rows);
    count_ = chosen_     ? static_cast<int>(chosen_->size())
             : document_ ? static_cast<int>(std::min<Row>(document_->rows(), most_rows))
                         : 0;
    endResetModel();
    if (count_ > 0 && sortColumn_ >= 0)
        startSorter();
}

void MessageListModel::appendRows(const std::vector<Row>& rows) {
    if (rows.empty() || !chosen_)
        return;
    const int count = count_ + static_cast<int>(rows.size());
    beginInsertRows({}, count_, count - 1);
    chosen_->insert(chosen_->end(), rows.begin(), rows.end());
    count_ = count;
    endInsertRows();
    sortAgainLater();
}

void MessageListModel::sort(int column, Qt::SortOrder order) {
    const bool none = column < 0 || column >= columnCount();
    sortColumn_ = none ? -1 : column;
    sortOrder_ = order;
    if (!none && document_)
        return startSorter();
    beginResetModel();
    forgetOrder();
    endResetModel();
    emit sortFinished({});
}

void MessageListModel::startSorter() {
    sortAgain_.stop();
    sorter_ =
        std::make_unique<RowSorter>(document_->capture(), chosen_, static_cast<std::size_t>(count_),
                                    columns_[static_cast<std::size_t>(sortColumn_)], sortOrder_);
    connect(sorter_.get(), &RowSorter::progressed, this, &MessageListModel::sortProgressed);
    connect(sorter_.get(), &RowSorter::finished, this,
            [this, ticket = ++sorterTicket_](const SortedPtr& sorted, const QString& error) {
                if (sorter_ && ticket == sorterTicket_)
                    takeSorted(sorted, error);
            });
    sortTime_.start();
    sorter_->start();
    emit sortProgressed(0);
}

void MessageListModel::takeSorted(const SortedPtr& sorted, const QString& error) {
    sorter_.release()->deleteLater(); // it is its signal that is being served
    lastSort_ms_ = sortTime_.elapsed();
    if (!sorted) {
        wantShownOrder();
        emit sortFinished(error);
        return;
    }
    // A reset and no change of layout: for that, Qt makes an index of each row of a selection.
    beginResetModel();
    sorted_ = sorted;
    sortedBy_ = SortKey{columns_[static_cast<std::size_t>(sortColumn_)], sortOrder_};
    endResetModel();
    emit sortFinished({});
    sortAgainLater();
}

void MessageListModel::cancelSort() {
    sorter_.reset();
    sortAgain_.stop();
    wantShownOrder();
    emit sortFinished({});
}

void MessageListModel::wantShownOrder() {
    const auto shown = std::ranges::find_if(columns_, [this](const Column& column) {
        return sortedBy_ && column.shows(sortedBy_->column);
    });
    sortColumn_ = shown == columns_.end() ? -1 : static_cast<int>(shown - columns_.begin());
    if (sortedBy_)
        sortOrder_ = sortedBy_->order;
}

// Rows come many times a second while a capture grows: sorting takes no more than a tenth of the time.
void MessageListModel::sortAgainLater() {
    if (sortColumn_ < 0 || sorter_ || sortAgain_.isActive() || sortedRows() == count_)
        return;
    sortAgain_.start(static_cast<int>(std::clamp<qint64>(10 * lastSort_ms_, 300, 60'000)));
}

void MessageListModel::forgetOrder() {
    sorter_.reset();
    sorted_.reset();
    sortedBy_.reset();
    sortAgain_.stop();
}

Row MessageListModel::indexRow(int modelRow) const {
    auto place = static_cast<std::size_t>(modelRow);
    if (modelRow < sortedRows())
        place = sorted_->order[place];
    return chosen_ ? (*chosen_)[place] : static_cast<Row>(place);
}

// In the order of the capture.
int MessageListModel::placeOf(Row row) const {
    if (!chosen_)
        return row < static_cast<Row>(count_) ? static_cast<int>(row) : -1;
    const auto found = std::ranges::lower_bound(*chosen_, row);
    return found == chosen_->end() || *found != row ? -1
                                                    : static_cast<int>(found - chosen_->begin());
}

int MessageListModel::modelRow(Row row) const {
    const int place = placeOf(row);
    return place < 0 || place >= sortedRows()
               ? place
               : static_cast<int>(sorted_->places[static_cast<std::size_t>(place)]);
}

int MessageListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count_;
}

int MessageListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant MessageListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column& column = columns_[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    return role == Qt::TextAlignmentRole ? QVariant(column.alignment) : QVariant();
}

QVariant MessageListModel::data(const QModelIndex& index, int role) const {
    if (!document_ || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row row = indexRow(index.row());
    const auto column = static_cast<std::size_t>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return columns_[column].kind == ColumnKind::time
                   ? timeAt(index.row())
                   : cell(row, document_->index()[row], column);
    case Qt::TextAlignmentRole:
        return QVariant(columns_[column].alignment | Qt::AlignVCenter);
    case ExactRole:
        return exactCell(row, column);
    case RowRole:
        return row;
    case FrameRole:
        return QVariant::fromValue(document_->index()[row].frame);
    case RuleRole: {
        const Cells* cells = cellsOf(row);
        return cells == nullptr ? -1 : cells->rule;
    }
    case Qt::ToolTipRole:
        return tipAt(document_->index()[row].frame);
    default:
        return fact(document_->index()[row], role);
    }
}

QVariant MessageListModel::fact(const FrameRow& frame, int role) const {
    switch (role) {
    case PartnerRole:
        return frame.has_partner() ? modelRow(frame.partner) : -1;
    case PartnerFrameRole:
        return QVariant::fromValue(frame.has_partner() ? document_->index()[frame.partner].frame
                                                       : std::uint64_t{0});
    case IsRequestRole:
        return frame.kind == MessageKind::request;
    case LatencyRole:
        return latencyOf(document_->index(), frame);
    case SeverityRole: {
        const auto worst = judged_ ? judged_->worstAt(frame.frame) : std::nullopt;
        return worst ? static_cast<int>(*worst) : -1;
    }
    case FindingsRole:
        return findingsAt(frame.frame);
    case MarkedRole:
        return annotations_ != nullptr && annotations_->at(frame.frame).marked;
    case CommentRole:
        return annotations_ != nullptr ? annotations_->at(frame.frame).comment : QString();
    default:
        return {};
    }
}

// Looked for when asked, by people, in what is at most a few ten thousand findings.
QString MessageListModel::findingsAt(std::uint64_t frame) const {
    const auto worst = judged_ ? judged_->worstAt(frame) : std::nullopt;
    if (!worst)
        return {};
    QStringList lines;
    for (const Judgement& found : judged_->findings)
        if (found.frame == frame && lines.size() < most_tip_lines)
            lines << QStringLiteral("%1: %2").arg(toQString(spelling(found.severity)),
                                                  toQString(found.rule->id));
    if (lines.isEmpty())
        lines << tr("%1: as found in an earlier message").arg(toQString(spelling(*worst)));
    return lines.join('\n');
}

// The comment, then the findings.
QString MessageListModel::tipAt(std::uint64_t frame) const {
    QStringList parts;
    if (annotations_ != nullptr)
        parts << annotations_->at(frame).comment;
    parts << findingsAt(frame);
    parts.removeAll(QString());
    return parts.join('\n');
}

QString MessageListModel::cell(Row row, const FrameRow& frame, std::size_t column) const {
    switch (columns_[column].kind) {
    case ColumnKind::direction:
        return directionOf(frame.kind);
    case ColumnKind::time:
    case ColumnKind::field:
    case ColumnKind::info:
        break;
    }
    const Cells* cells = cellsOf(row);
    return cells == nullptr ? QString() : cells->texts[column].shown;
}

QString MessageListModel::exactCell(Row row, std::size_t column) const {
    const Cells* cells = cellsOf(row);
    if (cells == nullptr || columns_[column].kind != ColumnKind::field)
        return {};
    const CellText& text = cells->texts[column];
    return text.exact.isNull() ? text.shown : text.exact;
}

const MessageListModel::Cells* MessageListModel::cellsOf(Row row) const {
    const Cells* cells = cells_.object(row);
    if (cells == nullptr || cells->age != age_)
        want(row);
    return cells;
}

QString MessageListModel::timeAt(int modelRow) const {
    const Row previous = modelRow == 0 ? no_row : indexRow(modelRow - 1);
    return timeText(timeFormat_, document_->index(), indexRow(modelRow), previous);
}

void MessageListModel::setTimeFormat(TimeFormat format) {
    const bool looksElse =
        timeFormat_.from != format.from || timeFormat_.precision != format.precision;
    timeFormat_ = std::move(format);
    if (looksElse)
        emit timesLookElse();
    if (count_ > 0)
        emit dataChanged(index(0, 0), index(count_ - 1, columnCount() - 1), {Qt::DisplayRole});
}

void MessageListModel::readAhead(int first, int end) {
    for (int row = first; document_ && row < end && wanted_.size() < most_wanted; ++row)
        cellsOf(indexRow(row));
}

void MessageListModel::want(Row row) const {
    if (wanted_.size() < most_wanted && std::ranges::find(wanted_, row) == wanted_.end())
        wanted_.push_back(row);
    if (!asking_.isActive())
        asking_.start(0);
}

void MessageListModel::askForWanted() {
    if (reader_)
        reader_->askCells(std::exchange(wanted_, {}));
}

void MessageListModel::take(const CellsBatch& batch) {
    for (const RowCells& cells : batch) {
        cells_.insert(cells.row, new Cells{cells.cells, cells.rule, age_});
        const int row = modelRow(cells.row);
        if (row >= 0)
            emit dataChanged(index(row, 0), index(row, columnCount() - 1),
                             {Qt::DisplayRole, RuleRole});
    }
}

void MessageListModel::forgetCells() {
    cells_.clear();
    wanted_.clear();
    tellChanged({Qt::DisplayRole});
}

} // namespace fusewire::gui
