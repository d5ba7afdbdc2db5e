#include "gui/models/shown_rows.h"

namespace fusewire::gui {

ShownRows::ShownRows(const MessageListModel& messages, QObject* parent)
    : QObject(parent), messages_(messages) {
    connect(&messages, &QAbstractItemModel::modelReset, this, &ShownRows::changed);
    connect(&messages, &QAbstractItemModel::rowsRemoved, this, &ShownRows::changed);
    connect(&messages, &QAbstractItemModel::rowsInserted, this, [this] {
        if (!isEverything())
            emit changed();
    });
}

} // namespace fusewire::gui
