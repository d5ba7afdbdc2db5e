// The probe (bpf/fuse_probe.bpf.c) with the programs of one tier.
#include "capture/live/load_error.h"
#include "capture/live/look.h"
#include "capture/live/page_map.h"
#include "capture/live/tier.h"
#include "capture/live/waiting_threads.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <fuse_probe.skel.h>
#include <linux/membarrier.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fstream>
#include <set>

namespace fusewire {

Result<std::unique_ptr<Probe>> load_bpf_probe(const Tier& tier, const ProbeOptions& options);
Result<std::vector<ConnectionFacts>> survey_with_bpf();

namespace {

// Calls of tidy(), which come every few milliseconds, between two looks at waiting threads.
constexpr unsigned rounds_between_reviews = 50;

constexpr std::string_view look_program = "look";
constexpr std::string_view page_program = "find_direct_map";

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

bool fuse_uses_io_uring() {
    std::ifstream file("/sys/module/fuse/parameters/enable_uring");
    char answer = 'N';
    file >> answer;
    return answer == 'Y';
}

// Whether the filter looks at more than connections and servers, so that requests are remembered.
bool judges(const MessageFilter& filter) {
    return filter.opcodes || !filter.pids.empty() || filter.uid || filter.errors ||
           filter.data_bytes;
}

class BpfProbe final : public Probe {
  public:
    BpfProbe(const Tier& tier, fuse_probe* object) : tier_(tier), object_(object) {}
    ~BpfProbe() override;
    BpfProbe(const BpfProbe&) = delete;
    BpfProbe& operator=(const BpfProbe&) = delete;

    // 0 or a negative errno.
    int load(const ProbeOptions& options, bool with_look);

    // The look alone, which lists no requests.
    Result<void> survey();

    Result<void> attach() override;
    void detach() override;
    int ring_fd() const override { return bpf_map__fd(object_->maps.ring); }
    std::size_t ring_bytes() const override { return bpf_map__max_entries(object_->maps.ring); }
    ProbeLoss loss() const override;
    Result<void> look() override { return look(true); }
    std::vector<ConnectionFacts> connections() const override;
    void tidy() override;
    std::vector<std::string> limits() const override;

  private:
    bpf_program* find(std::string_view name) const;
    bool choose(std::string_view name);
    void choose_programs(bool with_look);
    void configure(const ProbeOptions& options);
    void set_filter(const MessageFilter& filter);
    void set_callers(const MessageFilter& filter);
    Result<void> attach(std::string_view name);
    Result<void> look(bool lists_requests);
    void watch_waiting_threads();
    bool has_entered(__u32 id) const;
    void review_waiting_threads();
    std::uint64_t skipped_runs(const bpf_program* program) const;

