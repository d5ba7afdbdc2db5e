#include "gui/views/timeline_view.h"

#include "gui/views/severity_icon.h"
#include "gui/views/tones.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QTextDocument>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace fusewire::gui {

namespace {

constexpr double most_zoom = 1e5;
constexpr double zoom_step = 1.25;
constexpr double wheel_notch = 120;
constexpr int references_lanes = 2; // the first lane is as high as so many of the others

enum class Marker : std::uint8_t { up, down, open, close, disc, diamond, dot, cross };

struct MarkerRow {
    TimelineKind kind;
    Marker marker;
};
// The others are discs.
constexpr MarkerRow marker_rows[] = {
    {TimelineKind::introduced, Marker::up},   {TimelineKind::looked_up, Marker::up},
    {TimelineKind::forgotten, Marker::down},  {TimelineKind::ended, Marker::down},
    {TimelineKind::borne, Marker::up},        {TimelineKind::dropped, Marker::down},
    {TimelineKind::opened, Marker::open},     {TimelineKind::released, Marker::close},
    {TimelineKind::attributes, Marker::dot},  {TimelineKind::generation, Marker::diamond},
    {TimelineKind::fhandle, Marker::diamond}, {TimelineKind::linked, Marker::diamond},
    {TimelineKind::renamed, Marker::diamond}, {TimelineKind::unlinked, Marker::diamond},
    {TimelineKind::request, Marker::dot},     {TimelineKind::error, Marker::cross},
    {TimelineKind::bad, Marker::cross},       {TimelineKind::lost, Marker::cross},
};

Marker markerOf(TimelineKind kind) {
    const auto* row = std::ranges::find(marker_rows, kind, &MarkerRow::kind);
    return row == std::end(marker_rows) ? Marker::disc : row->marker;
}

QPolygonF triangle(QPointF middle, double size, bool up) {
    const double tip = up ? -size : size;
    return {{{middle.x(), middle.y() + tip},
             {middle.x() - size, middle.y() - tip},
             {middle.x() + size, middle.y() - tip}}};
}

void drawMarker(QPainter& painter, Marker marker, QPointF at, double size) {
    switch (marker) {
    case Marker::up:
    case Marker::down:
        painter.drawPolygon(triangle(at, size, marker == Marker::up));
        return;
    case Marker::open:
    case Marker::close: {
        const double side = marker == Marker::open ? size : -size;
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF({{at.x() + side, at.y() - size},
                                        {at.x(), at.y() - size},
                                        {at.x(), at.y() + size},
                                        {at.x() + side, at.y() + size}}));
        return;
    }
    case Marker::diamond:
        painter.drawPolygon(QPolygonF({{at.x(), at.y() - size},
                                       {at.x() + size, at.y()},
                                       {at.x(), at.y() + size},
                                       {at.x() - size, at.y()}}));
        return;
    case Marker::cross:
        painter.drawLine(at + QPointF(-size, -size), at + QPointF(size, size));
        painter.drawLine(at + QPointF(-size, size), at + QPointF(size, -size));
        return;
    case Marker::disc:
        painter.drawEllipse(at, size, size);
        return;
    case Marker::dot:
        painter.drawEllipse(at, size / 2, size / 2);
        return;
    }
}

// 1, 2 or 5 times a power of ten, so that ticks are at least `least` apart.
double roundStep(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1e-9))));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least)
            return factor * power;
    return 10 * power;
}

} // namespace

TimelineView::TimelineView(TimelineModel& model, QItemSelectionModel& selection, QWidget* parent)
    : QAbstractScrollArea(parent), model_(model), selection_(selection) {
    setObjectName("timeline");
    setAccessibleName(tr("Timeline"));
    setFocusPolicy(Qt::StrongFocus);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(NoFrame);
    connect(&model_, &TimelineModel::subjectChanged, this, [this] { zoom_ = 1; });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&model_, signal, this, &TimelineView::rebuild);
    connect(&model_, &QAbstractItemModel::modelReset, this, &TimelineView::rebuild);
    connect(&model_, &QAbstractItemModel::dataChanged, this, &TimelineView::rebuild);
    connect(&selection_, &QItemSelectionModel::currentRowChanged, this, &TimelineView::showCurrent);
    measure();
    rebuild();
}

