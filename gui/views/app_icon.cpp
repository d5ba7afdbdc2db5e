#include "gui/views/app_icon.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

namespace fusewire::gui {

namespace {

const QColor plate(0x12, 0x32, 0x4f);
const QColor wire(0xe8, 0xee, 0xf5);
const QColor glow(0xff, 0xb4, 0x54);

// On a square of 128 by 128.
void paintIcon(QPainter& painter) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(plate);
    painter.drawRoundedRect(QRectF(6, 6, 116, 116), 24, 24);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(wire, 9, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawLine(QPointF(18, 76), QPointF(38, 76));
    painter.drawLine(QPointF(90, 76), QPointF(110, 76));
    QPainterPath filament(QPointF(42, 76));
    filament.cubicTo(QPointF(48, 30), QPointF(56, 30), QPointF(62, 70));
    filament.cubicTo(QPointF(68, 110), QPointF(76, 112), QPointF(86, 76));
    painter.setPen(QPen(glow, 9, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(filament);
    painter.setPen(Qt::NoPen);
    painter.setBrush(wire);
    painter.drawEllipse(QPointF(40, 76), 8, 8);
    painter.drawEllipse(QPointF(88, 76), 8, 8);
}

} // namespace

QIcon appIcon() {
    QIcon icon;
    for (const int side : {16, 32, 48, 128}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.scale(side / 128.0, side / 128.0);
        paintIcon(painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace fusewire::gui
