#include "gui/views/severity_delegate.h"

#include "gui/views/severity_icon.h"

namespace fusewire::gui {

void SeverityDelegate::initStyleOption(QStyleOptionViewItem* option,
                                       const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    const QVariant severity = index.data(role_);
    if (!severity.isValid())
        return;
    const int side = option->fontMetrics.height();
    option->features |= QStyleOptionViewItem::HasDecoration;
    option->decorationSize = {side, side};
    option->icon = severityIcon(static_cast<Severity>(severity.toInt()), option->palette);
}

} // namespace fusewire::gui
