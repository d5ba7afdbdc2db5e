// Reads pcapng blocks in order, or one at a known place. A block that makes no sense is skipped by
// looking for the next one that does, so that damage costs the packets it hit and no others.
#include "capture/byte_order.h"
#include "capture/connection_facts.h"
#include "capture/packet_reader.h"
#include "capture/pcapng_blocks.h"
#include "capture/pcapng_clock.h"
#include "capture/pcapng_format.h"
#include "dissector/append_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace fusewire::files {

namespace {

using namespace pcapng;

// Hostile files may declare any number; real ones have as many as there were mounts.
constexpr std::size_t max_interfaces = 16384;
constexpr std::size_t max_sections = 65536;

struct Block {
    std::uint32_t type = 0;
    std::uint64_t offset = 0;
    Bytes body; // without type and lengths
};

struct Interface {
    std::uint32_t link_type = 0;
    std::uint32_t snap_length = 0;
    Clock clock;
    InterfaceFacts facts;
};

struct Section {
    std::uint64_t offset = 0;
    ByteOrder order = ByteOrder::little;
    std::uint32_t first_interface = 0;
};

// What a packet block says before its interface is looked up.
struct PacketBlock {
    std::uint32_t interface = 0;
    std::uint64_t ticks = 0;
    std::uint32_t captured = 0;
    std::uint64_t dropped = 0;
    bool has_time = true;
    Bytes after; // captured bytes, padding and options
};

enum class Outcome : std::uint8_t { packet, foreign, damaged };

std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Block block_from(Bytes whole, ByteOrder order, std::uint64_t offset) {
    return {load<std::uint32_t>(whole.data(), order), offset,
            whole.subspan(8, whole.size() - block_overhead)};
}

class PcapngReader final : public PacketReader {
  public:
    PcapngReader(ByteInput& input, Warnings& warnings) : input_(input), warnings_(warnings) {}

    Result<bool> next(Packet& packet) override;
    Result<bool> packet_at(std::uint64_t& offset, Packet& packet) const override;
    Result<void> restart() override;
    bool finds_packets() const override { return !input_.whole().empty(); }

    const InterfaceFacts& facts(std::uint32_t interface) const override {
        return interfaces_[interface].facts;
    }
    std::uint32_t interface_count() const override {
        return static_cast<std::uint32_t>(interfaces_.size());
    }

  private:
    enum class Tail : std::uint8_t { clean, cut, damaged };

    bool take_block(Block& block);
    bool recover(Block& block);
    bool anchor_here(Bytes& whole);
    Result<bool> finish();

    Result<void> begin_section(const Block& block);
    Result<void> add_interface(const Block& block);
    Result<void> describe(const Block& block);
    Interface parse_interface(const Block& block) const;

    Outcome parse_packet(const Block& block, const Section& section, std::uint32_t visible,
                         Packet& packet) const;
    bool parse_enhanced(const Block& block, ByteOrder order, PacketBlock& out) const;
    bool parse_obsolete(const Block& block, ByteOrder order, PacketBlock& out) const;
    bool parse_simple(const Block& block, const Section& section, std::uint32_t visible,
                      PacketBlock& out) const;
    Result<void> pass_over(Outcome outcome, const Block& block);
    std::size_t section_of(std::uint64_t offset) const;
    std::uint32_t interfaces_of(std::size_t section) const;

