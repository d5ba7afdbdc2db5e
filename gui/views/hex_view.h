// HexView: the bytes of a message, 8, 16 or 32 a line as the width allows, with the bytes of the current field marked. A click
// on a byte asks for its field.
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>
#include <cstdint>

namespace fusewire::gui {

class HexView : public QAbstractScrollArea {
    Q_OBJECT

  public:
    explicit HexView(QWidget* parent = nullptr);

    void setBytes(const QByteArray& bytes);
    // Bytes that are shown as those of the current field; width 0: none.
    void mark(std::uint32_t offset, std::uint32_t width);

    std::uint32_t markedOffset() const { return markedOffset_; }
    std::uint32_t markedWidth() const { return markedWidth_; }
    // The byte there; -1: none.
    int byteAt(const QPoint& point) const;
    QRect rectOf(std::uint32_t offset) const;
    int lineBytes() const { return lineBytes_; }

  signals:
    void byteClicked(std::uint32_t offset);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    int lines() const;
    int columnOf(int byte) const; // in characters, as all columns
    int textColumn() const;
    int allColumns() const;
    QString describeMark() const;
    bool isMarked(int offset) const;
    void measure();
    void showMark();
    void paintLine(QPainter& painter, int line, int y) const;

    QByteArray bytes_;
    std::uint32_t markedOffset_ = 0;
    std::uint32_t markedWidth_ = 0;
    int lineBytes_ = 16;
    int offsetDigits_ = 4;
    int charWidth_ = 8;
    int lineHeight_ = 16;
};

} // namespace fusewire::gui
