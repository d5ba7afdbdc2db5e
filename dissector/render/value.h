// How one value looks, by its kind; shared by every view.
#pragma once

#include "dissector/message.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fusewire {

// Names of a value's bits or of the value itself, from the table row; numbers for what has no name.
// `names` holds string literals and, last, at most one "0x..." of unnamed bits kept in `rest`.
struct ValueNames {
    std::vector<const char*> names;
    std::uint64_t unnamed = 0; // bits without a name
};
ValueNames names_of(const Field& field, std::uint64_t value, DialectName dialect);

// True for kinds that show names beside the number: flags, enumerations, open flags, file types.
bool has_names(const Field& field);
// True when the field is a set of bits, whose names are a list rather than one.
bool is_flag_set(const Field& field);
// True when the node's value is a number and not bytes or a group.
bool is_number(const Node& node);
bool is_signed(const Field& field);

// "2026-02-25 11:25:22", of seconds since the epoch in the years 1 to 9999.
void append_utc(std::string& out, std::int64_t seconds);

// For people: 0100644 (S_IFREG 0644), "file.txt", -2 (ENOENT), 12 bytes: a1a2...
void append_value(std::string& out, const Message& message, const Node& node);

} // namespace fusewire
