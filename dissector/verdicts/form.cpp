// Headers, lengths and pairing: what fuse_dev_do_write() looks at before anything else, in its order.
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

bool len_is_wrong(const Scene& scene) {
    const bool counts =
        scene.record.transport != Transport::io_uring && (scene.record.flags & record_stale) == 0;
    return counts && scene.message.length != scene.record.wire_length;
}

bool wrong_len(const Answer& answer) {
    return len_is_wrong(answer.event);
}
bool error_range_in_ring(const Answer& answer) {
    return answer.over_io_uring() && !is_reply_error(answer.error());
}
bool other_unique_in_ring(const Answer& answer) {
    return answer.over_io_uring() &&
           (answer.event.message.unique & ~interrupt_bit) != answer.event.request.unique;
}
bool error_range(const Answer& answer) {
    return !is_reply_error(answer.error());
}
bool other_resend_bit(const Answer& answer) {
    const Outstanding* request = answer.event.outstanding;
    return request != nullptr && (request->unique ^ answer.event.message.unique) == resend_bit;
}
bool error_with_payload(const Answer& answer) {
    return !answer.over_io_uring() && answer.payload() > 0;
}

// The request that an INTERRUPT is for.
std::uint64_t target_of(const Answer& answer) {
    return answer.event.message.unique & ~interrupt_bit;
}
bool interrupt_too_late(const Answer& answer) {
    const State& state = answer.state();
    const std::uint64_t target = target_of(answer);
    return state.requests.outstanding(target) == nullptr &&
           (state.requests.settled(target) != nullptr || state.complete());
}
bool has_payload(const Answer& answer) {
    return answer.payload() > 0;
}
bool says_enosys(const Answer& answer) {
    return answer.error() == -enosys;
}
constexpr std::int32_t eagain = 11;
bool says_other_than_eagain(const Answer& answer) {
    return answer.error() != -eagain;
}

enum class Size : std::uint8_t { right, wrong, too_long };

Size size_of(const Answer& answer) {
    const auto room = answer.room();
    if (!room || room->takes(answer.payload()))
        return Size::right;
    return room->least < room->most && answer.payload() > room->most ? Size::too_long : Size::wrong;
}
bool wrong_size_in_ring(const Answer& answer) {
    return answer.over_io_uring() && size_of(answer) != Size::right;
}
bool wrong_size(const Answer& answer) {
    return size_of(answer) == Size::wrong;
}
bool too_long(const Answer& answer) {
    return size_of(answer) == Size::too_long;
}

constexpr VerdictRow len_row{
    .id = "len-wrong",
    .outcome = Outcome::refused_kept,
    .write_errno = einval,
    .caller_errno = VerdictRow::undefined,
    .text = "len in the header is not what was written: the write fails, the request stays "
            "unanswered and its caller waits on",
    .evidence = Evidence::live};
constexpr VerdictRow range_row{
    .id = "error-out-of-range",
    .outcome = Outcome::refused_kept,
    .write_errno = einval,
    .caller_errno = VerdictRow::undefined,
    .text = "an error above 0 or below -511: the write fails, the request stays unanswered and its "
            "caller waits on",
    .evidence = Evidence::live};
constexpr VerdictRow interrupt_long_row{.id = "interrupt-reply-long",
                                        .outcome = Outcome::refused,
                                        .write_errno = einval,
                                        .caller_errno = VerdictRow::undefined,
                                        .text = "a reply to INTERRUPT is a header alone; the "
                                                "interrupted request waits on",
                                        .evidence = Evidence::live};
constexpr VerdictRow interrupt_enosys_row{.id = "interrupt-unsupported",
                                          .outcome = Outcome::unsupported,
                                          .caller_errno = VerdictRow::undefined,
                                          .text =
                                              "no INTERRUPT is sent on this connection any more",
                                          .evidence = Evidence::live};
constexpr VerdictRow interrupt_again_row{.id = "interrupt-again",
                                         .outcome = Outcome::accepted,
                                         .caller_errno = VerdictRow::undefined,
                                         .text = "the INTERRUPT is sent again",
                                         .evidence = Evidence::live};
