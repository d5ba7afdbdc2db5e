// raw: u8 direction (0 request, 1 reply or notification), 3 zero bytes, u32 length, u64 nanoseconds
// since the epoch, then the bytes of the message; little-endian.
#include "capture/chain.h"

#include <algorithm>

namespace fusewire::files {

namespace {

constexpr std::size_t direction_size = 4;
constexpr std::size_t header_size = 16;
constexpr std::size_t min_message = 16; // a FUSE reply header

class RawFormat final : public ChainFormat {
  public:
    Extent extent(Bytes bytes, ByteOrder) const override {
        const Bytes direction = bytes.first(std::min(bytes.size(), direction_size));
        if (!begins_record(direction))
            return {};
        if (bytes.size() < header_size)
            return {Extent::Kind::more, header_size};
        const auto length = load_le<std::uint32_t>(bytes.data() + direction_size);
        if (length == 0 || length > max_import_message)
            return {};
        return {Extent::Kind::whole, header_size + length};
    }

    bool parse(Bytes whole, ByteOrder, Record& record) const override {
        record.direction = static_cast<Direction>(whole[0]);
        record.time_ns = static_cast<std::int64_t>(load_le<std::uint64_t>(whole.data() + 8));
        record.bytes = whole.subspan(header_size);
        return true;
    }

    // A message begins with its own length, in the byte order of its connection.
    bool holds_message(Bytes whole, ByteOrder) const override {
        const Bytes message = whole.subspan(header_size);
        return message.size() >= min_message &&
               (load_le<std::uint32_t>(message.data()) == message.size() ||
                load_be<std::uint32_t>(message.data()) == message.size());
    }

    bool any_order() const override { return false; }

  private:
    // A direction and three zeros, or the beginning of that.
    static bool begins_record(Bytes direction) {
        const auto is_zero = [](std::byte value) { return value == std::byte{0}; };
        return direction.empty() ||
               (direction[0] <= std::byte{1} && std::ranges::all_of(direction.subspan(1), is_zero));
    }
};

} // namespace

const ChainFormat& raw_format() {
    static const RawFormat format;
    return format;
}

} // namespace fusewire::files
