// Fhandles of LOOKUP_HANDLE.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family handles_family{};

} // namespace fusewire
