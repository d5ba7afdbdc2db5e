// LatencyChart: how many replies took how long, by powers of two, and where the percentiles are.
#pragma once

#include "dissector/statistics/histogram.h"
#include "gui/views/figure_chart.h"

#include <QList>
#include <QPair>
#include <QRectF>

namespace fusewire::gui {

class LatencyChart : public FigureChart {
    Q_OBJECT

  public:
    LatencyChart();

    // Of the same latencies as `figures`.
    void setLatencies(const Histogram& latencies, const FiguresPtr& figures);

    // What the percentiles are called and where that stands in the scene.
    QList<QPair<QString, QRectF>> markNames() const;

  protected:
    void draw() override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

  private:
    qreal placeOf(quint64 latency_ns) const;
    void mark(const QString& name, quint64 latency_ns, Qt::PenStyle style);

    Histogram latencies_;
    qreal top_ = 1; // of the highest bar
};

} // namespace fusewire::gui
