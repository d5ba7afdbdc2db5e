// Loads and stores of integers in capture bytes. They copy bytes, so neither alignment nor the
// host's byte order matters. The caller has checked that the bytes are there.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fusewire::files {

enum class ByteOrder : std::uint8_t { little, big };

inline constexpr ByteOrder host_order =
    std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

// The same bytes in the other order; compilers make one instruction of it.
template <std::unsigned_integral T>
inline T swap_bytes(T value) {
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<T>(bytes);
}

// Load of sizeof(T) bytes in the given order.
template <std::unsigned_integral T>
inline T load(const std::byte* bytes, ByteOrder order) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return order == host_order ? value : swap_bytes(value);
}

template <std::unsigned_integral T>
inline T load_le(const std::byte* bytes) {
    return load<T>(bytes, ByteOrder::little);
}

template <std::unsigned_integral T>
inline T load_be(const std::byte* bytes) {
    return load<T>(bytes, ByteOrder::big);
}

// Little-endian store of sizeof(T) bytes.
template <std::unsigned_integral T>
inline void store_le(std::byte* bytes, T value) {
    if constexpr (host_order != ByteOrder::little)
        value = swap_bytes(value);
    std::memcpy(bytes, &value, sizeof(T));
}

} // namespace fusewire::files
