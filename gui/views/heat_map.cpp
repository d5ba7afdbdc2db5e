#include "gui/views/heat_map.h"

#include "gui/models/message_list_model.h"
#include "gui/views/tones.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace fusewire::gui {

namespace {

constexpr int legend_steps = 24;
constexpr int label_characters = 10; // "1.024 ms"
constexpr int time_characters = 16;  // "10:20:30.123456"

} // namespace

HeatMap::HeatMap() {
    setObjectName("heatMap");
    setAccessibleName(tr("Heat map of latency over time"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
}

QSize HeatMap::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 40, fontMetrics().height() * 8};
}

void HeatMap::setMap(const CountedPtr& counted, const FiguresPtr& figures) {
    counted_ = counted;
    figures_ = figures;
    places_.clear();
    most_ = 1;
    lowest_ = TimeMap::row_count;
    highest_ = 0;
    for (std::size_t column = 0; counted && column < times().columns().size(); ++column)
        for (std::size_t row = 0; row < TimeMap::row_count; ++row) {
            const Place place{static_cast<int>(column), static_cast<int>(row)};
            if (replies(place) == 0)
                continue;
            places_.push_back(place);
            lowest_ = std::min(lowest_, place.row);
            highest_ = std::max(highest_, place.row);
            most_ = std::max(most_, replies(place));
        }
    if (current_ >= static_cast<int>(places_.size()))
        current_ = -1;
    setAccessibleDescription(figures ? figures->summary : QString());
    update();
}

quint64 HeatMap::replies(Place place) const {
    return times()
        .columns()[static_cast<std::size_t>(place.column)]
        .cells[static_cast<std::size_t>(place.row)]
        .replies;
}

// On a scale of logarithms: a few among millions are what one looks for.
double HeatMap::shareOf(quint64 replies) const {
    return most_ <= 1
               ? 1
               : std::log(static_cast<double>(replies)) / std::log(static_cast<double>(most_));
}

QRect HeatMap::plot() const {
    const QFontMetrics metrics = fontMetrics();
    const int line = metrics.height();
    return rect().adjusted(metrics.averageCharWidth() * label_characters, line * 2,
                           -metrics.averageCharWidth() * 2, -line * 3 / 2);
}

QRectF HeatMap::rectOf(Place place) const {
    const QRectF area = plot();
    const double width = area.width() / static_cast<double>(times().columns().size());
    const double height = area.height() / (highest_ - lowest_ + 1);
    return {area.left() + place.column * width, area.bottom() - (place.row - lowest_ + 1) * height,
            width, height};
}

QRect HeatMap::cellRect(int figureRow) const {
    return rectOf(places_[static_cast<std::size_t>(figureRow)]).toAlignedRect();
}

int HeatMap::figureRowOf(Place place) const {
    const auto before = [](const Place& a, const Place& b) {
        return a.column != b.column ? a.column < b.column : a.row < b.row;
    };
    const auto found = std::lower_bound(places_.begin(), places_.end(), place, before);
    return found == places_.end() || before(place, *found)
               ? -1
               : static_cast<int>(found - places_.begin());
}

int HeatMap::figureRowAt(const QPoint& point) const {
    const QRectF area = plot();
    if (isEmpty() || !area.contains(point))
        return -1;
    const QRectF cell = rectOf({0, lowest_});
    // A pixel about the point too: cells can be narrower than that.
    for (const int right : {0, 1, -1})
        for (const int up : {0, 1, -1}) {
            const double x = point.x() + right - area.left(), y = area.bottom() - point.y() + up;
            const int row = figureRowOf({static_cast<int>(x / cell.width()),
                                         lowest_ + static_cast<int>(y / cell.height())});
            if (row >= 0)
                return row;
        }
    return -1;
}

QString HeatMap::textOf(int figureRow) const {
    const auto& values = figures_->rows[static_cast<std::size_t>(figureRow)].values;
    return tr("%1, %2: %n replies", nullptr,
              static_cast<int>(std::min<quint64>(values[2].toULongLong(), 2'000'000'000)))
        .arg(values[0].toString(), values[1].toString());
}

void HeatMap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().base());
    painter.setPen(palette().color(QPalette::Text));
    if (isEmpty()) {
        painter.drawText(rect(), Qt::AlignCenter, tr("no latency is known"));
        return;
    }
    drawCells(painter);
    drawAxes(painter);
    drawLegend(painter);
}

void HeatMap::drawCells(QPainter& painter) const {
    for (const Place& place : places_) {
        const QRectF cell = rectOf(place);
        // Narrow ones still have to be seen.
        painter.fillRect(QRectF(cell.topLeft(), QSizeF(std::max(cell.width(), 1.5), cell.height())),
                         heatColor(shareOf(replies(place)), palette()));
    }
    if (current_ >= 0) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), fontMetrics().lineWidth() * 2));
        painter.drawRect(rectOf(places_[static_cast<std::size_t>(current_)]));
    }
}

