// TextTable: aligned columns for terminals. Where the lines are too long, the columns that matter least
// are left out, and then the last one is cut.
#pragma once

#include "dissector/render/paint.h"

#include <cstddef>
#include <string>
#include <vector>

namespace fusewire {

class TextTable {
  public:
    struct Column {
        const char* head;
        bool right = true;   // aligned
        unsigned spare = 0;  // the larger, the sooner it is left out; 0: never
        bool sparse = false; // left out where all its cells are empty
    };
    struct Cell {
        std::string text; // escaped already
        Paint paint = Paint::plain;
    };

    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // One cell a column; missing ones are empty.
    void row(std::vector<Cell> cells);
    bool empty() const { return rows_.empty(); }

    // The head and the rows; `width`: columns of the terminal, 0 for any number.
    void append(std::string& out, bool color, std::size_t width) const;

  private:
    std::vector<std::size_t> widths() const;
    void line(std::string& out, const std::vector<Cell>& cells,
              const std::vector<std::size_t>& widths, bool color, std::size_t room) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

} // namespace fusewire
