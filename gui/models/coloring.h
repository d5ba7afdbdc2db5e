// Colouring rules: a display filter and the colours of the rows that it selects, the first that does.
// Rules are tried where rows are decoded, on the rows that are shown and no others.
#pragma once

#include "dissector/filter/filter.h"
#include "dissector/session.h"

#include <QString>
#include <cstdint>
#include <optional>
#include <vector>

namespace fusewire::gui {

// 0xrrggbb; none: that of the desktop.
using Rgb = std::optional<std::uint32_t>;

struct RowLook {
    Rgb background;
    Rgb text;
    bool operator==(const RowLook&) const = default;
};

struct ColoringRule {
    QString name;
    QString filter;
    bool enabled = true;
    RowLook light; // on light desktops
    RowLook dark;
    bool operator==(const ColoringRule&) const = default;
};

std::vector<ColoringRule> defaultColoring();

// The rules ready to be tried, by one thread. A rule whose filter is wrong selects nothing.
class Coloring {
  public:
    explicit Coloring(const std::vector<ColoringRule>& rules);

    // The rule that the message gets; -1: none.
    int ruleOf(const Decoded& decoded);
    // What the checker found has a say.
    bool needsFindings() const;

  private:
    struct Trial {
        int rule;
        Filter filter;
    };
    std::vector<Trial> trials_;
};

} // namespace fusewire::gui
