// SeverityDelegate: cells with the icon of a finding in front of the text. The severity is what the
// model has under a role of its own.
#pragma once

#include <QStyledItemDelegate>

namespace fusewire::gui {

class SeverityDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    SeverityDelegate(int role, QObject* parent) : QStyledItemDelegate(parent), role_(role) {}

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

  private:
    int role_;
};

} // namespace fusewire::gui
