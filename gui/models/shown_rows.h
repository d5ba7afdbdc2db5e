// ShownRows: which messages of the capture the list shows, as a set, however the list is sorted. Panels
// that follow the display filter ask it.
#pragma once

#include "gui/models/message_list_model.h"

#include <QObject>

namespace fusewire::gui {

class ShownRows : public QObject {
    Q_OBJECT

  public:
    // `messages` outlives it.
    explicit ShownRows(const MessageListModel& messages, QObject* parent = nullptr);

    bool contains(Row row) const { return isEverything() || messages_.isShown(row); }
    // All messages are shown.
    bool isEverything() const { return !messages_.isFiltered(); }

  signals:
    // Also while a filter works: often.
    void changed();

  private:
    const MessageListModel& messages_;
};

} // namespace fusewire::gui
