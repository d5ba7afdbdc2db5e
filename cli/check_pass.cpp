#include "cli/check_pass.h"

#include "cli/connection_text.h"
#include "cli/diagnostics.h"
#include "cli/progress_bar.h"
#include "cli/stop.h"

#include <fmt/format.h>
#include <unistd.h>

namespace fusewire {

namespace {

// The next record, until the end, an error or a signal.
bool next(RecordSource& source, ProgressBar& progress, std::optional<Error>& error,
          Record& record) {
    if (stop_requested())
        return false;
    auto more = source.next(record);
    if (!more)
        error = more.error();
    progress.tick(source);
    return more && *more;
}

} // namespace

Result<CheckPass> CheckPass::open(const CheckInput& input) {
    auto source = open_capture(input.file);
    if (!source)
        return tl::unexpected(source.error());
    return CheckPass(input, std::move(*source));
}

void CheckPass::run(const Observer& observe) {
    stop_reading_on_signals();
    const bool twice = source_->rewindable();
    ProgressBar progress(twice ? 2 : 1);
    Record record;
    Message message;
    Exchange exchange;
    if (twice) {
        Session session;
        if (input_.dialect)
            session.force_dialect(*input_.dialect);
        while (next(*source_, progress, error_, record))
            session.see(record, message, exchange, false);
        survey_ = std::make_unique<Survey>(session.survey());
        progress.next_pass();
        error_.reset(); // the second pass ends there too
        if (auto again = source_->rewind(); !again)
            error_ = again.error();
    }
    checker_ = std::make_unique<Checker>(survey_.get());
    if (input_.dialect)
        checker_->force_dialect(*input_.dialect);
    while (!error_ && next(*source_, progress, error_, record)) {
        checker_->see(record, message, exchange);
        if (observe)
            observe(record, message, exchange);
    }
    checker_->finish();
}

int CheckPass::finish(int done) const {
    for (const std::string& warning : source_->warnings())
        say(warning);
    const std::string blind = blind_spots(source_->connections());
    if (!blind.empty() && isatty(STDERR_FILENO) == 1)
        say(fmt::format("{}: {}", input_.file == "-" ? "standard input" : input_.file, blind));
    end_as_signalled();
    return error_ ? report(*error_) : done;
}

} // namespace fusewire
