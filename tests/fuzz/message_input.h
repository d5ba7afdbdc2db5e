// A fuzz input as a series of messages. For each of them:
//
//   u8   direction (Direction), modulo 4
//   u8   bits 0-3: flags of the record; bit 4: cut; bit 5: came over io_uring; bit 6: no time
//   u16  bytes on the wire, little-endian
//   u16  bytes captured, only when cut
//   the captured bytes
#pragma once

#include "tests/fuzz/fuzz_target.h"

#include <memory>

namespace fusewire::fuzz {

class MessageInput {
  public:
    explicit MessageInput(Input rest) : rest_(rest) {}

    // False at the end of the input. The record's bytes are valid until the next call.
    bool next(Record& record);

  private:
    std::size_t take_head(Record& record);

    Input rest_;
    std::unique_ptr<ExactCopy> bytes_;
    std::uint64_t frame_ = 0;
};

} // namespace fusewire::fuzz
