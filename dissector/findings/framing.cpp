// Headers, lengths and pairing.
#include "dissector/bytes.h"
#include "dissector/dissect.h"
#include "dissector/findings/families.h"
#include "dissector/opcodes.h"
#include "dissector/reply_size.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet upstream_based =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
// Offsets in the headers.
constexpr std::uint32_t len_at = 0, opcode_at = 4, error_at = 4, unique_at = 8, nodeid_at = 16,
                        uid_at = 24, extlen_at = 36, padding_at = 38;

constexpr OpSet plain_requests = every_op & ~ops(Op::interrupt, Op::notify_reply);

constexpr std::uint64_t gigabyte = 1u << 30;

// The kernel hands over requests of this size at most, as far as INIT tells.
std::uint64_t longest_request(const AskEvent& event) {
    constexpr std::uint64_t least = 8192, heads = 80;
    // Values of extended attributes, data of ioctls and fhandles do not care for max_write.
    constexpr std::uint64_t other_data = 65536;
    constexpr OpSet with_other_data =
        ops(Op::setxattr, Op::ioctl, Op::compound, Op::lookup_handle, Op::mkobj_handle);
    const bool has_other_data = (op_bit(event.operation.op()) & with_other_data) != 0;
    const std::uint64_t most = event.state.limits.max_write + heads;
    return std::max(least, most) + (has_other_data ? other_data : 0);
}

void look_at_length(const AskEvent& event, Report& report) {
    const std::uint64_t length = event.message.length;
    const bool impossible = length > gigabyte;
    // A batch of forgets fills whatever buffer the server reads with.
    const bool limited = event.state.limits.known && !event.operation.is(Op::batch_forget);
    if (!impossible && (!limited || length <= longest_request(event)))
        return;
    report({.offset = len_at,
            .object = event.message.opcode_number,
            .observed = fmt::format("{} bytes", length),
            .expected = fmt::format("at most {}", impossible ? gigabyte : longest_request(event)),
            .severity = impossible ? std::optional(Severity::error) : std::nullopt});
}

// INIT and CUSE_INIT with their bytes the wrong way round.
constexpr std::uint32_t swapped_init = 436207616, swapped_cuse_init = 1048576;

void look_at_padding(const AskEvent& event, Report& report) {
    const Message& message = event.message;
    std::uint64_t padding = 0;
    if (Cursor(message.bytes, message.order).read(padding_at, 2, padding) && padding != 0)
        report({.offset = padding_at, .observed = fmt::to_string(padding), .expected = "0"});
    constexpr std::uint32_t first_with_extensions = 38;
    const Limits& limits = event.state.limits;
    if (message.total_extlen != 0 && limits.minor_known && limits.minor < first_with_extensions)
        report({.offset = extlen_at,
                .observed = fmt::format("{} in the first two bytes", message.total_extlen),
                .expected = fmt::format("0 in minor {}, which has no total_extlen", limits.minor)});
}

// The kernel sends these for itself, on nobody's behalf.
constexpr OpSet sent_by_kernel =
    ops(Op::init, Op::destroy, Op::interrupt, Op::release, Op::releasedir);
constexpr std::uint32_t no_id = ~std::uint32_t{0};

void look_at_credentials(const AskEvent& event, Report& report) {
    const Message& message = event.message;
    if (message.uid == 0 && message.gid == 0)
        return;
    constexpr unsigned allow_idmap = 40;
    const Limits& limits = event.state.limits;
    const auto observed = [&] {
        return fmt::format("uid {}, gid {}", static_cast<std::int32_t>(message.uid),
                           static_cast<std::int32_t>(message.gid));
    };
    if (message.uid == no_id || message.gid == no_id) {
        if (limits.known && !limits.has(allow_idmap))
            report({.offset = uid_at,
                    .object = no_id,
                    .observed = observed(),
                    .expected = "ids of the caller",
                    .severity = Severity::warn,
                    .text = "no caller's ids although ALLOW_IDMAP was not accepted"});
        return;
    }
    if ((op_bit(event.operation.op()) & sent_by_kernel) != 0)
        report({.offset = uid_at,
                .object = message.opcode_number,
                .observed = observed(),
                .expected = "0"});
}

