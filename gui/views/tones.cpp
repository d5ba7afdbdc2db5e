#include "gui/views/tones.h"

#include <algorithm>
#include <iterator>

namespace fusewire::gui {

namespace {

struct ToneColors {
    QColor light;
    QColor dark;
};

// Wrong, right.
const ToneColors filter_tints[] = {
    {{0xfb, 0xde, 0xdb}, {0x4a, 0x22, 0x20}},
    {{0xd8, 0xf2, 0xdc}, {0x1f, 0x3d, 0x23}},
};

// In the order of Severity. Each stands out from rows of every tone.
const ToneColors signs[] = {
    {{0x1a, 0x5f, 0xb4}, {0x78, 0xae, 0xed}}, // note
    {{0xb3, 0x6b, 0x00}, {0xf8, 0xc8, 0x50}}, // warn
    {{0xc0, 0x1c, 0x28}, {0xff, 0x7b, 0x72}}, // error
};

// In the order of ChartTone.
const ToneColors chart_tones[] = {
    {{0x1f, 0x6f, 0xb4}, {0x6c, 0xb4, 0xee}}, // first
    {{0x9a, 0x63, 0x00}, {0xf0, 0xb4, 0x4c}}, // second
    {{0x00, 0x7d, 0x67}, {0x4f, 0xc9, 0xae}}, // third
    {{0xc0, 0x1c, 0x28}, {0xff, 0x7b, 0x72}}, // error
};

// From few to many, on light backgrounds and on dark ones: lightness alone tells them apart too.
const QColor heat_light[] = {
    {0xd9, 0xe8, 0xf6}, {0x6b, 0xae, 0xd6}, {0x45, 0x4f, 0xa8}, {0x2b, 0x0a, 0x4d}};
const QColor heat_dark[] = {
    {0x2c, 0x33, 0x5c}, {0x6a, 0x3d, 0x9a}, {0xe0, 0x6c, 0x5c}, {0xfd, 0xe7, 0x8a}};

const ToneColors papers[] = {
    {{0xe3, 0xee, 0xf9}, {0x1f, 0x30, 0x42}}, // note
    {{0xfd, 0xf3, 0xd5}, {0x45, 0x3a, 0x16}}, // warn
    {{0xfb, 0xe3, 0xe1}, {0x4a, 0x22, 0x20}}, // error
};

} // namespace

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Base).lightness() < palette.color(QPalette::Text).lightness();
}

RowColors colorsOf(const ColoringRule& rule, const QPalette& palette) {
    const RowLook& look = isDark(palette) ? rule.dark : rule.light;
    return {look.background ? QColor::fromRgb(*look.background) : QColor(),
            look.text ? QColor::fromRgb(*look.text) : palette.color(QPalette::Text)};
}

QColor alarmColor(const QPalette& palette) {
    return isDark(palette) ? QColor(0xff, 0x8a, 0x80) : QColor(0xb7, 0x1c, 0x1c);
}

QColor chartColor(ChartTone tone, const QPalette& palette) {
    const ToneColors& colors = chart_tones[static_cast<int>(tone)];
    return isDark(palette) ? colors.dark : colors.light;
}

QColor heatColor(double share, const QPalette& palette) {
    const auto& stops = isDark(palette) ? heat_dark : heat_light;
    constexpr int last = static_cast<int>(std::size(heat_light)) - 1;
    const double place = std::clamp(share, 0.0, 1.0) * last;
    const int below = std::min(static_cast<int>(place), last - 1);
    const double part = place - below;
    const auto mix = [part](int from, int to) {
        return static_cast<int>(from + (to - from) * part);
    };
    const QColor from = stops[below], to = stops[below + 1];
    return {mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue())};
}

QColor filterTint(bool right, const QPalette& palette) {
    const ToneColors& colors = filter_tints[right ? 1 : 0];
    return isDark(palette) ? colors.dark : colors.light;
}

QColor severityColor(Severity severity, const QPalette& palette) {
    const ToneColors& colors = signs[static_cast<int>(severity)];
    return isDark(palette) ? colors.dark : colors.light;
}

QColor severityPaper(Severity severity, const QPalette& palette) {
    const ToneColors& colors = papers[static_cast<int>(severity)];
    return isDark(palette) ? colors.dark : colors.light;
}

} // namespace fusewire::gui
