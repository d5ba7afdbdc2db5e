// INIT and what it settles.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family init_family{};

} // namespace fusewire
