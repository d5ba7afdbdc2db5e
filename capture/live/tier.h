// A tier: one way to see FUSE messages in the kernel, as a list of programs of the probe. The table
// in tier.cpp has a row for each, the most complete first; "auto" takes the first that this kernel
// and these privileges let us load.
#pragma once

#include "capture/live/message_filter.h"
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

// The shortest snap length: what a message's header needs, and a little more.
inline constexpr std::uint32_t min_snap_length = 64;

// What a probe is loaded with; none of it can change later.
struct ProbeOptions {
    MessageFilter filter;
    std::uint32_t snap_length = 1u << 22; // bytes kept of a message, at least min_snap_length
    std::uint32_t ring_bytes = 1u << 24;  // rounded up to a power of two of pages
};

// Messages that happened and were not handed over, since attach().
struct ProbeLoss {
    std::uint64_t messages = 0; // the ring was full
    std::uint64_t bytes = 0;    // of those, on the wire
    std::uint64_t skipped = 0;  // the kernel did not run a program that was already running
};

// What the kernel's own structures say of a connection.
struct ConnectionFacts {
    ConnId conn{};
    std::uint32_t server_pid = 0;
    std::string server_name;
    std::uint32_t minor = 0; // 0: INIT is not over
    std::uint64_t init_flags = 0;
};

// A loaded tier. Everything but attach() works without privileges.
class Probe {
  public:
    virtual ~Probe() = default;

    // From here on messages go into the ring, and those on their way are listed there.
    [[nodiscard]] virtual Result<void> attach() = 0;

    // No message goes into the ring after this returns.
    virtual void detach() = 0;

    // The BPF ring buffer map and its size in bytes.
    virtual int ring_fd() const = 0;
    virtual std::size_t ring_bytes() const = 0;

    virtual ProbeLoss loss() const = 0;

    // Lists the requests on their way once more; they are in the ring when this returns. The
    // connections are those of the newest look. Errc::unsupported where that cannot be done.
    [[nodiscard]] virtual Result<void> look() {
        return fail(Errc::unsupported, "this probe cannot list requests");
    }
    virtual std::vector<ConnectionFacts> connections() const { return {}; }

    // To be called now and then: gives up what was only needed at the beginning.
    virtual void tidy() {}

    // What cannot be seen on this machine, beside Tier::cannot_see; one phrase each.
    virtual std::vector<std::string> limits() const { return {}; }
};

// A row of the table of tiers.
struct Tier {
    std::string_view name;                            // as in --tier
    std::span<const std::string_view> cannot_see;     // one phrase each
    std::span<const std::string_view> programs;       // in the order in which they are attached
    std::span<const std::string_view> uring_programs; // the same, where FUSE uses io_uring
    std::string_view waiting_program; // sees threads that wait already; empty: the others do
    bool requests_in_caller = false;  // a request is seen in the task that asks, not in the server
    std::string_view needs = {};      // a file that must exist, else the tier is not supported ...
    std::string_view lacking = {};    // ... because of this
};

// All tiers of this build, the most complete first; empty without BPF support.
std::span<const Tier> tiers();

struct LoadedTier {
    const Tier* tier = nullptr;
    std::unique_ptr<Probe> probe;
    std::vector<Error> refused; // why better tiers were not taken
};

// Loads the tier of that name, or for "auto" the first that loads. Errc::usage for an unknown name,
// Errc::refused or Errc::unsupported with the reason; for "auto" that of the last tier.
[[nodiscard]] Result<LoadedTier> load_tier(std::string_view name, const ProbeOptions& options);

// The connections of all processes, one entry for each descriptor on /dev/fuse, without a capture.
// Errors as load_tier().
[[nodiscard]] Result<std::vector<ConnectionFacts>> survey_connections();

} // namespace fusewire
