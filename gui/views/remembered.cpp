#include "gui/views/remembered.h"

#include "gui/views/coloring_dialog.h"

#include <QEvent>
#include <QFontInfo>
#include <QSplitter>
#include <algorithm>
#include <utility>

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

void Remembered::keepSplitters(const QString& place, const QWidget& inside) {
    for (QSplitter* splitter : inside.findChildren<QSplitter*>()) {
        const QString id = place + QLatin1Char('/') + splitter->objectName();
        if (const QList<int> sizes = settings_.splitter(id); sizes.size() == splitter->count())
            splitter->setSizes(sizes);
        connect(splitter, &QSplitter::splitterMoved, this, [this, splitter, id] {
            dragged_[id] = splitter->sizes();
            saving_.start();
        });
    }
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
    if (watched == &window_ && event->type() == QEvent::Show && !std::exchange(shown_, true))
        QTimer::singleShot(0, this, [this] { restoreDockSizes(); });
    return false;
}

// Docks were empty when the window took its state, and a panel that is made squeezes the others.
void Remembered::restoreDockSizes() {
    window_.restoreState(settings_.windowState());
}

void Remembered::saveLists() {
    saving_.stop();
    for (const auto& [id, sizes] : dragged_)
        settings_.setSplitter(id, sizes);
    dragged_.clear();
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
