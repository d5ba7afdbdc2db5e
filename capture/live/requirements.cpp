#include "capture/live/requirements.h"

#include "capture/live/kernel_bpf.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace fusewire {

namespace {

CheckResult yes(std::string detail) {
    return {Answer::yes, std::move(detail)};
}

CheckResult no(std::string detail) {
    return {Answer::no, std::move(detail)};
}

CheckResult unknown(std::string detail) {
    return {Answer::unknown, std::move(detail)};
}

CheckResult build_has_bpf(const Sight&) {
    if (tiers().empty())
        return no("clang, bpftool or libbpf-dev was missing when it was configured");
    std::string names;
    for (const Tier& tier : tiers())
        names += (names.empty() ? "tiers " : ", ") + std::string(tier.name);
    return yes(names);
}

CheckResult has_privileges(const Sight& sight) {
    if (sight.machine.in_user_namespace())
        return no("in a user namespace, whose root may not load BPF programs");
    if (const auto missing = missing_capabilities(effective_capabilities()); !missing.empty())
        return no("without " + missing);
    const int error = tiers().empty() ? 0 : try_any_program();
    if (error != 0)
        return no(fmt::format("the capabilities are there, but the kernel refuses a trivial BPF "
                              "program ({})",
                              std::strerror(error)));
    return yes(geteuid() == 0 ? "root" : fmt::format("capabilities of user {}", geteuid()));
}

CheckResult lockdown_permits(const Sight& sight) {
    const std::string mode = sight.machine.lockdown();
    if (mode == "confidentiality")
        return no("lockdown=confidentiality forbids BPF to read kernel memory");
    return yes(mode.empty() ? "no lockdown" : "lockdown=" + mode);
}

CheckResult kernel_has_btf(const Sight& sight) {
    if (sight.machine.has_btf())
        return yes("/sys/kernel/btf/vmlinux");
    return no("/sys/kernel/btf/vmlinux is missing");
}

CheckResult kernel_has_fuse(const Sight& sight) {
    if (!sight.machine.has_filesystem("fuse"))
        return no("/proc/filesystems does not list it");
    return yes(fmt::format("Linux {}", sight.machine.kernel_release()));
}

CheckResult fuse_device(const Sight& sight) {
    return sight.machine.exists("/dev/fuse") ? yes("/dev/fuse")
                                             : no("/dev/fuse is missing; captures work");
}

CheckResult from_btf(std::optional<bool> has, std::string_view found, std::string_view missing) {
    if (!has)
        return unknown("no BTF to look it up in");
    return *has ? yes(std::string(found)) : no(std::string(missing));
}

CheckResult fuse_in_btf(const Sight& sight) {
    return from_btf(sight.btf.has_struct("fuse_req"),
                    sight.machine.exists("/sys/kernel/btf/fuse") ? "of the module" : "built in",
                    "struct fuse_req is in no BTF");
}

std::optional<bool> both(std::optional<bool> one, std::optional<bool> other) {
    if (!one || !other)
        return std::nullopt;
    return *one && *other;
}

CheckResult device_functions(const Sight& sight) {
    return from_btf(both(sight.btf.has_function("fuse_dev_do_read"),
                         sight.btf.has_function("fuse_dev_do_write")),
                    "fuse_dev_do_read, fuse_dev_do_write",
                    "fuse_dev_do_read or fuse_dev_do_write is not in BTF");
}

CheckResult request_tracepoints(const Sight& sight) {
    return from_btf(both(sight.btf.has_tracepoint("fuse_request_send"),
                         sight.btf.has_tracepoint("fuse_request_end")),
                    "fuse_request_send, fuse_request_end",
                    "fuse_request_send or fuse_request_end is missing");
}

CheckResult trampolines(const Sight&) {
    if (tiers().empty())
        return unknown("this build cannot try");
    const int error = try_trampoline();
    if (error == 0)
        return yes("tried");
    return no(fmt::format("a trivial fentry program is refused ({})", std::strerror(error)));
}

// The perf event source that libbpf uses, and the file that it falls back to.
CheckResult kprobes(const Sight& sight) {
    for (const char* path :
         {"/sys/bus/event_source/devices/kprobe/type", "/sys/kernel/tracing/kprobe_events",
          "/sys/kernel/debug/tracing/kprobe_events"})
        if (sight.machine.exists(path))
            return yes(path);
    return no("/sys/bus/event_source/devices/kprobe is missing");
}

// Since 5.11 BPF memory is charged to the memory cgroup, before to this limit.
CheckResult locked_memory(const Sight& sight) {
    if (sight.machine.kernel_is_at_least(5, 11))
        return yes("charged to the memory cgroup, whose limit is all that counts");
    rlimit limit{};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
        return unknown("the limit cannot be read");
    constexpr rlim_t enough = rlim_t{64} << 20;
    if (limit.rlim_cur >= enough)
        return yes("RLIMIT_MEMLOCK is large enough");
    return no(fmt::format("RLIMIT_MEMLOCK is {} bytes", limit.rlim_cur));
}

const TierTrial* best_of(std::span<const TierTrial> trials) {
    const auto found = std::ranges::find_if(
        trials, [](const TierTrial& trial) { return !trial.refusal.has_value(); });
    return found == trials.end() ? nullptr : &*found;
}

CheckResult data_pages(const Sight& sight) {
    const TierTrial* best = best_of(sight.trials);
    if (best == nullptr)
        return unknown("no tier works that could look");
    for (const std::string& limit : best->limits)
        if (limit.starts_with("data pages"))
            return no(limit);
    return yes("the kernel's direct map was found");
}

CheckResult io_uring(const Sight& sight) {
    const std::string enabled =
        sight.machine.first_line("/sys/module/fuse/parameters/enable_uring");
    if (enabled.empty())
        return no("this kernel's FUSE has none (Linux 6.14 has)");
    return enabled == "Y" ? yes("enable_uring is Y")
                          : no("enable_uring is " + enabled + ": servers use /dev/fuse");
}

CheckResult fusectl(const Sight& sight) {
    const auto mounts = sight.machine.lines("/proc/self/mountinfo");
    const bool mounted = std::ranges::any_of(
        mounts, [](const std::string& line) { return line.find(" - fusectl ") != line.npos; });
    return mounted ? yes("/sys/fs/fuse/connections")
                   : no("not mounted: no counts of waiting requests");
}

constexpr Requirement table[] = {
    {"BPF in this build", Need::capture, build_has_bpf,
     "install clang, bpftool and libbpf-dev, then configure and build again"},
    {"privileges", Need::capture, has_privileges,
     "run it with sudo, or with CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN, outside any container"},
    {"lockdown permits BPF", Need::capture, lockdown_permits,
     "boot with lockdown=integrity or without lockdown"},
    {"BTF", Need::capture, kernel_has_btf, "use a kernel with CONFIG_DEBUG_INFO_BTF"},
    {"FUSE", Need::capture, kernel_has_fuse, "modprobe fuse"},
    {"FUSE in BTF", Need::capture, fuse_in_btf,
     "modprobe fuse; its module needs CONFIG_DEBUG_INFO_BTF_MODULES"},
    {"locked memory", Need::capture, locked_memory, "ulimit -l unlimited"},
    {"device functions", Need::tier, device_functions,
     "use a kernel whose compiler did not inline them"},
    {"request tracepoints", Need::tier, request_tracepoints, "use Linux 6.12 or later"},
    {"BPF trampolines", Need::tier, trampolines,
     "use a kernel with CONFIG_FUNCTION_TRACER that does not restrict them"},
    {"kprobes", Need::tier, kprobes, "use a kernel with CONFIG_KPROBE_EVENTS"},
    {"data pages", Need::more, data_pages, "headers and small payloads are captured all the same"},
    {"FUSE device", Need::more, fuse_device,
     "needed to mount here: modprobe fuse, or give it to the container (--device /dev/fuse)"},
    {"FUSE over io_uring", Need::more, io_uring,
     "if a server wants it: echo Y > /sys/module/fuse/parameters/enable_uring"},
    {"fusectl", Need::more, fusectl, "mount -t fusectl none /sys/fs/fuse/connections"},
};

TierTrial try_tier(const Tier& tier) {
    TierTrial trial{.tier = &tier, .refusal = std::nullopt, .limits = {}};
    auto loaded = load_tier(tier.name, {});
    if (!loaded) {
        trial.refusal = loaded.error();
        return trial;
    }
    if (const auto attached = loaded->probe->attach(); !attached)
        trial.refusal = attached.error();
    trial.limits = loaded->probe->limits();
    loaded->probe->detach();
    return trial;
}

bool forbids(const CheckedRequirement& checked) {
    return checked.requirement->need == Need::capture && checked.result.answer == Answer::no;
}

std::string reason_of(const Diagnosis& diagnosis) {
    const auto found = std::ranges::find_if(diagnosis.requirements, forbids);
    if (found != diagnosis.requirements.end())
        return fmt::format("{}: {}; {}", found->requirement->name, found->result.detail,
                           found->requirement->remedy);
    // The last tier asks for least.
    return diagnosis.trials.empty() ? "this build has no tiers"
                                    : diagnosis.trials.back().refusal->message;
}

} // namespace

std::span<const Requirement> requirements() {
    return table;
}

std::vector<TierTrial> try_tiers() {
    std::vector<TierTrial> trials;
    std::ranges::transform(tiers(), std::back_inserter(trials), try_tier);
    return trials;
}

const TierTrial* Diagnosis::best() const {
    return best_of(trials);
}

Diagnosis diagnose(const Machine& machine, std::vector<TierTrial> trials) {
    Diagnosis diagnosis;
    diagnosis.trials = std::move(trials);
    const KernelBtf btf(machine);
    const Sight sight{machine, btf, diagnosis.trials};
    for (const Requirement& requirement : table)
        diagnosis.requirements.push_back({&requirement, requirement.check(sight)});
    if (diagnosis.best() == nullptr)
        diagnosis.reason = reason_of(diagnosis);
    return diagnosis;
}

std::vector<std::string> blind_spots(const TierTrial& trial) {
    std::vector<std::string> phrases(trial.tier->cannot_see.begin(), trial.tier->cannot_see.end());
    phrases.insert(phrases.end(), trial.limits.begin(), trial.limits.end());
    return phrases;
}

} // namespace fusewire
