#include "tests/capture/pcapng_bytes.h"

#include "tests/capture/records.h"

namespace fusewire::test {

namespace {

ByteVector padded(ByteVector bytes) {
    bytes.resize((bytes.size() + 3) & ~std::size_t{3});
    return bytes;
}

ByteVector padded(std::span<const std::byte> bytes) {
    return padded(ByteVector{bytes.begin(), bytes.end()});
}

std::uint32_t length_of(std::span<const std::byte> data) {
    return static_cast<std::uint32_t>(data.size());
}

} // namespace

ByteVector operator+(ByteVector a, std::span<const std::byte> b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

PcapngBytes& PcapngBytes::raw(std::span<const std::byte> bytes) {
    bytes_ = std::move(bytes_) + bytes;
    return *this;
}

PcapngBytes& PcapngBytes::block(std::uint32_t type, const ByteVector& body) {
    const ByteVector inside = padded(body);
    const auto length = static_cast<std::uint32_t>(inside.size() + 12);
    return raw(number(type) + number(length) + inside + number(length));
}

ByteVector PcapngBytes::options_bytes(const Options& options) const {
    ByteVector bytes;
    for (const Option& option : options)
        bytes = bytes + number(option.code) +
                number(static_cast<std::uint16_t>(option.value.size())) + padded(option.value);
    return options.empty() ? bytes : bytes + number(std::uint32_t{0});
}

PcapngBytes& PcapngBytes::section() {
    return block(0x0a0d0d0a, number(std::uint32_t{0x1a2b3c4d}) + number(std::uint16_t{1}) +
                                 number(std::uint16_t{0}) + number(UINT64_MAX));
}

PcapngBytes& PcapngBytes::interface(std::uint16_t link_type, const Options& options,
                                    std::uint32_t snap_length) {
    return block(1, number(link_type) + number(std::uint16_t{0}) + number(snap_length) +
                        options_bytes(options));
}

PcapngBytes& PcapngBytes::packet(std::uint32_t interface, std::uint64_t ticks,
                                 std::span<const std::byte> data, const Options& options) {
    return block(6, number(interface) + number(static_cast<std::uint32_t>(ticks >> 32)) +
                        number(static_cast<std::uint32_t>(ticks)) + number(length_of(data)) +
                        number(length_of(data)) + padded(data) + options_bytes(options));
}

PcapngBytes& PcapngBytes::simple_packet(std::span<const std::byte> data) {
    return block(3, number(length_of(data)) + data);
}

PcapngBytes& PcapngBytes::obsolete_packet(std::uint16_t interface, std::uint16_t drops,
                                          std::uint64_t ticks, std::span<const std::byte> data) {
    return block(2, number(interface) + number(drops) +
                        number(static_cast<std::uint32_t>(ticks >> 32)) +
                        number(static_cast<std::uint32_t>(ticks)) + number(length_of(data)) +
                        number(length_of(data)) + data);
}

ByteVector packet_of(std::uint64_t number, std::size_t length, std::uint32_t conn) {
    const Kept kept = message(number, length);
    PseudoHeader header;
    header.conn = ConnId{conn};
    header.message_number = number;
    header.wire_length = static_cast<std::uint32_t>(length);
    const auto packed = pack(header);
    return ByteVector{packed.begin(), packed.end()} + kept.bytes;
}

} // namespace fusewire::test
