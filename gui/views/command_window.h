// CommandWindow: the terminal command that prints what is shown, to be copied or run.
#pragma once

#include "gui/models/viewer.h"

#include <QComboBox>
#include <QDialog>
#include <QPlainTextEdit>

namespace fusewire::gui {

class CommandWindow : public QDialog {
    Q_OBJECT

  public:
    CommandWindow(Viewer& viewer, QWidget* parent);

  private:
    void showCommand();
    void copy();
    void runInTerminal();

    Viewer& viewer_;
    QComboBox* which_;
    QPlainTextEdit* text_;
};

} // namespace fusewire::gui
