// Filter: a display filter in Wireshark's syntax over our fields, `fuse.opcode == LOOKUP && fuse.error
// != 0`. The language is described in docs/filters.md.
#pragma once

#include "dissector/session.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fusewire {

struct FilterError {
    std::size_t column = 1; // character of the filter's text, from 1
    std::size_t length = 1; // characters that are meant
    std::string message;    // one line without the column
};

// "column 12: no field is called ...", and below it the filter with a mark under the place, each line
// indented. For terminals.
std::string describe(const FilterError& error, std::string_view filter);

class Filter {
  public:
    // Longest text of a filter.
    static constexpr std::size_t max_length = std::size_t{64} << 10;

    [[nodiscard]] static tl::expected<Filter, FilterError> parse(std::string_view text);

    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    // The same filter for another thread.
    Filter clone() const;

    const std::string& text() const { return text_; }
    std::uint8_t needs() const; // FieldNeed

    // What its writer may have meant where it selects nothing, for people; empty: nothing comes to mind.
    std::string_view hint() const;

    bool matches(const Decoded& decoded);

    // Messages that were left out because nobody knows whether they match: a regular expression would
    // have taken too long, or a calculation has too many values.
    std::uint64_t undecided() const;

  private:
    struct Parts;
    explicit Filter(std::string text);

    std::string text_;
    std::unique_ptr<Parts> parts_;
};

} // namespace fusewire
