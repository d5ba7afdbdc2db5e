// Extension records of requests.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family extensions_family{};

} // namespace fusewire
