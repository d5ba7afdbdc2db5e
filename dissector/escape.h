// Bytes of a capture made safe to show: names are attacker-controlled and may hold terminal control
// sequences, quotes or bytes that are no UTF-8.
#pragma once

#include "dissector/record.h"

#include <string>
#include <string_view>

namespace fusewire {

bool is_utf8(std::string_view bytes);

// For terminals: C escapes for control characters, quotes, backslash and whatever is no UTF-8.
void append_escaped(std::string& out, std::string_view bytes);
// For text that was made for people already: quotes and backslashes stay, the rest is escaped.
void append_printable(std::string& out, std::string_view text);
// As append_escaped(), in double quotes.
void append_quoted(std::string& out, std::string_view bytes);

// A JSON string with its quotes. Bytes that are no UTF-8 become \u00XX, which cannot be turned back;
// whoever needs the bytes also writes them with append_hex().
void append_json_string(std::string& out, std::string_view bytes);

// Lower-case hex without separators.
void append_hex(std::string& out, Bytes bytes);

} // namespace fusewire
