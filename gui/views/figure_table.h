// FigureTable: figures as a table: sorted by any column, copied, and clicked through to the messages
// behind a row. Every chart has one beside it, so that a keyboard or a screen reader gets what it shows.
#pragma once

#include "gui/models/figures.h"

#include <QSortFilterProxyModel>
#include <QTableView>

namespace fusewire::gui {

class FigureTable : public QTableView {
    Q_OBJECT

  public:
    // How the messages of a row are wanted.
    enum class Use : int { filter, filterOut, prepare, goToFirst };

    FigureTable(const QString& objectName, const QString& accessibleName);

    // Keeps the order, and the row that is current.
    void setFigures(const FiguresPtr& figures);
    const FiguresPtr& figures() const { return model_.figures(); }

  signals:
    // Enter or a double click is Use::filter.
    void used(const QString& filter, quint64 frame, fusewire::gui::FigureTable::Use use);

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void use(const QModelIndex& index, Use use);
    void copySelected() const;

    FigureModel model_;
    QSortFilterProxyModel sorted_;
};

} // namespace fusewire::gui
