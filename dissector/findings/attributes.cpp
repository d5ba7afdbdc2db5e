// Attributes, STATX included.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family attributes_family{};

} // namespace fusewire
