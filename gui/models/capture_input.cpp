#include "gui/models/capture_input.h"

#include <utility>

namespace fusewire::gui {

Result<std::unique_ptr<RecordSource>> CaptureInput::open(std::function<bool()> go_on) const {
    if (!grows())
        return open_capture(path_);
    return open_growing_capture(path_, [following = following_, go_on = std::move(go_on)] {
        return following->load(std::memory_order_relaxed) && go_on();
    });
}

} // namespace fusewire::gui
