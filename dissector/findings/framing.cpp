// Headers, lengths and pairing.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family framing_family{};

} // namespace fusewire
