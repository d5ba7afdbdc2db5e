// A capture run through a session, twice where it can be: what the first pass learns from headers, the
// second knows from the first message on. Draws the progress bar and stops when a signal asks for it.
#pragma once

#include "capture/source.h"
#include "cli/progress_bar.h"
#include "dissector/judged_session.h"

#include <functional>
#include <memory>
#include <optional>

namespace fusewire {

class TwoPasses {
  public:
    // From pipes there is one pass, also with `twice`.
    TwoPasses(std::unique_ptr<RecordSource> source, std::optional<DialectName> dialect, bool twice)
        : source_(std::move(source)), dialect_(dialect), twice_(twice && source_->rewindable()),
          progress_(twice_ ? 2 : 1) {}

    // Reading ends early once it is false.
    void read_while(std::function<bool()> wanted) { wanted_ = std::move(wanted); }

    // The first pass, if there are two; it looks for findings if `judges`.
    void survey(bool judges);

    // The last pass: `see` is given each record, until it returns false.
    using See = std::function<bool(JudgedSession& session, const Record& record)>;
    void run(ViewNeeds needs, const See& see);

    RecordSource& source() { return *source_; }
    const RecordSource& source() const { return *source_; }
    // What ended the reading early, beside a signal.
    const std::optional<Error>& error() const { return error_; }
    void clear_progress() { progress_.clear(); }

  private:
    bool next(Record& record);

    std::unique_ptr<RecordSource> source_;
    std::optional<DialectName> dialect_;
    bool twice_;
    ProgressBar progress_;
    std::function<bool()> wanted_;
    FirstPass known_;
    std::optional<Error> error_;
};

} // namespace fusewire
