// Display filters made of what a user points at: a field with its value, a cell of the list, or bytes.
#pragma once

#include "gui/models/message_list_model.h"
#include "gui/models/message_tree_model.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <span>

namespace fusewire::gui {

// What is pointed at, as filters write it.
struct FilterTarget {
    QString field;        // empty: nothing that a filter knows
    QStringList literals; // its values; empty: only that the field is there
    bool inPart = false;  // the values are known in part: `contains` instead of `==`
};

// A way to make a filter of a target.
struct FilterChoice {
    const char* id;   // "and"
    const char* text; // "... &and equal"
    const char* with; // between the filter that is set and the new test; null: instead of it
    bool negated;
};
std::span<const FilterChoice> filterChoices();

// The new text of the filter bar. `current` is the filter that is set.
QString filterText(const FilterTarget& target, const FilterChoice& choice, const QString& current);

FilterTarget targetOfField(const QModelIndex& field);
// `cell` of a MessageListModel.
FilterTarget targetOfCell(const MessageListModel& list, const QModelIndex& cell);
// Bytes of a message; too many of them are cut.
FilterTarget targetOfBytes(const QByteArray& message, std::uint32_t offset, std::uint32_t width);

} // namespace fusewire::gui
