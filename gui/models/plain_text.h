// Text of the dissector for widgets: what a capture smuggled into it can neither break a line nor hide.
#pragma once

#include <QString>
#include <string_view>

namespace fusewire::gui {

// Quotes and backslashes stay; control characters and what is no UTF-8 are escaped.
QString plainText(std::string_view text);

} // namespace fusewire::gui
