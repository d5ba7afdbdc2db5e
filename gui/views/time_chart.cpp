#include "gui/views/time_chart.h"

#include "gui/views/tones.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QLineSeries>
#include <QMenu>
#include <QMouseEvent>
#include <QPen>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

namespace fusewire::gui {

namespace {

struct Line {
    const char* name;
    std::size_t column;
    ChartTone tone;
    Qt::PenStyle style;
};

constexpr Line lines[] = {
    {QT_TRANSLATE_NOOP("fusewire::gui::TimeChart", "requests"), 1, ChartTone::first, Qt::SolidLine},
    {QT_TRANSLATE_NOOP("fusewire::gui::TimeChart", "replies"), 2, ChartTone::third, Qt::DashLine},
    {QT_TRANSLATE_NOOP("fusewire::gui::TimeChart", "errors"), 3, ChartTone::error, Qt::SolidLine},
};

constexpr double zoom_step = 1.5;
constexpr double move_step = 0.25;

} // namespace

TimeChart::TimeChart() : FigureChart("timeChart", tr("Messages over time")) {}

void TimeChart::setTimes(std::int64_t interval_ns, const FiguresPtr& figures) {
    const double interval_s = static_cast<double>(interval_ns) / 1e9;
    if (interval_s != interval_s_ || !figures)
        part_.reset(); // rows are others now
    interval_s_ = interval_s;
    setFigures(figures);
}

void TimeChart::draw() {
    qreal top = 1;
    for (const Line& kind : lines) {
        auto* series = new QLineSeries;
        series->setName(tr(kind.name));
        QList<QPointF> points;
        for (int row = 0; row < rows(); ++row) {
            const auto messages = static_cast<qreal>(value(row, kind.column));
            top = std::max(top, messages);
            points << QPointF((row + 0.5) * interval_s_, messages);
        }
        series->replace(points);
        series->setPointsVisible(rows() == 1);
        series->setPen(
            QPen(chartColor(kind.tone, palette()), fontMetrics().lineWidth() * 1.5, kind.style));
        chart()->addSeries(series);
    }
    auto* time = new QValueAxis;
    time->setTitleText(tr("seconds since %1").arg(text(0)));
    addAxis(time, Qt::AlignBottom);
    auto* messages = new QValueAxis;
    messages->setLabelFormat("%.0f");
    addAxis(messages, Qt::AlignLeft);
    messages->setRange(0, top);
    messages->applyNiceNumbers();
    applyRange();
}

std::pair<int, int> TimeChart::shownRows() const {
    const int last = std::max(rows() - 1, 0);
    if (!part_)
        return {0, last};
    return {std::clamp(part_->first, 0, last), std::clamp(part_->second, 0, last)};
}

void TimeChart::showRows(int first, int last) {
    if (rows() == 0)
        return;
    first = std::clamp(first, 0, rows() - 1);
    last = std::clamp(last, first, rows() - 1);
    part_ = {first, last};
    if (first == 0 && last == rows() - 1)
        part_.reset();
    applyRange();
}

void TimeChart::showAll() {
    part_.reset();
    applyRange();
}

void TimeChart::applyRange() {
    const auto axes = chart()->axes(Qt::Horizontal);
    if (axes.isEmpty() || rows() == 0)
        return;
    const auto [first, last] = shownRows();
    axes.front()->setRange(first * interval_s_, (last + 1) * interval_s_);
}

int TimeChart::rowAt(const QPoint& point) const {
    const qreal seconds = chart()->mapToValue(chart()->mapFromScene(mapToScene(point))).x();
    return std::clamp(static_cast<int>(std::floor(seconds / interval_s_)), 0,
                      std::max(rows() - 1, 0));
}

void TimeChart::zoom(double factor, int around) {
    const auto [first, last] = shownRows();
    const double width = (last - first + 1) / factor;
    const double before = (around - first + 0.5) / factor;
    const int begin = static_cast<int>(std::lround(around + 0.5 - before));
    showRows(begin, begin + std::max(static_cast<int>(std::lround(width)), 1) - 1);
}

void TimeChart::move(double share) {
    const auto [first, last] = shownRows();
    const int width = last - first + 1;
    const int begin =
        std::clamp(first + static_cast<int>(std::lround(width * share)), 0, rows() - width);
    showRows(begin, begin + width - 1);
}

void TimeChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || rows() == 0)
        return;
    pressed_ = event->pos();
    setFocus(Qt::MouseFocusReason);
}

void TimeChart::mouseMoveEvent(QMouseEvent* event) {
    const bool drags =
        (event->buttons() & Qt::LeftButton) != 0 &&
        std::abs(event->pos().x() - pressed_.x()) > QApplication::startDragDistance();
    if (!drags || rows() == 0)
        return;
    band_.setGeometry(
        QRect(QPoint(pressed_.x(), 0), QPoint(event->pos().x(), height())).normalized());
    band_.show();
}

void TimeChart::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || rows() == 0)
        return;
    if (!band_.isVisible()) {
        emit chosen(rowAt(event->pos()));
        return;
    }
    band_.hide();
    const auto [first, last] = std::minmax(rowAt(pressed_), rowAt(event->pos()));
    showRows(first, last);
}

void TimeChart::wheelEvent(QWheelEvent* event) {
    if (rows() == 0 || event->angleDelta().y() == 0)
        return;
    zoom(event->angleDelta().y() > 0 ? zoom_step : 1 / zoom_step,
         rowAt(event->position().toPoint()));
    event->accept();
}

void TimeChart::keyPressEvent(QKeyEvent* event) {
    if (rows() == 0)
        return FigureChart::keyPressEvent(event);
    const auto [first, last] = shownRows();
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(zoom_step, (first + last) / 2);
    case Qt::Key_Minus:
        return zoom(1 / zoom_step, (first + last) / 2);
    case Qt::Key_Left:
        return move(-move_step);
    case Qt::Key_Right:
        return move(move_step);
    case Qt::Key_0:
        return showAll();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit rangeWanted(first, last);
        return;
    default:
        FigureChart::keyPressEvent(event);
    }
}

void TimeChart::contextMenuEvent(QContextMenuEvent* event) {
    const auto range = shownRows();
    QMenu menu(this);
    menu.addAction(tr("&Filter on the time that is shown\tEnter"), this,
                   [this, range] { emit rangeWanted(range.first, range.second); });
    menu.addAction(tr("Zoom &in\t+"), this,
                   [=, this] { zoom(zoom_step, (range.first + range.second) / 2); });
    menu.addAction(tr("Zoom &out\t-"), this,
                   [=, this] { zoom(1 / zoom_step, (range.first + range.second) / 2); });
    menu.addAction(tr("Show &all\t0"), this, &TimeChart::showAll);
    menu.exec(event->globalPos());
}

} // namespace fusewire::gui
