#include "cli/two_passes.h"

#include "cli/stop.h"

namespace fusewire {

// An error ends both passes at the same message; the second one reports it.
void TwoPasses::survey(bool judges) {
    if (!twice_)
        return;
    JudgedSession session({.body = false, .findings = judges});
    if (dialect_)
        session.force_dialect(*dialect_);
    session.keep_first_pass();
    Record record;
    while (next(record))
        session.see(record);
    known_ = session.first_pass();
    progress_.next_pass();
    error_.reset();
    if (auto again = source_->rewind(); !again)
        error_ = again.error();
}

void TwoPasses::run(ViewNeeds needs, const See& see) {
    JudgedSession session(needs, twice_ ? &known_ : nullptr);
    if (dialect_)
        session.force_dialect(*dialect_);
    Record record;
    while (!error_ && next(record) && see(session, record)) {
    }
}

bool TwoPasses::next(Record& record) {
    if (stop_requested() || (wanted_ && !wanted_()))
        return false;
    auto more = source_->next(record);
    if (!more)
        error_ = more.error();
    progress_.tick(*source_);
    return more && *more;
}

} // namespace fusewire
