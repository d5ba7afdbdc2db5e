// The colours of rows, by the desktop's palette: pale on light ones, deep on dark ones.
#pragma once

#include "dissector/finding.h"
#include "gui/models/message_list_model.h"

#include <QColor>
#include <QPalette>

namespace fusewire::gui {

bool isDark(const QPalette& palette);

struct RowColors {
    QColor background; // invalid: that of the palette
    QColor text;
};
RowColors colorsOf(const ColoringRule& rule, const QPalette& palette);

// Of text that must not be overlooked.
QColor alarmColor(const QPalette& palette);

// Of the lines and bars of charts; colour-blind people can tell them apart.
enum class ChartTone : int { first, second, third, error };
QColor chartColor(ChartTone tone, const QPalette& palette);

// Of a cell of a heat map, 0 (few) to 1 (many): one hue after another, and ever farther from the
// background.
QColor heatColor(double share, const QPalette& palette);

// Behind a filter that is written, right or wrong.
QColor filterTint(bool right, const QPalette& palette);

// Of a finding's sign.
QColor severityColor(Severity severity, const QPalette& palette);

// Behind text that says something as weighty.
QColor severityPaper(Severity severity, const QPalette& palette);

} // namespace fusewire::gui
