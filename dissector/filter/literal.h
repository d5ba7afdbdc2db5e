// Values as they are written in a filter. What is written alike means different things beside
// different fields: 10 is a number, ten seconds, or one byte of a handle.
#pragma once

#include "dissector/field_values.h"

#include <optional>
#include <string>
#include <string_view>

namespace fusewire::filter {

// "0x1f", "0755", "0b11", "64K", "4 KiB"; `unit` is what stood behind a space.
std::optional<Int128> parse_integer(std::string_view text, std::string_view unit);

// Nanoseconds of "5ms", "1.5 s", and of a plain number of seconds.
std::optional<Int128> parse_duration(std::string_view text, std::string_view unit);

// Nanoseconds since the epoch of "2026-11-22 14:30:00.5", "2026-11-22T14:30Z", "... +01:00"; UTC if it
// does not say.
std::optional<Int128> parse_time(std::string_view text);

// The bytes of "a1b2" or "a1:b2".
std::optional<std::string> parse_bytes(std::string_view text);

} // namespace fusewire::filter
