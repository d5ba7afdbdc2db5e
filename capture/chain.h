// Chain formats: dumps without a header that are one record after another, each saying where it
// ends. What differs between raw and fusedump is here; finding the chain, and finding it again
// after damage, is shared (capture/import.cpp).
#pragma once

#include "capture/byte_order.h"
#include "dissector/record.h"

#include <cstddef>
#include <cstdint>

namespace fusewire::files {

// The longest message that is believed: more than servers take, and less than any four characters
// of text read as a number.
inline constexpr std::size_t max_import_message = 64u * 1024 * 1024;

// How far a record reaches.
struct Extent {
    enum class Kind : std::uint8_t {
        whole,    // `length` bytes
        more,     // `length` bytes have to be seen before it can be told
        nonsense, // no record begins here
    };
    Kind kind = Kind::nonsense;
    std::size_t length = 0;
};

class ChainFormat {
  public:
    virtual ~ChainFormat() = default;

    // Of the record that begins with `bytes`.
    virtual Extent extent(Bytes bytes, ByteOrder order) const = 0;

    // Takes a whole record apart: direction, time, bytes. False if it holds no message.
    virtual bool parse(Bytes whole, ByteOrder order, Record& record) const = 0;

    // Whether a whole record holds a FUSE message, as far as lengths can tell.
    virtual bool holds_message(Bytes whole, ByteOrder order) const = 0;

    // Whether the byte order of the writer has to be guessed.
    virtual bool any_order() const = 0;
};

const ChainFormat& raw_format();
const ChainFormat& fusedump_format();

} // namespace fusewire::files
