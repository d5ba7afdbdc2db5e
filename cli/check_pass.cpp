#include "cli/check_pass.h"

#include "cli/diagnostics.h"
#include "cli/progress_bar.h"
#include "cli/stop.h"
#include "dissector/render/connection.h"

#include <fmt/format.h>
#include <unistd.h>

namespace fusewire {

Result<CheckPass> CheckPass::open(const CheckInput& input) {
    auto source = open_capture(input.file);
    if (!source)
        return tl::unexpected(source.error());
    return CheckPass(input, std::move(*source));
}

void CheckPass::run(Ledger* ledger) {
    stop_reading_on_signals();
    check(ledger);
    if (read_again())
        check(ledger);
    checker_->finish();
}

void CheckPass::check(Ledger* ledger) {
    checker_ = std::make_unique<Checker>(survey_.get());
    if (input_.dialect)
        checker_->force_dialect(*input_.dialect);
    if (ledger != nullptr)
        *ledger = {};
    ProgressBar progress(1);
    Record record;
    Message message;
    Exchange exchange;
    while (!stop_requested()) {
        const auto more = source_->next(record);
        if (!more)
            error_ = more.error();
        if (!more || !*more)
            return;
        progress.tick(*source_);
        checker_->see(record, message, exchange);
        if (ledger != nullptr)
            ledger->see(record, message, exchange, *checker_);
    }
}

// An error ends the second pass at the same message.
bool CheckPass::read_again() {
    if (stop_requested() || !source_->rewindable() || !checker_->dialect_settled_late())
        return false;
    survey_ = std::make_unique<Survey>(checker_->session().survey());
    if (auto again = source_->rewind(); !again) {
        error_ = again.error();
        return false;
    }
    error_.reset();
    return true;
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
