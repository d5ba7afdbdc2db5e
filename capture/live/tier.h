// A tier: one way to see FUSE messages in the kernel, with a BPF object and a file of its own
// (tier_tp.cpp). The table in tier.cpp lists them, the most complete first; "auto" takes the first
// that this kernel and these privileges let us load.
#pragma once

#include "dissector/record.h"
#include "dissector/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// The most connections that one capture can be limited to.
inline constexpr std::size_t max_filtered_connections = 32;

// The shortest snap length: what a message's header needs, and a little more.
inline constexpr std::uint32_t min_snap_length = 64;

// What a probe is loaded with; none of it can change later.
struct ProbeOptions {
    std::vector<ConnId> connections;      // empty: all
    std::uint32_t snap_length = 1u << 22; // bytes kept of a message, at least min_snap_length
    std::uint32_t ring_bytes = 1u << 24;  // rounded up to a power of two of pages
};

// Messages that happened and were not handed over, since attach().
struct ProbeLoss {
    std::uint64_t messages = 0; // the ring was full
    std::uint64_t bytes = 0;    // of those, on the wire
    std::uint64_t skipped = 0;  // the kernel did not run a program that was already running
};

// A loaded tier. Everything but attach() works without privileges.
class Probe {
  public:
    virtual ~Probe() = default;

    // From here on messages go into the ring.
    [[nodiscard]] virtual Result<void> attach() = 0;

    // No message goes into the ring after this returns.
    virtual void detach() = 0;

    // The BPF ring buffer map and its size in bytes.
    virtual int ring_fd() const = 0;
    virtual std::size_t ring_bytes() const = 0;

    virtual ProbeLoss loss() const = 0;

    // What cannot be seen on this machine, beside Tier::cannot_see; one phrase each.
    virtual std::vector<std::string> limits() const { return {}; }
};

// A row of the table of tiers.
struct Tier {
    std::string_view name;                        // as in --tier
    std::span<const std::string_view> cannot_see; // one phrase each
    Result<std::unique_ptr<Probe>> (*load)(const ProbeOptions&);
};

// All tiers of this build, the most complete first; empty without BPF support.
std::span<const Tier> tiers();

struct LoadedTier {
    const Tier* tier = nullptr;
    std::unique_ptr<Probe> probe;
};

// Loads the tier of that name, or for "auto" the first that loads. Errc::usage for an unknown name,
// Errc::refused or Errc::unsupported with the reason of the first tier that failed.
[[nodiscard]] Result<LoadedTier> load_tier(std::string_view name, const ProbeOptions& options);

} // namespace fusewire
