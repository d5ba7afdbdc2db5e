#include "cli/outstanding_view.h"

#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/progress_bar.h"
#include "cli/stop.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace fusewire {

namespace {

// Records between two looks at the clock while the source is never idle.
constexpr unsigned records_between_advances = 256;

void describe_request(std::string& out, const Message& request) {
    append_request(out, request, {});
}

std::int64_t wall_clock_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// One that does not tell is taken to be as large as terminals used to be.
winsize terminal_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    return size;
}

// Text over what is on the screen: each line clears what it does not cover, and the end the rest.
void append_over(std::string& out, const std::string& text, bool first) {
    out += first ? "\033[2J\033[H" : "\033[H";
    for (const char c : text) {
        if (c == '\n')
            out += "\033[K";
        out += c;
    }
    out += "\033[J";
}

} // namespace

Result<OutstandingOptions> outstanding_options(const ViewOptions& view, double interval_s) {
    constexpr double least_s = 0.05, most_s = 86400;
    if (view.tree || view.hex || view.pairs || view.format == ViewFormat::fields)
        return fail(Errc::usage, "--outstanding shows no messages; leave out -V, -x, --pairs and "
                                 "-T fields");
    if (!(interval_s >= least_s && interval_s <= most_s))
        return fail(Errc::usage, fmt::format("--interval {}: expected {} to {} seconds", interval_s,
                                             least_s, most_s));
    OutstandingOptions options;
    options.format = view.format;
    options.color = view.color;
    options.interval = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(interval_s));
    return options;
}

OutstandingTracker::OutstandingTracker() : requests_(describe_request) {}

bool OutstandingTracker::see(const Record& record) {
    checker_.see(record, message_, exchange_);
    requests_.see({record, message_, exchange_});
    lost_ += record.lost;
    messages_ += exchange_.again || record.direction == Direction::loss ? 0 : 1;
    if (record.has_time())
        last_ns_ = record.time_ns;
    return exchange_.again && (record.flags & record_in_flight) != 0;
}

OutstandingScene OutstandingTracker::scene(const RecordSource& source,
                                           std::optional<std::int64_t> now_ns) const {
    return {.requests = requests_,
            .connections = source.connections(),
            .now_ns = now_ns,
            .messages = messages_,
            .lost = lost_,
            .path_of = [this](ConnId conn, std::uint64_t nodeid) { return path_of(conn, nodeid); }};
}

std::string OutstandingTracker::path_of(ConnId conn, std::uint64_t nodeid) const {
    const auto state = checker_.states().find(static_cast<std::uint32_t>(conn));
    return state == checker_.states().end() || state->second.find(nodeid) == nullptr
               ? std::string()
               : state->second.path(nodeid);
}

OutstandingView::OutstandingView(const OutstandingOptions& options, Look look)
    : options_(options), look_(std::move(look)), out_(STDOUT_FILENO),
      terminal_(options.format == ViewFormat::text && isatty(STDOUT_FILENO) == 1),
      next_(Clock::now()) {}

bool OutstandingView::see(const RecordSource& source, const Record& record) {
    const bool repeated = tracker_.see(record);
    if (++since_advance_ >= records_between_advances)
        advance(source, false);
    return repeated;
}

void OutstandingView::idle(const RecordSource& source) {
    advance(source, true);
}

// A look is made, then what it lists is waited for, then there is something new to draw. Where the
// records never cease the end of the list is not known, and nothing is concluded from it.
void OutstandingView::advance(const RecordSource& source, bool is_idle) {
    since_advance_ = 0;
    const bool due = Clock::now() >= next_;
    if (looking_ && (is_idle || due)) {
        looking_ = false;
        tracker_.requests().end_look(is_idle && tracker_.lost() == lost_before_look_);
        return draw(source);
    }
    if (!due)
        return;
    next_ = Clock::now() + options_.interval;
    begin_look();
    if (!looking_)
        draw(source);
}

// The first state is that of the look which the probe began with.
void OutstandingView::begin_look() {
    if (drawn_ == 0)
        return;
    lost_before_look_ = tracker_.lost();
    tracker_.requests().begin_look();
    looking_ = look_();
}

void OutstandingView::draw(const RecordSource& source) {
    const OutstandingScene scene = tracker_.scene(source, wall_clock_ns());
    if (options_.format == ViewFormat::text) {
        draw_text(scene);
    } else {
        const bool array = options_.format == ViewFormat::json;
        out_.text() += !array ? "" : drawn_ == 0 ? "[\n" : ",\n";
        append_outstanding_json(out_.text(), scene);
        out_.text() += array ? "" : "\n";
    }
    ++drawn_;
    out_.flush();
}

void OutstandingView::draw_text(const OutstandingScene& scene) {
    OutstandingStyle style{.color = wants_color(options_.color)};
    if (!terminal_) {
        out_.text() += drawn_ == 0 ? "" : "\n";
        return append_outstanding_text(out_.text(), scene, style);
    }
    const winsize size = terminal_size();
    style.width = size.ws_col;
    style.height = size.ws_row - 1u; // the last line is the cursor's
    std::string text;
    append_outstanding_text(text, scene, style);
    append_over(out_.text(), text, drawn_ == 0);
}

Result<void> OutstandingView::end(const RecordSource& source) {
    draw(source);
    if (options_.format == ViewFormat::json)
        out_.text() += "\n]\n";
    return out_.finish();
}

int show_outstanding(const CheckInput& input, const OutstandingOptions& options) {
    auto source = open_capture(input.file);
    if (!source)
        return report(source.error());
    stop_reading_on_signals();
    OutstandingTracker tracker;
    if (input.dialect)
        tracker.force_dialect(*input.dialect);
    ProgressBar progress(1);
    Record record;
    Result<bool> more = true;
    while (!stop_requested() && (more = (*source)->next(record)) && *more) {
        tracker.see(record);
        progress.tick(**source);
    }
    progress.clear();
    Output out(STDOUT_FILENO);
    const OutstandingScene scene = tracker.scene(**source, tracker.last_ns());
    if (options.format == ViewFormat::text)
        append_outstanding_text(out.text(), scene, {.color = wants_color(options.color)});
    else
        append_outstanding_json(out.text(), scene);
    if (options.format != ViewFormat::text)
        out.text() += '\n';
    if (auto printed = out.finish(); !printed)
        return report(printed.error());
    for (const std::string& warning : (*source)->warnings())
        say(warning);
    end_as_signalled();
    return more ? exit_done : report(more.error());
}

} // namespace fusewire
