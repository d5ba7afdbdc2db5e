// FieldValues: what a field holds in one message, in a form that can be compared and written. A field
// may occur several times in a message, or not at all.
#pragma once

#include "dissector/record.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// Wide enough for every unsigned 64-bit value, for negative ones, and for sums of them.
__extension__ typedef __int128 Int128;

enum class ValueType : std::uint8_t {
    number,
    text,     // bytes that are meant to be read
    prose,    // text made for people already: quotes in it are not escaped
    bytes,    // opaque
    duration, // nanoseconds, written as seconds
    time,     // nanoseconds since the epoch, written as seconds
    ranked,   // a number that is written as its name
};

constexpr bool is_textual(ValueType type) {
    return type == ValueType::text || type == ValueType::prose || type == ValueType::bytes;
}

struct FieldValue {
    Int128 number = 0;     // of the types that are no text
    std::string_view text; // of the others
};

// One collection is meant to be used for many messages: it keeps its memory.
class FieldValues {
  public:
    void clear() {
        values_.clear();
        texts_.clear();
    }
    void add_number(Int128 number) { values_.push_back({number, {}}); }
    // `text` has to outlive the collection's use.
    void add_text(std::string_view text) { values_.push_back({0, text}); }
    void add_bytes(Bytes bytes) {
        add_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    void keep_text(std::string text) { add_text(keep(std::move(text))); }
    // Keeps a text until the next clear(), for a value that is there already.
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

    std::span<const FieldValue> all() const { return values_; }
    bool empty() const { return values_.empty(); }
    std::size_t size() const { return values_.size(); }
    // The values from `first` on, to be changed in place or dropped.
    std::span<FieldValue> from(std::size_t first) { return std::span(values_).subspan(first); }
    void cut(std::size_t size) { values_.resize(size); }
    void drop_empty(std::size_t first) {
        const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(first);
        values_.erase(std::remove_if(begin, values_.end(),
                                     [](const FieldValue& value) { return value.text.empty(); }),
                      values_.end());
    }

  private:
    std::vector<FieldValue> values_;
    std::deque<std::string> texts_; // of values that no message holds
};

} // namespace fusewire
