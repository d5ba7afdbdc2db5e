// What the kernel was seen to do.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family verdicts_family{};

} // namespace fusewire
