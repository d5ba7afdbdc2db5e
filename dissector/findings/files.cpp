// Open files and directories by fh.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family files_family{};

} // namespace fusewire
