#include "gui/views/severity_icon.h"

#include "gui/views/tones.h"

#include <QIconEngine>
#include <QPixmap>
#include <algorithm>

namespace fusewire::gui {

namespace {

// Painted in a square of 16 by 16.

void paintError(QPainter& painter, const QColor& color, const QColor& sign) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QRectF(1, 1, 14, 14));
    painter.setPen(QPen(sign, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(5.2, 5.2), QPointF(10.8, 10.8));
    painter.drawLine(QPointF(10.8, 5.2), QPointF(5.2, 10.8));
}

void paintWarning(QPainter& painter, const QColor& color, const QColor& sign) {
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF({{8, 1.8}, {15, 14}, {1, 14}}));
    painter.setPen(QPen(sign, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(8, 6), QPointF(8, 9.5));
    painter.drawPoint(QPointF(8, 12.4));
}

void paintNote(QPainter& painter, const QColor& color, const QColor&) {
    painter.setPen(QPen(color, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QRectF(1.5, 1.5, 13, 13));
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(8, 7.8), QPointF(8, 11.5));
    painter.drawPoint(QPointF(8, 4.7));
}

using Paint = void (*)(QPainter& painter, const QColor& color, const QColor& sign);
constexpr Paint paints[] = {paintNote, paintWarning, paintError}; // by Severity

class SeverityIconEngine : public QIconEngine {
  public:
    SeverityIconEngine(Severity severity, const QPalette& palette)
        : severity_(severity), palette_(palette) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
        paintSeverity(*painter, rect, severity_, palette_);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new SeverityIconEngine(*this); }

  private:
    Severity severity_;
    QPalette palette_;
};

} // namespace

void paintSeverity(QPainter& painter, const QRectF& place, Severity severity,
                   const QPalette& palette) {
    const double side = std::min(place.width(), place.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(place.center() - QPointF(side / 2, side / 2));
    painter.scale(side / 16, side / 16);
    paints[static_cast<std::size_t>(severity)](painter, severityColor(severity, palette),
                                               palette.color(QPalette::Base));
    painter.restore();
}

QIcon severityIcon(Severity severity, const QPalette& palette) {
    return QIcon(new SeverityIconEngine(severity, palette));
}

} // namespace fusewire::gui
