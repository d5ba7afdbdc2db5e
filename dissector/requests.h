// Requests: what one connection has outstanding and what was answered lately, by unique. Bounded: the
// oldest go first.
#pragma once

#include "dissector/opcode_numbers.h"
#include "dissector/recent_map.h"
#include "dissector/record.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace fusewire {

inline constexpr std::uint64_t resend_bit = std::uint64_t{1} << 63; // FUSE_UNIQUE_RESEND
inline constexpr std::uint64_t interrupt_bit = 1;                   // FUSE_INT_REQ_BIT

// A request that has no reply yet.
struct Outstanding {
    std::uint64_t frame = 0;
    std::uint64_t unique = 0; // as it was sent last, resend bit included
    std::uint64_t nodeid = 0;
    std::uint64_t other_nodeid = 0; // of RENAME, LINK, COPY_FILE_RANGE; 0: none
    std::optional<std::int64_t> time_ns;
    std::uint32_t opcode = 0;     // number on the wire
    std::uint32_t server_tid = 0; // thread that read it; 0: not known
    Op op{};
    Op first_sub{};                    // of a COMPOUND
    std::uint64_t interrupt_frame = 0; // of the latest INTERRUPT for it
    std::optional<std::int64_t> interrupt_ns;
    std::uint64_t refused_frame = 0; // of a reply that the kernel refused while it kept waiting
    std::uint32_t copies = 1;        // with resent ones
    bool began_unseen = false;       // it was in flight at `frame` and `time_ns`, and is older

    // The earliest frame that it may have been sent in.
    std::uint64_t began_by() const { return began_unseen ? 1 : frame; }
};

// A request that was answered, or needs no reply any more.
struct Settled {
    std::uint64_t request_frame = 0;
    std::uint64_t reply_frame = 0;
    std::uint64_t digest = 0; // of the reply's bytes
    std::uint64_t interrupt_frame = 0;
    std::int32_t error = 0;
    Op op{};
};

// A request that nobody may answer: FORGET, BATCH_FORGET, NOTIFY_REPLY.
struct Unanswerable {
    std::uint64_t unique = 0;
    std::uint64_t frame = 0;
    Op op{};
};

class Requests {
  public:
    static constexpr std::size_t outstanding_limit = std::size_t{1} << 16;
    static constexpr std::size_t settled_limit = 8192;
    static constexpr std::size_t unanswerable_limit = 1024;

    // By unique; the resend bit makes no difference.
    const Outstanding* outstanding(std::uint64_t unique) const;
    const Settled* settled(std::uint64_t unique) const;

    // The latest one with this unique.
    const Unanswerable* unanswerable(std::uint64_t unique) const;

    void sent(const Outstanding& request);
    void sent(const Unanswerable& request);
    // A look listed it once more, or a server thread has read what was listed as unread.
    void seen_again(std::uint64_t unique, const Record& record);
    void interrupted(std::uint64_t unique, std::uint64_t frame,
                     std::optional<std::int64_t> time_ns);
    void refused(std::uint64_t unique, std::uint64_t frame);
    void answered(std::uint64_t unique, std::uint64_t frame, std::int32_t error,
                  std::uint64_t digest);

    std::size_t outstanding_count() const { return outstanding_.size(); }
    template <class Visit>
    void each_outstanding(Visit visit) const {
        for (const auto& [unique, request] : outstanding_)
            visit(request);
    }
    // Largest unique of an ordinary request so far, without the resend bit.
    std::uint64_t highest() const { return highest_; }
    // Requests given up because there were too many: their replies look like replies to nothing.
    std::uint64_t given_up() const { return given_up_; }

  private:
    std::unordered_map<std::uint64_t, Outstanding> outstanding_;
    std::deque<std::uint64_t> order_; // of outstanding_, with some that were answered since
    RecentMap<Settled, settled_limit> settled_;
    std::vector<Unanswerable> unanswerable_; // a ring: the oldest is written over
    std::size_t next_unanswerable_ = 0;
    std::uint64_t highest_ = 0;
    std::uint64_t given_up_ = 0;
};

// A cheap digest that tells two replies to one request apart, by their length, beginning and end:
// every reply is digested, and hardly one is ever compared.
std::uint64_t digest_of(Bytes bytes);

} // namespace fusewire
