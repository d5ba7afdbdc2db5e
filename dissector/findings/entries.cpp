// Entries handed out.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family entries_family{};

} // namespace fusewire
