// The numbers of the pcapng format (draft-ietf-opsawg-pcapng) that reader and writer share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fusewire::files::pcapng {

enum BlockType : std::uint32_t {
    block_section = 0x0a0d0d0a,
    block_interface = 1,
    block_packet_obsolete = 2,
    block_packet_simple = 3,
    block_packet = 6,
    block_journal = 9,
    block_custom = 0x0bad,
    block_custom_no_copy = 0x40000bad,
};

enum OptionCode : std::uint16_t {
    option_end = 0,
    option_comment = 1,
    section_os = 3,
    section_application = 4,
    interface_name = 2,
    interface_description = 3,
    interface_time_resolution = 9,
    interface_time_offset = 14,
    packet_flags = 2,
    packet_drop_count = 4,
};

// epb_flags, bits 0-1.
enum PacketFlag : std::uint32_t { packet_inbound = 1, packet_outbound = 2 };

inline constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
inline constexpr std::size_t block_overhead = 12; // type, length, and the length once more

// The longest block that is held in memory; tshark and libpcap set the same limit.
inline constexpr std::size_t max_block_length = 16 * 1024 * 1024;

constexpr std::size_t pad4(std::size_t length) {
    return (length + 3) & ~std::size_t{3};
}

} // namespace fusewire::files::pcapng