bool is_resent(const AskEvent& event) {
    return (event.message.unique & resend_bit) != 0;
}

void look_at_reuse(const AskEvent& event, Report& report) {
    if (is_resent(event) || event.was_in_flight() ||
        (event.outstanding == nullptr && event.settled == nullptr))
        return;
    const bool pending = event.outstanding != nullptr;
    const std::uint64_t before = pending ? event.outstanding->frame : event.settled->request_frame;
    report({.offset = unique_at,
            .observed = fmt::format("unique {} of the {} request in frame {}", event.message.unique,
                                    pending ? "unanswered" : "answered", before),
            .expected = "a new number",
            .related = {before}});
}

void look_at_order(const AskEvent& event, Report& report) {
    constexpr std::uint64_t window = 4096;
    const std::uint64_t unique = event.message.unique;
    if (is_resent(event) || event.was_in_flight() || unique == 0 ||
        unique + window >= event.state.requests.highest())
        return;
    report({.offset = unique_at,
            .observed = fmt::format("unique {} after {}", unique, event.state.requests.highest()),
            .expected = "a number that is not far behind"});
}

constexpr unsigned has_resend = 39;

constexpr Check<AskEvent> ask_rows[] = {
    {{.id = "frame-len-absurd",
      .area = Area::framing,
      .severity = Severity::warn,
      .text = "request is longer than the kernel's limit",
      .consequence = "a server with the smallest buffer that is allowed could not read it",
      .advice = "read with a buffer larger than max_write and 80 bytes if such requests are meant",
      .doc = "Values of extended attributes, data of ioctls and fhandles have limits of their own, "
             "and a batch of forgets fills whatever buffer the server offers, so these are given "
             "more room. Without INIT only lengths above 1 GiB are reported, as errors."},
     look_at_length},
    {{.id = "frame-byte-order",
      .area = Area::framing,
      .severity = Severity::note,
      .text = "messages are big-endian",
      .consequence = "the capture comes from a machine of that byte order; it is decoded so"},
     [](const AskEvent& event, Report& report) {
         const bool first =
             event.operation.is(Op::init) || event.frame() == event.state.first_frame;
         if (first && event.message.order == ByteOrder::big)
             report({.offset = opcode_at});
     }},
    {{.id = "opcode-reserved",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "opcode is reserved for an INIT in the other byte order",
      .consequence = "no kernel sends it and no server knows it; the capture is damaged"},
     [](const AskEvent& event, Report& report) {
         const std::uint32_t number = event.message.opcode_number;
         if (number == swapped_init || number == swapped_cuse_init)
             report({.offset = opcode_at, .observed = fmt::to_string(number)});
     }},
    {{.id = "header-padding",
      .area = Area::framing,
      .severity = Severity::note,
      .text = "padding of the request header is not zero",
      .consequence = "servers do not look at it"},
     look_at_padding},
    {{.id = "header-creds",
      .area = Area::framing,
      .severity = Severity::note,
      .dialects = upstream_based,
      .text = "caller's ids on a request that the kernel sends for itself",
      .consequence = "servers that check ids may refuse it; the kernel itself sends 0 there",
      .doc = "Kernels before 5.5 filled in the ids of whatever task was running. With ALLOW_IDMAP "
             "accepted, 0xffffffff stands for ids that are not told, on every mount."},
     look_at_credentials},
    {{.id = "unique-zero-request",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "request with unique 0",
      .consequence = "its reply would be taken for a notification"},
     [](const AskEvent& event, Report& report) {
         const bool not_assigned_yet = event.record.pair_key != 0;
         if (event.message.unique == 0 && !not_assigned_yet && !event.was_in_flight())
             report({.offset = unique_at, .object = event.message.opcode_number});
     }},
    {{.id = "unique-odd",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "unique is odd, which only INTERRUPT has",
      .consequence = "the kernel would take the reply for an answer to an INTERRUPT"},
     [](const AskEvent& event, Report& report) {
         if ((event.message.unique & interrupt_bit) != 0)
             report({.offset = unique_at,
                     .object = event.message.opcode_number,
                     .observed = fmt::to_string(event.message.unique),
                     .expected = "an even number"});
     },
     plain_requests},
    {{.id = "unique-reused",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "unique was used before",
      .consequence = "replies cannot be told apart; the kernel never gives a number twice",
      .doc = "Requests that are sent again after NOTIFY_RESEND keep their number and carry bit 63; "
             "NOTIFY_REPLY has the number that the server chose.",
      .history = History::unbroken},
     look_at_reuse,
     plain_requests},
    {{.id = "unique-backwards",
      .area = Area::framing,
      .severity = Severity::note,
      .text = "unique is far lower than one before",
      .consequence = "several devices or queues are read, or the capture was put together"},
     look_at_order,
     plain_requests},
    {{.id = "resend-unseen",
      .area = Area::framing,
      .severity = Severity::warn,
      .dialects = upstream_based,
      .text = "request is sent again, but its first copy was not seen",
      .consequence = "the capture began later, or lost it",
      .history = History::complete},
     [](const AskEvent& event, Report& report) {
         if (is_resent(event) && !event.was_in_flight() && event.outstanding == nullptr &&
             event.settled == nullptr && event.state.requests.given_up() == 0)
             report({.offset = unique_at,
                     .object = event.message.opcode_number,
                     .observed = fmt::format("unique {:#x}", event.message.unique)});
     },
     plain_requests},
    {{.id = "resend-unsolicited",
      .area = Area::framing,
      .severity = Severity::warn,
      .dialects = upstream_based,
      .text = "request is sent again though nobody asked for it",
      .consequence = "the kernel sends copies only after NOTIFY_RESEND",
      .history = History::complete},
     [](const AskEvent& event, Report& report) {
         if (is_resent(event) && !event.was_in_flight() && !event.state.resend_asked)
             report({.offset = unique_at,
                     .observed = fmt::format("unique {:#x}", event.message.unique),
                     .expected = "a NOTIFY_RESEND before it"});
     },
     plain_requests},
};

