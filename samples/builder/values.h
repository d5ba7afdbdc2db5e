// What a written value means for the field it is given to.
#pragma once

#include "dissector/field.h"

#include <map>
#include <string>

#include "samples/builder/syntax.h"

namespace fusewire::samples {

// What values can refer to beside numbers.
struct Meaning {
    DialectName dialect = DialectName::unknown;
    ByteOrder order = ByteOrder::little;
    const std::map<std::string, std::uint64_t>* labels = nullptr; // "&label": a request's unique
};

// Whether fields of this kind and width hold an integer; the others hold bytes.
bool holds_integer(const Field& field);

// A number, a name of the field's values, an errno name; must fit the field's width.
std::uint64_t integer_of(const Field& field, const Written& value, const Meaning& meaning,
                         Complaint& complaint);

// "text", a bare word, hex:1122, zeros:8, letters:300 (a to z over and over), pattern:4096 (0 to 255
// over and over), fill:8:ff, or a list of these.
std::string bytes_of(const Written& value, Complaint& complaint);

// A bare word of hex digits, or anything that bytes_of() takes.
std::string handle_of(const Written& value, Complaint& complaint);

// Seconds and nanoseconds of "1.5"; false when the word is no decimal fraction.
bool fraction_of(const Written& value, std::uint64_t& seconds, std::uint64_t& nanoseconds);

} // namespace fusewire::samples
