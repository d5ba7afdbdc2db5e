// Where the kernel keeps the bytes of a struct page: the two base addresses that the probe needs to
// read data pages, measured once at start-up (bpf/page_map.bpf.h).
#pragma once

#include "bpf/fuse_event.h"
#include "dissector/result.h"

namespace fusewire {

// Fills `map`, which is memory shared with the BPF object, by running its program find_direct_map.
// Needs CAP_SYS_ADMIN for /proc/self/pagemap. On an error map.direct_map is 0.
[[nodiscard]] Result<void> find_direct_map(int program_fd, fuse_page_map& map);

} // namespace fusewire