constexpr DialectSet with_dependents =
    in_dialects(DialectName::compound_v7, DialectName::fusex_a, DialectName::fusex_b);

constexpr OpSet nodeless =
    ops(Op::init, Op::destroy, Op::batch_forget, Op::interrupt, Op::compound, Op::lookup_root);

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "header-nodeid-zero",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "nodeid 0 on a request that needs a node",
      .consequence = "the server is asked about no object at all",
      .doc = "INIT, DESTROY, BATCH_FORGET, INTERRUPT and everything on a character device have "
             "none. After a LOOKUP_HANDLE answered with nodeid 0 the kernel uses that number, "
             "which is reported where it was given.",
      .history = History::complete},
     [](const RequestEvent& event, Report& report) {
         const Operation& asked = event.operation;
         if (asked.nodeid() != 0 || asked.opcode() == nullptr || asked.is(Op::cuse_init))
             return;
         const bool dependent =
             asked.sub() > 0 && (in_dialect(event.message.dialect) & with_dependents) != 0;
         const Course& course = event.state.course;
         if (!dependent && !course.cuse && course.zero_entry_frame == 0)
             report({.offset = asked.offset() + nodeid_at,
                     .sub = asked.sub(),
                     .object = static_cast<std::uint64_t>(asked.op())});
     },
     every_op & ~nodeless},
};

// The kernel compares len with what was written, and looks no further when they differ.
bool len_fits(const Scene& event) {
    return event.message.length == event.record.wire_length;
}

// What the capture says of a reply's length is what was written, in the form of /dev/fuse.
bool has_true_length(const Scene& event) {
    return event.record.transport != Transport::io_uring &&
           (event.record.flags & record_stale) == 0 && len_fits(event);
}

std::uint32_t payload_of(const Scene& event) {
    return event.record.wire_length > out_header_size
               ? event.record.wire_length - static_cast<std::uint32_t>(out_header_size)
               : 0;
}

