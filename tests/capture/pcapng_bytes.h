// Builds pcapng blocks by hand in either byte order, sound or not, so that the reader is tested
// against the format and not against our writer.
#pragma once

#include "capture/byte_order.h"
#include "capture/pseudo_header.h"
#include "tests/capture/temp_dir.h"

#include <concepts>
#include <string_view>

namespace fusewire::test {

class PcapngBytes {
  public:
    explicit PcapngBytes(files::ByteOrder order = files::ByteOrder::little) : order_(order) {}

    struct Option {
        std::uint16_t code;
        ByteVector value;
    };
    using Options = std::vector<Option>;

    PcapngBytes& section();
    PcapngBytes& interface(std::uint16_t link_type, const Options& options = {},
                           std::uint32_t snap_length = 0);
    PcapngBytes& packet(std::uint32_t interface, std::uint64_t ticks,
                        std::span<const std::byte> data, const Options& options = {});
    PcapngBytes& simple_packet(std::span<const std::byte> data);
    PcapngBytes& obsolete_packet(std::uint16_t interface, std::uint16_t drops, std::uint64_t ticks,
                                 std::span<const std::byte> data);
    PcapngBytes& block(std::uint32_t type, const ByteVector& body);
    PcapngBytes& raw(std::span<const std::byte> bytes);

    // An integer in the file's byte order.
    template <std::unsigned_integral T>
    ByteVector number(T value) const {
        ByteVector bytes(sizeof(T));
        files::store_le(bytes.data(),
                        order_ == files::ByteOrder::little ? value : files::swap_bytes(value));
        return bytes;
    }

    const ByteVector& bytes() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }

  private:
    ByteVector options_bytes(const Options& options) const;

    files::ByteOrder order_;
    ByteVector bytes_;
};

ByteVector operator+(ByteVector a, std::span<const std::byte> b);

// Pseudo-header and `length` bytes of a message, whole.
ByteVector packet_of(std::uint64_t number, std::size_t length, std::uint32_t conn = 41);

} // namespace fusewire::test
