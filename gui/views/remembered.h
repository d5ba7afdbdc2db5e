// Remembered: puts a window as it was left the last time, and writes down what the user changes: place
// and panels of the window, columns, colours, filters, and how large text is.
#pragma once

#include "gui/models/settings.h"
#include "gui/models/viewer.h"
#include "gui/views/filter_bar.h"

#include <QFont>
#include <QMainWindow>
#include <QMenu>
#include <QTimer>
#include <map>
#include <utility>
#include <vector>

namespace fusewire::gui {

class Remembered : public QObject {
    Q_OBJECT

  public:
    // `zoomed` are the widgets whose text becomes larger and smaller.
    Remembered(QMainWindow& window, Viewer& viewer, FilterBar& filterBar,
               const std::vector<QWidget*>& zoomed);

    // Puts the splitters in `inside` as they were left, and writes down where the user drags them. Each has
    // an object name, unique in `place`.
    void keepSplitters(const QString& place, const QWidget& inside);
    // When everything is in the window that has a place of its own.
    void restoreWindow();
    // Larger, smaller, as the desktop has it; and the colouring rules.
    void fillMenu(QMenu& menu);
    Settings& settings() { return settings_; }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void zoomTo(int asked);
    void editColoring();
    void saveLists();
    void restoreDockSizes();

    QMainWindow& window_;
    Viewer& viewer_;
    FilterBar& filterBar_;
    Settings settings_;
    std::vector<std::pair<QWidget*, QFont>> zoomed_; // with their fonts at zoom 0
    bool shown_ = false;
    std::map<QString, QList<int>> dragged_; // splitters, not yet written down
    QTimer saving_;
};

} // namespace fusewire::gui