void TimelineView::measure() {
    labels_ = 0;
    for (std::size_t lane = 0; lane < timeline_lanes; ++lane) {
        const std::string_view name = title(static_cast<TimelineLane>(lane));
        labels_ = std::max(labels_, fontMetrics().horizontalAdvance(QString::fromUtf8(
                                        name.data(), static_cast<qsizetype>(name.size()))));
    }
    labels_ += fontMetrics().averageCharWidth() * 2;
    laneHeight_ = fontMetrics().height() * 7 / 6;
    setMinimumHeight(laneTop(TimelineLane::requests) + 2 * laneHeight_ +
                     horizontalScrollBar()->sizeHint().height());
}

QSize TimelineView::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 80, minimumHeight() + laneHeight_};
}

void TimelineView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        measure();
}

void TimelineView::rebuild() {
    const int rows = model_.rowCount();
    positions_.clear();
    ends_.clear();
    most_ = 1;
    timed_ = rows > 0 && model_.event(0).time_ns.has_value();
    double latest = timed_ ? -1e300 : 0;
    const auto seconds = [this](std::int64_t time_ns) {
        return static_cast<double>(
                   static_cast<std::int64_t>(static_cast<std::uint64_t>(time_ns) -
                                             static_cast<std::uint64_t>(model_.originNs()))) /
               1e9;
    };
    for (int row = 0; row < rows; ++row) {
        const TimelineEvent& event = model_.event(row);
        if (!timed_)
            latest = row;
        else if (event.time_ns)
            latest = std::max(latest, seconds(*event.time_ns));
        positions_.push_back(latest);
        ends_.push_back(
            timed_ && event.last_time_ns ? std::max(latest, seconds(*event.last_time_ns)) : latest);
        most_ = std::max(most_, event.sent);
    }
    begin_ = rows == 0 ? 0 : positions_.front();
    const double end = rows == 0 ? 1 : *std::ranges::max_element(ends_);
    length_ = end > begin_ ? end - begin_ : 1;
    updateBar();
    viewport()->update();
}

int TimelineView::plotWidth() const {
    return std::max(1, viewport()->width() - labels_ - laneHeight_);
}

double TimelineView::xOf(double position) const {
    return labels_ + laneHeight_ / 2.0 + (position - begin_) / length_ * plotWidth() * zoom_ -
           horizontalScrollBar()->value();
}

int TimelineView::laneTop(TimelineLane lane) const {
    const int number = static_cast<int>(lane);
    const int findings = laneHeight_; // above all
    return findings + (number == 0 ? 0 : (number - 1 + references_lanes) * laneHeight_);
}

int TimelineView::laneMiddle(TimelineLane lane) const {
    const int height =
        lane == TimelineLane::references ? references_lanes * laneHeight_ : laneHeight_;
    return laneTop(lane) + height / 2;
}

void TimelineView::updateBar() {
    const double whole = plotWidth() * zoom_;
    horizontalScrollBar()->setPageStep(plotWidth());
    horizontalScrollBar()->setSingleStep(std::max(1, plotWidth() / 20));
    horizontalScrollBar()->setRange(0, static_cast<int>(std::min(whole - plotWidth(), 2e9)));
}

void TimelineView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateBar();
}

