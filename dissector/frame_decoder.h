// FrameDecoder: any row of a FrameIndex as views are given it, from the bytes of the message and of the
// request it answers. The same as a second Session gives that has seen everything before. What takes the
// history of all messages is not there: findings of the checker, the kernel's verdict and the statx view
// (dissector/checker.h); what is wrong with the message's own bytes is, in Message::findings.
#pragma once

#include "dissector/frame_index.h"
#include "dissector/result.h"
#include "dissector/session.h"

#include <functional>
#include <optional>
#include <vector>

namespace fusewire {

class FrameDecoder {
  public:
    // Reads the record at a position that the index gave; false if there is none any more. Its spans
    // stay valid until the next call.
    using Read = std::function<Result<bool>(std::uint64_t position, Record& record)>;

    // A decoder serves one thread. `index` may grow meanwhile.
    FrameDecoder(const FrameIndex& index, Read read) : index_(index), read_(std::move(read)) {}
    FrameDecoder(const FrameDecoder&) = delete;
    FrameDecoder& operator=(const FrameDecoder&) = delete;

    // Every connection is taken to speak this, whatever was recognised.
    void force_dialect(DialectName name) { forced_ = name; }

    // For row < index.size(). What is returned is valid until the next call. While the index is not
    // complete, dialect and reply are those known so far.
    [[nodiscard]] Result<Decoded> decode(Row row);

  private:
    [[nodiscard]] Result<void> read(const FrameRow& row, Record& record);
    [[nodiscard]] Result<void> decode_request(Row row);
    Dialect dialect_of(Row row) const;
    void fill_exchange(const FrameRow& row);

    const FrameIndex& index_;
    Read read_;
    std::optional<DialectName> forced_;
    Record record_;
    Message message_;
    Exchange exchange_;
    Message request_;
    std::vector<std::byte> request_bytes_; // what `request_` refers to
};

} // namespace fusewire
