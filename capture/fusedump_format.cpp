// fusedump, as `glusterfs --dump-fuse` writes it: a direction byte, then either a FUSE message (v1)
// or a count and that many items that each begin with their own length (v2). The last item is the
// FUSE message, whose own length field is that length.
#include "capture/chain.h"

namespace fusewire::files {

namespace {

constexpr std::byte read_by_server{'R'};
constexpr std::byte written_by_server{'W'};
constexpr std::size_t direction_size = 1;
constexpr std::size_t field_size = 4;

// A FUSE header is at least this long, so a smaller number after the direction is a count of items.
constexpr std::uint32_t min_message = 16;

constexpr std::size_t time_item_size = 16; // its length, u64 seconds, u32 nanoseconds
constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr std::uint64_t max_seconds = INT64_MAX / ns_per_second - 1;

class FusedumpFormat final : public ChainFormat {
  public:
    Extent extent(Bytes bytes, ByteOrder order) const override {
        if (!bytes.empty() && bytes[0] != read_by_server && bytes[0] != written_by_server)
            return {};
        if (bytes.size() < direction_size + field_size)
            return {Extent::Kind::more, direction_size + field_size};
        const auto number = load<std::uint32_t>(bytes.data() + direction_size, order);
        if (number < min_message)
            return extent_of_items(bytes, number, order);
        if (number > max_import_message)
            return {};
        return {Extent::Kind::whole, direction_size + number};
    }

    bool parse(Bytes whole, ByteOrder order, Record& record) const override {
        record.direction = whole[0] == read_by_server ? Direction::request : Direction::reply;
        record.flags |= record_no_time;
        const auto number = load<std::uint32_t>(whole.data() + direction_size, order);
        record.bytes = whole.subspan(direction_size);
        if (number < min_message)
            return parse_items(whole.subspan(direction_size + field_size), number, order, record);
        return true;
    }

    // That the message's own length fits is what its extent was found by.
    bool holds_message(Bytes whole, ByteOrder order) const override {
        Record record;
        return parse(whole, order, record) && record.bytes.size() >= min_message;
    }

    bool any_order() const override { return true; }

  private:
    static Extent extent_of_items(Bytes bytes, std::uint32_t count, ByteOrder order) {
        std::size_t end = direction_size + field_size;
        for (std::uint32_t i = 0; i < count; ++i) {
            if (bytes.size() < end + field_size)
                return {Extent::Kind::more, end + field_size};
            const auto length = load<std::uint32_t>(bytes.data() + end, order);
            if (length < field_size || length > max_import_message)
                return {};
            end += length;
        }
        return {Extent::Kind::whole, end};
    }

    static bool parse_items(Bytes items, std::uint32_t count, ByteOrder order, Record& record) {
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto length = load<std::uint32_t>(items.data(), order);
            record.bytes = items.first(length);
            items = items.subspan(length);
            if (i == 0 && count > 1)
                parse_time(record.bytes, order, record);
        }
        return count > 0;
    }

    static void parse_time(Bytes item, ByteOrder order, Record& record) {
        if (item.size() != time_item_size)
            return;
        const auto seconds = load<std::uint64_t>(item.data() + 4, order);
        const auto ns = load<std::uint32_t>(item.data() + 12, order);
        if (seconds > max_seconds || ns >= ns_per_second)
            return;
        record.time_ns = static_cast<std::int64_t>(seconds * ns_per_second + ns);
        record.flags &= ~static_cast<std::uint32_t>(record_no_time);
    }
};

} // namespace

const ChainFormat& fusedump_format() {
    static const FusedumpFormat format;
    return format;
}

} // namespace fusewire::files
