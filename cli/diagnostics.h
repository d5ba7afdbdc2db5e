// What the command line says on standard error: one line each, "fusewire: what, where, what to do".
#pragma once

#include "dissector/result.h"

#include <string_view>

namespace fusewire {

// One line. Control characters are escaped, since file names are not ours.
void say(std::string_view text);

// Says what went wrong and returns the exit code that stands for it.
int report(const Error& error);

} // namespace fusewire
