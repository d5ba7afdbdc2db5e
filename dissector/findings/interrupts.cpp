// INTERRUPT: for whom, how often, and what becomes of it.
#include "dissector/findings/families.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr OpSet interrupt = ops(Op::interrupt);
constexpr std::int32_t eintr = 4, eagain = 11, enosys = 38;
constexpr std::int64_t second = 1'000'000'000;
constexpr std::uint32_t bare_header = 16;

std::optional<std::uint64_t> target_of(const Operation& operation) {
    return operation.number("unique");
}

// Nanoseconds from `since` until `now`; absent when a clock is missing or went far astray.
std::optional<std::int64_t> elapsed(std::optional<std::int64_t> since,
                                    std::optional<std::int64_t> now) {
    std::int64_t passed = 0;
    if (!since || !now || __builtin_sub_overflow(*now, *since, &passed))
        return std::nullopt;
    return passed;
}

bool over_a_second(std::optional<std::int64_t> since, std::optional<std::int64_t> now) {
    return elapsed(since, now).value_or(0) > second;
}

// An earlier INTERRUPT for the target that the server did not ask to have again.
bool is_repeated(const RequestEvent& event, const Outstanding& target) {
    if (target.interrupt_frame == 0)
        return false;
    const Settled* answer = event.state.requests.settled(target.unique | interrupt_bit);
    return answer == nullptr || answer->reply_frame < target.interrupt_frame ||
           answer->error != -eagain;
}

// Whoever was waiting when ENOSYS came may still send one, and so may requests that were queued and
// not read yet; a second later there is none of the latter.
bool began_after_refusal(const Outstanding& target, const Interrupts& interrupts) {
    return !target.began_unseen && interrupts.declined_frame() != 0 &&
           target.frame > interrupts.declined_frame() &&
           over_a_second(interrupts.declined_ns(), target.time_ns);
}

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "intr-malformed",
      .area = Area::interrupts,
      .severity = Severity::error,
      .dialects = classic,
      .text = "INTERRUPT is not of the form that kernels send",
      .consequence = "the server cannot tell which request is meant",
      .doc = "The header has the unique of the target with bit 0 set, the body the target's own, "
             "and the nodeid is 0. A wrong length is body-short or body-long."},
     [](const RequestEvent& event, Report& report) {
         const std::uint64_t header = event.message.unique;
         const auto body = target_of(event.operation);
         if (body && header != (*body | interrupt_bit))
             report({.offset = event.operation.find("unique")->offset,
                     .observed = fmt::format("unique {} for {}", header, *body),
                     .expected = fmt::format("unique {}", *body | interrupt_bit)});
         else if (event.operation.nodeid() != 0)
             report({.observed = fmt::format("nodeid {}", event.operation.nodeid()),
                     .expected = "nodeid 0"});
     },
     interrupt},
    {{.id = "intr-target-answered",
      .area = Area::interrupts,
      .severity = Severity::note,
      .dialects = classic,
      .text = "INTERRUPT for a request that was answered before",
      .consequence = "nothing: both were under way at the same time"},
     [](const RequestEvent& event, Report& report) {
         const auto target = target_of(event.operation);
         const Settled* settled = target ? event.state.requests.settled(*target) : nullptr;
         if (settled != nullptr)
             report({.object = *target,
                     .observed = fmt::format("request {} answered in frame {}", *target,
                                             settled->reply_frame),
                     .related = {settled->request_frame, settled->reply_frame}});
     },
     interrupt},
    {{.id = "intr-repeated",
      .area = Area::interrupts,
      .severity = Severity::note,
      .dialects = classic,
      .text = "second INTERRUPT for one request",
      .consequence = "the kernel sends one, and another only after EAGAIN or a RESEND"},
     [](const RequestEvent& event, Report& report) {
         const auto target = target_of(event.operation);
         const Outstanding* asked = target ? event.state.requests.outstanding(*target) : nullptr;
         if (asked != nullptr && is_repeated(event, *asked))
             report({.object = *target,
                     .observed = fmt::format("request {} again", *target),
                     .related = {asked->frame, asked->interrupt_frame}});
     },
     interrupt},
    {{.id = "intr-after-enosys",
      .area = Area::interrupts,
      .severity = Severity::warn,
      .dialects = classic,
      .text = "INTERRUPT although the server answered one with ENOSYS",
      .consequence = "a correct kernel then sends none for later requests",
      .doc = "Requests that were waiting when ENOSYS came may still be interrupted, so only those "
             "that were read a second later and after are looked at.",
      .history = History::unbroken},
     [](const RequestEvent& event, Report& report) {
         const auto target = target_of(event.operation);
         const Outstanding* asked = target ? event.state.requests.outstanding(*target) : nullptr;
         const Interrupts& interrupts = event.state.interrupts;
         if (asked != nullptr && began_after_refusal(*asked, interrupts))
             report({.observed = fmt::format("for request {}", *target),
                     .related = {interrupts.declined_frame(), asked->frame}});
     },
     interrupt},
};

