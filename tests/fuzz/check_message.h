// What must hold of every decoded message, whatever its bytes were.
#pragma once

#include "dissector/session.h"

namespace fusewire::fuzz {

void check_message(const Record& record, const Message& message);

// Every view of the message: text, hex, JSON and fields.
void render(const Decoded& decoded);

} // namespace fusewire::fuzz
