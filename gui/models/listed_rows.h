// The rows that a list of messages shows, in its order, as they were when it was asked: what a worker
// goes over while the list goes on.
#pragma once

#include "gui/models/message_list_model.h"

#include <optional>
#include <vector>

namespace fusewire::gui {

class ListedRows {
  public:
    explicit ListedRows(const MessageListModel& list) : count_(list.rowCount()) {
        bool plain = true; // every row of the index, in its order
        for (int i = 0; plain && i < count_; ++i)
            plain = list.indexRow(i) == static_cast<Row>(i);
        if (plain)
            return;
        rows_.reserve(static_cast<std::size_t>(count_));
        for (int i = 0; i < count_; ++i)
            rows_.push_back(list.indexRow(i));
    }

    int count() const { return count_; }
    Row operator[](int place) const {
        return rows_.empty() ? static_cast<Row>(place) : rows_[static_cast<std::size_t>(place)];
    }

  private:
    int count_;
    std::vector<Row> rows_; // empty: all of the index
};

} // namespace fusewire::gui
