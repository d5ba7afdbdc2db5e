// OutstandingPanel: what nobody has answered, the oldest first: at the end of what was judged so far, or
// when the current message was seen. A click goes to the request.
#pragma once

#include "gui/models/outstanding_model.h"
#include "gui/models/viewer.h"

#include <QCheckBox>
#include <QLabel>
#include <QTreeView>
#include <QWidget>

namespace fusewire::gui {

class OutstandingPanel : public QWidget {
    Q_OBJECT

  public:
    // The viewer outlives it.
    explicit OutstandingPanel(Viewer& viewer);

    OutstandingModel& model() { return model_; }
    // A moment is being looked for.
    bool isReading() const { return reader_ != nullptr; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QCheckBox* addBox(QLayout* to, const char* name, const QString& text);
    void buildTable();
    void restart();
    void refresh();
    void hideFiltered();
    void readMoment();
    void take(const OutstandingMomentPtr& moment);
    void showState();
    void goTo(const QModelIndex& index);

    Viewer& viewer_;
    OutstandingModel model_;
    std::unique_ptr<OutstandingReader> reader_; // while it works
    QTreeView* table_;
    QCheckBox* atMessage_;
    QCheckBox* followFilter_;
    QLabel* state_;
};

} // namespace fusewire::gui
