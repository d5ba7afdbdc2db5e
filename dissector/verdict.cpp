#include "dissector/verdict.h"

#include <array>

namespace fusewire {

namespace {

constexpr std::array<std::string_view, 12> spellings = {
    "accepted",  "fields-ignored", "negative",  "caller-error", "refused",    "refused-kept",
    "unmatched", "dropped",        "inode-bad", "warning",      "disclosure", "crash"};

constexpr VerdictRow taken{.id = "accepted", .outcome = Outcome::accepted, .text = "accepted"};
constexpr VerdictRow failed{.id = "error-passed-on",
                            .outcome = Outcome::caller_error,
                            .caller_errno = VerdictRow::as_sent,
                            .text = "the caller gets the server's error"};
constexpr VerdictRow error_range{
    .id = "error-out-of-range",
    .outcome = Outcome::refused_kept,
    .write_errno = 22,
    .caller_errno = VerdictRow::undefined,
    .text = "the write is refused and the request stays unanswered: the caller waits on"};
constexpr VerdictRow stray{.id = "nothing-waits",
                           .outcome = Outcome::unmatched,
                           .write_errno = 2,
                           .text = "no request waits for this answer"};

constexpr const VerdictRow* rows[] = {&error_range, &failed, &stray, &taken};

} // namespace

std::string_view spelling(Outcome outcome) {
    return spellings[static_cast<std::size_t>(outcome)];
}

Verdict verdict_of(const ExchangeEvent& event) {
    const std::int32_t error = event.message.error;
    if (error > 0 || error <= -512)
        return {&error_range, error_range.write_errno, error_range.caller_errno};
    if (error != 0)
        return {&failed, 0, -error};
    return {&taken, 0, 0};
}

Verdict verdict_of(const StrayReplyEvent&) {
    return {&stray, stray.write_errno, 0};
}

Verdict verdict_of(const NotifyEvent&) {
    return {&taken, 0, 0};
}

std::span<const VerdictRow* const> all_verdicts() {
    return rows;
}

} // namespace fusewire
