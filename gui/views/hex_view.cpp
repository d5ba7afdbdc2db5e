#include "gui/views/hex_view.h"

#include <QFontDatabase>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr int most_line_bytes = 32;
constexpr int least_line_bytes = 8;
constexpr int group_bytes = 8; // with some room between groups
constexpr int least_offset_digits = 4;
constexpr std::uint32_t most_described = 32; // bytes that are read out

QChar shown(char c) {
    return c >= 0x20 && c < 0x7f ? QLatin1Char(c) : QLatin1Char('.');
}

} // namespace

HexView::HexView(QWidget* parent) : QAbstractScrollArea(parent) {
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(NoFrame);
    setAccessibleName(tr("Bytes of the message"));
    measure();
}

void HexView::measure() {
    charWidth_ = std::max(1, fontMetrics().horizontalAdvance(QLatin1Char('0')));
    lineHeight_ = fontMetrics().height();
    offsetDigits_ = least_offset_digits;
    for (qsizetype rest = bytes_.size() >> (4 * least_offset_digits); rest > 0; rest >>= 4)
        ++offsetDigits_;
    lineBytes_ = most_line_bytes;
    while (lineBytes_ > least_line_bytes && allColumns() * charWidth_ > viewport()->width())
        lineBytes_ /= 2;
    verticalScrollBar()->setPageStep(std::max(1, viewport()->height() / lineHeight_));
    verticalScrollBar()->setRange(0, std::max(0, lines() - viewport()->height() / lineHeight_));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0,
                                    std::max(0, allColumns() * charWidth_ - viewport()->width()));
    viewport()->update();
}

void HexView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        measure();
    else if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

void HexView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    measure();
}

void HexView::setBytes(const QByteArray& bytes) {
    bytes_ = bytes;
    markedWidth_ = 0;
    verticalScrollBar()->setValue(0);
    measure();
}

void HexView::mark(std::uint32_t offset, std::uint32_t width) {
    markedOffset_ = offset;
    markedWidth_ = width;
    setAccessibleDescription(describeMark());
    showMark();
    viewport()->update();
}

QString HexView::describeMark() const {
    if (markedWidth_ == 0 || markedOffset_ >= bytes_.size())
        return {};
    const QByteArray bytes =
        bytes_.mid(markedOffset_, static_cast<qsizetype>(std::min(markedWidth_, most_described)));
    return tr("%Ln bytes from %1: %2", nullptr, static_cast<int>(markedWidth_))
        .arg(markedOffset_)
        .arg(QString::fromLatin1(bytes.toHex(' ')));
}

void HexView::showMark() {
    if (markedWidth_ == 0)
        return;
    const int first = static_cast<int>(markedOffset_) / lineBytes_;
    const int screen = std::max(1, viewport()->height() / lineHeight_);
    const int top = verticalScrollBar()->value();
    verticalScrollBar()->setValue(std::clamp(top, first - screen + 1, first));
}

int HexView::lines() const {
    return static_cast<int>((bytes_.size() + lineBytes_ - 1) / lineBytes_);
}

int HexView::columnOf(int byte) const {
    return offsetDigits_ + 2 + 3 * byte + byte / group_bytes;
}

int HexView::textColumn() const {
    return columnOf(lineBytes_ - 1) + 4;
}

// With one left free at the end.
int HexView::allColumns() const {
    return textColumn() + lineBytes_ + 1;
}

bool HexView::isMarked(int offset) const {
    const auto at = static_cast<std::uint32_t>(offset);
    return at >= markedOffset_ && at - markedOffset_ < markedWidth_;
}

QRect HexView::rectOf(std::uint32_t offset) const {
    const int line = static_cast<int>(offset) / lineBytes_ - verticalScrollBar()->value();
    const int column = columnOf(static_cast<int>(offset) % lineBytes_);
    return {column * charWidth_ - horizontalScrollBar()->value(), line * lineHeight_,
            2 * charWidth_, lineHeight_};
}

int HexView::byteAt(const QPoint& point) const {
    const int line = point.y() / lineHeight_ + verticalScrollBar()->value();
    const int column = (point.x() + horizontalScrollBar()->value()) / charWidth_;
    for (int byte = 0; byte < lineBytes_; ++byte) {
        const bool inHex = column >= columnOf(byte) && column < columnOf(byte) + 3;
        if (!inHex && column != textColumn() + byte)
            continue;
        const int offset = line * lineBytes_ + byte;
        return offset < bytes_.size() ? offset : -1;
    }
    return -1;
}

void HexView::mousePressEvent(QMouseEvent* event) {
    const int offset = byteAt(event->position().toPoint());
    if (offset >= 0)
        emit byteClicked(static_cast<std::uint32_t>(offset));
}

// The arrows go from byte to byte, so that no mouse is needed.
void HexView::keyPressEvent(QKeyEvent* event) {
    const auto step = [&](int by) {
        const qint64 target = qint64{markedOffset_} + by;
        if (target >= 0 && target < bytes_.size())
            emit byteClicked(static_cast<std::uint32_t>(target));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return step(-1);
    case Qt::Key_Right:
        return step(static_cast<int>(std::max(1u, markedWidth_)));
    case Qt::Key_Up:
        return step(-lineBytes_);
    case Qt::Key_Down:
        return step(lineBytes_);
    case Qt::Key_Home:
        return step(-static_cast<int>(markedOffset_));
    case Qt::Key_End:
        return step(static_cast<int>(bytes_.size() - 1 - qint64{markedOffset_}));
    case Qt::Key_PageUp:
        return step(-lineBytes_ * std::min(verticalScrollBar()->pageStep(),
                                           static_cast<int>(markedOffset_) / lineBytes_));
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void HexView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().base());
    const int screen = viewport()->height() / lineHeight_ + 1;
    for (int i = 0; i <= screen; ++i)
        paintLine(painter, verticalScrollBar()->value() + i, i * lineHeight_);
}

void HexView::paintLine(QPainter& painter, int line, int y) const {
    if (line >= lines())
        return;
    const int left = -horizontalScrollBar()->value();
    const int baseline = y + fontMetrics().ascent();
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(
        left, baseline,
        QStringLiteral("%1").arg(line * lineBytes_, offsetDigits_, 16, QLatin1Char('0')));
    for (int byte = 0; byte < lineBytes_; ++byte) {
        const int offset = line * lineBytes_ + byte;
        if (offset >= bytes_.size())
            return;
        const int hex = left + columnOf(byte) * charWidth_;
        const int text = left + (textColumn() + byte) * charWidth_;
        const bool marked = isMarked(offset);
        if (marked) {
            painter.fillRect(hex, y, 2 * charWidth_, lineHeight_, palette().highlight());
            painter.fillRect(text, y, charWidth_, lineHeight_, palette().highlight());
        }
        painter.setPen(palette().color(marked ? QPalette::HighlightedText : QPalette::Text));
        const auto value = static_cast<unsigned char>(bytes_[offset]);
        painter.drawText(hex, baseline, QStringLiteral("%1").arg(value, 2, 16, QLatin1Char('0')));
        painter.drawText(text, baseline, shown(bytes_[offset]));
    }
}

} // namespace fusewire::gui
