// Tally: what is counted of a set of messages: all of them, those of one opcode, of one node, of one
// second. Small while little was counted.
#pragma once

#include "dissector/session.h"
#include "dissector/statistics/histogram.h"

#include <cstdint>
#include <vector>

namespace fusewire {

// How often an errno was answered.
struct ErrorCount {
    std::int32_t error = 0; // as in the reply: negative
    std::uint64_t count = 0;
};

// Errors by their number, the most frequent of a hostile server's numbers being no matter.
class ErrorTally {
  public:
    static constexpr std::size_t kept = 64; // different numbers

    void add(std::int32_t error, std::uint64_t count = 1);
    void merge(const ErrorTally& other);

    std::uint64_t total() const { return total_; }
    // The most frequent first.
    std::vector<ErrorCount> sorted() const;
    // Errors with numbers that were too many to be kept.
    std::uint64_t others() const { return others_; }

  private:
    std::vector<ErrorCount> counts_;
    std::uint64_t total_ = 0;
    std::uint64_t others_ = 0;
};

struct Tally {
    std::uint64_t requests = 0;
    std::uint64_t replies = 0;
    std::uint64_t notifications = 0;
    std::uint64_t unanswered = 0;    // requests that still wait for their reply
    std::uint64_t request_bytes = 0; // on the wire, from the kernel to the server
    std::uint64_t reply_bytes = 0;   // replies and notifications
    ErrorTally errors;
    Histogram latency;           // ns, of replies that ended a request whose beginning was seen
    std::uint64_t backwards = 0; // replies that are older than their requests: the clock was set
    // ns that a request waited at least until a thread of the server read it, where it was seen
    // waiting.
    Histogram queue;

    std::uint64_t messages() const { return requests + replies + notifications; }
    // Counts a request, reply or notification, all but whether it waits. Returns whether it brought a
    // latency.
    bool add(const Decoded& decoded);
    void merge(const Tally& other);

  private:
    bool add_latency(std::int64_t ns);
};

} // namespace fusewire
