// Notifications.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family notifications_family{};

} // namespace fusewire
