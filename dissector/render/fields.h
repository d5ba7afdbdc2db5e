// Chosen fields of a message as a row of raw values, the way tshark -T fields prints them: tab between
// columns, comma between repeats, decimal numbers, lower-case hex, no header.
#pragma once

#include "dissector/field_ref.h"
#include "dissector/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fusewire {

class FieldTable {
  public:
    // Errors as FieldRef::find().
    [[nodiscard]] static Result<FieldTable> choose(std::span<const std::string> names);

    // What one of the columns needs.
    std::uint8_t needs() const { return needs_; } // FieldNeed

    // One row without a newline.
    void append_row(std::string& out, const Decoded& decoded);

  private:
    std::vector<FieldRef> columns_;
    std::uint8_t needs_ = 0;
    FieldValues values_;
};

} // namespace fusewire
