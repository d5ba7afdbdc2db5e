// FUSE over io_uring, as far as captures show it: the messages, not the ring entries they came in.
#include "dissector/findings/families.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr unsigned over_io_uring = 41; // INIT flag
constexpr std::uint64_t interrupt_answer = 1;

bool through_ring(const Scene& event) {
    return event.record.transport == Transport::io_uring;
}

constexpr Check<MessageEvent> message_rows[] = {
    {{.id = "uring-not-negotiated",
      .area = Area::io_uring,
      .severity = Severity::error,
      .dialects = classic,
      .text = "message through io_uring although INIT did not settle it",
      .consequence = "the kernel refuses to register a ring without OVER_IO_URING",
      .advice = "set OVER_IO_URING in the INIT reply before registering rings"},
     [](const MessageEvent& event, Report& report) {
         const Limits& limits = event.state.limits;
         if (through_ring(event) && limits.known && !limits.has(over_io_uring))
             report({.observed = "io_uring without OVER_IO_URING"});
     }},
};

constexpr Check<StrayReplyEvent> stray_rows[] = {
    {{.id = "uring-unique-mismatch",
      .area = Area::io_uring,
      .severity = Severity::error,
      .dialects = classic,
      .text = "reply through io_uring carries another unique than its request",
      .consequence = "the request fails with ENOENT",
      .advice = "copy unique from the request's header into the reply's",
      .doc = "The kernel knows the request by the ring entry. It ignores bit 0 of unique, and does "
             "not compare it at all when the reply has an error: that is a warning. Told from a "
             "unique that no unanswered request has; one of another unanswered request cannot be "
             "told.",
      .history = History::complete},
     [](const StrayReplyEvent& event, Report& report) {
         const std::uint64_t unique = event.message.unique;
         const Requests& requests = event.state.requests;
         if (!through_ring(event) || requests.given_up() != 0 ||
             requests.outstanding(unique & ~interrupt_answer) != nullptr)
             return;
         Sighting sighting{.offset = 8,
                           .object = unique,
                           .observed = fmt::format("unique {}", unique),
                           .expected = "the unique of the request in this ring entry"};
         if (event.message.error != 0) {
             sighting.severity = Severity::warn;
             sighting.consequence = "the kernel takes the error without comparing";
         }
         report(std::move(sighting));
     }},
};

constexpr Suppression suppressed[] = {
    {.by = "uring-unique-mismatch", .what = "reply-unknown-unique"},
    {.by = "uring-unique-mismatch", .what = "reply-duplicate"},
};

constexpr OmittedRule left_out[] = {
    {"uring-commit-id", Area::io_uring,
     "captures hold the messages, not the ring entries, so commit_id is not there"},
    {"uring-payload-size", Area::io_uring,
     "captures hold neither payload_sz nor the size of the server's payload buffer"},
    {"uring-reply-size", Area::io_uring,
     "reply-size-wrong says it of replies through a ring as well; len in their header means "
     "nothing and captures have the real length there"},
    {"uring-flags", Area::io_uring, "flags and reserved fields of ring entries are not captured"},
    {"virtiofs-batch-forget", Area::io_uring,
     "what crosses a virtiofs queue looks as on /dev/fuse, and messages do not say which of both "
     "they crossed"},
};

} // namespace

constexpr Family io_uring_family{message_rows, stray_rows, suppressed, left_out};

} // namespace fusewire
