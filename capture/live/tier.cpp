#include "capture/live/tier.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

#ifdef FUSEWIRE_HAVE_BPF
extern const Tier tp_tier;
#endif

namespace {

#ifdef FUSEWIRE_HAVE_BPF
const Tier table[] = {tp_tier};
#endif

std::string names() {
    std::string list = "auto";
    for (const Tier& tier : tiers())
        list += fmt::format(", {}", tier.name);
    return list;
}

Result<LoadedTier> load(const Tier& tier, const ProbeOptions& options) {
    auto probe = tier.load(options);
    if (!probe)
        return tl::unexpected(probe.error());
    return LoadedTier{&tier, std::move(*probe)};
}

Result<LoadedTier> load_best(const ProbeOptions& options) {
    Result<LoadedTier> first;
    for (const Tier& tier : tiers()) {
        auto loaded = load(tier, options);
        if (loaded)
            return loaded;
        if (&tier == tiers().data())
            first = std::move(loaded);
    }
    return first;
}

} // namespace

std::span<const Tier> tiers() {
#ifdef FUSEWIRE_HAVE_BPF
    return table;
#else
    return {};
#endif
}

Result<LoadedTier> load_tier(std::string_view name, const ProbeOptions& options) {
    if (tiers().empty())
        return fail(Errc::unsupported,
                    "this build cannot capture: clang, bpftool or libbpf-dev was "
                    "missing when it was configured");
    if (options.connections.size() > max_filtered_connections)
        return fail(Errc::usage,
                    fmt::format("a capture is limited to at most {} connections, not {}",
                                max_filtered_connections, options.connections.size()));
    if (name == "auto")
        return load_best(options);
    const auto found = std::ranges::find(tiers(), name, &Tier::name);
    if (found == tiers().end())
        return fail(Errc::usage, fmt::format("no capture tier \"{}\" in this build; there are {}",
                                             name, names()));
    return load(*found, options);
}

} // namespace fusewire
