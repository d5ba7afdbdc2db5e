// The facts of a Connection as the text that a capture file carries: an interface comment with a
// line "fusewire:key=value" for each, because comments are what editcap and mergecap keep.
// Specified in docs/capture-format.md.
#pragma once

#include "dissector/record.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fusewire::files {

// The facts of a connection, line by line; what is not known has none.
std::string facts_of(const Connection& connection);

// Takes facts out of comments again. Comments of people and unknown keys are skipped.
class FactsParser {
  public:
    explicit FactsParser(Connection& connection) : connection_(connection) {}

    // One comment, of one line or several.
    void read(std::string_view comment);

    // Whether one of the lines stated the connection's number.
    bool names_connection() const { return names_connection_; }

  private:
    void read_line(std::string_view line);

    // Facts kept of one interface; a hostile file may hold any number of long ones.
    static constexpr std::size_t max_bytes = 16 * 1024;

    Connection& connection_;
    std::size_t bytes_ = 0;
    bool names_connection_ = false;
};

// For people: "fuse.bindfs /src, server bindfs (1234), captured by tp".
std::string summary_of(const Connection& connection);

// The mount point, or "connection 41". Printable.
std::string interface_name_of(const Connection& connection);

} // namespace fusewire::files
