// JSON, one object a message, as docs/schema.json describes it. Integers stay numbers, with names
// beside them; bytes are lower-case hex.
#pragma once

#include "dissector/session.h"

#include <string>

namespace fusewire {

// One object without a newline.
void append_json(std::string& out, const Decoded& decoded);

} // namespace fusewire
