#include "gui/views/percentile_chart.h"

#include "gui/views/tones.h"

#include <QCategoryAxis>
#include <QLegend>
#include <QLogValueAxis>
#include <QScatterSeries>
#include <algorithm>
#include <cmath>

namespace fusewire::gui {

namespace {

constexpr int lines_around = 6; // title, legend, axis

struct Dots {
    const char* name;
    std::size_t column;
    ChartTone tone;
    QScatterSeries::MarkerShape shape;
    qreal size; // in lines of text
};

// In the order in which they are drawn: the smaller ones upon the larger ones, so that equal ones are seen.
constexpr Dots dots[] = {
    {"max", 4, ChartTone::error, QScatterSeries::MarkerShapeRectangle, 0.85},
    {"p99", 3, ChartTone::third, QScatterSeries::MarkerShapeRotatedRectangle, 0.8},
    {"p90", 2, ChartTone::second, QScatterSeries::MarkerShapeTriangle, 0.55},
    {"p50", 1, ChartTone::first, QScatterSeries::MarkerShapeCircle, 0.4},
};

} // namespace

PercentileChart::PercentileChart()
    : FigureChart("percentileChart", tr("Percentiles of latency by opcode")) {}

// From below, where the axis begins; and back.
int PercentileChart::placeOf(int row) const {
    return rows() - 1 - row;
}

void PercentileChart::draw() {
    chart()->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
    setMinimumHeight(fontMetrics().height() * (rows() * 7 / 4 + lines_around));
    qreal least = 1e9, most = 1; // in microseconds
    for (const Dots& kind : dots) {
        auto* series = new QScatterSeries;
        series->setName(QLatin1String(kind.name));
        series->setMarkerShape(kind.shape);
        series->setMarkerSize(fontMetrics().height() * kind.size);
        series->setColor(chartColor(kind.tone, palette()));
        series->setBorderColor(palette().color(QPalette::Base));
        for (int row = 0; row < rows(); ++row) {
            const qreal us =
                static_cast<qreal>(std::max<quint64>(value(row, kind.column), 1)) / 1e3;
            least = std::min(least, us);
            most = std::max(most, us);
            series->append(us, placeOf(row));
        }
        chart()->addSeries(series);
        // Queued: what is chosen may draw the chart anew, and with it the series that was clicked.
        connect(
            series, &QXYSeries::clicked, this,
            [this](const QPointF& point) {
                emit chosen(placeOf(static_cast<int>(std::lround(point.y()))));
            },
            Qt::QueuedConnection);
    }
    auto* groups = new QCategoryAxis;
    groups->setRange(-0.5, rows() - 0.5);
    groups->setStartValue(-0.5);
    for (int row = rows() - 1; row >= 0; --row)
        groups->append(text(row), placeOf(row) + 0.5);
    addAxis(groups, Qt::AlignLeft);
    auto* latency = new QLogValueAxis;
    latency->setBase(10);
    latency->setLabelFormat("%g");
    latency->setTitleText(tr("latency in µs"));
    addAxis(latency, Qt::AlignBottom);
    latency->setRange(std::pow(10, std::floor(std::log10(least))),
                      std::pow(10, std::ceil(std::log10(most * 1.01))));
}

} // namespace fusewire::gui
