#include "gui/views/message_list_view.h"

#include "gui/views/severity_icon.h"
#include "gui/views/tones.h"

#include <QHelpEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr int cell_margin = 4;
constexpr int row_margin = 2;
constexpr int screens_ahead = 2;

} // namespace

MessageListView::MessageListView(QWidget* parent)
    : QAbstractItemView(parent), header_(new ListHeader(this)) {
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setVerticalScrollMode(ScrollPerItem);
    setFrameShape(NoFrame);
    connect(header_, &QHeaderView::sectionResized, viewport(), qOverload<>(&QWidget::update));
    connect(header_, &QHeaderView::sectionMoved, viewport(), qOverload<>(&QWidget::update));
    connect(header_, &QHeaderView::geometriesChanged, this, &MessageListView::updateGeometries);
    connect(header_, &ListHeader::fitAsked, this, &MessageListView::fitColumn);
    connect(header_, &ListHeader::sortAsked, this, [this] { sortAsked_ = true; });
    connect(this, &QAbstractItemView::activated, this,
            [this](const QModelIndex& index) { emit rowActivated(index.row()); });
    measure();
}

// What the header says while the parts below this class go would come to nobody.
MessageListView::~MessageListView() {
    disconnect(header_, nullptr, this, nullptr);
}

void MessageListView::setModel(QAbstractItemModel* model) {
    if (messages_ != nullptr)
        messages_->disconnect(this);
    messages_ = qobject_cast<MessageListModel*>(model);
    header_->setMessages(messages_);
    QAbstractItemView::setModel(messages_);
    if (messages_ == nullptr)
        return;
    connect(messages_, &MessageListModel::sortFinished, this, &MessageListView::showSorted);
    connect(messages_, &MessageListModel::timesLookElse, this, &MessageListView::fitTimes);
    connect(messages_, &MessageListModel::columnsChanged, viewport(),
            qOverload<>(&QWidget::update));
}

void MessageListView::reset() {
    QAbstractItemView::reset();
    header_->arrange();
    updateGeometries();
    viewport()->update();
}

// The user asked for another order, and looks for what was looked at before.
void MessageListView::showSorted() {
    if (std::exchange(sortAsked_, false) && currentIndex().isValid())
        scrollTo(currentIndex(), PositionAtCenter);
}

void MessageListView::fitColumn(int column) {
    const int last = std::min(rows(), firstRow() + rowsOnScreen() + 1);
    int width = header_->sectionSizeHint(column);
    for (int row = firstRow(); row < last; ++row) {
        const QString text = model()->index(row, column).data().toString();
        width = std::max(width, fontMetrics().horizontalAdvance(text) + 3 * cell_margin);
    }
    header_->resizeSection(column, std::min(width, viewport()->width()));
}

void MessageListView::fitTimes() {
    for (int column = 0; column < header_->count() && rows() > 0; ++column)
        if (messages_->columns()[static_cast<std::size_t>(column)].kind == ColumnKind::time)
            fitColumn(column);
}

void MessageListView::measure() {
    rowHeight_ = fontMetrics().height() + 2 * row_margin;
    bracket_ = fontMetrics().averageCharWidth() * 2;
    gutter_ = bracket_ + rowHeight_;
}

void MessageListView::changeEvent(QEvent* event) {
    QAbstractItemView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        measure();
        header_->setFont(font());
        header_->arrange();
        updateGeometries();
    } else if (event->type() == QEvent::PaletteChange) {
        viewport()->update();
    }
}

int MessageListView::rows() const {
    return model() == nullptr ? 0 : model()->rowCount();
}

int MessageListView::rowsOnScreen() const {
    return std::max(1, viewport()->height() / rowHeight_);
}

int MessageListView::firstRow() const {
    return verticalScrollBar()->value();
}

int MessageListView::topOf(int row) const {
    return (row - firstRow()) * rowHeight_;
}

int MessageListView::rowAt(int y) const {
    const int row = firstRow() + y / rowHeight_;
    return y < 0 || row >= rows() ? -1 : row;
}

int MessageListView::horizontalOffset() const {
    return horizontalScrollBar()->value();
}

int MessageListView::verticalOffset() const {
    return firstRow();
}

bool MessageListView::isIndexHidden(const QModelIndex& index) const {
    return header_->isSectionHidden(index.column());
}

QRect MessageListView::visualRect(const QModelIndex& index) const {
    const qint64 top = (qint64{index.row()} - firstRow()) * rowHeight_;
    if (!index.isValid() || top < -rowHeight_ || top > viewport()->height())
        return {};
    return {gutter_ + header_->sectionViewportPosition(index.column()), static_cast<int>(top),
            header_->sectionSize(index.column()), rowHeight_};
}

