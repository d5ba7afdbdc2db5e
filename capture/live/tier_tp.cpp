// The tp tier: tracepoints fuse_request_send and fuse_request_end (bpf/fuse_tp.bpf.c), kernel 6.12
// and later.
#include "capture/live/load_error.h"
#include "capture/live/page_map.h"
#include "capture/live/tier.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fuse_tp.skel.h>
#include <linux/membarrier.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>

namespace fusewire {

extern const Tier tp_tier;

namespace {

constexpr std::string_view tier_name = "tp";

constexpr std::string_view cannot_see[] = {
    "FORGET and BATCH_FORGET",
    "INTERRUPT",
    "notifications from the server",
    "replies that the kernel rejected",
    "the server thread that reads a request",
};

// The reader is woken each time this many more bytes wait, a quarter of a small ring.
std::uint32_t wakeup_shift(std::uint32_t ring_bytes) {
    return std::min(18u, static_cast<std::uint32_t>(std::bit_width(ring_bytes / 4)) - 1);
}

std::uint32_t round_up_ring(std::uint32_t bytes) {
    const auto page = static_cast<std::uint32_t>(sysconf(_SC_PAGESIZE));
    return std::bit_ceil(std::clamp(bytes, page, 1u << 30));
}

// Programs that are still running on another CPU when their link is closed are done after this.
void wait_for_running_programs() {
    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

class TpProbe final : public Probe {
  public:
    static Result<std::unique_ptr<Probe>> load(const ProbeOptions& options);

    explicit TpProbe(fuse_tp* object) : object_(object) {}
    ~TpProbe() override { fuse_tp__destroy(object_); }
    TpProbe(const TpProbe&) = delete;
    TpProbe& operator=(const TpProbe&) = delete;

    Result<void> attach() override;
    void detach() override;
    int ring_fd() const override { return bpf_map__fd(object_->maps.ring); }
    std::size_t ring_bytes() const override { return bpf_map__max_entries(object_->maps.ring); }
    ProbeLoss loss() const override;
    std::vector<std::string> limits() const override;

  private:
    void configure(const ProbeOptions& options);
    std::uint64_t skipped_runs(const bpf_program* program) const;

    fuse_tp* object_;
    std::string no_pages_; // why data pages cannot be read; empty if they can
};

void TpProbe::configure(const ProbeOptions& options) {
    auto& constants = *object_->rodata;
    constants.filter_count = static_cast<__u32>(options.connections.size());
    std::ranges::transform(options.connections, constants.filter_conns,
                           [](ConnId conn) { return static_cast<__u32>(conn); });
    constants.snap_length = std::max(options.snap_length, min_snap_length);
    const std::uint32_t ring_size = round_up_ring(options.ring_bytes);
    constants.wakeup_shift = wakeup_shift(ring_size);
    __u64 secret = 0;
    if (getrandom(&secret, sizeof(secret), 0) == sizeof(secret))
        constants.pair_key_secret = secret;
    bpf_map__set_max_entries(object_->maps.ring, ring_size);
}

Result<std::unique_ptr<Probe>> TpProbe::load(const ProbeOptions& options) {
    const LibbpfLog log;
    fuse_tp* object = fuse_tp__open();
    if (object == nullptr)
        return tl::unexpected(explain_load_failure_here(tier_name, errno, log.text()));
    auto probe = std::make_unique<TpProbe>(object);
    probe->configure(options);
    if (const int error = fuse_tp__load(object); error != 0)
        return tl::unexpected(explain_load_failure_here(tier_name, -error, log.text()));
    const auto found =
        find_direct_map(bpf_program__fd(object->progs.find_direct_map), object->bss->page_map);
    if (!found)
        probe->no_pages_ = found.error().message;
    return probe;
}

Result<void> TpProbe::attach() {
    const LibbpfLog log;
    // Requests first: a reply without its request would be of less use than the reverse.
    object_->links.request_send = bpf_program__attach(object_->progs.request_send);
    if (object_->links.request_send != nullptr)
        object_->links.request_end = bpf_program__attach(object_->progs.request_end);
    if (object_->links.request_end == nullptr)
        return tl::unexpected(explain_load_failure_here(tier_name, errno, log.text()));
    return {};
}

void TpProbe::detach() {
    fuse_tp__detach(object_);
    wait_for_running_programs();
}

std::uint64_t TpProbe::skipped_runs(const bpf_program* program) const {
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0)
        return 0;
    return info.recursion_misses;
}

ProbeLoss TpProbe::loss() const {
    ProbeLoss sum;
    for (const fuse_loss& row : object_->bss->loss) {
        sum.messages += __atomic_load_n(&row.messages, __ATOMIC_RELAXED);
        sum.bytes += __atomic_load_n(&row.bytes, __ATOMIC_RELAXED);
    }
    sum.skipped =
        skipped_runs(object_->progs.request_send) + skipped_runs(object_->progs.request_end);
    return sum;
}

std::vector<std::string> TpProbe::limits() const {
    if (no_pages_.empty())
        return {};
    return {"data pages of READ, WRITE and READDIR (" + no_pages_ + ")"};
}

} // namespace

const Tier tp_tier = {tier_name, cannot_see, TpProbe::load};

} // namespace fusewire
