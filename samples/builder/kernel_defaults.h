// What the kernel puts into a request of its own accord: no credentials in requests that it makes for
// itself, nodeid 0 where no node is meant. Written as assignments, in front of those of the text.
#pragma once

#include "dissector/opcodes.h"
#include "dissector/record.h"

#include "samples/builder/syntax.h"

namespace fusewire::samples {

// What the header of a request inside a COMPOUND holds unless the text gives it.
struct SubHeaderForm {
    bool unique_is_index = false; // otherwise 0
    bool callers_ids = true;      // otherwise 0
    bool counts_extensions = false;
    std::uint64_t found_node = 1; // stands for the node that an earlier operation finds
};
SubHeaderForm sub_header_form(DialectName dialect);

MessageText with_defaults(const MessageText& text, const Opcode* opcode, Direction direction);

} // namespace fusewire::samples