QModelIndex MessageListView::indexAt(const QPoint& point) const {
    const int row = rowAt(point.y());
    const int column = header_->logicalIndexAt(std::max(0, point.x() - gutter_));
    return row < 0 || model() == nullptr ? QModelIndex() : model()->index(row, std::max(0, column));
}

void MessageListView::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid())
        return;
    const int row = index.row();
    const int screen = rowsOnScreen();
    int first = firstRow();
    if (hint == PositionAtTop)
        first = row;
    else if (hint == PositionAtBottom)
        first = row - screen + 1;
    else if (hint == PositionAtCenter)
        first = row - screen / 2;
    else
        first = std::clamp(first, row - screen + 1, row);
    verticalScrollBar()->setValue(first);
    viewport()->update();
}

QModelIndex MessageListView::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    if (rows() == 0)
        return {};
    const int row = std::max(0, currentIndex().row());
    const int page = rowsOnScreen();
    int target = row;
    switch (action) {
    case MoveUp:
    case MovePrevious:
        target = row - 1;
        break;
    case MoveDown:
    case MoveNext:
        target = row + 1;
        break;
    case MoveHome:
        target = 0;
        break;
    case MoveEnd:
        target = rows() - 1;
        break;
    case MovePageUp:
        target = row - page;
        break;
    case MovePageDown:
        target = row + page;
        break;
    case MoveLeft:
    case MoveRight:
        horizontalScrollBar()->triggerAction(action == MoveLeft
                                                 ? QAbstractSlider::SliderSingleStepSub
                                                 : QAbstractSlider::SliderSingleStepAdd);
        break;
    }
    return model()->index(std::clamp(target, 0, rows() - 1), 0);
}

// A drag over the screen selects the rows that it touches.
void MessageListView::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
    const int first = rowAt(std::max(0, rect.top()));
    int last = rowAt(rect.bottom());
    if (first < 0)
        return selectionModel()->select(QItemSelection(), flags);
    if (last < 0)
        last = rows() - 1;
    const QItemSelection rowsTouched(model()->index(std::min(first, last), 0),
                                     model()->index(std::max(first, last), 0));
    selectionModel()->select(rowsTouched, flags);
}

QRegion MessageListView::visualRegionForSelection(const QItemSelection& selection) const {
    QRegion region;
    for (const QItemSelectionRange& range : selection) {
        const int first = std::max(range.top(), firstRow());
        const int last = std::min(range.bottom(), firstRow() + rowsOnScreen() + 1);
        if (first <= last)
            region += QRect(0, topOf(first), viewport()->width(), (last - first + 1) * rowHeight_);
    }
    return region;
}

// A current row that could be seen stays in sight when a panel takes room.
void MessageListView::resizeEvent(QResizeEvent* event) {
    const int before = event->oldSize().height() / rowHeight_;
    const int row = currentIndex().row();
    const bool wasSeen = row >= firstRow() && row < firstRow() + before;
    QAbstractItemView::resizeEvent(event);
    if (wasSeen)
        scrollTo(currentIndex());
}

void MessageListView::updateGeometries() {
    const int height = header_->sizeHint().height();
    setViewportMargins(0, height, 0, 0);
    const QRect area = viewport()->geometry();
    header_->setGeometry(area.left() + gutter_, area.top() - height, area.width() - gutter_,
                         height);
    verticalScrollBar()->setPageStep(rowsOnScreen());
    verticalScrollBar()->setRange(0, std::max(0, rows() - rowsOnScreen()));
    horizontalScrollBar()->setPageStep(area.width());
    horizontalScrollBar()->setSingleStep(fontMetrics().averageCharWidth() * 4);
    horizontalScrollBar()->setRange(0, std::max(0, header_->length() + gutter_ - area.width()));
    QAbstractItemView::updateGeometries();
}

void MessageListView::scrollContentsBy(int dx, int) {
    if (dx != 0)
        header_->setOffset(horizontalScrollBar()->value());
    viewport()->update();
}

void MessageListView::rowsInserted(const QModelIndex& parent, int start, int end) {
    QAbstractItemView::rowsInserted(parent, start, end);
    verticalScrollBar()->setRange(0, std::max(0, rows() - rowsOnScreen()));
    if (start <= firstRow() + rowsOnScreen())
        viewport()->update();
}

