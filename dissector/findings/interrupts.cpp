// INTERRUPT.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family interrupts_family{};

} // namespace fusewire
