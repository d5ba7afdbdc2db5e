// Panels: the views beside the list, the tree and the bytes. A row here is all that the window knows of
// one; it is made when it is first shown.
#pragma once

#include <Qt>
#include <QtGlobal>
#include <span>

class QWidget;

namespace fusewire::gui {

class Viewer;

struct PanelKind {
    const char* id;       // object name, and what the settings remember: "findings"
    const char* title;    // "&Findings"
    const char* shortcut; // "Alt+1"
    Qt::DockWidgetArea area;
    QWidget* (*make)(Viewer& viewer);
};

// In the order of the menu.
std::span<const PanelKind> panelKinds();

} // namespace fusewire::gui