void HeatMap::drawAxes(QPainter& painter) const {
    const QRect area = plot();
    const int line = fontMetrics().height();
    painter.setPen(palette().color(QPalette::Text));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.drawLine(area.topLeft(), area.bottomLeft());
    // A label where a power of two begins, as many as there is room for.
    int free = area.bottom() + line;
    for (int row = lowest_; row <= highest_; ++row) {
        const int y = static_cast<int>(rectOf({0, row}).bottom());
        if (row % 2 != 0 || y > free - line)
            continue;
        const auto from = static_cast<std::int64_t>(TimeMap::lowest(static_cast<std::size_t>(row)));
        painter.drawText(QRect(0, y - line, area.left() - line / 3, line),
                         Qt::AlignRight | Qt::AlignBottom, durationText(from));
        free = y - line / 4;
    }
    const int width = fontMetrics().averageCharWidth() * time_characters;
    const int labels = std::max(area.width() / width, 1);
    const auto columns = static_cast<int>(times().columns().size());
    for (int i = 0; i < std::min(labels, columns); ++i) {
        const int column = i * columns / std::min(labels, columns);
        const int x = static_cast<int>(rectOf({column, lowest_}).left());
        painter.drawText(
            QRect(x, area.bottom() + 1, width, line * 5 / 4), Qt::AlignLeft | Qt::AlignVCenter,
            timeText(times().begin_ns(static_cast<std::size_t>(column)), times().interval_ns()));
    }
}

void HeatMap::drawLegend(QPainter& painter) const {
    const QFontMetrics metrics = fontMetrics();
    const QString few = tr("1 reply"), many = QStringLiteral("%L1").arg(most_);
    const int step = metrics.averageCharWidth();
    int x = plot().left();
    const int y = metrics.height() / 3;
    const auto write = [&](const QString& text) {
        painter.drawText(x, y + metrics.ascent(), text);
        x += metrics.horizontalAdvance(text) + step;
    };
    write(few);
    for (int i = 0; i < legend_steps; ++i, x += step)
        painter.fillRect(QRect(x, y, step, metrics.height()),
                         heatColor(static_cast<double>(i) / (legend_steps - 1), palette()));
    x += step;
    write(many);
    if (current_ >= 0)
        write(textOf(current_));
}

void HeatMap::mousePressEvent(QMouseEvent* event) {
    const int row = event->button() == Qt::LeftButton ? figureRowAt(event->pos()) : -1;
    if (row < 0)
        return;
    moveTo(row);
    emit chosen(row);
}

void HeatMap::moveTo(int figureRow) {
    current_ = figureRow;
    setAccessibleDescription(textOf(figureRow));
    update();
}

// To the cell of the next column with any that is closest in latency.
void HeatMap::moveAcross(int columns) {
    const Place from = places_[static_cast<std::size_t>(current_)];
    int best = -1;
    for (int i = current_; i >= 0 && i < static_cast<int>(places_.size()); i += columns) {
        const Place place = places_[static_cast<std::size_t>(i)];
        if (place.column == from.column)
            continue;
        if (best >= 0) {
            const Place chosen = places_[static_cast<std::size_t>(best)];
            if (place.column != chosen.column)
                break;
            if (std::abs(place.row - from.row) >= std::abs(chosen.row - from.row))
                continue;
        }
        best = i;
    }
    if (best >= 0)
        moveTo(best);
}

void HeatMap::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool moves =
        key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Left || key == Qt::Key_Right;
    if (isEmpty() || (!moves && key != Qt::Key_Return && key != Qt::Key_Enter))
        return QWidget::keyPressEvent(event);
    if (current_ < 0)
        return moveTo(0);
    if (!moves) {
        emit chosen(current_);
        return;
    }
    if (key == Qt::Key_Left || key == Qt::Key_Right)
        return moveAcross(key == Qt::Key_Right ? 1 : -1);
    const int next = current_ + (key == Qt::Key_Up ? 1 : -1);
    const auto count = static_cast<int>(places_.size());
    if (next >= 0 && next < count &&
        places_[static_cast<std::size_t>(next)].column ==
            places_[static_cast<std::size_t>(current_)].column)
        moveTo(next);
}

bool HeatMap::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = figureRowAt(help->pos());
    if (row < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), textOf(row), this);
    return true;
}

} // namespace fusewire::gui
