// LatencyChart: how many replies took how long, by powers of two, and where the percentiles are.
#pragma once

#include "dissector/statistics/histogram.h"
#include "gui/views/figure_chart.h"

namespace fusewire::gui {

class LatencyChart : public FigureChart {
    Q_OBJECT

  public:
    LatencyChart();

    // Of the same latencies as `figures`.
    void setLatencies(const Histogram& latencies, const FiguresPtr& figures);

  protected:
    void draw() override;

  private:
    qreal placeOf(quint64 latency_ns) const;
    void mark(const QString& name, quint64 latency_ns, qreal top);

    Histogram latencies_;
};

} // namespace fusewire::gui
