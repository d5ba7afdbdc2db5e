// HeatMap: how long replies took over time; the more of them in a cell, the stronger its colour. Cells
// are gone through with the arrow keys too.
#pragma once

#include "gui/models/statistics_count.h"

#include <QWidget>
#include <vector>

namespace fusewire::gui {

class HeatMap : public QWidget {
    Q_OBJECT

  public:
    HeatMap();

    // Null: nothing. `figures` are mapFigures() of it.
    void setMap(const CountedPtr& counted, const FiguresPtr& figures);
    // Where a row of the figures is.
    QRect cellRect(int figureRow) const;
    QSize minimumSizeHint() const override;

  signals:
    // A row of the figures.
    void chosen(int row);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Place {
        int column = 0;
        int row = 0; // of latency
    };

    const TimeMap& times() const { return counted_->times; }
    bool isEmpty() const { return places_.empty(); }
    QRect plot() const;
    QRectF rectOf(Place place) const;
    int figureRowAt(const QPoint& point) const;
    int figureRowOf(Place place) const;
    quint64 replies(Place place) const;
    double shareOf(quint64 replies) const;
    QString textOf(int figureRow) const;
    void moveTo(int figureRow);
    void moveAcross(int columns);
    void drawCells(QPainter& painter) const;
    void drawAxes(QPainter& painter) const;
    void drawLegend(QPainter& painter) const;

    CountedPtr counted_;
    FiguresPtr figures_;
    std::vector<Place> places_; // of the rows of the figures
    int lowest_ = 0;            // rows of latency that are shown
    int highest_ = 0;
    quint64 most_ = 1;
    int current_ = -1; // row of the figures
};

} // namespace fusewire::gui
