// Reading, writing and what is like it.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family data_family{};

} // namespace fusewire
