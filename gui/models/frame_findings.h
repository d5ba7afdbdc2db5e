// FrameFindings: what the checker found, by the frame that it is about, for whoever decodes one row.
#pragma once

#include "gui/models/judge.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace fusewire::gui {

class FrameFindings {
  public:
    FrameFindings() = default;
    explicit FrameFindings(JudgedPtr judged);

    // Of a frame to which earlier findings came again, only the worst, without what it saw.
    // Valid until the next call.
    std::span<const Judgement* const> at(std::uint64_t frame);

  private:
    JudgedPtr judged_;
    std::unordered_map<std::uint64_t, std::vector<const Judgement*>> byFrame_;
    Judgement again_;
    std::vector<const Judgement*> one_;
};

} // namespace fusewire::gui
