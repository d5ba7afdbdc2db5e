// CaptureFile: the messages of a pcapng or pcap file. Joins a packet reader, the pseudo-header, the
// assembler and the table of connections into one RecordSource.
#pragma once

#include "capture/assembler.h"
#include "capture/byte_input.h"
#include "capture/connection_table.h"
#include "capture/packet_reader.h"
#include "capture/source.h"
#include "capture/warnings.h"

#include <memory>
#include <optional>

namespace fusewire::files {

class CaptureFile final : public RecordSource, public RandomAccess {
  public:
    // Picks the format by the first bytes; not_capture says what they are instead.
    [[nodiscard]] static Result<std::unique_ptr<CaptureFile>>
    open(std::unique_ptr<ByteInput> input);

    Result<bool> next(Record& record) override;
    const std::vector<Connection>& connections() const override { return table_.connections(); }
    std::span<const std::size_t> revised() const override { return table_.revised(); }
    bool rewindable() const override { return input_->rewindable(); }
    Result<void> rewind() override;
    RandomAccess* random_access() override { return reader_->finds_packets() ? this : nullptr; }
    void on_idle(std::function<void()> idle) override { input_->on_idle(std::move(idle)); }
    Progress progress() const override { return input_->progress(); }
    const std::vector<std::string>& warnings() const override { return warnings_.lines(); }

    Position position() const override { return Position{part_.position}; }
    Result<bool> read_at(Position position, Record& record) override;

  private:
    explicit CaptureFile(std::unique_ptr<ByteInput> input) : input_(std::move(input)) {}

    void give(Record& record);
    bool fill(const Packet& packet, Part& part);
    Result<bool> end(Result<bool> how);
    void warn_of_damage(const Packet& packet);
    Result<bool> read_message_at(std::uint64_t offset, Part& part);

    std::unique_ptr<ByteInput> input_;
    Warnings warnings_;
    std::unique_ptr<PacketReader> reader_;
    ConnectionTable table_;
    Assembler assembler_;
    Packet packet_;
    Part part_;                       // of the record given last
    std::optional<Result<bool>> end_; // what is to be said after the last record
    std::uint64_t packets_ = 0;
    std::uint64_t bad_packets_ = 0;
    std::uint64_t overlong_ = 0;

    Packet packet_again_; // of read_at()
    Assembler assembler_again_;
};

} // namespace fusewire::files
