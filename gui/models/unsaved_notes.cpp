#include "gui/models/unsaved_notes.h"

namespace fusewire::gui {

Decoded UnsavedNotes::on(const Decoded& decoded) {
    if (!changes_)
        return decoded;
    const auto change = changes_->find(decoded.record.frame);
    if (change == changes_->end())
        return decoded;
    comment_ = with_note(decoded.record.comment, change->second);
    record_ = decoded.record;
    record_.comment = comment_;
    return {.record = record_,
            .message = decoded.message,
            .exchange = decoded.exchange,
            .findings = decoded.findings,
            .statx = decoded.statx,
            .verdict = decoded.verdict};
}

} // namespace fusewire::gui
