// What the column Info says of a message.
#pragma once

#include "dissector/session.h"

#include <string>

namespace fusewire::gui {

// As in a line of `fusewire read`, without the latency, which has a column of its own.
std::string infoText(const Decoded& decoded);

} // namespace fusewire::gui
