// The families of opcodes, one file each; opcodes.cpp joins them. Adding a family is one line here
// and one there.
#pragma once

#include "dissector/field.h"

#include <span>

namespace fusewire {

std::span<const Opcode> lookup_opcodes();
std::span<const Opcode> attribute_opcodes();
std::span<const Opcode> read_write_opcodes();
std::span<const Opcode> session_opcodes();
std::span<const Opcode> compound_opcodes();

std::span<const Opcode> notification_rows();

} // namespace fusewire
