// Names in requests.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family names_family{};

} // namespace fusewire
