#include "capture/capture_file.h"

#include "capture/file_kind.h"
#include "capture/import.h"
#include "capture/pseudo_header.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire::files {

namespace {

// Enough for the magic numbers of all formats and to see the first records of a dump.
constexpr std::size_t sniff_length = 4096;

constexpr std::size_t magic_length = 12;

constexpr const char* expected = "expected a pcapng or pcap file of FUSE messages";

Error not_a_capture(const std::string& name, Bytes head) {
    if (const auto format = looks_like_import(head))
        return {Errc::not_capture,
                fmt::format("{}: looks like {}; use: fusewire import --from {} {} -w OUT.pcapng",
                            name, import_description(*format), import_name(*format), name),
                0};
    return {Errc::not_capture, fmt::format("{}: {}; {}", name, describe_bytes(head), expected), 0};
}

// The record of a packet, with the connection that it states; false if the packet does not begin with a
// pseudo-header, or begins beyond the end of its message.
bool unpack(const Packet& packet, Part& part) {
    const auto header = unpack_pseudo_header(packet.data);
    if (!header || header->offset > header->wire_length)
        return false;
    const Bytes bytes = packet.data.subspan(header->length);
    const std::size_t room = header->wire_length - header->offset;

    Record& record = part.record;
    record.frame = packet.frame;
    record.time_ns = packet.time_ns;
    record.message_number = header->message_number;
    record.pair_key = header->pair_key;
    record.lost = std::max(header->lost, packet.dropped);
    record.conn = header->conn;
    record.server_pid = header->server_pid;
    record.server_tid = header->server_tid;
    record.cpu = header->cpu;
    record.wire_length = header->wire_length;
    record.result = header->result;
    record.flags = header->flags | (packet.has_time ? 0u : record_no_time) |
                   (record.lost > 0 ? record_lost_before : 0u);
    record.direction = header->direction;
    record.transport = header->transport;
    record.bytes = bytes.first(std::min(bytes.size(), room));
    record.comment = packet.comment;
    part.message_offset = header->offset;
    part.position = packet.offset;
    part.surplus = bytes.size() - record.bytes.size();
    return true;
}

} // namespace

Result<std::unique_ptr<CaptureFile>> CaptureFile::open(std::unique_ptr<ByteInput> input) {
    std::unique_ptr<CaptureFile> file{new CaptureFile(std::move(input))};
    if (auto begun = file->begin(); !begun)
        return tl::unexpected(begun.error());
    return file;
}

std::unique_ptr<CaptureFile> CaptureFile::open_later(std::unique_ptr<ByteInput> input) {
    return std::unique_ptr<CaptureFile>(new CaptureFile(std::move(input)));
}

Result<void> CaptureFile::begin() {
    ByteInput& in = *input_;
    const Bytes magic = in.peek(magic_length);
    if (looks_like_pcapng(magic)) {
        reader_ = read_pcapng(in, warnings_);
    } else if (looks_like_pcap(magic)) {
        auto reader = read_pcap(in, warnings_);
        if (!reader)
            return tl::unexpected(reader.error());
        reader_ = std::move(*reader);
    } else {
        const Bytes head = in.grows() ? in.at_hand() : in.peek(sniff_length);
        const auto failure = in.failure();
        return tl::unexpected(failure ? *failure : not_a_capture(in.name(), head));
    }
    if (in.grows() && !reader_->finds_packets())
        return tl::unexpected(no_random_access(in.name()));
    begun_.store(true, std::memory_order_release);
    return {};
}

Result<bool> CaptureFile::next(Record& record) {
    if (!reader_ && !end_)
        if (auto begun = begin(); !begun)
            end_ = tl::unexpected(begun.error());
    for (;;) {
        if (assembler_.take(part_)) {
            give(record);
            return true;
        }
        if (end_)
            return *end_;
        auto more = reader_->next(packet_);
        if (!more || !*more) {
            end_ = end(std::move(more));
            continue;
        }
        ++packets_;
        if (!fill(packet_, part_)) {
            warn_of_damage(packet_);
        } else if (assembler_.idle() && Assembler::is_whole(part_)) {
            settle(part_.record);
            give(record);
            return true;
        } else {
            assembler_.add(part_);
        }
    }
}

