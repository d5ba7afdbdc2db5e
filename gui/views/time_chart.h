// TimeChart: requests, replies and errors over time. A click goes to the first message of an interval;
// the wheel, keys and a drag show a part of the time.
#pragma once

#include "gui/views/figure_chart.h"

#include <QRubberBand>
#include <optional>
#include <utility>

namespace fusewire::gui {

class TimeChart : public FigureChart {
    Q_OBJECT

  public:
    TimeChart();

    // Rows of `figures` are intervals one behind the other.
    void setTimes(std::int64_t interval_ns, const FiguresPtr& figures);
    // The first and the last row that are shown.
    std::pair<int, int> shownRows() const;
    void showRows(int first, int last);
    void showAll();

  signals:
    // The messages of these rows are wanted.
    void rangeWanted(int first, int last);

  protected:
    void draw() override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    int rowAt(const QPoint& point) const;
    void zoom(double factor, int around);
    void move(double share);
    void applyRange();

    double interval_s_ = 1;
    std::optional<std::pair<int, int>> part_; // rows; absent: all
    QPoint pressed_;
    QRubberBand band_{QRubberBand::Rectangle, this};
};

} // namespace fusewire::gui
