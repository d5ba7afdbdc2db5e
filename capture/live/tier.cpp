#include "capture/live/tier.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace fusewire {

#ifdef FUSEWIRE_HAVE_BPF
Result<std::unique_ptr<Probe>> load_bpf_probe(const Tier& tier, const ProbeOptions& options);
Result<std::vector<ConnectionFacts>> survey_with_bpf();
#endif

namespace {

#ifdef FUSEWIRE_HAVE_BPF
// Exits first: what entered before its entry was seen is left to waiting_program.
constexpr std::string_view fentry_programs[] = {"fexit_read", "fentry_read", "fexit_write",
                                                "fentry_write"};
constexpr std::string_view fentry_uring_programs[] = {"fexit_copy_args", "fentry_request_end"};

constexpr std::string_view kprobe_programs[] = {"kretprobe_read", "kprobe_read", "kretprobe_write",
                                                "kprobe_write"};
constexpr std::string_view kprobe_uring_programs[] = {"kprobe_copy_args", "kprobe_request_end"};
constexpr std::string_view kprobe_cannot_see[] = {
    "requests while more server threads wait than the kernel has return probes (counted as lost)",
};

// Requests first: a reply without its request would be of less use than the reverse.
constexpr std::string_view tp_programs[] = {"tp_send", "tp_end"};
constexpr std::string_view tp_cannot_see[] = {
    "FORGET and BATCH_FORGET",
    "INTERRUPT",
    "notifications from the server",
    "replies that the kernel rejected",
    "the server thread that reads a request",
};

constexpr std::string_view sys_programs[] = {"sys_return", "sys_write"};
constexpr std::string_view sys_cannot_see[] = {
    "messages over io_uring",
};

constexpr Tier table[] = {
    {.name = "fentry",
     .cannot_see = {},
     .programs = fentry_programs,
     .uring_programs = fentry_uring_programs,
     .waiting_program = "blocked_return"},
    {.name = "kprobe",
     .cannot_see = kprobe_cannot_see,
     .programs = kprobe_programs,
     .uring_programs = kprobe_uring_programs,
     .waiting_program = "blocked_return",
     .needs = "/sys/bus/event_source/devices/kprobe/type",
     .lacking = "this kernel has no kprobes"},
    {.name = "tp",
     .cannot_see = tp_cannot_see,
     .programs = tp_programs,
     .uring_programs = {},
     .waiting_program = {},
     .requests_in_caller = true},
    {.name = "sys",
     .cannot_see = sys_cannot_see,
     .programs = sys_programs,
     .uring_programs = {},
     .waiting_program = {}},
};
#endif

std::string names() {
    std::string list = "auto";
    for (const Tier& tier : tiers())
        list += fmt::format(", {}", tier.name);
    return list;
}

Result<LoadedTier> load(const Tier& tier, const ProbeOptions& options) {
    if (!tier.needs.empty() && access(std::string(tier.needs).c_str(), F_OK) != 0)
        return fail(Errc::unsupported, fmt::format("tier {}: {}", tier.name, tier.lacking));
#ifdef FUSEWIRE_HAVE_BPF
    auto probe = load_bpf_probe(tier, options);
    if (!probe)
        return tl::unexpected(probe.error());
    return LoadedTier{&tier, std::move(*probe), {}};
#else
    static_cast<void>(options);
    return fail(Errc::unsupported, "this build has no probe");
#endif
}

// The reason given is that of the tier that asks for least.
Result<LoadedTier> load_best(const ProbeOptions& options) {
    std::vector<Error> refused;
    for (const Tier& tier : tiers()) {
        auto loaded = load(tier, options);
        if (loaded) {
            loaded->refused = std::move(refused);
            return loaded;
        }
        refused.push_back(loaded.error());
    }
    return tl::unexpected(refused.back());
}

} // namespace

std::span<const Tier> tiers() {
#ifdef FUSEWIRE_HAVE_BPF
    return table;
#else
    return {};
#endif
}

Result<std::vector<ConnectionFacts>> survey_connections() {
#ifdef FUSEWIRE_HAVE_BPF
    return survey_with_bpf();
#else
    return fail(Errc::unsupported, "this build has no probe");
#endif
}

Result<LoadedTier> load_tier(std::string_view name, const ProbeOptions& options) {
    if (tiers().empty())
        return fail(Errc::unsupported,
                    "this build cannot capture: clang, bpftool or libbpf-dev was "
                    "missing when it was configured");
    if (options.filter.connections.size() > max_filtered_connections)
        return fail(Errc::usage,
                    fmt::format("a capture is limited to at most {} connections, not {}",
                                max_filtered_connections, options.filter.connections.size()));
    if (name == "auto")
        return load_best(options);
    const auto found = std::ranges::find(tiers(), name, &Tier::name);
    if (found == tiers().end())
        return fail(Errc::usage, fmt::format("no capture tier \"{}\" in this build; there are {}",
                                             name, names()));
    return load(*found, options);
}

} // namespace fusewire