    const Tier& tier_;
    fuse_probe* object_;
    std::vector<std::string_view> attached_; // names, in order
    std::vector<bpf_link*> links_;
    std::vector<const bpf_program*> programs_; // of the links
    bpf_link* look_link_ = nullptr;
    bpf_link* waiting_link_ = nullptr;
    std::vector<__u32> waiting_;       // threads that are watched by it
    std::uint64_t missed_returns_ = 0; // of those: came back while the program could not run
    unsigned rounds_ = 0;              // calls of tidy()
    std::vector<fuse_snapshot> rows_;
    std::string no_pages_; // why data pages cannot be read; empty if they can
    std::string no_look_;
};

BpfProbe::~BpfProbe() {
    detach();
    bpf_link__destroy(look_link_);
    fuse_probe__destroy(object_);
}

bpf_program* BpfProbe::find(std::string_view name) const {
    return bpf_object__find_program_by_name(object_->obj, std::string(name).c_str());
}

bool BpfProbe::choose(std::string_view name) {
    bpf_program* program = find(name);
    return program != nullptr && bpf_program__set_autoload(program, true) == 0;
}

void BpfProbe::choose_programs(bool with_look) {
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object_->obj) bpf_program__set_autoload(program, false);
    attached_.assign(tier_.programs.begin(), tier_.programs.end());
    if (fuse_uses_io_uring())
        attached_.insert(attached_.end(), tier_.uring_programs.begin(), tier_.uring_programs.end());
    for (const std::string_view name : attached_)
        choose(name);
    choose(page_program);
    if (with_look)
        choose(look_program);
    if (with_look && !tier_.waiting_program.empty())
        choose(tier_.waiting_program);
}

void BpfProbe::configure(const ProbeOptions& options) {
    auto& constants = *object_->rodata;
    constants.snap_length = std::max(options.snap_length, min_snap_length);
    const std::uint32_t ring_size = round_up_ring(options.ring_bytes);
    constants.wakeup_shift = wakeup_shift(ring_size);
    constants.pairs_by_address = tier_.requests_in_caller;
    __u64 secret = 0;
    if (getrandom(&secret, sizeof(secret), 0) == sizeof(secret))
        constants.pair_key_secret = secret;
    bpf_map__set_max_entries(object_->maps.ring, ring_size);
    set_filter(options.filter);
}

void BpfProbe::set_filter(const MessageFilter& filter) {
    auto& constants = *object_->rodata;
    constants.filter_count = static_cast<__u32>(filter.connections.size());
    std::ranges::transform(filter.connections, constants.filter_conns,
                           [](ConnId conn) { return static_cast<__u32>(conn); });
    constants.filter_server = tier_.requests_in_caller ? 0 : filter.server_pid;
    if (filter.opcodes) {
        constants.filter_has_opcodes = 1;
        constants.filter_other_opcodes = filter.opcodes->others;
        for (std::size_t opcode = 0; opcode < filtered_opcodes; opcode++)
            if (filter.opcodes->opcodes.test(opcode))
                constants.filter_opcodes[opcode / 64] |= __u64{1} << opcode % 64;
    }
    constants.filter_has_pids = !filter.pids.empty();
    constants.filter_has_uid = filter.uid.has_value();
    constants.filter_uid = filter.uid.value_or(0);
    constants.filter_errors = filter.errors;
    constants.data_bytes = filter.data_bytes.value_or(constants.data_bytes);
    if (!judges(filter))
        bpf_map__set_max_entries(object_->maps.asked, 1);
    if (!filter.errors)
        bpf_map__set_max_entries(object_->maps.held, 1);
}

void BpfProbe::set_callers(const MessageFilter& filter) {
    const __u8 yes = 1;
    for (const std::uint32_t pid : filter.pids) {
        std::vector<pid_t> callers = threads_of(static_cast<pid_t>(pid));
        callers.push_back(static_cast<pid_t>(pid)); // also where we do not see the process
        for (const pid_t caller : callers)
            bpf_map__update_elem(object_->maps.filter_pids, &caller, sizeof(caller), &yes,
                                 sizeof(yes), BPF_ANY);
    }
}

int BpfProbe::load(const ProbeOptions& options, bool with_look) {
    choose_programs(with_look);
    configure(options);
    if (const int error = fuse_probe__load(object_); error != 0)
        return error;
    set_callers(options.filter);
    const auto found =
        find_direct_map(bpf_program__fd(object_->progs.find_direct_map), object_->bss->page_map);
    if (!found)
        no_pages_ = found.error().message;
    if (!with_look)
        no_look_ = "the kernel refused the look";
    return 0;
}

Result<void> BpfProbe::attach(std::string_view name) {
    const bpf_program* program = find(name);
    bpf_link* link = bpf_program__attach(program);
    if (link == nullptr)
        return fail(Errc::refused, std::string(name), errno);
    links_.push_back(link);
    programs_.push_back(program);
    return {};
}

// Threads that wait already are watched first, so that none slips through between the two. Until they
// are listed, each return is looked at whose entry nobody saw.
Result<void> BpfProbe::attach() {
    const LibbpfLog log;
    const bool watches = no_look_.empty() && !tier_.waiting_program.empty();
    object_->bss->watches_blocked = watches;
    object_->bss->lists_blocked = watches;
    if (watches)
        waiting_link_ = bpf_program__attach(find(tier_.waiting_program));
    for (const std::string_view name : attached_)
        if (auto done = attach(name); !done)
            return tl::unexpected(
                explain_load_failure_here(tier_.name, done.error().sys_errno, log.text()));
    if (no_look_.empty())
        if (auto looked = look(true); !looked)
            no_look_ = looked.error().message;
    watch_waiting_threads();
    return {};
}

Result<void> BpfProbe::survey() {
    return look(false);
}

Result<void> BpfProbe::look(bool lists_requests) {
    if (!no_look_.empty())
        return fail(Errc::unsupported, "this kernel does not let us list requests");
    if (look_link_ == nullptr)
        look_link_ = bpf_program__attach_iter(object_->progs.look, nullptr);
    if (look_link_ == nullptr)
        return fail(Errc::refused, "the look at open files", errno);
    object_->bss->lists_requests = lists_requests;
    object_->bss->look_number++;
    auto rows = look_at_open_files(bpf_link__fd(look_link_));
    if (!rows)
        return tl::unexpected(rows.error());
    rows_ = std::move(*rows);
    return {};
}

void BpfProbe::watch_waiting_threads() {
    if (waiting_link_ == nullptr)
        return;
    std::set<pid_t> servers;
    for (const fuse_snapshot& row : rows_)
        servers.insert(static_cast<pid_t>(row.tgid));
    const __u8 yes = 1;
    for (const pid_t server : servers)
        for (const pid_t thread : threads_waiting_in_read(server)) {
            const auto id = static_cast<__u32>(thread);
            if (!has_entered(id) && bpf_map__update_elem(object_->maps.blocked, &id, sizeof(id),
                                                         &yes, sizeof(yes), BPF_ANY) == 0)
                waiting_.push_back(id);
        }
    object_->bss->lists_blocked = 0;
    tidy();
}

// Whether it came back meanwhile and reads again, which the other programs see.
bool BpfProbe::has_entered(__u32 id) const {
    __u8 yes = 0;
    return bpf_map__lookup_elem(object_->maps.entered, &id, sizeof(id), &yes, sizeof(yes), 0) == 0;
}

// Gives up those that are back. One that reads again although nobody saw it come back brought a
// message that is missing.
void BpfProbe::review_waiting_threads() {
    std::erase_if(waiting_, [this](__u32 id) {
        __u8 yes = 0;
        if (!has_entered(id))
            return bpf_map__lookup_elem(object_->maps.blocked, &id, sizeof(id), &yes, sizeof(yes),
                                        0) != 0;
        if (bpf_map__delete_elem(object_->maps.blocked, &id, sizeof(id), 0) == 0)
            ++missed_returns_;
        return true;
    });
}

void BpfProbe::tidy() {
    if (waiting_link_ == nullptr || rounds_++ % rounds_between_reviews != 0)
        return;
    review_waiting_threads();
    if (!waiting_.empty())
        return;
    object_->bss->watches_blocked = 0;
    bpf_link__destroy(waiting_link_);
    waiting_link_ = nullptr;
}

void BpfProbe::detach() {
    if (waiting_link_ != nullptr)
        review_waiting_threads();
    bpf_link__destroy(waiting_link_);
    waiting_link_ = nullptr;
    for (bpf_link* link : links_)
        bpf_link__destroy(link);
    if (!links_.empty())
        wait_for_running_programs();
    links_.clear();
}

std::uint64_t BpfProbe::skipped_runs(const bpf_program* program) const {
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0)
        return 0;
    return info.recursion_misses;
}

