// GETLK, SETLK, SETLKW.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family locks_family{};

} // namespace fusewire
