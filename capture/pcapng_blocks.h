// The blocks of a pcapng file, without what is in them: where one ends, whether it makes sense, and which
// are counted as frames. Reader and annotator go by the same, so that they number frames alike.
#pragma once

#include "capture/byte_order.h"
#include "capture/pcapng_format.h"
#include "dissector/record.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace fusewire::files::pcapng {

// Packets, and what tshark 4.0 numbers as frames though they are no packets: custom, systemd journal
// and the event blocks of sysdig.
bool is_packet(std::uint32_t type);
bool is_other_frame(std::uint32_t type);

// Byte order of a section header block that begins at `head`, of which 12 bytes are there.
bool section_order(const std::byte* head, ByteOrder& order);

// Length of the block that begins at `head` (12 bytes are there), 0 if it makes no sense.
std::size_t block_length(const std::byte* head, ByteOrder order);

// The block's length stands at its end once more.
bool trailer_agrees(Bytes block, ByteOrder order);

// A type worth finding again after damage.
bool is_anchor(std::uint32_t type);

// Calls visit(code, value) for each option that fits into the bytes there are.
template <class Visit>
void for_each_option(Bytes options, ByteOrder order, Visit visit) {
    while (options.size() >= 4) {
        const auto code = load<std::uint16_t>(options.data(), order);
        const std::size_t length = load<std::uint16_t>(options.data() + 2, order);
        if (code == option_end || length > options.size() - 4)
            return;
        visit(code, options.subspan(4, length));
        options = options.subspan(std::min(4 + pad4(length), options.size()));
    }
}

} // namespace fusewire::files::pcapng
