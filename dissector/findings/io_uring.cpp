// FUSE over io_uring, virtiofs.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family io_uring_family{};

} // namespace fusewire
