#include "gui/views/error_chart.h"

#include "gui/views/tones.h"

#include <QBarCategoryAxis>
#include <QBarSet>
#include <QHorizontalBarSeries>
#include <QLegend>
#include <QValueAxis>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr std::size_t replies_column = 2;
constexpr int lines_around = 5; // title, axis
constexpr int most_bars = 100;  // the table has all

} // namespace

ErrorChart::ErrorChart() : FigureChart("errorChart", tr("Errors by opcode")) {}

int ErrorChart::bars() const {
    return std::min(rows(), most_bars);
}

// From below, where the axis begins; and back.
int ErrorChart::placeOf(int row) const {
    return bars() - 1 - row;
}

void ErrorChart::draw() {
    chart()->legend()->hide();
    setMinimumHeight(fontMetrics().height() * (bars() * 7 / 4 + lines_around));
    auto* series = new QHorizontalBarSeries;
    auto* set = new QBarSet(tr("Replies"));
    QStringList names;
    for (int place = 0; place < bars(); ++place) {
        const int row = placeOf(place);
        *set << static_cast<qreal>(value(row, replies_column));
        names << QStringLiteral("%1 %2").arg(text(row), text(row, 1));
    }
    set->setColor(chartColor(ChartTone::error, palette()));
    set->setBorderColor(Qt::transparent);
    series->append(set);
    chart()->addSeries(series);
    auto* errors = new QBarCategoryAxis;
    errors->append(names);
    addAxis(errors, Qt::AlignLeft);
    auto* replies = new QValueAxis;
    replies->setLabelFormat("%.0f");
    addAxis(replies, Qt::AlignBottom);
    replies->setMin(0);
    replies->applyNiceNumbers();
    // Queued: what is chosen may draw the chart anew, and with it the series that was clicked.
    connect(
        series, &QAbstractBarSeries::clicked, this,
        [this](int place) { emit chosen(placeOf(place)); }, Qt::QueuedConnection);
}

} // namespace fusewire::gui
