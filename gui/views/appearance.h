// Appearance: light or dark colours, as the desktop has them or as the user says.
#pragma once

#include <QApplication>
#include <QString>

namespace fusewire::gui {

// "light", "dark" or "desktop"; false for other words.
bool setAppearance(QApplication& application, const QString& name);

} // namespace fusewire::gui
