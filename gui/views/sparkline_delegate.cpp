#include "gui/views/sparkline_delegate.h"

#include "gui/models/connection_model.h"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr int width_in_characters = 28;
constexpr int text_in_characters = 9;

// The newest at the right edge; a second has its place even where nothing is known of it yet.
QPolygonF lineOf(const QList<quint32>& history, const QRectF& area) {
    const quint32 top = std::max(1U, *std::ranges::max_element(history));
    const double step = area.width() / (ConnectionModel::history_length - 1);
    QPolygonF line;
    for (qsizetype i = 0; i < history.size(); ++i)
        line << QPointF(area.right() - step * static_cast<double>(history.size() - 1 - i),
                        area.bottom() - area.height() * history[i] / top);
    return line;
}

} // namespace

void SparklineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const auto history = index.data(HistoryRole).value<QList<quint32>>();
    if (history.isEmpty())
        return;
    const int character = option.fontMetrics.averageCharWidth();
    const QRectF area = QRectF(option.rect)
                            .adjusted(character, option.rect.height() / 6.0,
                                      -character * text_in_characters, -option.rect.height() / 6.0);
    if (area.width() < character)
        return;
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const QColor color =
        option.palette.color(selected ? QPalette::HighlightedText : QPalette::Highlight);
    const QPolygonF line = lineOf(history, area);
    QPolygonF filled = line;
    filled << QPointF(line.last().x(), area.bottom()) << QPointF(line.first().x(), area.bottom());
    QColor pale = color;
    pale.setAlphaF(0.25F);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(pale);
    painter->drawPolygon(filled);
    painter->setPen(QPen(color, std::max(1.0, option.fontMetrics.height() / 12.0)));
    painter->setBrush(Qt::NoBrush);
    painter->drawPolyline(line);
    painter->restore();
}

QSize SparklineDelegate::sizeHint(const QStyleOptionViewItem& option,
                                  const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setWidth(option.fontMetrics.averageCharWidth() * width_in_characters);
    return size;
}

} // namespace fusewire::gui