void TimelineView::setZoom(double zoom, int x) {
    const double limit = std::min(most_zoom, 2e9 / plotWidth());
    const double wanted = std::clamp(zoom, 1.0, limit);
    const double inPlot = x - labels_ - laneHeight_ / 2.0;
    const double at = (horizontalScrollBar()->value() + inPlot) / zoom_;
    zoom_ = wanted;
    updateBar();
    horizontalScrollBar()->setValue(static_cast<int>(at * zoom_ - inPlot));
    viewport()->update();
}

void TimelineView::wheelEvent(QWheelEvent* event) {
    if (event->angleDelta().y() == 0 || (event->modifiers() & Qt::ShiftModifier) != 0)
        return QAbstractScrollArea::wheelEvent(event);
    setZoom(zoom_ * std::pow(zoom_step, event->angleDelta().y() / wheel_notch),
            static_cast<int>(event->position().x()));
    event->accept();
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    const int row = selection_.currentIndex().row();
    const int last = model_.rowCount() - 1;
    const int middle = row >= 0 ? placeOf(row).x() : labels_ + plotWidth() / 2;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return setZoom(zoom_ * zoom_step, middle);
    case Qt::Key_Minus:
        return setZoom(zoom_ / zoom_step, middle);
    case Qt::Key_0:
        return setZoom(1, middle);
    case Qt::Key_Left:
        return makeCurrent(std::max(0, row - 1));
    case Qt::Key_Right:
        return makeCurrent(std::min(last, row + 1));
    case Qt::Key_Home:
        return makeCurrent(0);
    case Qt::Key_End:
        return makeCurrent(last);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (row >= 0)
            emit eventClicked(row);
        return;
    default:
        return QAbstractScrollArea::keyPressEvent(event);
    }
}

void TimelineView::makeCurrent(int row) {
    if (row >= 0 && row < model_.rowCount())
        selection_.setCurrentIndex(model_.index(row, 0),
                                   QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void TimelineView::showCurrent() {
    const int row = selection_.currentIndex().row();
    if (row >= 0 && row < static_cast<int>(positions_.size())) {
        const double x = xOfEvent(row);
        if (x < labels_ || x > viewport()->width())
            horizontalScrollBar()->setValue(static_cast<int>(std::clamp(
                horizontalScrollBar()->value() + x - labels_ - plotWidth() / 2.0, 0.0, 2e9)));
    }
    viewport()->update();
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
    const int row = eventAt(event->pos());
    if (event->button() != Qt::LeftButton || row < 0)
        return;
    makeCurrent(row);
    emit eventClicked(row);
}

bool TimelineView::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = eventAt(help->pos());
    // Names come from the capture: none of them may be taken for markup.
    if (row >= 0)
        QToolTip::showText(help->globalPos(), Qt::convertFromPlainText(model_.summary(row)), this);
    else
        QToolTip::hideText();
    return true;
}

QPoint TimelineView::placeOf(int row) const {
    if (row < 0 || row >= static_cast<int>(positions_.size()))
        return {};
    return {static_cast<int>(std::clamp(xOfEvent(row), -1e6, 1e6)),
            laneMiddle(lane_of(model_.event(row).kind))};
}

// The last of those that are drawn over each other is seen, and meant.
int TimelineView::eventAt(const QPoint& point) const {
    const int near = std::max(4, laneHeight_ / 2);
    int best = -1;
    double distance = near + 1;
    const Drawn drawn = seen();
    for (int row = drawn.first; row <= drawn.last; ++row) {
        const TimelineLane lane = lane_of(model_.event(row).kind);
        const bool onFinding = point.y() < laneHeight_ && !model_.event(row).findings.empty();
        if (!onFinding && std::abs(point.y() - laneMiddle(lane)) > near)
            continue;
        const double begin = xOfEvent(row), end = xOf(ends_[static_cast<std::size_t>(row)]);
        const double away = point.x() < begin ? begin - point.x()
                            : point.x() > end ? point.x() - end
                                              : 0;
        if (away <= distance && away <= near) {
            best = row;
            distance = away;
        }
    }
    return best;
}

TimelineView::Drawn TimelineView::seen() const {
    const double perPixel = length_ / (plotWidth() * zoom_);
    const double left = begin_ + (horizontalScrollBar()->value() - laneHeight_) * perPixel;
    const double right = left + (plotWidth() + 2.0 * laneHeight_) * perPixel;
    // What began before may reach into the view; a few steps back find it.
    const auto first = std::ranges::lower_bound(positions_, left);
    const auto last = std::ranges::upper_bound(positions_, right);
    constexpr std::ptrdiff_t earlier = 16;
    return {static_cast<int>(std::max<std::ptrdiff_t>(0, first - positions_.begin() - earlier)),
            static_cast<int>(last - positions_.begin()) - 1};
}

void TimelineView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().base());
    painter.setRenderHint(QPainter::Antialiasing);
    paintLanes(painter);
    if (positions_.empty())
        return;
    painter.setClipRect(labels_, 0, viewport()->width() - labels_, viewport()->height());
    const Drawn drawn = seen();
    paintAxis(painter);
    paintCurrent(painter);
    paintReferences(painter, drawn);
    paintEvents(painter, drawn);
    paintFindings(painter, drawn);
}

