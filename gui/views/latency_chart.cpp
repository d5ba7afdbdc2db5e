#include "gui/views/latency_chart.h"

#include "gui/views/tones.h"

#include <QBarCategoryAxis>
#include <QBarSeries>
#include <QBarSet>
#include <QFontMetricsF>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
#include <QPen>
#include <QValueAxis>
#include <algorithm>
#include <cstddef>
#include <iterator>

namespace fusewire::gui {

namespace {

// Two digits and no space: there is little place below a bar, and the table has all of them.
QString shortDuration(quint64 ns) {
    constexpr const char* units[] = {"ns", "µs", "ms", "s"};
    auto amount = static_cast<double>(ns);
    std::size_t unit = 0;
    for (; amount >= 1000 && unit + 1 < std::size(units); ++unit)
        amount /= 1000;
    return QString::number(amount, 'f', amount < 10 ? 1 : 0) + QString::fromUtf8(units[unit]);
}

} // namespace

LatencyChart::LatencyChart() : FigureChart("latencyChart", tr("Histogram of latencies")) {}

void LatencyChart::setLatencies(const Histogram& latencies, const FiguresPtr& figures) {
    latencies_ = latencies;
    setFigures(figures);
}

void LatencyChart::draw() {
    auto* bars = new QBarSeries;
    bars->setBarWidth(0.95);
    auto* set = new QBarSet(tr("Replies"));
    QStringList from;
    qreal top = 1;
    for (int row = 0; row < rows(); ++row) {
        *set << static_cast<qreal>(value(row, 2));
        top = std::max(top, static_cast<qreal>(value(row, 2)));
        from << shortDuration(value(row, 1));
    }
    set->setColor(chartColor(ChartTone::first, palette()));
    set->setBorderColor(Qt::transparent);
    bars->append(set);
    chart()->addSeries(bars);
    chart()->legend()->hide(); // the lines have their names beside them
    top_ = top;
    mark(tr("p50"), latencies_.percentile(500), Qt::SolidLine);
    mark(tr("p90"), latencies_.percentile(900), Qt::DashLine);
    mark(tr("p99"), latencies_.percentile(990), Qt::DotLine);
    mark(tr("max"), latencies_.max(), Qt::DashDotLine);
    auto* latency = new QBarCategoryAxis;
    latency->append(from);
    latency->setTitleText(tr("latency: each bar from here to the next"));
    addAxis(latency, Qt::AlignBottom);
    auto* replies = new QValueAxis;
    replies->setLabelFormat("%.0f");
    addAxis(replies, Qt::AlignLeft);
    replies->setRange(0, top);
    replies->applyNiceNumbers();
    // Queued: what is chosen may draw the chart anew, and with it the series that was clicked.
    connect(
        bars, &QAbstractBarSeries::clicked, this, [this](int index) { emit chosen(index); },
        Qt::QueuedConnection);
}

// Bars stand at 0, 1, 2 ... and each is 1 wide.
qreal LatencyChart::placeOf(quint64 latency_ns) const {
    int row = 0;
    while (row + 1 < rows() && value(row + 1, 1) <= latency_ns)
        ++row;
    const auto lowest = static_cast<qreal>(value(row, 1));
    const qreal part = lowest == 0 ? 0.5 : (static_cast<qreal>(latency_ns) - lowest) / lowest;
    return row - 0.5 + std::clamp(part, 0.0, 1.0);
}

void LatencyChart::mark(const QString& name, quint64 latency_ns, Qt::PenStyle style) {
    auto* line = new QLineSeries;
    line->setName(name);
    line->append(placeOf(latency_ns), 0);
    line->append(placeOf(latency_ns), top_);
    line->setPen(QPen(palette().color(QPalette::Text), fontMetrics().lineWidth() * 2, style));
    chart()->addSeries(line);
}

// Each name at the top of its line, a line of text lower where it would cover the one before.
QList<QPair<QString, QRectF>> LatencyChart::markNames() const {
    const QFontMetricsF metrics(font());
    QList<QPair<QString, QRectF>> names;
    for (QAbstractSeries* series : chart()->series()) {
        const auto* line = qobject_cast<QLineSeries*>(series);
        if (line == nullptr)
            continue;
        const QPointF end = chart()->mapToPosition(line->at(1), series);
        const QString text = QStringLiteral(" %1 ").arg(line->name());
        QRectF place(end, QSizeF(metrics.horizontalAdvance(text), metrics.height()));
        if (place.right() > chart()->plotArea().right())
            place.moveRight(end.x());
        for (const auto& [other, taken] : names)
            if (place.intersects(taken))
                place.moveTop(taken.bottom());
        names.append({text, place});
    }
    return names;
}

void LatencyChart::drawForeground(QPainter* painter, const QRectF& rect) {
    FigureChart::drawForeground(painter, rect);
    painter->setFont(font());
    for (const auto& [text, place] : markNames()) {
        QColor behind = palette().color(QPalette::Base);
        behind.setAlphaF(0.8F);
        painter->fillRect(place, behind);
        painter->setPen(palette().color(QPalette::Text));
        painter->drawText(place, Qt::AlignCenter, text);
    }
}

} // namespace fusewire::gui
