#include "gui/models/coloring.h"

#include "dissector/filter/coloring.h"
#include "dissector/message_fields.h"

#include <algorithm>
#include <utility>

namespace fusewire::gui {

namespace {

// Backgrounds by Look: pale on light desktops, deep on dark ones, so that text stays readable.
struct LookColors {
    std::uint32_t light;
    std::uint32_t dark;
};
constexpr LookColors look_colors[] = {
    {0xf28b82, 0x8c1d18}, // loss
    {0xf6c4c0, 0x6a201d}, // error
    {0xfbe0b4, 0x54400e}, // warning
    {0xfbe9e7, 0x3d2422}, // failed
    {0xefe3f8, 0x3a2a48}, // slow
    {0xfdf6d8, 0x3f3a1b}, // notification
    {0xe0f0e3, 0x1f3626}, // setup
    {0xf1f6fb, 0x1f2831}, // reply
};
static_assert(std::size(look_colors) == look_count);

} // namespace

std::vector<ColoringRule> defaultColoring() {
    std::vector<ColoringRule> rules;
    for (const LookRow& row : default_looks()) {
        const LookColors& colors = look_colors[static_cast<std::size_t>(row.look)];
        rules.push_back({QString::fromUtf8(row.name), QString::fromUtf8(row.filter), true,
                         RowLook{colors.light, std::nullopt}, RowLook{colors.dark, std::nullopt}});
    }
    return rules;
}

Coloring::Coloring(const std::vector<ColoringRule>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (!rules[i].enabled)
            continue;
        if (auto filter = Filter::parse(rules[i].filter.toStdString()))
            trials_.push_back({static_cast<int>(i), std::move(*filter)});
    }
}

int Coloring::ruleOf(const Decoded& decoded) {
    const auto found =
        std::ranges::find_if(trials_, [&](Trial& trial) { return trial.filter.matches(decoded); });
    return found == trials_.end() ? -1 : found->rule;
}

bool Coloring::needsFindings() const {
    return std::ranges::any_of(
        trials_, [](const Trial& trial) { return (trial.filter.needs() & need_findings) != 0; });
}

} // namespace fusewire::gui
