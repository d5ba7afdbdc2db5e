// CompoundPanel: the operations of a compound side by side, request against reply, and what the kernel
// makes of them. A click goes to the message that holds the field, and marks its bytes.
#pragma once

#include "gui/models/compound_model.h"
#include "gui/models/finder.h"

#include <QLabel>
#include <QTreeView>
#include <QWidget>

namespace fusewire::gui {

class CompoundPanel : public QWidget {
    Q_OBJECT

  public:
    explicit CompoundPanel(Viewer& viewer);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void buildTree();
    void setNeeded(bool needed);
    void goTo(const QModelIndex& index);
    void showState();

    Viewer& viewer_;
    CompoundModel model_;
    Finder finder_; // of the next compound
    QTreeView* tree_;
    QLabel* state_;
};

} // namespace fusewire::gui
