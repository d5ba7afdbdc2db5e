// TimelinePane: the history of one node or fhandle, as a picture and as a table below it. A click on an
// event goes to its message.
#pragma once

#include "gui/models/viewer.h"
#include "gui/views/timeline_view.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeView>
#include <QWidget>

namespace fusewire::gui {

class TimelinePane : public QWidget {
    Q_OBJECT

  public:
    // The viewer outlives it.
    explicit TimelinePane(Viewer& viewer, QWidget* parent = nullptr);

    TimelineModel& model() { return model_; }
    void follow(const TimelineSubject& subject, const QString& title);
    void clear();

  private:
    void buildTable();
    void showState();
    void showCurrentMessage(Row row);
    void goTo(int row);

    Viewer& viewer_;
    TimelineModel model_;
    QTreeView* table_;
    TimelineView* picture_;
    QLabel* heading_;
    QLabel* state_;
    QProgressBar* progress_;
    QPushButton* cancel_;
};

} // namespace fusewire::gui
