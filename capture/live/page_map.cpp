#include "capture/live/page_map.h"

#include "capture/live/fd.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

namespace fusewire {

namespace {

constexpr std::uint64_t pfn_mask = (1ull << 55) - 1;

tl::unexpected<Error> failed(const char* what) {
    return fail(Errc::refused, std::string("finding the kernel's direct map: ") + what, errno);
}

// One page of our own, locked.
class LockedPage {
  public:
    LockedPage()
        : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
          memory_(mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0)) {}
    ~LockedPage() {
        if (ok())
            munmap(memory_, size_);
    }
    LockedPage(const LockedPage&) = delete;
    LockedPage& operator=(const LockedPage&) = delete;

    bool ok() const { return memory_ != MAP_FAILED; }
    void* data() const { return memory_; }
    std::size_t size() const { return size_; }
    std::uint64_t number() const { return reinterpret_cast<std::uintptr_t>(memory_) / size_; }

  private:
    std::size_t size_;
    void* memory_;
};

Result<std::uint64_t> frame_number(const LockedPage& page) {
    const Fd pagemap(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
    std::uint64_t entry = 0;
    const auto offset = static_cast<off_t>(page.number() * sizeof(entry));
    if (!pagemap || pread(pagemap.get(), &entry, sizeof(entry), offset) != sizeof(entry))
        return failed("cannot read /proc/self/pagemap");
    if ((entry & pfn_mask) == 0)
        return failed("/proc/self/pagemap hides page numbers (CAP_SYS_ADMIN is missing)");
    return entry & pfn_mask;
}

} // namespace

Result<void> find_direct_map(int program_fd, fuse_page_map& map) {
    map = {};
    const LockedPage page;
    if (!page.ok() || getrandom(map.cookie, sizeof(map.cookie), 0) != sizeof(map.cookie))
        return failed("no locked page");
    std::memcpy(page.data(), map.cookie, sizeof(map.cookie));

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failed("no pipe");
    const Fd reader(ends[0]);
    const Fd writer(ends[1]);
    const iovec whole{page.data(), page.size()};
    if (vmsplice(writer.get(), &whole, 1, 0) != static_cast<ssize_t>(page.size()))
        return failed("vmsplice failed");

    // The pipe pins the page, so its number does not change any more.
    const auto pfn = frame_number(page);
    if (!pfn)
        return tl::unexpected(pfn.error());
    map.pfn = *pfn;
    map.pipe_fd = static_cast<std::uint64_t>(reader.get());

    LIBBPF_OPTS(bpf_test_run_opts, options);
    if (bpf_prog_test_run_opts(program_fd, &options) != 0)
        return failed("the program was not run");
    if (map.direct_map == 0)
        return failed("the page was not found");
    return {};
}

} // namespace fusewire