constexpr RuleInfo reply_error_range = {
    .id = "reply-error-range",
    .area = Area::framing,
    .severity = Severity::error,
    .text = "error is not 0 or a negative errno",
    .consequence = "write() fails with EINVAL and the request stays unanswered: the caller hangs",
    .advice = "answer with -errno, between -511 and 0"};

template <class Event>
void look_at_error(const Event& event, Report& report) {
    if (is_reply_error(event.message.error))
        return;
    Sighting sighting{.offset = error_at,
                      .object = event.message.opcode_number,
                      .observed = fmt::to_string(event.message.error),
                      .expected = "-511 to 0"};
    if (event.record.transport == Transport::io_uring)
        sighting.consequence = "the kernel ends the request with EINVAL";
    report(std::move(sighting));
}

std::string bytes_allowed(const ReplySize& size) {
    if (size.fixed() && size.old != ReplySize::no_limit)
        return fmt::format("{} bytes, or {} before 7.9", size.least, size.old);
    return size.fixed() ? fmt::format("{} bytes", size.least)
                        : fmt::format("at least {} bytes", size.least);
}

// The size that a successful reply should have; nullopt when it cannot be told, or is right.
std::optional<ReplySize> missed_size(const ExchangeEvent& event) {
    if (event.message.error != 0 || !has_true_length(event))
        return std::nullopt;
    return event.room && !event.room->takes(payload_of(event)) ? event.room : std::nullopt;
}

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {reply_error_range, look_at_error<ExchangeEvent>},
    {{.id = "reply-error-payload",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "payload behind an error",
      .consequence = "write() fails with EINVAL and the caller gets EIO instead of the error",
      .advice = "answer an error with the bare header of 16 bytes",
      .doc = "Over io_uring the kernel does not look at the payload of an error."},
     [](const ExchangeEvent& event, Report& report) {
         const Message& message = event.message;
         // Its tracepoint shows the error that the kernel gave to the caller.
         const bool own_error = event.record.transport != Transport::tracepoint;
         if (message.error != 0 && is_reply_error(message.error) && has_true_length(event) &&
             own_error && event.record.wire_length != out_header_size)
             report({.offset = out_header_size,
                     .object = message.opcode_number,
                     .observed = fmt::format("{} bytes", payload_of(event)),
                     .expected = "none"});
     },
     every_op & ~ops(Op::interrupt)},
    {{.id = "reply-size-wrong",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "payload does not have the size of the reply's struct",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "send the struct of the negotiated minor, whole and with nothing behind it"},
     [](const ExchangeEvent& event, Report& report) {
         const auto size = missed_size(event);
         const std::uint32_t payload = payload_of(event);
         if (size && (size->fixed() || payload < size->least))
             report({.offset = len_at,
                     .object = event.message.opcode_number,
                     .observed = fmt::format("{} bytes", payload),
                     .expected = bytes_allowed(*size),
                     .related = {event.exchange.request_frame}});
     }},
    {{.id = "reply-size-over",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "payload is longer than what was asked for",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "cut the payload at the size in the request"},
     [](const ExchangeEvent& event, Report& report) {
         const auto size = missed_size(event);
         const std::uint32_t payload = payload_of(event);
         if (size && !size->fixed() && payload > size->most)
             report({.offset = len_at,
                     .object = event.message.opcode_number,
                     .observed = fmt::format("{} bytes", payload),
                     .expected = fmt::format("at most {}", size->most),
                     .related = {event.exchange.request_frame}});
     }},
    {{.id = "reply-before-request",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "reply is older than its request",
      .consequence = "the clock went back, or the reply belongs to another request",
      .advice = ""},
     [](const ExchangeEvent& event, Report& report) {
         if (event.exchange.latency_ns && *event.exchange.latency_ns < 0)
             report({.observed = fmt::format("{} ns", *event.exchange.latency_ns),
                     .related = {event.exchange.request_frame}});
     }},
    {{.id = "resend-reply-bit",
      .area = Area::framing,
      .severity = Severity::error,
      .dialects = upstream_based,
      .text = "reply has another bit 63 than the request's latest copy",
      .consequence = "write() fails with ENOENT and the request stays unanswered",
      .advice = "answer with the unique of the copy that was read last, bit 63 included"},
     [](const ExchangeEvent& event, Report& report) {
         if (event.outstanding != nullptr &&
             ((event.outstanding->unique ^ event.message.unique) & resend_bit) != 0)
             report({.offset = unique_at,
                     .object = event.message.opcode_number,
                     .observed = fmt::format("unique {:#x}", event.message.unique),
                     .expected = fmt::format("{:#x}", event.outstanding->unique),
                     .related = {event.outstanding->frame}});
     }},
};

