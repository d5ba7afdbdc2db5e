// Says in a few words what a file is that turned out to be no capture, for the one line of error
// that its user gets.
#pragma once

#include "dissector/record.h"

#include <string>

namespace fusewire::files {

// "ELF program", "text", "empty file", "first bytes 01 02 03 04".
std::string describe_bytes(Bytes head);

} // namespace fusewire::files
