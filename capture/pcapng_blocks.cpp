#include "capture/pcapng_blocks.h"

#include <algorithm>
#include <array>

namespace fusewire::files::pcapng {

namespace {

constexpr std::array<std::uint32_t, 7> other_frames{
    block_custom, block_custom_no_copy, block_journal, 0x204, 0x208, 0x216, 0x217};

constexpr std::array<std::uint32_t, 5> anchor_types{block_section, block_interface, block_packet,
                                                    block_packet_simple, block_packet_obsolete};

} // namespace

bool is_packet(std::uint32_t type) {
    return type == block_packet || type == block_packet_simple || type == block_packet_obsolete;
}

bool is_other_frame(std::uint32_t type) {
    return std::ranges::find(other_frames, type) != other_frames.end();
}

bool is_anchor(std::uint32_t type) {
    return std::ranges::find(anchor_types, type) != anchor_types.end();
}

bool section_order(const std::byte* head, ByteOrder& order) {
    if (load_le<std::uint32_t>(head + 8) == byte_order_magic)
        order = ByteOrder::little;
    else if (load_be<std::uint32_t>(head + 8) == byte_order_magic)
        order = ByteOrder::big;
    else
        return false;
    return true;
}

std::size_t block_length(const std::byte* head, ByteOrder order) {
    const bool section = load_le<std::uint32_t>(head) == block_section;
    if (section && !section_order(head, order))
        return 0;
    const std::size_t length = load<std::uint32_t>(head + 4, order);
    const bool plausible =
        length >= block_overhead && length % 4 == 0 && length <= max_block_length;
    return plausible ? length : 0;
}

bool trailer_agrees(Bytes block, ByteOrder order) {
    if (load_le<std::uint32_t>(block.data()) == block_section)
        section_order(block.data(), order);
    return load<std::uint32_t>(block.data() + block.size() - 4, order) == block.size();
}

} // namespace fusewire::files::pcapng
