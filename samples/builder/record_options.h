// RecordOptions: what a text says of a record itself, in the bracket before a message or in the
// statement "record".
#pragma once

#include <optional>

#include "samples/builder/sample.h"
#include "samples/builder/syntax.h"

namespace fusewire::samples {

struct RecordOptions {
    Record header;
    std::string comment;
    std::optional<std::uint64_t> snap; // bytes captured
    std::optional<std::uint64_t> wire; // bytes on the wire

    void assign(const Assignment& assignment, Complaint& complaint);
    // Puts the options to these bytes; direction, connection and time are left to the caller.
    SampleRecord record(Octets bytes) const;
};

// What a text says of a connection, in the statement "conn".
void assign_connection(Connection& about, const Assignment& assignment, Complaint& complaint);

} // namespace fusewire::samples