void CaptureFile::give(Record& record) {
    record = part_.record;
    record.about = table_.find(record.conn);
}

Result<bool> CaptureFile::end(Result<bool> how) {
    assembler_.finish();
    table_.learn(*reader_); // interfaces that no packet came by
    if (overlong_ > 0)
        warnings_.add(fmt::format("{}: {} packets hold more bytes than their message; these bytes "
                                  "are not shown",
                                  input_->name(), overlong_));
    if (how && packets_ > 0 && bad_packets_ == packets_)
        return fail(Errc::not_capture,
                    fmt::format("{}: none of {} packets begins with a fusewire header (version {})",
                                input_->name(), packets_, pseudo_header_version));
    return how;
}

void CaptureFile::warn_of_damage(const Packet& packet) {
    ++bad_packets_;
    warnings_.add(fmt::format("{}: packet {} has no valid fusewire header and was skipped ({})",
                              input_->name(), packet.frame, describe_bytes(packet.data)));
}

bool CaptureFile::fill(const Packet& packet, Part& part) {
    if (!unpack(packet, part))
        return false;
    overlong_ += part.surplus > 0 ? 1 : 0;
    part.record.conn = table_.resolve(*reader_, packet.interface, part.record.conn);
    return true;
}

Result<void> CaptureFile::rewind() {
    if (auto done = input_->rewind(); !done)
        return done;
    warnings_.clear();
    assembler_.clear();
    end_.reset();
    packets_ = bad_packets_ = overlong_ = 0;
    return reader_ ? reader_->restart() : Result<void>();
}

// Uses of the file only what does not change once next() has passed it.
class CaptureFile::Again final : public RandomAccess {
  public:
    explicit Again(const CaptureFile& file) : file_(file) {}

    Result<bool> read_at(Position position, Record& record) override;

  private:
    Result<bool> read_message_at(std::uint64_t offset, Part& part);
    bool fill(Part& part) const;

    const CaptureFile& file_;
    Packet packet_;
    Assembler assembler_;
};

std::unique_ptr<RandomAccess> CaptureFile::random_access() const {
    const bool begun = begun_.load(std::memory_order_acquire);
    return !begun || reader_->finds_packets() ? std::make_unique<Again>(*this) : nullptr;
}

Result<bool> CaptureFile::Again::read_at(Position position, Record& record) {
    if (!file_.begun_.load(std::memory_order_acquire))
        return false;
    Part part;
    auto found = read_message_at(static_cast<std::uint64_t>(position), part);
    if (!found || !*found)
        return found;
    part.record.frame = record.frame;
    part.record.about = record.about;
    record = part.record;
    return true;
}

bool CaptureFile::Again::fill(Part& part) const {
    if (!unpack(packet_, part))
        return false;
    part.record.conn = file_.table_.resolved(*file_.reader_, packet_.interface, part.record.conn);
    return true;
}

// Plays the file from the message's first packet on until the assembler gives that message out.
Result<bool> CaptureFile::Again::read_message_at(std::uint64_t offset, Part& part) {
    const PacketReader& reader = *file_.reader_;
    const std::uint64_t wanted = offset;
    auto more = reader.packet_at(offset, packet_);
    if (!more || !*more || packet_.offset != wanted || !fill(part))
        return more ? Result<bool>{false} : more;
    if (Assembler::is_whole(part)) {
        settle(part.record);
        return true;
    }
    assembler_.clear();
    assembler_.add(part);
    for (;;) {
        while (assembler_.take(part)) {
            if (part.position == wanted)
                return true;
        }
        more = reader.packet_at(offset, packet_);
        if (!more || !*more)
            assembler_.finish();
        else if (fill(part))
            assembler_.add(part);
    }
}

} // namespace fusewire::files
