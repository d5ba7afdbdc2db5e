// What the kernel puts into a request of its own accord: no credentials in requests that it makes for
// itself, nodeid 0 where no node is meant. Written as assignments, in front of those of the text.
#pragma once

#include "dissector/opcodes.h"
#include "dissector/record.h"

#include "samples/builder/syntax.h"

namespace fusewire::samples {

MessageText with_defaults(const MessageText& text, const Opcode* opcode, Direction direction);

} // namespace fusewire::samples
