// VerdictPanel: what the kernel does with the current message, and what is wrong with it.
#pragma once

#include "gui/models/viewer.h"
#include "gui/views/detail_view.h"

#include <QLabel>
#include <QWidget>

namespace fusewire::gui {

class VerdictPanel : public QWidget {
    Q_OBJECT

  public:
    explicit VerdictPanel(Viewer& viewer);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void showJudgement();

    const Viewer& viewer_;
    JudgedCurrent& judged_;
    DetailView* details_;
    QLabel* state_;
};

} // namespace fusewire::gui
