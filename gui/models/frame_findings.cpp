#include "gui/models/frame_findings.h"

namespace fusewire::gui {

FrameFindings::FrameFindings(JudgedPtr judged) : judged_(std::move(judged)) {
    if (judged_)
        for (const Judgement& found : judged_->findings)
            byFrame_[found.frame].push_back(&found);
}

std::span<const Judgement* const> FrameFindings::at(std::uint64_t frame) {
    if (const auto found = byFrame_.find(frame); found != byFrame_.end())
        return found->second;
    const auto worst = judged_ ? judged_->worstAt(frame) : std::nullopt;
    if (!worst)
        return {};
    again_.severity = *worst;
    again_.rule = judged_->worstRuleAt(frame);
    again_.frame = frame;
    one_.assign(1, &again_);
    return one_;
}

} // namespace fusewire::gui
