#include "capture/pseudo_header.h"

#include "capture/byte_order.h"

namespace fusewire {

namespace {

// The table in pseudo_header.h, as code.
enum Offset : std::size_t {
    at_version = 0,
    at_length = 1,
    at_direction = 2,
    at_transport = 3,
    at_flags = 4,
    at_conn = 8,
    at_server_pid = 12,
    at_server_tid = 16,
    at_cpu = 20,
    at_message_number = 24,
    at_wire_length = 32,
    at_message_offset = 36,
    at_result = 40,
    at_reserved = 44,
    at_pair_key = 48,
    at_lost = 56,
};

// Unknown transports lose nothing but their name; unknown directions change what a packet is.
Transport transport_from(std::byte value) {
    const auto transport = static_cast<Transport>(value);
    return transport <= Transport::imported ? transport : Transport::unknown;
}

} // namespace

std::array<std::byte, pseudo_header_size> pack(const PseudoHeader& header) {
    using files::store_le;
    std::array<std::byte, pseudo_header_size> out{};
    out[at_version] = std::byte{pseudo_header_version};
    out[at_length] = std::byte{pseudo_header_size};
    out[at_direction] = static_cast<std::byte>(header.direction);
    out[at_transport] = static_cast<std::byte>(header.transport);
    store_le(&out[at_flags], header.flags);
    store_le(&out[at_conn], static_cast<std::uint32_t>(header.conn));
    store_le(&out[at_server_pid], header.server_pid);
    store_le(&out[at_server_tid], header.server_tid);
    store_le(&out[at_cpu], header.cpu);
    store_le(&out[at_message_number], header.message_number);
    store_le(&out[at_wire_length], header.wire_length);
    store_le(&out[at_message_offset], header.offset);
    store_le(&out[at_result], static_cast<std::uint32_t>(header.result));
    store_le(&out[at_reserved], std::uint32_t{0});
    store_le(&out[at_pair_key], header.pair_key);
    store_le(&out[at_lost], header.lost);
    return out;
}

std::optional<PseudoHeader> unpack_pseudo_header(Bytes packet) {
    using files::load_le;
    if (packet.size() < pseudo_header_size)
        return std::nullopt;
    const std::byte* in = packet.data();
    const auto length = std::to_integer<std::uint8_t>(in[at_length]);
    const auto direction = static_cast<Direction>(in[at_direction]);
    if (in[at_version] != std::byte{pseudo_header_version} || length < pseudo_header_size ||
        length > packet.size() || direction > Direction::loss)
        return std::nullopt;

    PseudoHeader header;
    header.length = length;
    header.direction = direction;
    header.transport = transport_from(in[at_transport]);
    header.flags = load_le<std::uint32_t>(in + at_flags);
    header.conn = ConnId{load_le<std::uint32_t>(in + at_conn)};
    header.server_pid = load_le<std::uint32_t>(in + at_server_pid);
    header.server_tid = load_le<std::uint32_t>(in + at_server_tid);
    header.cpu = load_le<std::uint32_t>(in + at_cpu);
    header.message_number = load_le<std::uint64_t>(in + at_message_number);
    header.wire_length = load_le<std::uint32_t>(in + at_wire_length);
    header.offset = load_le<std::uint32_t>(in + at_message_offset);
    header.result = static_cast<std::int32_t>(load_le<std::uint32_t>(in + at_result));
    header.pair_key = load_le<std::uint64_t>(in + at_pair_key);
    header.lost = load_le<std::uint64_t>(in + at_lost);
    return header;
}

} // namespace fusewire
