// READDIR and READDIRPLUS.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family directories_family{};

} // namespace fusewire
