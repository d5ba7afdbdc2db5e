// fusewire read: shows the messages of a capture, or writes them to another one.
#include "capture/capture_writer.h"
#include "capture/source.h"
#include "cli/diagnostics.h"
#include "cli/display_filter.h"
#include "cli/exit_code.h"
#include "cli/message_printer.h"
#include "cli/options.h"
#include "cli/outstanding_view.h"
#include "cli/stop.h"
#include "cli/subcommand.h"
#include "cli/two_passes.h"
#include "cli/view.h"
#include "dissector/message_fields.h"
#include "dissector/render/connection.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace fusewire {

namespace {

struct ReadOptions {
    std::string file;
    ViewOptions view;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    std::string out; // empty: no capture is written
    FileFormat format = FileFormat::pcapng;
    bool print = false; // beside `out`
    bool outstanding = false;
    std::string filter; // empty: every message
    std::optional<DialectName> dialect;

    bool shows() const { return out.empty() || print || view.asked_for(); }
};

// One run of the command.
class Reading {
  public:
    Reading(const ReadOptions& options, std::unique_ptr<RecordSource> source,
            std::unique_ptr<View> view, std::optional<CaptureWriter> writer,
            std::optional<Filter> filter)
        : options_(options), writer_(std::move(writer)), filter_(std::move(filter)),
          capture_(std::move(source), options.dialect, needs_survey(view.get())) {
        if (view)
            printer_.emplace(std::move(view));
    }

    int run();

  private:
    bool needs_survey(const View* view) const;
    ViewNeeds needs() const;
    bool is_wanted() const;
    bool take(JudgedSession& session, const Record& record);
    bool show(JudgedSession& session, const Record& record);
    int finish();
    void say_what_is_missing() const;

    const ReadOptions& options_;
    std::optional<MessagePrinter> printer_;
    std::optional<CaptureWriter> writer_;
    std::optional<Filter> filter_;
    TwoPasses capture_;
    std::uint64_t shown_ = 0;
    std::uint64_t lost_ = 0;
    std::optional<Error> write_error_;
};

int Reading::run() {
    capture_.read_while([this] { return is_wanted(); });
    capture_.survey(needs().findings);
    capture_.source().on_idle([this] {
        if (printer_)
            printer_->flush();
    });
    if (printer_)
        printer_->begin();
    capture_.run(needs(), [this](JudgedSession& session, const Record& record) {
        return take(session, record);
    });
    return finish();
}

bool Reading::needs_survey(const View* view) const {
    return (view != nullptr && view->needs_survey()) ||
           (filter_ && (filter_->needs() & need_survey) != 0);
}

ViewNeeds Reading::needs() const {
    return needs_of(filter_ ? &*filter_ : nullptr,
                    printer_ ? printer_->view().needs()
                             : ViewNeeds{.body = false, .findings = false});
}

bool Reading::is_wanted() const {
    return shown_ < options_.count && (!printer_ || printer_->open());
}

bool Reading::take(JudgedSession& session, const Record& record) {
    lost_ += record.lost;
    shown_ += show(session, record) ? 1 : 0;
    return !write_error_;
}

// False if the filter leaves the record out.
bool Reading::show(JudgedSession& session, const Record& record) {
    if (printer_ || filter_) {
        const Decoded decoded = session.see(record);
        if (filter_ && !filter_->matches(decoded)) {
            if (printer_)
                printer_->skip(decoded);
            return false;
        }
        if (printer_)
            printer_->print(session, capture_.source(), decoded);
    }
    if (writer_)
        if (auto written = writer_->write(capture_.source(), record); !written)
            write_error_ = written.error();
    return true;
}

int Reading::finish() {
    capture_.clear_progress();
    std::optional<Error> error = write_error_ ? write_error_ : capture_.error();
    if (writer_ && !error)
        if (auto flushed = writer_->flush(); !flushed)
            error = flushed.error();
    if (printer_)
        if (auto printed = printer_->end(); !printed)
            return report(printed.error());
    const bool nobody_reads = (printer_ && !printer_->open()) || (error && is_closed_pipe(*error));
    if (nobody_reads)
        return exit_done;
    say_what_is_missing();
    if (filter_ && shown_ == 0)
        say_what_was_meant(*filter_);
    if (filter_)
        say_what_was_undecided(*filter_);
    end_as_signalled();
    return error ? report(*error) : exit_done;
}

void Reading::say_what_is_missing() const {
    const std::string name = options_.file == "-" ? "standard input" : options_.file;
    for (const std::string& warning : capture_.source().warnings())
        say(warning);
    if (lost_ != 0)
        say(fmt::format("{}: {} message{} lost during the capture", name, lost_,
                        lost_ == 1 ? " was" : "s were"));
    const std::string blind = blind_spots(capture_.source().connections());
    if (printer_ && !blind.empty() && isatty(STDERR_FILENO) == 1)
        say(fmt::format("{}: {}", name, blind));
}

// The limits and the other output make no sense for one picture of the end.
int run_outstanding(const ReadOptions& options) {
    if (!options.out.empty())
        return report({Errc::usage, "--outstanding writes no capture; leave out -w"});
    const auto outstanding = outstanding_options(options.view, 1);
    return outstanding ? show_outstanding({options.file, options.dialect}, *outstanding)
                       : report(outstanding.error());
}

int run_read(const ReadOptions& options) {
    if (options.outstanding)
        return run_outstanding(options);
    if (options.out == "-" && options.shows())
        return report(
            {Errc::usage, "standard output cannot carry both text and -w -; leave out one"});
    auto filter = parse_display_filter(options.filter);
    if (!filter)
        return filter.error();
    std::unique_ptr<View> view;
    if (options.shows()) {
        auto made = make_view(options.view);
        if (!made)
            return report(made.error());
        view = std::move(*made);
    }
    auto source = open_capture(options.file);
    if (!source)
        return report(source.error());
    std::optional<CaptureWriter> writer;
    if (!options.out.empty()) {
        auto created = CaptureWriter::create(options.out, options.format, options.file);
        if (!created)
            return report(created.error());
        writer = std::move(*created);
    }
    stop_reading_on_signals();
    return Reading(options, std::move(*source), std::move(view), std::move(writer),
                   std::move(*filter))
        .run();
}

} // namespace

