#include "gui/views/percentile_chart.h"

#include "gui/views/tones.h"

#include <QBarCategoryAxis>
#include <QLogValueAxis>
#include <QScatterSeries>
#include <algorithm>
#include <cmath>

namespace fusewire::gui {

namespace {

constexpr int most_groups_shown = 24; // the table has all

struct Dots {
    const char* name;
    std::size_t column;
    ChartTone tone;
    QScatterSeries::MarkerShape shape;
};

constexpr Dots dots[] = {
    {"p50", 1, ChartTone::first, QScatterSeries::MarkerShapeCircle},
    {"p90", 2, ChartTone::second, QScatterSeries::MarkerShapeTriangle},
    {"p99", 3, ChartTone::third, QScatterSeries::MarkerShapeRotatedRectangle},
    {"max", 4, ChartTone::error, QScatterSeries::MarkerShapeRectangle},
};

} // namespace

PercentileChart::PercentileChart()
    : FigureChart("percentileChart", tr("Percentiles of latency by opcode")) {}

void PercentileChart::draw() {
    const int shown = std::min(rows(), most_groups_shown);
    qreal least = 1e9, most = 1; // in microseconds
    for (const Dots& kind : dots) {
        auto* series = new QScatterSeries;
        series->setName(QLatin1String(kind.name));
        series->setMarkerShape(kind.shape);
        series->setMarkerSize(fontMetrics().height() * 0.6);
        series->setColor(chartColor(kind.tone, palette()));
        series->setBorderColor(palette().color(QPalette::Base));
        for (int row = 0; row < shown; ++row) {
            const qreal us =
                static_cast<qreal>(std::max<quint64>(value(row, kind.column), 1)) / 1e3;
            least = std::min(least, us);
            most = std::max(most, us);
            series->append(row, us);
        }
        chart()->addSeries(series);
        // Queued: what is chosen may draw the chart anew, and with it the series that was clicked.
        connect(
            series, &QXYSeries::clicked, this,
            [this](const QPointF& point) { emit chosen(static_cast<int>(std::lround(point.x()))); },
            Qt::QueuedConnection);
    }
    QStringList names;
    for (int row = 0; row < shown; ++row)
        names << text(row);
    auto* groups = new QBarCategoryAxis;
    groups->append(names);
    groups->setLabelsAngle(names.size() > 6 ? -60 : 0);
    addAxis(groups, Qt::AlignBottom);
    auto* latency = new QLogValueAxis;
    latency->setBase(10);
    latency->setLabelFormat("%g");
    latency->setTitleText(tr("µs"));
    addAxis(latency, Qt::AlignLeft);
    latency->setRange(std::pow(10, std::floor(std::log10(least))),
                      std::pow(10, std::ceil(std::log10(most * 1.01))));
}

} // namespace fusewire::gui
