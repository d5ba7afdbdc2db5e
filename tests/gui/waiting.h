// Waiting for what other threads do, with the events of this one going on.
#pragma once

#include <functional>

namespace fusewire::gui {

// Runs events until `done` is true; false if it is not within ten seconds.
bool waitUntil(const std::function<bool()>& done);

} // namespace fusewire::gui
