// StatxPanel: what was asked of each field of a STATX, what was answered, and what the kernel makes of
// it. A click marks the bytes; one on what was known before goes to the message that said so.
#pragma once

#include "gui/models/statx_model.h"

#include <QLabel>
#include <QTreeView>
#include <QWidget>

namespace fusewire::gui {

class StatxPanel : public QWidget {
    Q_OBJECT

  public:
    explicit StatxPanel(Viewer& viewer);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void buildTable();
    void unfold();
    void goTo(const QModelIndex& index);
    void showState();

    Viewer& viewer_;
    JudgedCurrent& judged_;
    StatxModel model_;
    QTreeView* table_;
    QLabel* state_;
};

} // namespace fusewire::gui