// A reply that nothing waits for.
enum class StrayKind { unknown, duplicate, unanswerable, accepted };

StrayKind kind_of(const StrayReplyEvent& event) {
    const Requests& requests = event.state.requests;
    const std::uint64_t unique = event.message.unique;
    // Any number of answers to an INTERRUPT are taken while its target waits.
    if ((unique & interrupt_bit) != 0 && requests.outstanding(unique ^ interrupt_bit) != nullptr)
        return StrayKind::accepted;
    const Unanswerable* silent = requests.unanswerable(unique);
    if (silent != nullptr &&
        (event.settled == nullptr || silent->frame > event.settled->reply_frame))
        // A commit of a ring entry has a header in any case.
        return event.record.transport == Transport::io_uring ? StrayKind::accepted
                                                             : StrayKind::unanswerable;
    return event.settled != nullptr ? StrayKind::duplicate : StrayKind::unknown;
}

constexpr Check<StrayReplyEvent> stray_rows[] = {
    {reply_error_range, look_at_error<StrayReplyEvent>},
    {{.id = "reply-unknown-unique",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "reply to a request that does not exist",
      .consequence = "write() fails with ENOENT",
      .advice = "answer with the unique of a request that was read and not answered yet",
      .doc = "A request that was read before the capture began is not known to it.",
      .history = History::complete},
     [](const StrayReplyEvent& event, Report& report) {
         if (kind_of(event) == StrayKind::unknown && event.state.requests.given_up() == 0)
             report(
                 {.offset = unique_at, .observed = fmt::format("unique {}", event.message.unique)});
     }},
    {{.id = "reply-duplicate",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "second reply to one request",
      .consequence = "write() fails with ENOENT; the first reply counts",
      .advice = "answer each request once"},
     [](const StrayReplyEvent& event, Report& report) {
         if (kind_of(event) != StrayKind::duplicate)
             return;
         const bool other = digest_of(event.record.bytes) != event.settled->digest;
         report({.offset = unique_at,
                 .observed = fmt::format("unique {} was answered in frame {}", event.message.unique,
                                         event.settled->reply_frame),
                 .related = {event.settled->request_frame, event.settled->reply_frame},
                 .text = other ? "second, different reply to one request" : nullptr});
     }},
    {{.id = "reply-to-noreply",
      .area = Area::framing,
      .severity = Severity::error,
      .text = "reply to a request that has none",
      .consequence = "write() fails with ENOENT",
      .advice = "do not answer FORGET, BATCH_FORGET and NOTIFY_REPLY"},
     [](const StrayReplyEvent& event, Report& report) {
         if (kind_of(event) != StrayKind::unanswerable)
             return;
         const Unanswerable& request = *event.state.requests.unanswerable(event.message.unique);
         report({.offset = unique_at,
                 .object = static_cast<std::uint64_t>(request.op),
                 .observed = fmt::format("unique {} in frame {}", request.unique, request.frame),
                 .related = {request.frame}});
     }},
};

std::string_view name_of(const Outstanding& request, DialectName dialect) {
    const Opcode* opcode = find_opcode(request.opcode, dialect);
    return opcode == nullptr ? std::string_view("unknown") : std::string_view(opcode->name);
}

// Oldest first.
std::vector<Outstanding> unanswered(const State& state) {
    std::vector<Outstanding> list;
    state.requests.each_outstanding([&](const Outstanding& request) {
        if (request.op != Op::interrupt)
            list.push_back(request);
    });
    std::sort(list.begin(), list.end(),
              [](const Outstanding& a, const Outstanding& b) { return a.frame < b.frame; });
    return list;
}