void MessageListView::dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight,
                                  const QList<int>&) {
    if (topLeft.row() <= currentIndex().row() && currentIndex().row() <= bottomRight.row())
        describeCurrent();
    if (bottomRight.row() >= firstRow() && topLeft.row() <= firstRow() + rowsOnScreen() + 1)
        viewport()->update();
}

void MessageListView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QAbstractItemView::currentChanged(current, previous);
    describeCurrent();
    viewport()->update();
}

// For readers of the screen: the current row alone, since nobody walks through ten million children.
void MessageListView::describeCurrent() {
    QStringList parts;
    for (int visual = 0; currentIndex().isValid() && visual < header_->count(); ++visual) {
        const int column = header_->logicalIndex(visual);
        const QString text = currentIndex().siblingAtColumn(column).data().toString();
        if (header_->isSectionHidden(column) || text.isEmpty())
            continue;
        const QString title =
            messages_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        parts << (title.isEmpty() ? text : QStringLiteral("%1 %2").arg(title, text));
    }
    if (const QString note = partnerNote(); !note.isEmpty())
        parts << note;
    if (const QString found = currentIndex().data(FindingsRole).toString(); !found.isEmpty())
        parts << found;
    setAccessibleDescription(parts.join(QStringLiteral(", ")));
}

void MessageListView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().base());
    const int last = std::min(rows() - 1, firstRow() + viewport()->height() / rowHeight_);
    for (int row = firstRow(); row <= last; ++row)
        paintRow(painter, row);
    paintBracket(painter);
    paintNote(painter);
    readAhead();
}

// The next screens in the direction of the scrolling.
void MessageListView::readAhead() {
    const int first = firstRow();
    const bool up = first < lastFirst_;
    lastFirst_ = first;
    if (messages_ == nullptr)
        return;
    const int ahead = screens_ahead * rowsOnScreen();
    if (up)
        messages_->readAhead(std::max(0, first - ahead), first);
    else
        messages_->readAhead(first, std::min(rows(), first + rowsOnScreen() + ahead));
}

void MessageListView::paintRow(QPainter& painter, int row) const {
    const QModelIndex first = model()->index(row, 0);
    const bool selected = selectionModel()->isRowSelected(row);
    const auto rule = static_cast<std::size_t>(first.data(RuleRole).toInt());
    RowColors colors{{}, palette().color(QPalette::Text)};
    if (rule < messages_->coloring().size())
        colors = colorsOf(messages_->coloring()[rule], palette());
    const QRect whole(0, topOf(row), viewport()->width(), rowHeight_);
    // Set apart from every colour that tells something of the message.
    if (first.data(MarkedRole).toBool())
        colors = {palette().color(QPalette::Text), palette().color(QPalette::Base)};
    if (selected) {
        const auto group = hasFocus() ? QPalette::Active : QPalette::Inactive;
        colors = {palette().color(group, QPalette::Highlight),
                  palette().color(group, QPalette::HighlightedText)};
    }
    if (colors.background.isValid())
        painter.fillRect(whole.adjusted(gutter_, 0, 0, 0), colors.background);
    painter.setClipRect(whole.adjusted(gutter_, 0, 0, 0));
    for (int visual = 0; visual < header_->count(); ++visual) {
        const QModelIndex index = model()->index(row, header_->logicalIndex(visual));
        const QRect rect = visualRect(index);
        if (rect.right() >= gutter_ && rect.left() <= viewport()->width() && rect.width() > 0)
            paintCell(painter, index, rect, colors.text);
    }
    painter.setClipping(false);
    if (!first.data(CommentRole).toString().isEmpty())
        paintCorner(painter, whole);
    paintSign(painter, row);
}

void MessageListView::paintCell(QPainter& painter, const QModelIndex& index, const QRect& rect,
                                const QColor& color) const {
    const QRect inside = rect.adjusted(cell_margin, 0, -cell_margin, 0);
    const QString text = index.data().toString();
    painter.setPen(color);
    painter.drawText(inside, index.data(Qt::TextAlignmentRole).toInt() | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, inside.width()));
}

// That there is a comment.
void MessageListView::paintCorner(QPainter& painter, const QRect& row) const {
    const int size = rowHeight_ / 2;
    const QPoint corner(gutter_, row.top());
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Link));
    painter.drawPolygon(QPolygon({corner, corner + QPoint(size, 0), corner + QPoint(0, size)}));
}

QRect MessageListView::signRect(int row) const {
    return {bracket_, topOf(row), gutter_ - bracket_, rowHeight_};
}

