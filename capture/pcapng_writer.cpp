// Writes pcapng, little-endian: a section header, an interface for each connection before its first
// packet, and enhanced packets.
#include "capture/byte_order.h"
#include "capture/capture_sink.h"
#include "capture/connection_facts.h"
#include "capture/pcapng_format.h"
#include "capture/split.h"
#include "dissector/comment_mark.h"

#include <algorithm>
#include <unordered_map>

namespace fusewire::files {

namespace {

using namespace pcapng;

constexpr std::uint16_t link_type_user0 = 147;
constexpr std::size_t max_option_length = 65535;

Bytes as_bytes(std::string_view text) {
    return std::as_bytes(std::span{text});
}

// A block in the making, behind the bytes that are there; finish() puts in its length.
class BlockBuilder {
  public:
    explicit BlockBuilder(std::vector<std::byte>& bytes) : bytes_(bytes) {}

    void begin(BlockType type) {
        begin_ = bytes_.size();
        put(static_cast<std::uint32_t>(type));
        put(std::uint32_t{0});
    }

    template <std::unsigned_integral T>
    void put(T value) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(T));
        store_le(&bytes_[at], value);
    }

    void put(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void pad() { bytes_.resize(begin_ + pad4(bytes_.size() - begin_)); }

    void option(OptionCode code, Bytes value) {
        value = value.first(std::min(value.size(), max_option_length));
        put(static_cast<std::uint16_t>(code));
        put(static_cast<std::uint16_t>(value.size()));
        put(value);
        pad();
    }

    void option(OptionCode code, std::string_view text) { option(code, as_bytes(text)); }

    template <std::unsigned_integral T>
    void option(OptionCode code, T value) {
        std::array<std::byte, sizeof(T)> bytes;
        store_le(bytes.data(), value);
        option(code, Bytes{bytes});
    }

    void finish() {
        const auto length = static_cast<std::uint32_t>(bytes_.size() - begin_ + 4);
        store_le(&bytes_[begin_ + 4], length);
        put(length);
    }

  private:
    std::vector<std::byte>& bytes_;
    std::size_t begin_ = 0;
};

// Seen from the kernel, where the probe sits: requests leave it, replies come in.
std::uint32_t packet_flags_of(Direction direction) {
    switch (direction) {
    case Direction::request:
        return packet_outbound;
    case Direction::reply:
    case Direction::write_result:
        return packet_inbound;
    case Direction::loss:
        break;
    }
    return 0;
}

class PcapngSink final : public RecordSink {
  public:
    explicit PcapngSink(std::unique_ptr<OutputFile> file)
        : file_(std::move(file)), block_(file_->pending()) {}

    Result<void> begin(const FileOrigin& origin);
    Result<void> describe(const Connection& connection) override;
    Result<void> write(const Record& record) override;
    Result<void> flush() override { return file_->flush(); }
    std::uint64_t bytes_written() const override { return file_->size(); }

  private:
    void write_slice(const Record& record, std::uint32_t interface, const Slice& slice);
    void packet_options(const Record& record, const Slice& slice);
    void write_comments(std::string_view comment);

    std::unique_ptr<OutputFile> file_;
    // What was said of a connection last.
    struct Interface {
        std::uint32_t index = 0;
        std::string facts;
    };

    std::unordered_map<std::uint32_t, Interface> interfaces_; // by connection
    std::uint32_t interface_count_ = 0;
    BlockBuilder block_;
};

Result<void> PcapngSink::begin(const FileOrigin& origin) {
    constexpr std::uint64_t length_unknown = UINT64_MAX;
    block_.begin(block_section);
    block_.put(byte_order_magic);
    block_.put(std::uint16_t{1}); // version 1.0
    block_.put(std::uint16_t{0});
    block_.put(length_unknown);
    if (!origin.os.empty())
        block_.option(section_os, origin.os);
    if (!origin.application.empty())
        block_.option(section_application, origin.application);
    if (!origin.comment.empty())
        block_.option(option_comment, origin.comment);
    block_.option(option_end, Bytes{});
    block_.finish();
    return file_->commit();
}

Result<void> PcapngSink::describe(const Connection& connection) {
    const auto number = static_cast<std::uint32_t>(connection.conn);
    std::string facts = facts_of(connection);
    Interface& interface = interfaces_[number];
    if (interface.facts == facts)
        return {};
    interface = {interface_count_++, std::move(facts)};
    block_.begin(block_interface);
    block_.put(link_type_user0);
    block_.put(std::uint16_t{0});
    block_.put(static_cast<std::uint32_t>(max_packet_length));
    block_.option(interface_name, interface_name_of(connection));
    block_.option(interface_description, summary_of(connection));
    block_.option(option_comment, interface.facts);
    block_.option(interface_time_resolution, std::uint8_t{9}); // nanoseconds
    block_.option(option_end, Bytes{});
    block_.finish();
    return file_->commit();
}

Result<void> PcapngSink::write(const Record& record) {
    const auto number = static_cast<std::uint32_t>(record.conn);
    if (!interfaces_.contains(number)) {
        Connection unknown;
        unknown.conn = record.conn;
        if (auto described = describe(unknown); !described)
            return described;
    }
    const std::uint32_t interface = interfaces_[number].index;
    split(record, [&](const Slice& slice) { write_slice(record, interface, slice); });
    return file_->commit();
}

void PcapngSink::write_slice(const Record& record, std::uint32_t interface, const Slice& slice) {
    const auto ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(record.time_ns, 0));
    block_.begin(block_packet);
    block_.put(interface);
    block_.put(static_cast<std::uint32_t>(ticks >> 32));
    block_.put(static_cast<std::uint32_t>(ticks));
    block_.put(slice.length());
    block_.put(slice.length());
    block_.put(Bytes{slice.header});
    block_.put(slice.bytes);
    block_.pad();
    packet_options(record, slice);
    block_.finish();
}

void PcapngSink::packet_options(const Record& record, const Slice& slice) {
    if (const std::uint32_t flags = packet_flags_of(record.direction); flags != 0)
        block_.option(packet_flags, flags);
    if (slice.first && record.lost > 0)
        block_.option(packet_drop_count, record.lost);
    if (slice.first)
        write_comments(record.comment);
    block_.option(option_end, Bytes{});
}

// A mark is a comment of its own.
void PcapngSink::write_comments(std::string_view comment) {
    const MarkedComment parts = split_mark(comment);
    if (!parts.text.empty())
        block_.option(option_comment, parts.text);
    if (parts.marked)
        block_.option(option_comment, mark_comment);
}

} // namespace

Result<std::unique_ptr<RecordSink>> write_pcapng(std::unique_ptr<OutputFile> file,
                                                 const FileOrigin& origin) {
    auto sink = std::make_unique<PcapngSink>(std::move(file));
    if (auto begun = sink->begin(origin); !begun)
        return tl::unexpected(begun.error());
    return sink;
}

} // namespace fusewire::files
