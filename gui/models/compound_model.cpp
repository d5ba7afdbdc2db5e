#include "gui/models/compound_model.h"

#include <QPointer>
#include <algorithm>
#include <array>

namespace fusewire::gui {

namespace {

QString spelled(std::string_view text) {
    return QString::fromUtf8(text.data(), std::ssize(text));
}

// "12 kept, 3 passed, 5 ignored"
QString usesOf(const std::vector<StatxFact>& facts) {
    std::array<int, 4> counts{};
    for (const StatxFact& fact : facts)
        ++counts[static_cast<std::size_t>(fact.use)];
    QStringList uses;
    for (const StatxUse use :
         {StatxUse::refused, StatxUse::kept, StatxUse::passed, StatxUse::ignored})
        if (const int count = counts[static_cast<std::size_t>(use)]; count > 0)
            uses << CompoundModel::tr("%1 %2").arg(count).arg(spelled(spelling(use)));
    return uses.join(QStringLiteral(", "));
}

} // namespace

CompoundModel::CompoundModel(Viewer& viewer, QObject* parent)
    : QAbstractItemModel(parent), viewer_(viewer), judged_(viewer.judgedCurrent()) {
    connect(&viewer, &Viewer::documentChanged, this, &CompoundModel::clear);
    connect(&viewer, &Viewer::currentRowChanged, this, &CompoundModel::ask);
    connect(&judged_, &JudgedCurrent::changed, this, &CompoundModel::takeJudged);
}

CompoundModel::~CompoundModel() = default;

void CompoundModel::setNeeded(bool needed) {
    needed_ = needed;
    ask();
}

void CompoundModel::clear() {
    reader_.reset();
    take(nullptr);
}

// Between a request and its reply nothing changes, and what is unfolded stays.
void CompoundModel::ask() {
    const Row row = viewer_.currentRow();
    if (!needed_ || !viewer_.document() || row == no_row || holdsWhole(row))
        return;
    if (!reader_) {
        reader_ = std::make_unique<CompoundReader>(viewer_.document()->capture());
        const QPointer<CompoundReader> reader = reader_.get();
        connect(reader, &CompoundReader::read, this, [this, reader](const CompoundPtr& exchange) {
            if (reader && exchange->asked == viewer_.currentRow())
                take(exchange);
        });
    }
    reader_->ask(row);
}

// The reply of a growing capture may have come meanwhile.
bool CompoundModel::holdsWhole(Row row) const {
    return exchange_ && exchange_->holds(row) && exchange_->request.row != no_row &&
           exchange_->reply.row != no_row;
}

void CompoundModel::take(const CompoundPtr& exchange) {
    beginResetModel();
    exchange_ = exchange;
    endResetModel();
}

void CompoundModel::takeJudged() {
    if (const int rows = rowCount(); rows > 0)
        emit dataChanged(createIndex(0, 0, quintptr{0}),
                         createIndex(rows - 1, kernel, quintptr{0}));
}

const CompoundSide& CompoundModel::side(int column) const {
    return column <= request_value ? exchange_->request : exchange_->reply;
}

// nullptr: that side has no such operation.
const CompoundPart* CompoundModel::part(int row, int column) const {
    const auto& parts = side(column).parts;
    const auto at = static_cast<std::size_t>(row);
    return at < parts.size() ? &parts[at] : nullptr;
}

const TreeRow* CompoundModel::field(const QModelIndex& index) const {
    const CompoundPart* whole = part(static_cast<int>(index.internalId()) - 1, index.column());
    const auto at = static_cast<std::size_t>(index.row());
    return whole != nullptr && at < whole->fields.size() && index.column() != kernel
               ? &whole->fields[at]
               : nullptr;
}

// A field knows its operation by the number in its index, counted from 1.
QModelIndex CompoundModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : quintptr{0});
}

QModelIndex CompoundModel::parent(const QModelIndex& child) const {
    return child.internalId() == 0
               ? QModelIndex()
               : createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr{0});
}

int CompoundModel::rowCount(const QModelIndex& parent) const {
    if (!isCompound() || parent.column() > 0 || (parent.isValid() && parent.internalId() != 0))
        return 0;
    if (!parent.isValid())
        return static_cast<int>(
            std::max(exchange_->request.parts.size(), exchange_->reply.parts.size()));
    const auto fields = [&](int column) {
        const CompoundPart* whole = part(parent.row(), column);
        return whole == nullptr ? std::size_t{0} : whole->fields.size();
    };
    return static_cast<int>(std::max(fields(request_field), fields(reply_field)));
}

int CompoundModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QVariant CompoundModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    return index.internalId() == 0 ? partData(index, role) : fieldData(index, role);
}

QString CompoundModel::nameOf(int row) const {
    const CompoundPart* asked = part(row, request_field);
    const CompoundPart* named = asked != nullptr ? asked : part(row, reply_field);
    return row == 0 ? named->name : QStringLiteral("%1 %2").arg(row - 1).arg(named->name);
}

QVariant CompoundModel::partData(const QModelIndex& index, int role) const {
    const CompoundPart* whole = part(index.row(), index.column());
    const bool isValue = index.column() == request_value || index.column() == reply_value;
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == request_field)
            return nameOf(index.row());
        if (index.column() == kernel)
            return kernelText(index.row());
        if (isValue && whole == nullptr)
            return index.column() == request_value ? tr("not in the capture") : tr("no answer");
        return isValue ? QVariant(whole->summary) : QVariant();
    case CompoundFrameRole:
        return whole == nullptr ? QVariant() : QVariant::fromValue(side(index.column()).frame);
    case CompoundOffsetRole:
        return whole == nullptr ? 0 : whole->offset;
    case CompoundWidthRole:
        return whole == nullptr ? 0 : whole->width;
    case CompoundSeverityRole:
        if (const auto worst = worstAt(index.row()); worst && index.column() == kernel)
            return static_cast<int>(*worst);
        return {};
    default:
        return {};
    }
}

QVariant CompoundModel::fieldData(const QModelIndex& index, int role) const {
    const TreeRow* shown = field(index);
    if (shown == nullptr)
        return {};
    switch (role) {
    case Qt::DisplayRole: {
        const CompoundPart& whole = *part(static_cast<int>(index.internalId()) - 1, index.column());
        if (index.column() == request_value || index.column() == reply_value)
            return QString::fromStdString(shown->value);
        const int depth = shown->depth - whole.fields.front().depth;
        return QString(2 * std::max(0, depth), ' ') + QString::fromStdString(shown->label);
    }
    case Qt::ToolTipRole:
        return QString::fromStdString(shown->field);
    case CompoundFrameRole:
        return QVariant::fromValue(side(index.column()).frame);
    case CompoundOffsetRole:
        return shown->offset;
    case CompoundWidthRole:
        return shown->width;
    default:
        return {};
    }
}

// What is known of it: of the request, of the reply, or of both.
std::vector<JudgedMessagePtr> CompoundModel::judgedSides() const {
    std::vector<JudgedMessagePtr> sides;
    for (const JudgedMessagePtr& message : {judged_.message(), judged_.reply()})
        if (message && exchange_->holds(message->row) &&
            std::ranges::find(sides, message) == sides.end())
            sides.push_back(message);
    return sides;
}

// Of the compound the verdict; of an operation what becomes of what it supplies, and the rules that
// found something.
QString CompoundModel::kernelText(int row) const {
    QStringList parts;
    for (const JudgedMessagePtr& message : judgedSides()) {
        if (message->verdict)
            parts << verdictText(*message->verdict, row);
        for (const StatxReport& report : message->statx)
            if (report.sub == row - 1)
                parts << usesOf(report.facts);
        for (const Judgement& finding : message->findings)
            if (finding.sighting.sub == row - 1)
                parts << QString::fromUtf8(finding.rule->id);
    }
    parts.removeAll(QString());
    parts.removeDuplicates();
    return parts.join(QStringLiteral("; "));
}

QString CompoundModel::verdictText(const Verdict& verdict, int row) const {
    if (row == 0)
        return QStringLiteral("%1, %2").arg(spelled(spelling(verdict.row->outcome)),
                                            QString::fromUtf8(verdict.row->text));
    return verdict.discarded() && part(row, reply_field) != nullptr ? tr("not used") : QString();
}

std::optional<Severity> CompoundModel::worstAt(int row) const {
    std::optional<Severity> worst;
    for (const JudgedMessagePtr& message : judgedSides())
        for (const Judgement& finding : message->findings)
            if (row == finding.sighting.sub + 1)
                worst = std::max(worst.value_or(Severity::note), finding.severity);
    return worst;
}

QVariant CompoundModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const QString titles[column_count] = {tr("Operation"), tr("Request"), tr("Field"), tr("Reply"),
                                          tr("Kernel")};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
        section >= column_count)
        return {};
    return titles[section];
}

} // namespace fusewire::gui
