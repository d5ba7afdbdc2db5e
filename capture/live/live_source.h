// LiveSource: the probe's messages as a RecordSource. It is opened with privileges and needs none
// afterwards. Its records come in the order of the ring, which is the order in which they happened
// on each connection: a request is there before its server can have answered it.
#pragma once

#include "capture/live/chunk_joiner.h"
#include "capture/live/epoch_clock.h"
#include "capture/live/fd.h"
#include "capture/live/mounts.h"
#include "capture/live/retry_queue.h"
#include "capture/live/ring_reader.h"
#include "capture/live/tier.h"
#include "capture/source.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace fusewire {

struct LiveOptions {
    ProbeOptions probe;
    std::string tier = "auto";
};

// Totals since the capture began.
struct LiveCounts {
    std::uint64_t messages = 0;   // handed out
    std::uint64_t bytes = 0;      // of those, as captured
    std::uint64_t lost = 0;       // messages that are missing
    std::uint64_t lost_bytes = 0; // of those whose length is known, on the wire
};

class LiveSource final : public RecordSource {
  public:
    // Loads a tier and attaches it: what happens from now on is captured. Errors as load_tier().
    [[nodiscard]] static Result<std::unique_ptr<LiveSource>> open(const LiveOptions& options);

    // Reads from a probe that somebody else has loaded, and attaches it. `tier` outlives the source.
    [[nodiscard]] static Result<std::unique_ptr<LiveSource>> open(LoadedTier loaded,
                                                                  const ProbeOptions& options);

    ~LiveSource() override;
    LiveSource(const LiveSource&) = delete;
    LiveSource& operator=(const LiveSource&) = delete;

    // Waits for the next message. The first ones are the requests that were on their way when the
    // capture began (record_in_flight). After stop() it detaches the probe, hands out what the ring still
    // holds, then a record of Direction::loss if messages are missing at the end, then ends.
    [[nodiscard]] Result<bool> next(Record& record) override;

    const std::vector<Connection>& connections() const override { return connections_; }
    std::span<const std::size_t> revised() const override { return revised_; }

    // Names connections that had no name yet, now that `mounts` are there.
    void name_connections(const std::vector<Mount>& mounts);

    const std::vector<std::string>& warnings() const override { return warnings_; }

    // Ends the capture. May be called from a signal handler or another thread.
    void stop() noexcept;

    // Ends the capture when `fd` becomes readable: a pidfd, a timerfd. The fd stays the caller's.
    [[nodiscard]] Result<void> stop_when_readable(int fd);

    // Called when there is nothing to hand out for now: the time to flush what was written.
    void on_idle(std::function<void()> callback) override { on_idle_ = std::move(callback); }

    // Lists again what is on its way: those requests come with record_in_flight. Errors as
    // Probe::look().
    [[nodiscard]] Result<void> look() { return probe_->look(); }

    const LiveCounts& counts() const { return counts_; }
    const Tier& tier() const { return *tier_; }

    // Better tiers that "auto" could not take, and why.
    const std::vector<Error>& refused_tiers() const { return refused_; }

    // The tier's and this machine's limits, one phrase each.
    std::vector<std::string> cannot_see() const;

  private:
    LiveSource(LoadedTier loaded, RingReader ring, const ProbeOptions& options);

    Result<void> start();
    Result<void> watch(int fd, std::uint32_t events);
    bool take(Record& record);
    std::optional<JoinedMessage> next_message();
    bool is_repeated(const JoinedMessage& message);
    bool take_loss(Record& record);
    void fill(Record& record, const JoinedMessage& message);
    void wait();
    void finish();
    void update_loss();
    void add_loss(Record& record, std::uint64_t lost);
    void describe_all();
    Connection& describe(const Record& record);
    Connection begin_connection(const Record& record) const;
    void complete(Connection& connection) const;

    const Tier* tier_;
    std::unique_ptr<Probe> probe_;
    RingReader ring_;
    ChunkJoiner joiner_;
    RetryQueue retries_;
    EpochClock clock_;
    std::vector<ConnId> filter_;
    std::vector<Error> refused_;
    std::vector<Connection> connections_;
    std::vector<std::size_t> revised_;
    std::vector<std::string> warnings_;
    std::function<void()> on_idle_;
    LiveCounts counts_;
    std::uint64_t told_loss_ = 0;    // what records have told so far
    std::uint64_t skipped_ = 0;      // runs of programs that the kernel skipped
    std::uint64_t told_skipped_ = 0; // of those: told
    std::uint64_t message_number_ = 0;
    ConnId last_conn_{};
    Fd epoll_;
    Fd stop_event_;
    std::atomic<bool> stopping_ = false;
    bool detached_ = false;
    unsigned since_update_ = 0; // records since the loss was read
    unsigned idle_rounds_ = 0;  // waits since the ring held anything
    // While the messages from before and during the first look are read: what was seen of them.
    std::uint64_t first_look_end_ = 0;
    std::unordered_set<std::uint64_t> seen_;
};

} // namespace fusewire
