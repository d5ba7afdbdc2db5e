// HelpMenu: every command of the window with its keys, the language of display filters, and what this
// program is.
#pragma once

#include <QMainWindow>
#include <QMenu>

namespace fusewire::gui {

// Fills `menu`; the commands are those of the actions that `window` has when it is asked.
void fillHelpMenu(QMenu& menu, QMainWindow& window);

} // namespace fusewire::gui
