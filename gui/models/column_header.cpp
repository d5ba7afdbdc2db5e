#include "gui/models/column_header.h"

namespace fusewire::gui {

QVariant columnHeader(const QString& title, const QString& help, bool number, int role) {
    switch (role) {
    case Qt::DisplayRole:
        return title;
    case Qt::ToolTipRole:
        return help.isEmpty() ? QVariant() : QVariant(help);
    case Qt::TextAlignmentRole:
        return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

} // namespace fusewire::gui
