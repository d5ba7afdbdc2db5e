#include "gui/views/figure_chart.h"

#include "gui/views/tones.h"

#include <QAbstractAxis>
#include <QChart>
#include <QEvent>
#include <QGraphicsLayout>
#include <QLegend>
#include <QPainter>
#include <utility>

namespace fusewire::gui {

FigureChart::FigureChart(const QString& objectName, const QString& accessibleName) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::StrongFocus);
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->setMargins({});
    chart()->setMinimumSize(0, 0); // or the view never gets smaller than it once was
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setBackgroundRoundness(0);
    chart()->legend()->setAlignment(Qt::AlignTop);
    useColors();
}

void FigureChart::setFigures(const FiguresPtr& figures) {
    figures_ = figures;
    redraw();
}

QSize FigureChart::sizeHint() const {
    const int line = fontMetrics().height();
    return {line * 24, line * 8};
}

void FigureChart::addAxis(QAbstractAxis* axis, Qt::Alignment side) {
    chart()->addAxis(axis, side);
    for (QAbstractSeries* series : chart()->series())
        series->attachAxis(axis);
}

void FigureChart::redraw() {
    draws_ = true;
    chart()->removeAllSeries();
    for (QAbstractAxis* axis : chart()->axes()) {
        chart()->removeAxis(axis);
        delete axis;
    }
    if (rows() > 0)
        draw();
    chart()->setTitle(figures_ ? figures_->summary : QString());
    setAccessibleDescription(chart()->title());
    useColors();
    draws_ = false;
}

void FigureChart::useColors() {
    const QColor text = palette().color(QPalette::Text);
    QColor faint = text;
    faint.setAlphaF(0.15F);
    chart()->setBackgroundBrush(palette().base());
    chart()->setTitleBrush(text);
    chart()->setTitleFont(font());
    chart()->legend()->setLabelColor(text);
    chart()->legend()->setFont(font());
    for (QAbstractAxis* axis : chart()->axes()) {
        axis->setLabelsColor(text);
        axis->setLabelsFont(font());
        axis->setTitleBrush(text);
        axis->setTitleFont(font());
        axis->setLinePenColor(text);
        axis->setGridLineColor(faint);
        axis->setMinorGridLineColor(faint);
    }
}

void FigureChart::changeEvent(QEvent* event) {
    QChartView::changeEvent(event);
    const bool looks = event->type() == QEvent::PaletteChange ||
                       event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange;
    if (looks && !draws_)
        redraw();
}

} // namespace fusewire::gui
