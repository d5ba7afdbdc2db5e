#include "gui/models/plain_text.h"

#include "dissector/escape.h"

#include <string>

namespace fusewire::gui {

QString plainText(std::string_view text) {
    std::string shown;
    append_printable(shown, text);
    return QString::fromStdString(shown);
}

} // namespace fusewire::gui
