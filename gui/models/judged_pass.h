// A capture from beginning to end through a checker, twice, as `fusewire read` does it: what the end
// tells is known from the first message on. For workers: filters that ask for findings, and exports.
#pragma once

#include "capture/source.h"
#include "dissector/frame_index.h"
#include "dissector/judged_session.h"
#include "gui/models/capture_input.h"

#include <functional>

namespace fusewire::gui {

struct JudgedPass {
    ViewNeeds needs;
    std::function<bool()> goesOn;
    std::function<void(int percent)> progressed;
    // Of each message in order; `row` counts them as an index does. False ends the pass.
    std::function<bool(Row row, const JudgedSession& session, RecordSource& source,
                       const Decoded& decoded)>
        see;
};

// Ends early without an error when it does not go on.
[[nodiscard]] Result<void> runJudgedPass(const CaptureInput& input, const JudgedPass& pass);

} // namespace fusewire::gui
