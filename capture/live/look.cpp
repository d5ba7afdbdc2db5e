#include "capture/live/look.h"

#include "capture/live/fd.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace fusewire {

namespace {

// More descriptors than that on /dev/fuse are not listed.
constexpr std::size_t max_rows = 1u << 16;

} // namespace

Result<std::vector<fuse_snapshot>> look_at_open_files(int link_fd) {
    const Fd iterator(bpf_iter_create(link_fd));
    if (!iterator)
        return fail(Errc::refused, "cannot run the look at open files", errno);
    std::vector<fuse_snapshot> rows;
    std::vector<std::byte> bytes;
    std::array<std::byte, 4096> part;
    for (;;) {
        const ssize_t size = read(iterator.get(), part.data(), part.size());
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (size < 0)
            return fail(Errc::io, "the look at open files failed", errno);
        if (size == 0 || rows.size() >= max_rows)
            return rows;
        bytes.insert(bytes.end(), part.begin(), part.begin() + size);
        std::size_t used = 0;
        for (; bytes.size() - used >= sizeof(fuse_snapshot); used += sizeof(fuse_snapshot))
            std::memcpy(&rows.emplace_back(), bytes.data() + used, sizeof(fuse_snapshot));
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(used));
    }
}

} // namespace fusewire
