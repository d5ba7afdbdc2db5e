// What is left when no other row holds.
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

bool any_answer(const Answer&) {
    return true;
}
bool any_notification(const NotifyEvent&) {
    return true;
}

constexpr VerdictRow taken{.id = "accepted",
                           .outcome = Outcome::accepted,
                           .text = "taken as it is",
                           .evidence = Evidence::live};

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "error-passed-on",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::as_sent,
      .text = "the caller gets the error; down to -511, even where errno(3) has no name for it",
      .evidence = Evidence::live},
     any_answer,
     every_op,
     When::failed},
    {taken, any_answer, every_op, When::succeeded},
};
constexpr VerdictCheck<NotifyEvent> notify_rows[] = {{taken, any_notification}};

} // namespace

constexpr VerdictFamily verdicts::accepted{"Everything else", answers, {}, notify_rows};

} // namespace fusewire
