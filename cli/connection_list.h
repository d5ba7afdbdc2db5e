// capture -D: the FUSE connections that there are, without a probe and without touching a mount.
#pragma once

#include "cli/view.h"

namespace fusewire {

// Prints them to standard output as text or JSON; another format is a usage error. Returns an
// ExitCode.
int list_connections(ViewFormat format);

} // namespace fusewire
