// Loads and stores of integers in capture bytes, one byte at a time so that alignment and the
// host's byte order never matter. The caller has checked that the bytes are there.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace fusewire::files {

enum class ByteOrder : std::uint8_t { little, big };

// Little-endian load of sizeof(T) bytes.
template <std::unsigned_integral T>
T load_le(const std::byte* bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes[i]) << (8 * i)));
    return value;
}

// Big-endian load of sizeof(T) bytes.
template <std::unsigned_integral T>
T load_be(const std::byte* bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value |
                               static_cast<T>(static_cast<T>(bytes[sizeof(T) - 1 - i]) << (8 * i)));
    return value;
}

// Load of sizeof(T) bytes in the given order.
template <std::unsigned_integral T>
T load(const std::byte* bytes, ByteOrder order) {
    return order == ByteOrder::little ? load_le<T>(bytes) : load_be<T>(bytes);
}

// Little-endian store of sizeof(T) bytes.
template <std::unsigned_integral T>
void store_le(std::byte* bytes, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes[i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
}

} // namespace fusewire::files
