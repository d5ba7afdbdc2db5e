// CaptureFile: the messages of a pcapng or pcap file. Joins a packet reader, the pseudo-header, the
// assembler and the table of connections into one RecordSource.
#pragma once

#include "capture/assembler.h"
#include "capture/byte_input.h"
#include "capture/connection_table.h"
#include "capture/packet_reader.h"
#include "capture/source.h"
#include "capture/warnings.h"

#include <atomic>
#include <memory>
#include <optional>

namespace fusewire::files {

class CaptureFile final : public RecordSource {
  public:
    // Picks the format by the first bytes; not_capture says what they are instead.
    [[nodiscard]] static Result<std::unique_ptr<CaptureFile>>
    open(std::unique_ptr<ByteInput> input);

    // The same at the first next(), which may have to wait for the first bytes.
    static std::unique_ptr<CaptureFile> open_later(std::unique_ptr<ByteInput> input);

    Result<bool> next(Record& record) override;
    const std::vector<Connection>& connections() const override { return table_.connections(); }
    std::span<const std::size_t> revised() const override { return table_.revised(); }
    bool rewindable() const override { return input_->rewindable(); }
    Result<void> rewind() override;
    Position position() const override { return Position{part_.position}; }
    std::unique_ptr<RandomAccess> random_access() const override;
    void on_idle(std::function<void()> idle) override { input_->on_idle(std::move(idle)); }
    Progress progress() const override { return input_->progress(); }
    const std::vector<std::string>& warnings() const override { return warnings_.lines(); }

  private:
    class Again;

    explicit CaptureFile(std::unique_ptr<ByteInput> input) : input_(std::move(input)) {}

    [[nodiscard]] Result<void> begin();
    void give(Record& record);
    bool fill(const Packet& packet, Part& part);
    Result<bool> end(Result<bool> how);
    void warn_of_damage(const Packet& packet);

    std::unique_ptr<ByteInput> input_;
    Warnings warnings_;
    std::unique_ptr<PacketReader> reader_; // null before begin()
    std::atomic<bool> begun_{false};
    ConnectionTable table_;
    Assembler assembler_;
    Packet packet_;
    Part part_;                       // of the record given last
    std::optional<Result<bool>> end_; // what is to be said after the last record
    std::uint64_t packets_ = 0;
    std::uint64_t bad_packets_ = 0;
    std::uint64_t overlong_ = 0;
};

} // namespace fusewire::files
