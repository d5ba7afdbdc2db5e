// Windows beside the main one that hold one thing to be read, and close with it.
#pragma once

#include <QDialog>
#include <QString>

namespace fusewire::gui {

// Not shown yet; deleted when it is closed. `inside` is told to screen readers by the title.
QDialog* sideWindow(QWidget& window, const char* name, const QString& title, QWidget* inside);

// Shows text that can be selected and copied, in a font of even width.
void showText(QWidget& window, const char* name, const QString& title, const QString& text);

} // namespace fusewire::gui