ProbeLoss BpfProbe::loss() const {
    ProbeLoss sum;
    for (const fuse_loss& row : object_->bss->loss) {
        sum.messages += __atomic_load_n(&row.messages, __ATOMIC_RELAXED);
        sum.bytes += __atomic_load_n(&row.bytes, __ATOMIC_RELAXED);
    }
    sum.skipped = missed_returns_;
    for (const bpf_program* program : programs_)
        sum.skipped += skipped_runs(program);
    return sum;
}

std::vector<ConnectionFacts> BpfProbe::connections() const {
    std::vector<ConnectionFacts> facts;
    for (const fuse_snapshot& row : rows_)
        facts.push_back({.conn = ConnId{row.conn},
                         .server_pid = row.tgid,
                         .server_name = {row.comm, strnlen(row.comm, sizeof(row.comm))},
                         .minor = row.minor,
                         .init_flags = row.init_flags});
    return facts;
}

std::vector<std::string> BpfProbe::limits() const {
    std::vector<std::string> phrases;
    if (!no_pages_.empty())
        phrases.push_back("data pages of READ, WRITE and READDIR (" + no_pages_ + ")");
    if (!no_look_.empty())
        phrases.push_back("what was on its way before the capture (" + no_look_ + ")");
    return phrases;
}

} // namespace

Result<std::vector<ConnectionFacts>> survey_with_bpf() {
    static constexpr Tier look_alone{.name = "auto",
                                     .cannot_see = {},
                                     .programs = {},
                                     .uring_programs = {},
                                     .waiting_program = {}};
    const LibbpfLog log;
    fuse_probe* object = fuse_probe__open();
    if (object == nullptr)
        return tl::unexpected(explain_load_failure_here(look_alone.name, errno, log.text()));
    BpfProbe probe(look_alone, object);
    if (const int error = probe.load({.filter = {}, .ring_bytes = 1}, true); error != 0)
        return tl::unexpected(explain_load_failure_here(look_alone.name, -error, log.text()));
    if (auto surveyed = probe.survey(); !surveyed)
        return tl::unexpected(surveyed.error());
    return probe.connections();
}

// A kernel that refuses only the look at what was before still lets us capture.
Result<std::unique_ptr<Probe>> load_bpf_probe(const Tier& tier, const ProbeOptions& options) {
    const LibbpfLog log;
    int error = 0;
    for (const bool with_look : {true, false}) {
        fuse_probe* object = fuse_probe__open();
        if (object == nullptr)
            return tl::unexpected(explain_load_failure_here(tier.name, errno, log.text()));
        auto probe = std::make_unique<BpfProbe>(tier, object);
        error = probe->load(options, with_look);
        if (error == 0)
            return probe;
    }
    return tl::unexpected(explain_load_failure_here(tier.name, -error, log.text()));
}

} // namespace fusewire