// How long it has waited; nullopt without a clock. Nothing waits any longer once the connection is
// closed, however long others go on.
std::optional<double> waited(const Outstanding& request, const EndEvent& event) {
    const auto end =
        event.state.destroy_frame != 0 ? event.state.course.last_ns : event.last_time_ns;
    std::int64_t ns = 0;
    if (!request.time_ns || !end || __builtin_sub_overflow(*end, *request.time_ns, &ns))
        return std::nullopt;
    return static_cast<double>(ns) / 1e9;
}

// What the kernel asked for in the last moments may still be answered.
std::optional<Severity> judged_missing(const Outstanding& request, const EndEvent& event) {
    constexpr double moment = 0.1, long_time = 1;
    if (request.op == Op::setlkw)
        return std::nullopt; // waits for its lock
    if (request.op == Op::destroy)
        return Severity::note;
    const auto seconds = waited(request, event);
    if (!seconds)
        return event.last_frame > request.frame ? std::optional(Severity::note) : std::nullopt;
    if (*seconds < moment)
        return std::nullopt;
    return *seconds < long_time ? Severity::note : Severity::warn;
}

void look_at_unanswered(const EndEvent& event, Report& report) {
    for (const Outstanding& request : unanswered(event.state)) {
        const auto severity = judged_missing(request, event);
        if (!severity)
            continue;
        const auto seconds = waited(request, event);
        std::string observed =
            fmt::format("{} unique {}", name_of(request, event.state.dialect), request.unique);
        if (seconds)
            observed += fmt::format(" waits for {}{:.3g} s",
                                    request.began_unseen ? "more than " : "", *seconds);
        Sighting sighting{.frame = request.frame,
                          .object = request.opcode,
                          .observed = std::move(observed),
                          .severity = severity};
        if (request.refused_frame != 0)
            sighting.related = {request.refused_frame};
        report(std::move(sighting));
    }
}

void look_at_destroyed(const EndEvent& event, Report& report) {
    if (event.state.destroy_frame == 0)
        return;
    const std::vector<Outstanding> list = unanswered(event.state);
    const bool destroyed = std::none_of(list.begin(), list.end(), [](const Outstanding& request) {
        return request.op == Op::destroy;
    });
    if (!destroyed)
        return;
    for (const Outstanding& request : list)
        if (request.frame < event.state.destroy_frame)
            report({.frame = request.frame,
                    .object = request.opcode,
                    .observed = fmt::format("{} unique {}", name_of(request, event.state.dialect),
                                            request.unique),
                    .related = {event.state.destroy_frame}});
}

constexpr Check<EndEvent> end_rows[] = {
    {{.id = "reply-missing",
      .area = Area::framing,
      .severity = Severity::warn,
      .text = "request was never answered",
      .consequence = "its caller waits; once the server has read the request, SIGKILL seldom "
                     "frees it before an answer or an abort of the connection",
      .advice = "answer every request, with an error if need be",
      .doc = "A request of the last tenth of a second is not reported, one of the last second is a "
             "note: its answer may have come after the capture. SETLKW waits as long as its lock "
             "is held; DESTROY is a note.",
      .history = History::unbroken},
     look_at_unanswered},
    {{.id = "reply-missing-after-destroy",
      .area = Area::framing,
      .severity = Severity::note,
      .dialects = upstream_based,
      .text = "request was still unanswered when DESTROY was answered",
      .consequence = "the kernel aborts what is left after DESTROY: callers get an error",
      .history = History::unbroken},
     look_at_destroyed},
};

constexpr Suppression echoes[] = {
    {.by = "opcode-reserved", .what = "opcode-unknown"},
    {.by = "header-nodeid-zero", .what = "use-unknown-node", .same_sub = true},
};

} // namespace

constexpr Family framing_family{ask_rows,   request_rows, exchange_rows,
                                stray_rows, end_rows,     echoes};

} // namespace fusewire
