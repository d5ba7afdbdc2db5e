#include "gui/views/appearance.h"

#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

namespace fusewire::gui {

namespace {

struct RoleColor {
    QPalette::ColorRole role;
    QRgb light;
    QRgb dark;
};
constexpr RoleColor role_colors[] = {
    {QPalette::Window, 0xeff0f1, 0x2b2d30},
    {QPalette::WindowText, 0x1b1b1b, 0xdfe1e5},
    {QPalette::Base, 0xffffff, 0x1e1f22},
    {QPalette::AlternateBase, 0xf5f6f7, 0x26282b},
    {QPalette::Text, 0x1b1b1b, 0xdfe1e5},
    {QPalette::Button, 0xeff0f1, 0x35373b},
    {QPalette::ButtonText, 0x1b1b1b, 0xdfe1e5},
    {QPalette::BrightText, 0xffffff, 0xffffff},
    {QPalette::Highlight, 0x2a6fbb, 0x2f65ca},
    {QPalette::HighlightedText, 0xffffff, 0xffffff},
    {QPalette::ToolTipBase, 0xfffbe6, 0x3c3f41},
    {QPalette::ToolTipText, 0x1b1b1b, 0xdfe1e5},
    {QPalette::PlaceholderText, 0x6f7378, 0x8b9099},
    {QPalette::Link, 0x1a5fb4, 0x78aeed},
    {QPalette::Light, 0xffffff, 0x4a4d52},
    {QPalette::Midlight, 0xf7f7f7, 0x3d4045},
    {QPalette::Mid, 0xb8babc, 0x25272a},
    {QPalette::Dark, 0x9a9c9e, 0x1a1b1d},
    {QPalette::Shadow, 0x6f7072, 0x101112},
};
constexpr RoleColor disabled_colors[] = {
    {QPalette::WindowText, 0x8a8d91, 0x7d828a},
    {QPalette::Text, 0x8a8d91, 0x7d828a},
    {QPalette::ButtonText, 0x8a8d91, 0x7d828a},
};

QPalette paletteOf(QRgb RoleColor::*shade) {
    QPalette palette;
    for (const RoleColor& row : role_colors)
        palette.setColor(row.role, QColor(row.*shade));
    for (const RoleColor& row : disabled_colors)
        palette.setColor(QPalette::Disabled, row.role, QColor(row.*shade));
    return palette;
}

} // namespace

bool setAppearance(QApplication& application, const QString& name) {
    if (name == "desktop") {
        application.setPalette(QPalette());
        return true;
    }
    if (name != "light" && name != "dark")
        return false;
    // Styles that draw with colours of the desktop's own would leave half of the window as it was.
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    application.setPalette(paletteOf(name == "dark" ? &RoleColor::dark : &RoleColor::light));
    return true;
}

} // namespace fusewire::gui
