// Verdict: what the kernel does with a reply or a notification: what the server's write() returns,
// and what becomes of the caller and of the kernel's own state. Rows in dissector/verdicts/, checked
// against a real kernel by tests/live/verdict_test.cpp; LOOKUP_HANDLE rows follow what a kernel with
// RFC v3 was seen to do. docs/verdict.md is made from the rows.
#pragma once

#include "dissector/findings/events.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace fusewire {

enum class Outcome : std::uint8_t {
    accepted,       // taken as it is
    fields_ignored, // taken, but part of it has no effect
    negative,       // remembered as "no such name"
    caller_error,   // the caller gets the server's error, or another one
    refused,        // write() fails; the caller gets an error
    refused_kept,   // write() fails; the request stays unanswered
    unmatched,      // write() fails with ENOENT: nothing waits for it
    dropped,        // name dropped from the cache, FORGET sent
    inode_bad,      // the inode is made bad: EIO for everybody who holds it
    warning,        // the kernel logs a warning
    unsupported,    // ENOSYS: remembered, the kernel goes on without the operation
    disclosure,     // kernel memory goes to the server
    crash,          // BUG or oops: the caller is killed
};
inline constexpr int outcome_count = 13;
std::string_view spelling(Outcome outcome);

// Where a row is known from.
enum class Evidence : std::uint8_t {
    live,   // tests/live/verdict_test.cpp compares it with the kernel it runs on
    seen,   // seen on a kernel with LOOKUP_HANDLE RFC v3
    source, // read in the kernel's source
};

// What becomes of the entries and open files in a reply.
enum class Results : std::uint8_t {
    by_outcome, // kept, unless the outcome is that the caller gets an error
    kept,       // the kernel has them, and gives them back some day
    lost,       // the kernel never heard of them
};

// Errors are positive errno numbers; 0 is success.
struct VerdictRow {
    static constexpr std::int16_t as_sent = -1; // the caller gets the error of the reply
    // Not the same every time: the caller does not come back, nobody waits, the kernel asks again, or
    // it depends on what it has cached.
    static constexpr std::int16_t undefined = -2;

    const char* id; // "reply-too-short"
    Outcome outcome;
    std::int16_t write_errno = 0;
    std::int16_t caller_errno = 0;
    DialectSet dialects = all_dialects;
    const char* text = ""; // what the kernel does, one sentence
    Evidence evidence = Evidence::source;
    Results results = Results::by_outcome;
};

struct Verdict {
    const VerdictRow* row = nullptr; // nullptr: this message is not for the kernel to judge
    std::int32_t write_errno = 0;    // may be VerdictRow::undefined
    std::int32_t caller_errno = 0;   // as_sent resolved; VerdictRow::undefined stays

    // The reply changed nothing: the kernel refused it or could not use it.
    bool discarded() const {
        return row != nullptr &&
               (row->outcome == Outcome::refused || row->outcome == Outcome::refused_kept ||
                row->outcome == Outcome::unmatched || row->outcome == Outcome::crash);
    }
    // What it hands out (entries, open files) is the kernel's now.
    bool keeps_results() const {
        if (row == nullptr || discarded())
            return false;
        return row->results == Results::by_outcome ? row->outcome != Outcome::caller_error
                                                   : row->results == Results::kept;
    }
    // The request is still unanswered after it.
    bool keeps_pending() const { return row != nullptr && row->outcome == Outcome::refused_kept; }
};

// State is as it was before the message. A reply whose request may have been lost or captured too late
// has no verdict.
Verdict verdict_of(const ExchangeEvent& event);
Verdict verdict_of(const StrayReplyEvent& event);
Verdict verdict_of(const NotifyEvent& event);

// Every row, in the order in which they are tried; the docs have a chapter for each area.
struct VerdictArea {
    const char* title;
    std::vector<const VerdictRow*> rows;
};
const std::vector<VerdictArea>& verdict_areas();
std::vector<const VerdictRow*> all_verdicts();

} // namespace fusewire
