#include "gui/views/compound_panel.h"
#include "gui/views/finding_panel.h"
#include "gui/views/ledger_panel.h"
#include "gui/views/outstanding_panel.h"
#include "gui/views/panel.h"
#include "gui/views/statistics_panel.h"
#include "gui/views/statx_panel.h"
#include "gui/views/verdict_panel.h"

#include <QtGlobal>

namespace fusewire::gui {

namespace {

template <class Panel>
QWidget* make(Viewer& viewer) {
    return new Panel(viewer);
}

constexpr PanelKind kinds[] = {
    {"findings", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "&Findings"), "Alt+1",
     Qt::BottomDockWidgetArea, make<FindingPanel>},
    {"verdict", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "&Verdict"), "Alt+2",
     Qt::RightDockWidgetArea, make<VerdictPanel>},
    {"compound", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "Com&pound"), "Alt+3",
     Qt::BottomDockWidgetArea, make<CompoundPanel>},
    {"nodeLedger", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "No&des"), "Alt+4",
     Qt::BottomDockWidgetArea, makeNodePanel},
    {"fhandleLedger", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "F&handles"), "Alt+5",
     Qt::BottomDockWidgetArea, makeFhandlePanel},
    {"statx", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "Stat&x"), "Alt+6",
     Qt::BottomDockWidgetArea, make<StatxPanel>},
    {"outstanding", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "&Outstanding requests"),
     "Alt+7", Qt::BottomDockWidgetArea, make<OutstandingPanel>},
    {"statistics", QT_TRANSLATE_NOOP("fusewire::gui::MainWindow", "Stat&istics"), "Alt+8",
     Qt::BottomDockWidgetArea, make<StatisticsPanel>},
};

} // namespace

std::span<const PanelKind> panelKinds() {
    return kinds;
}

} // namespace fusewire::gui
