#include "gui/views/auto_scroll.h"

#include <QScopedValueRollback>
#include <QScrollBar>
#include <algorithm>
#include <utility>

namespace fusewire::gui {

AutoScroll::AutoScroll(QAbstractItemView& list) : QObject(&list), list_(list) {
    QScrollBar* bar = list.verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, &AutoScroll::takeValue);
    connect(bar, &QScrollBar::rangeChanged, this, [this](int, int maximum) { takeRange(maximum); });
    // What was clicked must not run away.
    connect(&list, &QAbstractItemView::pressed, this, [this] {
        if (live_)
            change(false);
    });
}

void AutoScroll::setOn(bool on) {
    change(on);
    if (on_ && live_)
        goToEnd();
}

void AutoScroll::change(bool on) {
    if (std::exchange(on_, on) != on)
        emit changed(on);
}

// Of an emptied list the bar moves too; its range has changed before that.
void AutoScroll::takeValue(int value) {
    const int before = std::exchange(value_, value);
    if (moving_ || !live_)
        return;
    if (value < before)
        change(false);
    else if (value > before && value == list_.verticalScrollBar()->maximum())
        change(true);
}

void AutoScroll::takeRange(int maximum) {
    if (on_ && live_)
        goToEnd();
    else
        value_ = std::min(value_, maximum);
}

void AutoScroll::goToEnd() {
    const QScopedValueRollback moving(moving_, true);
    QScrollBar* bar = list_.verticalScrollBar();
    bar->setValue(bar->maximum());
    value_ = bar->value();
}

} // namespace fusewire::gui
