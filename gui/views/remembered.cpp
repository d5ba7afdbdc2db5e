#include "gui/views/remembered.h"

#include "gui/views/coloring_dialog.h"

#include <QEvent>
#include <QFontInfo>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr int saving_delay_ms = 500;
constexpr int least_points = 5;

} // namespace

Remembered::Remembered(QMainWindow& window, Viewer& viewer, FilterBar& filterBar,
                       const std::vector<QWidget*>& zoomed)
    : QObject(&window), window_(window), viewer_(viewer), filterBar_(filterBar) {
    for (QWidget* widget : zoomed)
        zoomed_.emplace_back(widget, widget->font());
    MessageListModel& messages = viewer_.messages();
    messages.setColumns(settings_.columns());
    messages.setColoring(settings_.coloring());
    filterBar_.setHistory(settings_.filterHistory());
    filterBar_.setSaved(settings_.savedFilters());
    zoomTo(settings_.zoom());
    // Dragging a column's edge says so many times a second.
    saving_.setSingleShot(true);
    saving_.setInterval(saving_delay_ms);
    connect(&saving_, &QTimer::timeout, this, &Remembered::saveLists);
    const auto saveSoon = [this] { saving_.start(); };
    connect(&messages, &MessageListModel::columnsChanged, this, saveSoon);
    connect(&messages, &MessageListModel::coloringChanged, this, saveSoon);
    connect(&filterBar_, &FilterBar::remembered, this, saveSoon);
    window_.installEventFilter(this);
}

void Remembered::restoreWindow() {
    window_.restoreGeometry(settings_.windowGeometry());
    window_.restoreState(settings_.windowState());
}

bool Remembered::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &window_ && event->type() == QEvent::Close) {
        settings_.setWindow(window_.saveGeometry(), window_.saveState());
        saveLists();
    }
    return false;
}

void Remembered::saveLists() {
    saving_.stop();
    settings_.setColumns(viewer_.messages().columns());
    settings_.setColoring(viewer_.messages().coloring());
    settings_.setFilterHistory(filterBar_.history());
    settings_.setSavedFilters(filterBar_.saved());
}

void Remembered::zoomTo(int asked) {
    const int points = std::clamp(asked, -Settings::most_zoom, Settings::most_zoom);
    for (const auto& [widget, font] : zoomed_) {
        QFont larger = font;
        larger.setPointSize(std::max(least_points, QFontInfo(font).pointSize() + points));
        widget->setFont(points == 0 ? font : larger);
    }
    settings_.setZoom(points);
}

void Remembered::fillMenu(QMenu& menu) {
    menu.addAction(tr("Colouring &rules…"), this, &Remembered::editColoring);
    menu.addSeparator();
    QAction* larger =
        menu.addAction(tr("&Larger text"), this, [this] { zoomTo(settings_.zoom() + 1); });
    larger->setShortcuts({QKeySequence(tr("Ctrl++")), QKeySequence(tr("Ctrl+="))});
    menu.addAction(tr("&Smaller text"), QKeySequence(tr("Ctrl+-")), this,
                   [this] { zoomTo(settings_.zoom() - 1); });
    menu.addAction(tr("&Normal text"), QKeySequence(tr("Ctrl+0")), this, [this] { zoomTo(0); });
}

void Remembered::editColoring() {
    ColoringDialog dialog(viewer_.messages().coloring(), &window_);
    if (dialog.exec() == QDialog::Accepted)
        viewer_.messages().setColoring(dialog.rules());
}

} // namespace fusewire::gui
