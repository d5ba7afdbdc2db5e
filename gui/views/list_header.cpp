#include "gui/views/list_header.h"

#include "gui/views/columns_dialog.h"

#include <QContextMenuEvent>
#include <QInputDialog>
#include <QScopedValueRollback>
#include <QTimer>
#include <algorithm>
#include <utility>

namespace fusewire::gui {

namespace {

const std::pair<const char*, Qt::AlignmentFlag> alignments[] = {
    {QT_TRANSLATE_NOOP("fusewire::gui::ListHeader", "Align &left"), Qt::AlignLeft},
    {QT_TRANSLATE_NOOP("fusewire::gui::ListHeader", "Align &centre"), Qt::AlignHCenter},
    {QT_TRANSLATE_NOOP("fusewire::gui::ListHeader", "Align &right"), Qt::AlignRight},
};

QString nameOf(const Column& column) {
    if (!column.title.isEmpty())
        return column.title;
    return column.field.empty() ? columnKindName(column.kind)
                                : QString::fromStdString(column.field);
}

} // namespace

ListHeader::ListHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setObjectName("columns");
    setAccessibleName(tr("Columns"));
    setSectionsMovable(true);
    setFirstSectionMovable(true);
    setSectionsClickable(true);
    setStretchLastSection(true);
    setHighlightSections(false);
    setTextElideMode(Qt::ElideRight);
    setSortIndicatorClearable(true);
    setSortIndicatorShown(true);
    setSortIndicator(-1, Qt::AscendingOrder);
    connect(this, &QHeaderView::sectionResized, this,
            [this](int column, int, int width) { takeWidth(column, width); });
    // The header is in the midst of moving when it says so.
    connect(this, &QHeaderView::sectionMoved, this, &ListHeader::takeOrder, Qt::QueuedConnection);
    connect(this, &QHeaderView::sectionHandleDoubleClicked, this, &ListHeader::fitAsked);
    connect(this, &QHeaderView::sortIndicatorChanged, this, &ListHeader::sortBy);
}

void ListHeader::setMessages(MessageListModel* messages) {
    if (messages_ != nullptr)
        messages_->disconnect(this);
    messages_ = messages;
    setModel(messages);
    if (messages_ == nullptr)
        return;
    connect(messages_, &MessageListModel::sortFinished, this, &ListHeader::showSortOrder);
    arrange();
}

void ListHeader::arrange() {
    if (messages_ == nullptr)
        return;
    const QScopedValueRollback<bool> arranging(arranging_, true);
    const auto& columns = messages_->columns();
    for (int i = 0; i < count(); ++i) {
        const Column& column = columns[static_cast<std::size_t>(i)];
        moveSection(visualIndex(i), i);
        setSectionHidden(i, column.hidden);
        if (sectionSize(i) / characterWidth() != column.width && !column.hidden)
            resizeSection(i, column.width * characterWidth());
    }
    showSortOrder();
}

void ListHeader::takeWidth(int column, int newWidth) {
    const bool stretched = stretchLastSection() && visualIndex(column) == count() - 1;
    if (messages_ != nullptr && !arranging_ && newWidth > 0 && !stretched)
        messages_->setColumnWidth(column, newWidth / characterWidth());
}

void ListHeader::takeOrder() {
    if (messages_ == nullptr || arranging_)
        return;
    std::vector<Column> columns;
    for (int i = 0; i < count(); ++i)
        columns.push_back(messages_->columns()[static_cast<std::size_t>(logicalIndex(i))]);
    messages_->setColumns(std::move(columns));
}

void ListHeader::sortBy(int column, Qt::SortOrder order) {
    if (messages_ == nullptr || arranging_)
        return;
    emit sortAsked();
    messages_->sort(column, order);
}

void ListHeader::showSortOrder() {
    const QScopedValueRollback<bool> arranging(arranging_, true);
    setSortIndicator(messages_->sortColumn(), messages_->sortOrder());
}

void ListHeader::change(int column, const std::function<void(Column&)>& how) {
    std::vector<Column> columns = messages_->columns();
    how(columns[static_cast<std::size_t>(column)]);
    messages_->setColumns(std::move(columns));
}

