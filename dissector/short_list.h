// ShortList: a few values in place, for lists that are made for every message and never grow long.
#pragma once

#include <array>
#include <cstddef>

namespace fusewire {

template <class Value, std::size_t Most>
class ShortList {
  public:
    // Beyond `Most` it is left out.
    void push_back(const Value& value) {
        if (size_ < Most)
            values_[size_++] = value;
    }
    const Value* begin() const { return values_.data(); }
    const Value* end() const { return values_.data() + size_; }

  private:
    std::array<Value, Most> values_{};
    std::size_t size_ = 0;
};

} // namespace fusewire
