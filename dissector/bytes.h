// Cursor: the only way to look at the bytes of a message. Every read is checked against what was
// captured and converted from the message's byte order; nothing is cast.
#pragma once

#include "dissector/dialect.h"
#include "dissector/record.h"

#include <cstdint>
#include <cstring>
#include <optional>

namespace fusewire {

class Cursor {
  public:
    Cursor(Bytes bytes, ByteOrder order) : bytes_(bytes), order_(order) {}

    ByteOrder order() const { return order_; }
    std::size_t size() const { return bytes_.size(); }
    bool holds(std::size_t offset, std::size_t width) const {
        return offset <= bytes_.size() && width <= bytes_.size() - offset;
    }

    // An unsigned integer of 1, 2, 4 or 8 bytes; false when it is not all there.
    bool read(std::size_t offset, std::size_t width, std::uint64_t& value) const {
        if (!holds(offset, width))
            return false;
        switch (width) {
        case 1:
            value = load<std::uint8_t>(offset);
            return true;
        case 2:
            value = load<std::uint16_t>(offset);
            return true;
        case 4:
            value = load<std::uint32_t>(offset);
            return true;
        case 8:
            value = load<std::uint64_t>(offset);
            return true;
        default:
            return false;
        }
    }

    std::optional<std::uint32_t> u32(std::size_t offset) const {
        std::uint64_t value = 0;
        return read(offset, 4, value) ? std::optional(static_cast<std::uint32_t>(value))
                                      : std::nullopt;
    }
    std::optional<std::uint64_t> u64(std::size_t offset) const {
        std::uint64_t value = 0;
        return read(offset, 8, value) ? std::optional(value) : std::nullopt;
    }

    // The part of [offset, offset + width) that was captured.
    Bytes slice(std::size_t offset, std::size_t width) const {
        if (offset >= bytes_.size())
            return {};
        return bytes_.subspan(offset, std::min(width, bytes_.size() - offset));
    }

    // Offset of the first NUL in [begin, end), or nullopt.
    std::optional<std::size_t> find_nul(std::size_t begin, std::size_t end) const {
        const Bytes part = slice(begin, end > begin ? end - begin : 0);
        if (part.empty())
            return std::nullopt;
        const void* hit = std::memchr(part.data(), 0, part.size());
        if (hit == nullptr)
            return std::nullopt;
        return begin + static_cast<std::size_t>(static_cast<const std::byte*>(hit) - part.data());
    }

  private:
    template <class T>
    static T swapped(T value) {
        if constexpr (sizeof(T) == 1)
            return value;
        else if constexpr (sizeof(T) == 2)
            return __builtin_bswap16(value);
        else if constexpr (sizeof(T) == 4)
            return __builtin_bswap32(value);
        else
            return __builtin_bswap64(value);
    }
    template <class T>
    T load(std::size_t offset) const {
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return order_ == host_order ? value : swapped(value);
    }

    Bytes bytes_;
    ByteOrder order_;
};

} // namespace fusewire
