// SparklineDelegate: a cell that shows how a number went lately, with the last one beside it.
#pragma once

#include <QStyledItemDelegate>

namespace fusewire::gui {

// Of models with HistoryRole, see ConnectionModel.
class SparklineDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace fusewire::gui
