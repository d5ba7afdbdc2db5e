// FindBar: where is typed what to look for in the messages that are shown. Hidden until it is asked for.
#pragma once

#include "gui/models/finder.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>

namespace fusewire::gui {

class FindBar : public QWidget {
    Q_OBJECT

  public:
    explicit FindBar(Finder& finder, QWidget* parent = nullptr);

    // Shows it, ready to type.
    void open();
    // F3, with or without Shift: with nothing to look for, asks what.
    void find(bool forward);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void build();
    void take();
    void showState();

    Finder& finder_;
    QComboBox* by_;
    QComboBox* in_;
    QLineEdit* what_;
    QCheckBox* matchCase_;
    QPushButton* previous_;
    QPushButton* next_;
    QPushButton* cancel_;
    QProgressBar* progress_;
    QLabel* state_;
};

} // namespace fusewire::gui
