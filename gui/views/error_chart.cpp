#include "gui/views/error_chart.h"

#include "gui/views/tones.h"

#include <QBarCategoryAxis>
#include <QBarSeries>
#include <QBarSet>
#include <QValueAxis>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr int most_bars = 24; // the table has all

}

ErrorChart::ErrorChart() : FigureChart("errorChart", tr("Errors by number")) {}

void ErrorChart::draw() {
    auto* bars = new QBarSeries;
    auto* set = new QBarSet(tr("Replies"));
    QStringList names;
    for (int row = 0; row < std::min(rows(), most_bars); ++row) {
        *set << static_cast<qreal>(value(row, 1));
        names << text(row);
    }
    set->setColor(chartColor(ChartTone::error, palette()));
    set->setBorderColor(Qt::transparent);
    bars->append(set);
    chart()->addSeries(bars);
    auto* errors = new QBarCategoryAxis;
    errors->append(names);
    addAxis(errors, Qt::AlignBottom);
    auto* replies = new QValueAxis;
    replies->setLabelFormat("%.0f");
    addAxis(replies, Qt::AlignLeft);
    replies->setMin(0);
    replies->applyNiceNumbers();
    // Queued: what is chosen may draw the chart anew, and with it the series that was clicked.
    connect(
        bars, &QAbstractBarSeries::clicked, this, [this](int index) { emit chosen(index); },
        Qt::QueuedConnection);
}

} // namespace fusewire::gui
