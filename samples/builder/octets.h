// Bytes being put together, and how a value is written into them.
#pragma once

#include "dissector/dialect.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace fusewire::samples {

using Octets = std::vector<std::byte>;

inline void put(Octets& out, std::size_t offset, std::size_t width, std::uint64_t value,
                ByteOrder order) {
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t place = order == ByteOrder::little ? i : width - 1 - i;
        out[offset + place] = static_cast<std::byte>(value >> (8 * i) & 0xff);
    }
}

inline std::uint64_t get(const Octets& in, std::size_t offset, std::size_t width, ByteOrder order) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t place = order == ByteOrder::little ? width - 1 - i : i;
        value = value << 8 | std::to_integer<std::uint64_t>(in[offset + place]);
    }
    return value;
}

inline void append(Octets& out, std::string_view text) {
    for (const char c : text)
        out.push_back(static_cast<std::byte>(c));
}
inline void append(Octets& out, const Octets& more) {
    out.insert(out.end(), more.begin(), more.end());
}
inline void pad_to(Octets& out, std::size_t alignment) {
    while (out.size() % alignment != 0)
        out.push_back(std::byte{0});
}

} // namespace fusewire::samples
