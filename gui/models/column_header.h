// What the header of a table's column has for a view.
#pragma once

#include <QString>
#include <QVariant>

namespace fusewire::gui {

// By role: the title, the help as a tooltip where there is any, and numbers at the right.
QVariant columnHeader(const QString& title, const QString& help, bool number, int role);

} // namespace fusewire::gui
