#include "dissector/render/fields.h"

namespace fusewire {

Result<FieldTable> FieldTable::choose(std::span<const std::string> names) {
    FieldTable table;
    for (const std::string& name : names) {
        auto column = FieldRef::find(name);
        if (!column)
            return tl::unexpected(column.error());
        table.needs_ |= column->needs();
        table.columns_.push_back(std::move(*column));
    }
    return table;
}

void FieldTable::append_row(std::string& out, const Decoded& decoded) {
    bool first = true;
    for (const FieldRef& column : columns_) {
        if (!first)
            out += '\t';
        first = false;
        column.append(out, values_, decoded);
    }
}

} // namespace fusewire