    ByteInput& input_;
    Warnings& warnings_;
    AppendList<Section> sections_;
    AppendList<Interface> interfaces_; // of all sections
    std::size_t section_ = 0;          // number of sections begun; the current one is before it
    std::uint32_t seen_ = 0;           // interfaces of the current section that have passed
    ByteOrder order_ = ByteOrder::little;
    std::uint64_t frame_ = 0;
    std::uint64_t foreign_ = 0;
    bool any_of_ours_ = false; // an interface of a link type that we accept
    Tail tail_ = Tail::clean;
    std::uint64_t tail_offset_ = 0;
};

Result<bool> PcapngReader::next(Packet& packet) {
    Block block;
    while (take_block(block)) {
        if (is_packet(block.type)) {
            ++frame_;
            const Outcome outcome =
                section_ == 0 ? Outcome::damaged
                              : parse_packet(block, sections_[section_ - 1], seen_, packet);
            if (input_.troubled())
                break;
            packet.frame = frame_;
            if (outcome == Outcome::packet)
                return true;
            if (auto passed = pass_over(outcome, block); !passed)
                return tl::unexpected(passed.error());
        } else if (auto described = describe(block); !described) {
            return tl::unexpected(described.error());
        }
    }
    return finish();
}

Result<void> PcapngReader::describe(const Block& block) {
    if (block.type == block_section)
        return begin_section(block);
    if (block.type == block_interface)
        return add_interface(block);
    if (is_other_frame(block.type))
        ++frame_;
    return {};
}

bool PcapngReader::take_block(Block& block) {
    const std::uint64_t offset = input_.offset();
    const Bytes head = input_.peek(block_overhead);
    if (head.size() == block_overhead) {
        const std::size_t length = block_length(head.data(), order_);
        const Bytes whole = length == 0 ? Bytes{} : input_.peek(length);
        if (length != 0 && whole.size() == length && trailer_agrees(whole, order_)) {
            block = block_from(whole, order_, offset);
            input_.skip(length);
            return true;
        }
        tail_ = length != 0 && whole.size() < length ? Tail::cut : Tail::damaged;
    } else if (!head.empty()) {
        tail_ = Tail::cut;
    }
    tail_offset_ = offset;
    return !head.empty() && recover(block);
}

// Blocks begin at multiples of four bytes from each other, so damage within blocks keeps the grid.
bool PcapngReader::recover(Block& block) {
    constexpr std::size_t step = 4;
    Bytes whole;
    while (!input_.troubled() && input_.peek(step).size() == step) {
        input_.skip(step);
        if (!anchor_here(whole))
            continue;
        warnings_.add(fmt::format("{}: bytes {} to {} are damaged and were skipped", input_.name(),
                                  tail_offset_, input_.offset() - 1));
        block = block_from(whole, order_, input_.offset());
        input_.skip(whole.size());
        tail_ = Tail::clean;
        return true;
    }
    return false;
}

bool PcapngReader::anchor_here(Bytes& whole) {
    const Bytes head = input_.peek(block_overhead);
    if (head.size() < block_overhead || !is_anchor(load<std::uint32_t>(head.data(), order_)))
        return false;
    const std::size_t length = block_length(head.data(), order_);
    whole = length == 0 ? Bytes{} : input_.peek(length);
    return length != 0 && whole.size() == length && trailer_agrees(whole, order_);
}

Result<bool> PcapngReader::finish() {
    if (const auto failure = input_.failure())
        return tl::unexpected(*failure);
    if (const std::string complaint = input_.complaint(); !complaint.empty())
        warnings_.add(fmt::format("{}: {}", input_.name(), complaint));
    if (tail_ == Tail::cut)
        warnings_.add(fmt::format("{}: the file is cut in the block that begins at byte {}",
                                  input_.name(), tail_offset_));
    if (tail_ == Tail::damaged)
        return fail(Errc::damaged,
                    fmt::format("{}: damaged from byte {} on: no pcapng block is found there",
                                input_.name(), tail_offset_));
    if (!interfaces_.empty() && !any_of_ours_)
        return tl::unexpected(foreign_link_type(input_.name(), "pcapng", interfaces_[0].link_type));
    if (foreign_ > 0)
        warnings_.add(fmt::format("{}: {} packets of other link types were skipped", input_.name(),
                                  foreign_));
    return false;
}

Result<void> PcapngReader::begin_section(const Block& block) {
    if (block.body.size() < 4) {
        warnings_.add(
            fmt::format("{}: section header at byte {} is too short", input_.name(), block.offset));
        return {};
    }
    order_ = load_le<std::uint32_t>(block.body.data()) == byte_order_magic ? ByteOrder::little
                                                                           : ByteOrder::big;
    seen_ = 0;
    ++section_;
    if (section_ <= sections_.size())
        return {}; // known from an earlier pass
    if (sections_.size() == max_sections)
        return fail(Errc::damaged,
                    fmt::format("{}: more than {} sections", input_.name(), max_sections));
    sections_.push_back({block.offset, order_, interface_count()});
    return {};
}

Result<void> PcapngReader::add_interface(const Block& block) {
    if (section_ == 0)
        return {};
    ++seen_;
    if (seen_ <= interfaces_of(section_ - 1))
        return {}; // known from an earlier pass
    if (interfaces_.size() == max_interfaces)
        return fail(Errc::damaged,
                    fmt::format("{}: more than {} interfaces", input_.name(), max_interfaces));
    const Interface& added = interfaces_.push_back(parse_interface(block));
    any_of_ours_ = any_of_ours_ || is_our_link_type(added.link_type);
    return {};
}

Interface PcapngReader::parse_interface(const Block& block) const {
    Interface interface;
    interface.clock.set_resolution(6);
    if (block.body.size() < 8)
        return interface; // keeps its number; link type 0 is none of ours
    interface.link_type = load<std::uint16_t>(block.body.data(), order_);
    interface.snap_length = load<std::uint32_t>(block.body.data() + 4, order_);
    Connection& connection = interface.facts.connection;
    FactsParser facts{connection};
    std::string name;
    for_each_option(block.body.subspan(8), order_, [&](std::uint16_t code, Bytes value) {
        if (code == option_comment)
            facts.read(as_text(value));
        else if (code == interface_name)
            name = as_text(value);
        else if (code == interface_time_resolution && !value.empty())
            interface.clock.set_resolution(std::to_integer<std::uint8_t>(value[0]));
        else if (code == interface_time_offset && value.size() >= 8)
            interface.clock.set_offset(
                static_cast<std::int64_t>(load<std::uint64_t>(value.data(), order_)));
    });
    interface.facts.names_connection = facts.names_connection();
    if (!facts.names_connection())
        connection.mount_point = name;
    return interface;
}

bool PcapngReader::parse_enhanced(const Block& block, ByteOrder order, PacketBlock& out) const {
    if (block.body.size() < 20)
        return false;
    const std::byte* in = block.body.data();
    out.interface = load<std::uint32_t>(in, order);
    out.ticks = (std::uint64_t{load<std::uint32_t>(in + 4, order)} << 32) |
                load<std::uint32_t>(in + 8, order);
    out.captured = load<std::uint32_t>(in + 12, order);
    out.after = block.body.subspan(20);
    return true;
}

bool PcapngReader::parse_obsolete(const Block& block, ByteOrder order, PacketBlock& out) const {
    constexpr std::uint16_t drops_unknown = 0xffff;
    if (!parse_enhanced(block, order, out))
        return false;
    const auto drops = load<std::uint16_t>(block.body.data() + 2, order);
    out.interface = load<std::uint16_t>(block.body.data(), order);
    out.dropped = drops == drops_unknown ? 0 : drops;
    return true;
}

// A simple packet has no time, belongs to interface 0 and does not say how much of it is there.
bool PcapngReader::parse_simple(const Block& block, const Section& section, std::uint32_t visible,
                                PacketBlock& out) const {
    if (block.body.size() < 4 || visible == 0)
        return false;
    const std::uint32_t snap = interfaces_[section.first_interface].snap_length;
    out.has_time = false;
    out.after = block.body.subspan(4);
    const auto original = load<std::uint32_t>(block.body.data(), section.order);
    const auto there = static_cast<std::uint32_t>(out.after.size());
    out.captured = std::min({original, there, snap == 0 ? there : snap});
    return true;
}

Outcome PcapngReader::parse_packet(const Block& block, const Section& section,
                                   std::uint32_t visible, Packet& packet) const {
    PacketBlock head;
    bool parsed = false;
    if (block.type == block_packet)
        parsed = parse_enhanced(block, section.order, head);
    else if (block.type == block_packet_simple)
        parsed = parse_simple(block, section, visible, head);
    else
        parsed = parse_obsolete(block, section.order, head);
    if (!parsed || head.captured > head.after.size() || head.interface >= visible)
        return Outcome::damaged;

    const std::uint32_t index = section.first_interface + head.interface;
    const Interface& interface = interfaces_[index];
    if (!is_our_link_type(interface.link_type))
        return Outcome::foreign;
    packet.data = head.after.first(head.captured);
    packet.offset = block.offset;
    packet.time_ns = head.has_time ? interface.clock.to_ns(head.ticks) : 0;
    packet.has_time = head.has_time;
    packet.interface = index;
    packet.dropped = head.dropped;
    packet.comment = {};

    if (block.type == block_packet_simple)
        return Outcome::packet;
    const Bytes options = head.after.subspan(std::min(pad4(head.captured), head.after.size()));
    for_each_option(options, section.order, [&](std::uint16_t code, Bytes value) {
        if (code == packet_drop_count && value.size() >= 8 && block.type == block_packet)
            packet.dropped = load<std::uint64_t>(value.data(), section.order);
        else if (code == option_comment)
            packet.add_comment(as_text(value));
    });
    return Outcome::packet;
}

Result<void> PcapngReader::pass_over(Outcome outcome, const Block& block) {
    if (outcome == Outcome::damaged) {
        warnings_.add(fmt::format("{}: packet {} at byte {} is damaged and was skipped",
                                  input_.name(), frame_, block.offset));
        return {};
    }
    ++foreign_;
    if (any_of_ours_)
        return {};
    return tl::unexpected(foreign_link_type(input_.name(), "pcapng", interfaces_[0].link_type));
}

// Number of the section that `offset` lies in, from 1; 0: none.
std::size_t PcapngReader::section_of(std::uint64_t offset) const {
    std::size_t low = 0;
    std::size_t high = sections_.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (sections_[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Interfaces that sections_[section] has, as far as was read.
std::uint32_t PcapngReader::interfaces_of(std::size_t section) const {
    const std::uint32_t end =
        section + 1 < sections_.size() ? sections_[section + 1].first_interface : interface_count();
    return end - sections_[section].first_interface;
}

Result<bool> PcapngReader::packet_at(std::uint64_t& offset, Packet& packet) const {
    const Bytes file = input_.whole();
    while (offset < file.size() && file.size() - offset >= block_overhead) {
        const Bytes rest = file.subspan(offset);
        const std::size_t number = section_of(offset);
        const Section section = number == 0 ? Section{} : sections_[number - 1];
        const std::size_t length = number == 0 ? 0 : block_length(rest.data(), section.order);
        if (length == 0 || length > rest.size()) {
            if (input_.whole_lost())
                return tl::unexpected(input_.shrunk());
            return fail(Errc::damaged,
                        fmt::format("{}: no pcapng block at byte {}", input_.name(), offset));
        }
        const Block block = block_from(rest.first(length), section.order, offset);
        offset += length;
        const bool found =
            is_packet(block.type) &&
            parse_packet(block, section, interfaces_of(number - 1), packet) == Outcome::packet;
        packet.frame = 0;
        if (input_.whole_lost())
            return tl::unexpected(input_.shrunk());
        if (found)
            return true;
    }
    return false;
}

Result<void> PcapngReader::restart() {
    section_ = 0;
    seen_ = 0;
    order_ = ByteOrder::little;
    frame_ = 0;
    foreign_ = 0;
    tail_ = Tail::clean;
    return {};
}

} // namespace

bool looks_like_pcapng(Bytes head) {
    ByteOrder order{};
    return head.size() >= block_overhead && load_le<std::uint32_t>(head.data()) == block_section &&
           section_order(head.data(), order);
}

std::unique_ptr<PacketReader> read_pcapng(ByteInput& input, Warnings& warnings) {
    return std::make_unique<PcapngReader>(input, warnings);
}

} // namespace fusewire::files
