#include "gui/models/info_text.h"

#include "dissector/render/text.h"

namespace fusewire::gui {

std::string infoText(const Decoded& decoded) {
    std::string text;
    append_info(text, decoded, TextStyle{.latency = false});
    return text.starts_with(' ') ? text.substr(1) : text;
}

} // namespace fusewire::gui
