// MessageListView: the list of messages. Qt's own tables keep something for every row, which is too much
// for ten million; this one knows only the rows on the screen. Left of the cells is a gutter: the sign
// of a finding, and the bracket from the current message to its request or reply.
#pragma once

#include "gui/models/message_list_model.h"
#include "gui/views/list_header.h"

#include <QAbstractItemView>

namespace fusewire::gui {

class MessageListView : public QAbstractItemView {
    Q_OBJECT

  public:
    explicit MessageListView(QWidget* parent = nullptr);
    ~MessageListView() override;

    ListHeader* header() const { return header_; }
    // A MessageListModel: its columns say how wide they are.
    void setModel(QAbstractItemModel* model) override;
    void reset() override;

    // Beside the bracket: where the partner of the current message is, and the latency. Empty: it has
    // none.
    QString partnerNote() const;
    // Where it is written, in the viewport; empty: it would cover text.
    QRect noteRect() const;
    // Where the signs of findings stand.
    QRect signRect(int row) const;

    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& point) const override;

  signals:
    void rowActivated(int row);

  protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override;
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex& index) const override;
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void paintEvent(QPaintEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void updateGeometries() override;
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight,
                     const QList<int>& roles) override;
    void rowsInserted(const QModelIndex& parent, int start, int end) override;
    void scrollContentsBy(int dx, int dy) override;
    void changeEvent(QEvent* event) override;

  private:
    int rows() const;
    int rowsOnScreen() const;
    int firstRow() const;
    int rowAt(int y) const;
    int topOf(int row) const;
    int partnerRow() const; // of the current message; -1: it is not shown
    void measure();
    void fitColumn(int column);
    void fitTimes();
    void describeCurrent();
    int textEnd(int row) const;
    void readAhead();
    void showSorted();
    void paintRow(QPainter& painter, int row) const;
    void paintCell(QPainter& painter, const QModelIndex& index, const QRect& rect,
                   const QColor& color) const;
    void paintCorner(QPainter& painter, const QRect& row) const;
    void paintSign(QPainter& painter, int row) const;
    void paintBracket(QPainter& painter) const;
    void paintNote(QPainter& painter) const;

    MessageListModel* messages_ = nullptr;
    ListHeader* header_;
    int rowHeight_ = 20;
    int bracket_ = 14; // width of the bracket's part of the gutter
    int gutter_ = 34;
    int lastFirst_ = 0;      // the row at the top when it was painted last
    bool sortAsked_ = false; // by the user: the list then shows the current row
};

} // namespace fusewire::gui
