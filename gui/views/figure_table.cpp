#include "gui/views/figure_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>

namespace fusewire::gui {

namespace {

struct UseText {
    FigureTable::Use use;
    const char* id;
    const char* text;
};

constexpr UseText uses[] = {
    {FigureTable::Use::filter, "filterOn",
     QT_TRANSLATE_NOOP("fusewire::gui::FigureTable", "&Filter on this")},
    {FigureTable::Use::filterOut, "filterOut",
     QT_TRANSLATE_NOOP("fusewire::gui::FigureTable", "… and &not this")},
    {FigureTable::Use::prepare, "prepareFilter",
     QT_TRANSLATE_NOOP("fusewire::gui::FigureTable", "&Prepare a filter on this")},
    {FigureTable::Use::goToFirst, "goToFirst",
     QT_TRANSLATE_NOOP("fusewire::gui::FigureTable", "&Go to the first message")},
};

} // namespace

FigureTable::FigureTable(const QString& objectName, const QString& accessibleName) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    sorted_.setSourceModel(&model_);
    sorted_.setSortRole(FigureValueRole);
    setModel(&sorted_);
    setSelectionBehavior(SelectRows);
    setAlternatingRowColors(true);
    setWordWrap(false);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + fontMetrics().leading() +
                                            fontMetrics().height() / 3);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);
    connect(this, &QTableView::doubleClicked, this,
            [this](const QModelIndex& index) { use(index, Use::filter); });
}

void FigureTable::setFigures(const FiguresPtr& figures) {
    const QString current = currentIndex().siblingAtColumn(0).data().toString();
    const int columns = sorted_.columnCount();
    model_.setFigures(figures);
    if (columns != sorted_.columnCount())
        resizeColumnsToContents();
    for (int row = 0; !current.isEmpty() && row < sorted_.rowCount(); ++row)
        if (sorted_.index(row, 0).data().toString() == current) {
            setCurrentIndex(sorted_.index(row, 0));
            break;
        }
}

void FigureTable::use(const QModelIndex& index, Use use) {
    if (index.isValid())
        emit used(index.data(FigureFilterRole).toString(),
                  index.data(FigureFrameRole).toULongLong(), use);
}

void FigureTable::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = currentIndex();
    QMenu menu(this);
    for (const UseText& choice : uses) {
        QAction* action = menu.addAction(tr(choice.text), this,
                                         [this, index, &choice] { use(index, choice.use); });
        action->setObjectName(QLatin1String(choice.id));
        const bool goes = choice.use == Use::goToFirst;
        action->setEnabled(index.isValid() &&
                           (goes ? index.data(FigureFrameRole).toULongLong() != 0
                                 : !index.data(FigureFilterRole).toString().isEmpty()));
    }
    menu.addSeparator();
    menu.addAction(tr("&Copy rows"), QKeySequence::Copy, this, [this] { copySelected(); })
        ->setEnabled(selectionModel()->hasSelection());
    menu.exec(event->globalPos());
}

void FigureTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy))
        return copySelected();
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return use(currentIndex(), Use::filter);
    QTableView::keyPressEvent(event);
}

// As they are shown, in their order.
void FigureTable::copySelected() const {
    QString text;
    for (int row = 0; row < sorted_.rowCount(); ++row) {
        if (!selectionModel()->isRowSelected(row))
            continue;
        for (int column = 0; column < sorted_.columnCount(); ++column)
            text += (column == 0 ? QString() : QStringLiteral("\t")) +
                    sorted_.index(row, column).data().toString();
        text += '\n';
    }
    QGuiApplication::clipboard()->setText(text);
}

} // namespace fusewire::gui