constexpr RuleInfo intr_ignored{
    .id = "intr-ignored",
    .area = Area::interrupts,
    .severity = Severity::note,
    .dialects = classic,
    .text = "request went on for over a second after its INTERRUPT",
    .consequence = "the caller cannot be interrupted: Ctrl-C and kill -9 wait for the server",
    .advice = "give up what the request waits for and answer EINTR",
    .doc = "Legal: a server may let an operation finish, or not support INTERRUPT at all."};

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {intr_ignored,
     [](const ExchangeEvent& event, Report& report) {
         const Outstanding* asked = event.outstanding;
         if (asked != nullptr && event.message.error != -eintr &&
             over_a_second(asked->interrupt_ns, event.time_ns()))
             report({.object = asked->unique,
                     .observed = fmt::format("answered in frame {} with error {}", event.frame(),
                                             event.message.error),
                     .expected = "EINTR",
                     .related = {asked->frame, asked->interrupt_frame}});
     }},
    {{.id = "intr-eintr-unsolicited",
      .area = Area::interrupts,
      .severity = Severity::note,
      .dialects = classic,
      .text = "EINTR for a request that nobody interrupted",
      .consequence = "system calls fail with EINTR although no signal came",
      .advice = "retry what was interrupted inside the server",
      .doc =
          "Tiers that do not see INTERRUPT cannot tell, nor can what was sent again after RESEND.",
      .history = History::unbroken},
     [](const ExchangeEvent& event, Report& report) {
         const Outstanding* asked = event.outstanding;
         if (event.message.error == -eintr && asked != nullptr && asked->interrupt_frame == 0 &&
             asked->op != Op::interrupt && asked->copies == 1 && event.state.unbroken() &&
             event.record.transport != Transport::tracepoint)
             report({.object = asked->opcode, .observed = "EINTR", .related = {asked->frame}});
     }},
    {{.id = "intr-reply-size",
      .area = Area::interrupts,
      .severity = Severity::error,
      .dialects = classic,
      .text = "answer to an INTERRUPT is more than a header",
      .consequence = "write() fails with EINVAL",
      .advice = "answer INTERRUPT with a bare header, or not at all"},
     [](const ExchangeEvent& event, Report& report) {
         if (event.message.length > bare_header)
             report({.offset = bare_header,
                     .observed = fmt::format("{} bytes", event.message.length),
                     .expected = "16"});
     },
     interrupt},
    {{.id = "intr-reply-error",
      .area = Area::interrupts,
      .severity = Severity::note,
      .dialects = classic,
      .text = "answer to an INTERRUPT says neither EAGAIN nor ENOSYS",
      .consequence = "the kernel ignores it",
      .advice = "answer INTERRUPT only to have it again (EAGAIN), or never again (ENOSYS)"},
     [](const ExchangeEvent& event, Report& report) {
         const std::int32_t error = event.message.error;
         if (error != -eagain && error != -enosys)
             report({.observed = fmt::format("error {}", error), .expected = "EAGAIN or ENOSYS"});
     },
     interrupt},
};

constexpr Check<EndEvent> end_rows[] = {
    {intr_ignored,
     [](const EndEvent& event, Report& report) {
         event.state.requests.each_outstanding([&](const Outstanding& asked) {
             if (over_a_second(asked.interrupt_ns, event.last_time_ns))
                 report({.frame = asked.interrupt_frame,
                         .object = asked.unique,
                         .observed = "still unanswered at the end",
                         .expected = "EINTR",
                         .related = {asked.frame}});
         });
     }},
    {{.id = "intr-target-unknown",
      .area = Area::interrupts,
      .severity = Severity::warn,
      .dialects = classic,
      .text = "INTERRUPT for a request that was never seen",
      .consequence = "the capture lacks the request, or the INTERRUPT is made by hand",
      .doc = "Told at the end, since with several reading threads the INTERRUPT may be recorded "
             "first. Requests that were answered very long ago are forgotten and not reported.",
      .history = History::complete},
     [](const EndEvent& event, Report& report) {
         const Requests& requests = event.state.requests;
         for (const EarlyInterrupt& early : event.state.interrupts.waiting()) {
             const bool forgotten = requests.given_up() != 0 ||
                                    early.target + 2 * Requests::settled_limit < requests.highest();
             if (!forgotten)
                 report({.frame = early.frame,
                         .object = early.target,
                         .observed = fmt::format("unique {}", early.target),
                         .expected = "the unique of an unanswered request"});
         }
     }},
};

constexpr Suppression suppressed[] = {
    {.by = "intr-reply-size", .what = "reply-size-wrong"},
    {.by = "intr-reply-size", .what = "reply-error-payload"},
    {.by = "intr-reply-size", .what = "intr-reply-error"},
};

constexpr OmittedRule left_out[] = {
    {"intr-never", Area::interrupts,
     "INTERRUPT does not occur on virtiofs, but what crosses a virtiofs queue looks as on "
     "/dev/fuse, "
     "and messages do not say which of both they crossed"},
};

} // namespace

constexpr Family interrupts_family{request_rows, exchange_rows, end_rows, suppressed, left_out};

} // namespace fusewire