void TimelineView::paintLanes(QPainter& painter) const {
    for (std::size_t i = 0; i < timeline_lanes; ++i) {
        const auto lane = static_cast<TimelineLane>(i);
        const std::string_view name = title(lane);
        const int height = 2 * (laneMiddle(lane) - laneTop(lane));
        if (i % 2 == 0)
            painter.fillRect(0, laneTop(lane), viewport()->width(), height,
                             palette().alternateBase());
        painter.setPen(palette().color(QPalette::Text));
        const QRect place(fontMetrics().averageCharWidth(), laneTop(lane), labels_, height);
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                         QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())));
    }
}

void TimelineView::paintAxis(QPainter& painter) const {
    const int top = laneTop(TimelineLane::requests) + laneHeight_;
    const double perPixel = length_ / (plotWidth() * zoom_);
    const double step = roundStep(perPixel * fontMetrics().averageCharWidth() * 16);
    const double left = begin_ + horizontalScrollBar()->value() * perPixel;
    const double right = left + (plotWidth() + laneHeight_) * perPixel;
    const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step))), 0, 9);
    QColor line = palette().color(QPalette::Text);
    line.setAlphaF(0.2F);
    constexpr int most_ticks = 200;
    for (int i = 0; i < most_ticks; ++i) {
        const double tick = (std::ceil(left / step) + i) * step;
        if (tick > right)
            break;
        const double x = xOf(tick);
        painter.setPen(line);
        painter.drawLine(QPointF(x, 0), QPointF(x, top));
        painter.setPen(palette().color(QPalette::Text));
        const QString text = timed_ ? tr("%1 s").arg(tick, 0, 'f', digits)
                                    : QString::number(static_cast<int>(tick) + 1);
        painter.drawText(QRectF(x - 1000, top, 2000, laneHeight_), Qt::AlignCenter, text);
    }
}