void ListHeader::rename(int column) {
    const QString title = messages_->columns()[static_cast<std::size_t>(column)].title;
    bool accepted = false;
    const QString text = QInputDialog::getText(this, tr("Rename column"), tr("&Title:"),
                                               QLineEdit::Normal, title, &accepted);
    if (accepted)
        change(column, [&](Column& changed) { changed.title = text; });
}

void ListHeader::remove(int column) {
    std::vector<Column> columns = messages_->columns();
    columns.erase(columns.begin() + column);
    messages_->setColumns(std::move(columns));
}

void ListHeader::editColumns() {
    if (messages_ == nullptr)
        return;
    ColumnsDialog dialog(messages_->columns(), window());
    if (dialog.exec() == QDialog::Accepted)
        messages_->setColumns(dialog.columns());
}

void ListHeader::fillMenu(QMenu& menu, int column) {
    if (messages_ == nullptr)
        return;
    if (column >= 0)
        addColumnActions(menu, column);
    else
        addSortings(menu);
    menu.addAction(tr("As &captured"), this, [this] { setSortIndicator(-1, Qt::AscendingOrder); });
    menu.addSeparator();
    addShownColumns(menu);
    menu.addAction(tr("C&olumns…"), this, &ListHeader::editColumns);
    menu.addAction(tr("Reset co&lumns"), this, [this] { messages_->setColumns(defaultColumns()); });
}

void ListHeader::addColumnActions(QMenu& menu, int column) {
    addAlignments(menu, column);
    menu.addAction(tr("Fit &width"), this, [this, column] { emit fitAsked(column); });
    menu.addAction(tr("Re&name…"), this, [this, column] { rename(column); });
    const auto shown = std::ranges::count(messages_->columns(), false, &Column::hidden);
    menu.addAction(tr("&Hide"), this,
                   [this, column] { change(column, [](Column& c) { c.hidden = true; }); })
        ->setEnabled(shown > 1);
    menu.addAction(tr("&Remove"), this, [this, column] { remove(column); })->setEnabled(shown > 1);
    menu.addSeparator();
    menu.addAction(tr("Sort &up"), this,
                   [this, column] { setSortIndicator(column, Qt::AscendingOrder); });
    menu.addAction(tr("Sort &down"), this,
                   [this, column] { setSortIndicator(column, Qt::DescendingOrder); });
}

// Again by the same column: the other way round.
void ListHeader::addSortings(QMenu& menu) {
    QMenu* sort = menu.addMenu(tr("Sort &by"));
    for (int i = 0; i < count(); ++i) {
        const bool down =
            messages_->sortColumn() == i && messages_->sortOrder() == Qt::AscendingOrder;
        QAction* action = sort->addAction(
            nameOf(messages_->columns()[static_cast<std::size_t>(i)]).replace('&', "&&"));
        connect(action, &QAction::triggered, this, [this, i, down] {
            setSortIndicator(i, down ? Qt::DescendingOrder : Qt::AscendingOrder);
        });
    }
}

void ListHeader::addAlignments(QMenu& menu, int column) {
    const Qt::Alignment now = messages_->columns()[static_cast<std::size_t>(column)].alignment;
    for (const auto& [text, alignment] : alignments) {
        QAction* action = menu.addAction(tr(text), this, [this, column, to = alignment] {
            change(column, [to](Column& c) { c.alignment = to; });
        });
        action->setCheckable(true);
        action->setChecked(now == alignment);
    }
    menu.addSeparator();
}

void ListHeader::addShownColumns(QMenu& menu) {
    QMenu* shown = menu.addMenu(tr("&Shown columns"));
    const auto& columns = messages_->columns();
    const auto visible = std::ranges::count(columns, false, &Column::hidden);
    for (int i = 0; i < count(); ++i) {
        const Column& column = columns[static_cast<std::size_t>(i)];
        QAction* action = shown->addAction(nameOf(column).replace('&', "&&"));
        action->setCheckable(true);
        action->setChecked(!column.hidden);
        action->setEnabled(column.hidden || visible > 1);
        connect(action, &QAction::toggled, this,
                [this, i](bool on) { change(i, [on](Column& c) { c.hidden = !on; }); });
    }
}

void ListHeader::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    fillMenu(menu, logicalIndexAt(event->pos()));
    menu.exec(event->globalPos());
}

} // namespace fusewire::gui
