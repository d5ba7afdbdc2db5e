// Reads classic pcap through libpcap, which knows the variants of that format; the bytes come from
// our ByteInput, so that pipes and compressed files work as they do for pcapng.
#include "capture/byte_order.h"
#include "capture/packet_reader.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace fusewire::files {

namespace {

constexpr std::size_t file_header_size = 24;
constexpr std::size_t version_at = 4; // in the file header
constexpr std::size_t packet_header_size = 16;
constexpr std::size_t captured_at = 8; // in a packet header
constexpr std::size_t stdio_buffer_size = 256 * 1024;
constexpr std::int64_t ns_per_second = 1'000'000'000;

struct PcapMagic {
    std::uint32_t value;
    std::int64_t ns_per_tick;
    bool plain; // packets have the 16 bytes of header that the format documents
};

constexpr std::array pcap_magics{
    PcapMagic{0xa1b2c3d4, 1000, true}, PcapMagic{0xa1b23c4d, 1, true},
    PcapMagic{0xa1b2cd34, 1000, false}, // Kuznetzov's
    PcapMagic{0xa1b234cd, 1000, false}, // Navtel's
};

const PcapMagic* find_magic(Bytes head, ByteOrder& order) {
    if (head.size() < 4)
        return nullptr;
    for (const ByteOrder candidate : {ByteOrder::little, ByteOrder::big}) {
        for (const PcapMagic& magic : pcap_magics) {
            if (load<std::uint32_t>(head.data(), candidate) == magic.value) {
                order = candidate;
                return &magic;
            }
        }
    }
    return nullptr;
}

ssize_t read_cookie(void* cookie, char* buffer, std::size_t size) {
    auto& input = *static_cast<ByteInput*>(cookie);
    return static_cast<ssize_t>(input.read({reinterpret_cast<std::byte*>(buffer), size}));
}

class PcapReader final : public PacketReader {
  public:
    PcapReader(ByteInput& input, Warnings& warnings) : input_(input), warnings_(warnings) {}

    Result<void> restart() override;
    Result<bool> next(Packet& packet) override;
    Result<bool> packet_at(std::uint64_t& offset, Packet& packet) const override;
    bool finds_packets() const override { return plain_ && !input_.whole().empty(); }

    const InterfaceFacts& facts(std::uint32_t) const override { return facts_; }
    std::uint32_t interface_count() const override { return 1; }

  private:
    std::uint32_t stored_length(std::uint32_t given) const;
    Result<bool> finish();

    struct Close {
        void operator()(pcap_t* pcap) const { pcap_close(pcap); }
    };

    ByteInput& input_;
    Warnings& warnings_;
    InterfaceFacts facts_;
    std::unique_ptr<pcap_t, Close> pcap_;
    ByteOrder order_ = ByteOrder::little;
    const PcapMagic* magic_ = nullptr;
    bool plain_ = false; // packet headers are as documented; before 2.4 some had lengths swapped
    std::uint64_t next_offset_ = file_header_size;
    std::uint64_t frame_ = 0;
};

Result<void> PcapReader::restart() {
    const Bytes head = input_.peek(file_header_size);
    magic_ = find_magic(head, order_);
    plain_ = magic_ != nullptr && magic_->plain && head.size() == file_header_size &&
             load<std::uint16_t>(head.data() + version_at, order_) == 2 &&
             load<std::uint16_t>(head.data() + version_at + 2, order_) == 4;
    FILE* file = fopencookie(&input_, "rb", {.read = read_cookie});
    if (file == nullptr)
        return fail(Errc::io, fmt::format("{}: cannot be read: out of memory", input_.name()));
    setvbuf(file, nullptr, _IOFBF, stdio_buffer_size);
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    pcap_.reset(
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, reason.data()));
    if (!pcap_) {
        std::fclose(file);
        return fail(Errc::damaged,
                    fmt::format("{}: pcap header is damaged: {}", input_.name(), reason.data()));
    }
    const auto link_type = static_cast<std::uint32_t>(pcap_datalink(pcap_.get()));
    if (!is_our_link_type(link_type))
        return tl::unexpected(foreign_link_type(input_.name(), "pcap", link_type));
    next_offset_ = file_header_size;
    frame_ = 0;
    return {};
}

