// What a capture is, in lines of text: its file, its span of time, its connections, and what nobody could
// see of them.
#pragma once

#include "gui/models/viewer.h"

#include <QString>

namespace fusewire::gui {

// As far as it is read and judged; empty without a capture.
QString captureProperties(const Viewer& viewer);

// "tier tp cannot see notifications": what is missing in the capture and so in all that is made of it;
// empty: nothing that is known.
QString blindSpots(const Viewer& viewer);

} // namespace fusewire::gui
