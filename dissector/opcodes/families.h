// The families of opcodes, one file each; opcodes.cpp joins them. Adding a family is one line here
// and one there.
#pragma once

#include "dissector/field.h"

#include <span>

namespace fusewire {

std::span<const Opcode> lookup_opcodes();
std::span<const Opcode> attribute_opcodes();
std::span<const Opcode> create_remove_opcodes();
std::span<const Opcode> open_close_opcodes();
std::span<const Opcode> read_write_opcodes();
std::span<const Opcode> directory_opcodes();
std::span<const Opcode> xattr_opcodes();
std::span<const Opcode> lock_opcodes();
std::span<const Opcode> control_opcodes();
std::span<const Opcode> dax_opcodes();
std::span<const Opcode> session_opcodes();
std::span<const Opcode> compound_opcodes();
std::span<const Opcode> fusex_opcodes();

std::span<const Opcode> notification_rows();

// Structures of /dev/fuse that no message carries, for the checks against the uapi header.
std::span<const Struct* const> device_structs();

} // namespace fusewire