Result<bool> PcapReader::next(Packet& packet) {
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    const int got = pcap_next_ex(pcap_.get(), &header, &data);
    if (got != 1 || input_.troubled())
        return finish();
    packet.data = {reinterpret_cast<const std::byte*>(data), header->caplen};
    packet.offset = next_offset_;
    packet.frame = ++frame_;
    // With nanosecond precision asked for, libpcap puts nanoseconds into tv_usec.
    packet.time_ns = header->ts.tv_sec * ns_per_second + header->ts.tv_usec;
    next_offset_ += packet_header_size + stored_length(header->caplen);
    return true;
}

// libpcap shortens packets that are longer than the file's snap length; the file has them whole.
std::uint32_t PcapReader::stored_length(std::uint32_t given) const {
    const Bytes file = input_.whole();
    if (!plain_ || next_offset_ + packet_header_size > file.size())
        return given;
    return load<std::uint32_t>(file.data() + next_offset_ + captured_at, order_);
}

Result<bool> PcapReader::finish() {
    if (const auto failure = input_.failure())
        return tl::unexpected(*failure);
    if (const std::string complaint = input_.complaint(); !complaint.empty())
        warnings_.add(fmt::format("{}: {}", input_.name(), complaint));
    if (feof(pcap_file(pcap_.get())) == 0)
        return fail(Errc::damaged, fmt::format("{}: damaged after packet {}: {}", input_.name(),
                                               frame_, pcap_geterr(pcap_.get())));
    // libpcap says -2 for an end between packets and -1 for one within a packet.
    if (const std::string_view reason = pcap_geterr(pcap_.get()); !reason.empty())
        warnings_.add(fmt::format("{}: the file is cut after packet {}", input_.name(), frame_));
    return false;
}

Result<bool> PcapReader::packet_at(std::uint64_t& offset, Packet& packet) const {
    const Bytes file = input_.whole();
    if (offset > file.size() || file.size() - offset < packet_header_size)
        return false;
    const std::byte* head = file.data() + offset;
    const auto field = [&](std::size_t at) { return load<std::uint32_t>(head + at, order_); };
    const std::uint32_t captured = field(captured_at);
    if (captured > file.size() - offset - packet_header_size)
        return false;
    const auto snapshot = static_cast<std::uint32_t>(pcap_snapshot(pcap_.get()));
    packet.data = {head + packet_header_size, std::min(captured, snapshot)};
    packet.offset = offset;
    packet.frame = 0;
    packet.time_ns = field(0) * ns_per_second + field(4) * magic_->ns_per_tick;
    offset += packet_header_size + captured;
    if (input_.whole_lost())
        return tl::unexpected(input_.shrunk());
    return true;
}

} // namespace

std::string link_type_name(std::uint32_t link_type) {
    const char* name = pcap_datalink_val_to_description(static_cast<int>(link_type));
    return name == nullptr ? fmt::format("{}", link_type) : fmt::format("{} ({})", link_type, name);
}

Error foreign_link_type(const std::string& file, const std::string& format,
                        std::uint32_t link_type) {
    return {Errc::not_capture,
            fmt::format("{}: {} capture of link type {}, not of FUSE; expected 147 to 162 "
                        "(USER0 to USER15) or above 65000",
                        file, format, link_type_name(link_type)),
            0};
}

bool looks_like_pcap(Bytes head) {
    ByteOrder order{};
    return find_magic(head, order) != nullptr;
}

Result<std::unique_ptr<PacketReader>> read_pcap(ByteInput& input, Warnings& warnings) {
    auto reader = std::make_unique<PcapReader>(input, warnings);
    if (auto started = reader->restart(); !started)
        return tl::unexpected(started.error());
    return reader;
}

} // namespace fusewire::files