Subcommand add_read_command(CLI::App& app) {
    const auto options = std::make_shared<ReadOptions>();
    CLI::App* read = app.add_subcommand("read", "Show the messages of a capture");
    read->add_option("FILE", options->file,
                     "A capture (pcapng or pcap, also .gz or .zst); - is standard input")
        ->type_name("")
        ->required();
    add_display_filter_option(*read, options->filter);
    add_view_options(*read, options->view);
    add_count_option(*read, "-c", options->count, "Stop after N messages");
    read->add_option("-w", options->out, "Write the messages that were read to a new capture")
        ->type_name("FILE");
    read->add_flag("-P", options->print, "Print the messages although -w is given");
    read->add_flag("--outstanding", options->outstanding,
                   "Show what was unanswered when the capture ended, instead of messages");
    add_format_option(*read, options->format);
    add_dialect_option(*read, options->dialect);

    Subcommand command;
    command.app = read;
    command.run = [options] { return run_read(*options); };
    command.examples = {
        {"fusewire read x.pcapng", "one line a message"},
        {"fusewire read x.pcapng -V -c 10", "the first ten messages with every field"},
        {"fusewire read x.pcapng -Y 'fuse.error == ENOENT && fuse.latency > 1 ms'",
         "only what a display filter selects"},
        {"fusewire read x.pcapng --pairs", "requests with their replies and latencies"},
        {"fusewire read x.pcapng -T ndjson | jq 'select(.error < 0)'", "replies that failed"},
        {"fusewire read x.pcapng -T fields -e frame.number -e fuse.opcode_name -e fuse.name",
         "chosen columns"},
        {"fusewire read x.pcapng --outstanding", "what had no answer at the end, and who waited"},
        {"fusewire capture -w - | fusewire read -", "messages as they happen"},
    };
    command.details =
        "A line holds the frame number, the time, the connection, the direction (> request, < "
        "reply, "
        "! notification), the opcode, the unique number, the nodeid, then names, the fields that "
        "tell "
        "the message from others, the result, the latency, and findings in brackets.\n"
        "Findings are those of fusewire check; -V tells what each of them means. In a line, rules "
        "that cannot be sure without what came before the capture are left out.\n"
        "Files are read twice, so that the first message already knows its reply, its findings and "
        "its dialect. "
        "From a pipe, what is shown is what is known so far.\n"
        "Messages that the capture lost are marked where they are missing and counted on standard "
        "error at the end.";
    return command;
}

} // namespace fusewire
