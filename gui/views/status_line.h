// StatusLine: how many messages there are and are shown, what was lost, how far the work behind the
// window is, with a way to end it, and the dialect of the current message.
#pragma once

#include "gui/models/viewer.h"

#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <QWidget>

namespace fusewire::gui {

class StatusLine : public QWidget {
    Q_OBJECT

  public:
    explicit StatusLine(Viewer& viewer, QWidget* parent = nullptr);

  private:
    void connectViewer();
    void showDocument();
    void showCounts();
    void showLost();
    void showDialect();
    void showProgress();
    void stopWork();

    Viewer& viewer_;
    QLabel* counts_;
    QLabel* lost_;
    QLabel* work_;
    QProgressBar* progress_;
    QToolButton* stop_;
    QLabel* dialect_;
    int filtered_ = 0; // percent
    int sorted_ = 0;
};

} // namespace fusewire::gui
