// Extended attributes.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family xattrs_family{};

} // namespace fusewire
