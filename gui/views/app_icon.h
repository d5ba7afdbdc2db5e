// The icon of the program: a fuse in a wire. The same as packaging/desktop/fusewire.svg.
#pragma once

#include <QIcon>

namespace fusewire::gui {

QIcon appIcon();

} // namespace fusewire::gui
