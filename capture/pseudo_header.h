// The pseudo-header that precedes the bytes of every packet in our capture files: 64 bytes,
// little-endian, specified in docs/capture-format.md. Packing and unpacking only; which packet
// belongs to which message is decided in capture/assembler.h.
#pragma once

#include "dissector/record.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace fusewire {

inline constexpr std::size_t pseudo_header_size = 64;
inline constexpr std::uint8_t pseudo_header_version = 1;

// libpcap 1.10 and tshark 4.0 refuse the rest of a file after a packet longer than this.
inline constexpr std::size_t max_packet_length = 262144;
inline constexpr std::size_t max_packet_bytes = max_packet_length - pseudo_header_size;

// off size field
//   0   1  version (1)
//   1   1  length of this header in bytes (64; a reader skips what it does not know)
//   2   1  direction (Direction)
//   3   1  transport (Transport)
//   4   4  flags (RecordFlag)
//   8   4  connection
//  12   4  server pid, 0 unknown
//  16   4  server tid, 0 unknown
//  20   4  cpu
//  24   8  message number
//  32   4  length of the whole message on the wire
//  36   4  offset of this packet's bytes in the message
//  40   4  result of the server's write(), signed
//  44   4  reserved, 0
//  48   8  pair key, 0 none
//  56   8  messages lost just before this packet
struct PseudoHeader {
    Direction direction = Direction::request;
    Transport transport = Transport::unknown;
    std::uint32_t flags = 0;
    ConnId conn{};
    std::uint32_t server_pid = 0;
    std::uint32_t server_tid = 0;
    std::uint32_t cpu = 0;
    std::uint64_t message_number = 0;
    std::uint32_t wire_length = 0;
    std::uint32_t offset = 0;
    std::int32_t result = 0;
    std::uint64_t pair_key = 0;
    std::uint64_t lost = 0;
    std::uint8_t length = pseudo_header_size; // bytes to skip before the message bytes
};

std::array<std::byte, pseudo_header_size> pack(const PseudoHeader& header);

// nullopt: too short, unknown version, or a length that does not fit in the packet.
std::optional<PseudoHeader> unpack_pseudo_header(Bytes packet);

} // namespace fusewire
