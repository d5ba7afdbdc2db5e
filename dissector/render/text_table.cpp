#include "dissector/render/text_table.h"

#include "dissector/utf8.h"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace fusewire {

namespace {

constexpr std::size_t left_out = ~std::size_t{0}; // instead of a width

std::size_t line_length(const std::vector<std::size_t>& widths) {
    return std::accumulate(widths.begin(), widths.end(), std::size_t{0},
                           [](std::size_t sum, std::size_t width) {
                               return width == left_out ? sum : sum + width + (sum > 0 ? 2 : 0);
                           });
}

} // namespace

void TextTable::row(std::vector<Cell> cells) {
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t widest = 0;
        for (const auto& row : rows_)
            widest = std::max(widest, count_characters(row[i].text));
        widths.push_back(widest == 0 && columns_[i].sparse
                             ? left_out
                             : std::max(widest, count_characters(columns_[i].head)));
    }
    return widths;
}

void TextTable::line(std::string& out, const std::vector<Cell>& cells,
                     const std::vector<std::size_t>& widths, bool color, std::size_t room) const {
    std::size_t used = 0, owed = 0; // blanks that are only written in front of more
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (widths[i] == left_out)
            continue;
        const std::size_t gap = used + owed > 0 ? 2 : 0;
        if (room != 0 && columns_[i].right && used + owed + gap + widths[i] > room)
            break; // half a number would be a wrong one
        const std::string_view text =
            room == 0 ? std::string_view(cells[i].text)
                      : first_characters(cells[i].text, room - std::min(room, used + owed + gap));
        const std::size_t blank = widths[i] - std::min(widths[i], count_characters(text));
        owed += gap + (columns_[i].right ? blank : 0);
        if (!text.empty()) {
            out.append(owed, ' ');
            used += owed + count_characters(text);
            owed = 0;
            const Painted painted(out, color, cells[i].paint);
            out += text;
        }
        owed += columns_[i].right ? 0 : blank;
    }
    out += '\n';
}

void TextTable::append(std::string& out, bool color, std::size_t width) const {
    std::vector<std::size_t> widths = this->widths();
    while (width != 0 && line_length(widths) > width) {
        std::size_t victim = columns_.size();
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (widths[i] != left_out && columns_[i].spare > 0 &&
                (victim == columns_.size() || columns_[i].spare > columns_[victim].spare))
                victim = i;
        if (victim == columns_.size())
            break;
        widths[victim] = left_out;
    }
    std::vector<Cell> head;
    for (const Column& column : columns_)
        head.push_back({column.head, Paint::dim});
    line(out, head, widths, color, width);
    for (const auto& row : rows_)
        line(out, row, widths, color, width);
}

} // namespace fusewire
