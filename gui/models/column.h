// The columns of the message list. A column is a field of the tables, or one of the few things that
// are no field: the time as the user wants it, and the summary.
#pragma once

#include <QString>
#include <Qt>
#include <optional>
#include <string>
#include <vector>

namespace fusewire::gui {

enum class ColumnKind : std::uint8_t { field, time, direction, info };

// How a kind is called in settings; and back, nullopt for other words.
QString columnKindName(ColumnKind kind);
std::optional<ColumnKind> columnKindNamed(const QString& name);

struct Column {
    // Widest that a column is remembered, in characters.
    static constexpr int max_width = 1000;

    QString title;
    ColumnKind kind = ColumnKind::field;
    std::string field; // of kind field: its name, "fuse.latency"
    Qt::Alignment alignment = Qt::AlignLeft;
    int width = 12; // in characters
    bool hidden = false;

    // Shows the same, however it looks.
    bool shows(const Column& other) const { return kind == other.kind && field == other.field; }
    bool operator==(const Column&) const = default;
};

// What a new window shows.
std::vector<Column> defaultColumns();
// A column for a field, numbers to the right; nullopt: no field is called so.
std::optional<Column> columnOfField(const QString& name);

} // namespace fusewire::gui
