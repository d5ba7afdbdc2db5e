// The probe's look at what there was before it: an iterator over all open files, whose output is a
// row for each descriptor on /dev/fuse. Requests on their way go into the ring meanwhile.
#pragma once

#include "bpf/fuse_event.h"
#include "dissector/result.h"

#include <vector>

namespace fusewire {

// Runs the iterator behind `link_fd` to its end. Needs no privileges.
[[nodiscard]] Result<std::vector<fuse_snapshot>> look_at_open_files(int link_fd);

} // namespace fusewire
