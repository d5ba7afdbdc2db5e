#include "gui/models/column.h"

#include "dissector/field_ref.h"

#include <algorithm>
#include <iterator>

namespace fusewire::gui {

namespace {

constexpr const char* kind_names[] = {"field", "time", "direction", "info"}; // by ColumnKind

} // namespace

QString columnKindName(ColumnKind kind) {
    return QString::fromLatin1(kind_names[static_cast<std::size_t>(kind)]);
}

std::optional<ColumnKind> columnKindNamed(const QString& name) {
    const auto* found = std::ranges::find(kind_names, name.toStdString());
    if (found == std::end(kind_names))
        return std::nullopt;
    return static_cast<ColumnKind>(found - std::begin(kind_names));
}

std::vector<Column> defaultColumns() {
    const auto number = Qt::AlignRight;
    return {{"No.", ColumnKind::field, "frame.number", number, 10},
            {"Time", ColumnKind::time, {}, number, 12},
            {"Conn", ColumnKind::field, "fuse.conn", number, 7},
            {"", ColumnKind::direction, {}, Qt::AlignHCenter, 3},
            {"Opcode", ColumnKind::field, "fuse.opcode_name", Qt::AlignLeft, 18},
            {"Unique", ColumnKind::field, "fuse.unique", number, 10},
            {"nodeid", ColumnKind::field, "fuse.request.nodeid", number, 9},
            {"Length", ColumnKind::field, "fuse.length", number, 9},
            {"Latency", ColumnKind::field, "fuse.latency", number, 11},
            {"Info", ColumnKind::info, {}, Qt::AlignLeft, 80}};
}

std::optional<Column> columnOfField(const QString& name) {
    const auto field = FieldRef::find(name.toStdString());
    if (!field)
        return std::nullopt;
    Column column;
    column.field = field->name();
    column.title = name.section('.', -1);
    if (!is_textual(field->type()) && field->type() != ValueType::ranked)
        column.alignment = Qt::AlignRight;
    column.width = std::clamp(static_cast<int>(column.title.size()) + 2, 12, 24);
    return column;
}

} // namespace fusewire::gui