void MessageListView::paintSign(QPainter& painter, int row) const {
    const int severity = model()->index(row, 0).data(SeverityRole).toInt();
    if (severity >= 0)
        paintSeverity(painter, QRectF(signRect(row)).adjusted(2, 2, -2, -2),
                      static_cast<Severity>(severity), palette());
}

int MessageListView::partnerRow() const {
    const QVariant partner = currentIndex().data(PartnerRole);
    return partner.isValid() ? partner.toInt() : -1;
}

// From the current row to its request or reply, off the screen if that is where it is.
void MessageListView::paintBracket(QPainter& painter) const {
    const int partner = partnerRow();
    if (partner < 0)
        return;
    const auto middle = [this](int row) {
        const qint64 y = (qint64{row} - firstRow()) * rowHeight_ + rowHeight_ / 2;
        return static_cast<int>(
            std::clamp<qint64>(y, -rowHeight_, viewport()->height() + rowHeight_));
    };
    const int from = middle(std::min(currentIndex().row(), partner));
    const int to = middle(std::max(currentIndex().row(), partner));
    const int left = bracket_ / 3;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawLine(left, from, left, to);
    painter.drawLine(left, from, bracket_ - 1, from);
    painter.drawLine(left, to, bracket_ - 1, to);
}

QString MessageListView::partnerNote() const {
    const QModelIndex current = currentIndex();
    const auto frame = current.data(PartnerFrameRole).toULongLong();
    if (!current.isValid() || frame == 0)
        return {};
    const bool asks = current.data(IsRequestRole).toBool();
    QString text = asks ? tr("reply") : tr("request");
    const int partner = partnerRow();
    const int last = firstRow() + rowsOnScreen() - 1;
    if (partner < 0)
        text += tr(", frame %1, is not listed").arg(frame);
    else if (partner < firstRow())
        text = tr("▲ %1 %Ln up", nullptr, current.row() - partner).arg(text);
    else if (partner > last)
        text = tr("▼ %1 %Ln down", nullptr, partner - current.row()).arg(text);
    const QString latency = current.data(LatencyRole).toString();
    if (latency.isEmpty())
        return text;
    return (asks ? tr("%1, %2 later") : tr("%1, %2 before")).arg(text, latency);
}

// Right of all that is written in a row.
int MessageListView::textEnd(int row) const {
    int end = gutter_;
    for (int column = 0; column < header_->count(); ++column) {
        const QModelIndex index = model()->index(row, column);
        const QString text = header_->isSectionHidden(column) ? QString() : index.data().toString();
        if (text.isEmpty())
            continue;
        const QRect cell = visualRect(index);
        const bool isLeft = (index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignLeft) != 0;
        const int width = fontMetrics().horizontalAdvance(text) + 2 * cell_margin;
        end = std::max(end, cell.left() + (isLeft ? std::min(width, cell.width()) : cell.width()));
    }
    return end;
}

// In the row of the partner, or of the current message, where the partner is not listed; at the edge of
// the screen that it is behind. At the right, and only where it covers no text.
QRect MessageListView::noteRect() const {
    const auto isOnScreen = [this](int row) {
        return row >= firstRow() && row < firstRow() + rowsOnScreen();
    };
    if (!isOnScreen(currentIndex().row()) && !isOnScreen(partnerRow()))
        return {};
    const QString text = partnerNote();
    if (text.isEmpty())
        return {};
    const int partner = partnerRow() < 0 ? currentIndex().row() : partnerRow();
    const int row = std::clamp(partner, firstRow(), firstRow() + rowsOnScreen() - 1);
    const int width = fontMetrics().horizontalAdvance(text) + 4 * cell_margin;
    const QRect place(viewport()->width() - width - cell_margin, topOf(row) + 1, width,
                      rowHeight_ - 2);
    return place.left() < textEnd(row) ? QRect() : place;
}

void MessageListView::paintNote(QPainter& painter) const {
    const QRect place = noteRect();
    if (place.isEmpty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Highlight));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(place, cell_margin, cell_margin);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(place, Qt::AlignCenter | Qt::TextSingleLine, partnerNote());
}

// The note of the bracket, where there was no room to write it.
bool MessageListView::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QAbstractItemView::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QModelIndex index = indexAt(help->pos());
    const bool isPair = index.row() == currentIndex().row() || index.row() == partnerRow();
    if (!index.isValid() || !isPair || !index.data(Qt::ToolTipRole).toString().isEmpty())
        return QAbstractItemView::viewportEvent(event);
    QToolTip::showText(help->globalPos(), partnerNote(), viewport());
    return true;
}

} // namespace fusewire::gui