constexpr VerdictRow interrupt_ignored_row{
    .id = "interrupt-reply-ignored",
    .outcome = Outcome::fields_ignored,
    .caller_errno = VerdictRow::undefined,
    .text =
        "only EAGAIN and ENOSYS mean something in a reply to INTERRUPT; the interrupted request "
        "still needs its own reply",
    .evidence = Evidence::live};

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "ring-error-out-of-range",
      .outcome = Outcome::caller_error,
      .caller_errno = einval,
      .text = "over io_uring an error above 0 or below -511 ends the request with EINVAL"},
     error_range_in_ring,
     every_op,
     When::failed},
    {{.id = "ring-unique-wrong",
      .outcome = Outcome::caller_error,
      .caller_errno = enoent,
      .text = "over io_uring another unique than the request's ends the request with ENOENT"},
     other_unique_in_ring,
     every_op,
     When::succeeded},
    {{.id = "ring-size-wrong",
      .outcome = Outcome::caller_error,
      .caller_errno = einval,
      .text = "over io_uring a payload of the wrong size ends the request with EINVAL"},
     wrong_size_in_ring,
     every_op,
     When::succeeded},
    {len_row, wrong_len},
    {range_row, error_range, every_op, When::failed},
    {{.id = "resend-bit-wrong",
      .outcome = Outcome::refused_kept,
      .write_errno = enoent,
      .caller_errno = VerdictRow::undefined,
      .text =
          "bit 63 of unique is not as in the latest copy of the request: the kernel looks for the "
          "whole number and finds nothing, the request stays unanswered"},
     other_resend_bit},
    {{.id = "interrupt-too-late",
      .outcome = Outcome::unmatched,
      .write_errno = enoent,
      .caller_errno = VerdictRow::undefined,
      .text = "the request that was to be interrupted has been answered; harmless",
      .evidence = Evidence::live},
     interrupt_too_late,
     ops(Op::interrupt)},
    {interrupt_long_row, has_payload, ops(Op::interrupt)},
    {interrupt_enosys_row, says_enosys, ops(Op::interrupt)},
    {interrupt_ignored_row, says_other_than_eagain, ops(Op::interrupt)},
    {interrupt_again_row, [](const Answer&) { return true; }, ops(Op::interrupt)},
    {{.id = "error-with-payload",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .caller_errno = eio,
      .text =
          "an error reply is a header alone: the write fails, and the caller gets EIO in place of "
          "the error",
      .evidence = Evidence::live},
     error_with_payload,
     every_op,
     When::failed},
    {{.id = "reply-size-wrong",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .caller_errno = eio,
      .text = "the payload has not the size of the operation's result at the negotiated minor: the "
              "write "
              "fails, and the caller gets EIO",
      .evidence = Evidence::live},
     wrong_size,
     every_op,
     When::succeeded},
    {{.id = "reply-too-long",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .caller_errno = eio,
      .text =
          "more bytes than were asked for, or more than a COMPOUND has room for: the write fails, "
          "and the caller gets EIO",
      .evidence = Evidence::live},
     too_long,
     every_op,
     When::succeeded},
};

bool stray_too_short(const StrayReplyEvent& event) {
    constexpr std::uint32_t header = 16;
    return event.record.wire_length < header;
}
bool stray_len(const StrayReplyEvent& event) {
    return len_is_wrong(event);
}
bool stray_range(const StrayReplyEvent& event) {
    return !is_reply_error(event.message.error);
}
// The request that a reply with the interrupt bit is taken to be about, asked for or not.
const Outstanding* interrupted(const StrayReplyEvent& event) {
    const std::uint64_t unique = event.message.unique;
    if ((unique & interrupt_bit) == 0)
        return nullptr;
    const Outstanding* request = event.state.requests.outstanding(unique & ~interrupt_bit);
    return request != nullptr && request->unique == (unique & ~interrupt_bit) ? request : nullptr;
}
bool stray_interrupt_long(const StrayReplyEvent& event) {
    constexpr std::uint32_t header = 16;
    return interrupted(event) != nullptr && event.record.wire_length > header;
}
bool stray_interrupt_enosys(const StrayReplyEvent& event) {
    return interrupted(event) != nullptr && event.message.error == -enosys;
}
bool stray_interrupt_unasked(const StrayReplyEvent& event) {
    const Outstanding* request = interrupted(event);
    return request != nullptr && event.message.error == -eagain && request->interrupt_frame == 0;
}
bool stray_interrupt_again(const StrayReplyEvent& event) {
    return interrupted(event) != nullptr && event.message.error == -eagain;
}
bool stray_interrupt_other(const StrayReplyEvent& event) {
    return interrupted(event) != nullptr;
}
bool stray_duplicate(const StrayReplyEvent& event) {
    return event.settled != nullptr;
}
bool stray_any(const StrayReplyEvent&) {
    return true;
}

constexpr VerdictCheck<StrayReplyEvent> strays[] = {
    {{.id = "reply-too-short",
      .outcome = Outcome::refused_kept,
      .write_errno = einval,
      .caller_errno = VerdictRow::undefined,
      .text = "no whole header: the write fails, and whatever it was to answer stays unanswered",
      .evidence = Evidence::live},
     stray_too_short},
    {len_row, stray_len},
    {range_row, stray_range},
    {interrupt_long_row, stray_interrupt_long},
    {interrupt_enosys_row, stray_interrupt_enosys},
    {{.id = "interrupt-unasked",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .caller_errno = VerdictRow::undefined,
      .text = "EAGAIN for an INTERRUPT that was never sent",
      .evidence = Evidence::live},
     stray_interrupt_unasked},
    {interrupt_again_row, stray_interrupt_again},
    {interrupt_ignored_row, stray_interrupt_other},
    {{.id = "answered-before",
      .outcome = Outcome::unmatched,
      .write_errno = enoent,
      .text = "the request has been answered: the first reply holds",
      .evidence = Evidence::live},
     stray_duplicate},
    {{.id = "nothing-waits",
      .outcome = Outcome::unmatched,
      .write_errno = enoent,
      .text = "no request with this unique waits for a reply; FORGET, BATCH_FORGET and "
              "NOTIFY_REPLY never "
              "do",
      .evidence = Evidence::live},
     stray_any},
};

bool notify_in_ring(const NotifyEvent& event) {
    return event.record.transport == Transport::io_uring;
}
bool notify_len(const NotifyEvent& event) {
    return len_is_wrong(event);
}

constexpr VerdictCheck<NotifyEvent> notify_rows[] = {
    {{.id = "ring-notification",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .text = "unique 0 is refused over io_uring: notifications go through /dev/fuse"},
     notify_in_ring},
    {{.id = "notify-len-wrong",
      .outcome = Outcome::refused,
      .write_errno = einval,
      .text = "len in the header of a notification is not what was written",
      .evidence = Evidence::live},
     notify_len},
};

} // namespace

constexpr VerdictFamily verdicts::form{"Form of replies", answers, strays, notify_rows};

} // namespace fusewire