// Filled up to what the kernel certainly holds, a line for what it may hold.
void TimelineView::paintReferences(QPainter& painter, Drawn drawn) const {
    const int top = laneTop(TimelineLane::references) + laneHeight_ / 4;
    const int bottom = laneTop(TimelineLane::references) + references_lanes * laneHeight_;
    const auto yOf = [&](std::uint64_t count) {
        return bottom - static_cast<double>(count) / static_cast<double>(most_) * (bottom - top);
    };
    const double left = labels_, right = viewport()->width();
    QPolygonF sent, accepted;
    accepted << QPointF(left, bottom);
    double atSent = bottom, atAccepted = bottom;
    const auto step = [&](double x, std::uint64_t toSent, std::uint64_t toAccepted) {
        sent << QPointF(x, atSent);
        accepted << QPointF(x, atAccepted);
        atSent = yOf(toSent);
        atAccepted = yOf(toAccepted);
        sent << QPointF(x, atSent);
        accepted << QPointF(x, atAccepted);
    };
    if (drawn.first > 0) {
        const TimelineEvent& before = model_.event(drawn.first - 1);
        step(left, before.sent, before.accepted);
    }
    for (int row = drawn.first; row <= drawn.last; ++row) {
        const TimelineEvent& event = model_.event(row);
        step(std::clamp(xOfEvent(row), left, right), event.sent, event.accepted);
    }
    sent << QPointF(right, atSent);
    accepted << QPointF(right, atAccepted) << QPointF(right, bottom);
    QColor color = palette().color(QPalette::Highlight);
    painter.setPen(QPen(color, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(sent);
    color.setAlphaF(0.2F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(accepted);
}

// Of those that fall on one pixel of a lane only the first is drawn: a hundred thousand are no slower
// than a screen full.
void TimelineView::paintEvents(QPainter& painter, Drawn drawn) const {
    int taken[timeline_lanes];
    std::ranges::fill(taken, -1);
    for (int row = drawn.first; row <= drawn.last; ++row) {
        const auto lane = static_cast<std::size_t>(lane_of(model_.event(row).kind));
        const int x = static_cast<int>(xOfEvent(row));
        if (x == taken[lane])
            continue;
        taken[lane] = x;
        paintMarker(painter, row);
    }
}

void TimelineView::paintMarker(QPainter& painter, int row) const {
    const TimelineEvent& event = model_.event(row);
    const bool bad = event.error != 0 || event.refused || markerOf(event.kind) == Marker::cross;
    const QColor color =
        bad ? severityColor(Severity::error, palette()) : palette().color(QPalette::Text);
    const QPointF at(xOfEvent(row), laneMiddle(lane_of(event.kind)));
    const double size = laneHeight_ / 5.0;
    painter.setPen(QPen(color, 1.5));
    const double end = xOf(ends_[static_cast<std::size_t>(row)]);
    if (event.count > 1 && end > at.x()) {
        painter.setBrush(color);
        painter.drawLine(at, QPointF(end, at.y()));
        drawMarker(painter, Marker::dot, {end, at.y()}, size);
    }
    painter.setBrush(event.refused ? QBrush(Qt::NoBrush) : QBrush(color));
    drawMarker(painter, markerOf(event.kind), at, size);
}

void TimelineView::paintFindings(QPainter& painter, Drawn drawn) const {
    const int side = laneHeight_ * 3 / 4;
    int taken = -side;
    for (int row = drawn.first; row <= drawn.last; ++row) {
        const auto worst = model_.event(row).worst();
        const int x = static_cast<int>(xOfEvent(row));
        if (!worst || x < taken + side / 4)
            continue;
        taken = x;
        const QRect place(x - side / 2, (laneHeight_ - side) / 2, side, side);
        severityIcon(*worst, palette()).paint(&painter, place);
        QColor line = severityColor(*worst, palette());
        line.setAlphaF(0.5F);
        painter.setPen(QPen(line, 1, Qt::DashLine));
        painter.drawLine(QPoint(x, laneHeight_), QPoint(x, placeOf(row).y()));
    }
}

void TimelineView::paintCurrent(QPainter& painter) const {
    const int row = selection_.currentIndex().row();
    if (row < 0 || row >= static_cast<int>(positions_.size()))
        return;
    const QPointF at = placeOf(row);
    QColor color = palette().color(QPalette::Highlight);
    painter.setPen(QPen(color, 1));
    painter.drawLine(QPointF(at.x(), 0),
                     QPointF(at.x(), laneTop(TimelineLane::requests) + laneHeight_));
    color.setAlphaF(hasFocus() ? 0.4F : 0.2F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(at, laneHeight_ / 2.0, laneHeight_ / 2.0);
}

} // namespace fusewire::gui
