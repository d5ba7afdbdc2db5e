// fusewire stats: counts, errors, bytes and latencies of a capture, by what messages have in common.
#include "capture/source.h"
#include "cli/diagnostics.h"
#include "cli/display_filter.h"
#include "cli/exit_code.h"
#include "cli/numbers.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/stop.h"
#include "cli/subcommand.h"
#include "cli/two_passes.h"
#include "dissector/ledger.h"
#include "dissector/message_fields.h"
#include "dissector/render/connection.h"
#include "dissector/render/statistics.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace fusewire {

namespace {

enum class StatsFormat : std::uint8_t { text, json };
constexpr Choice<StatsFormat> stats_formats[] = {{"text", StatsFormat::text},
                                                 {"json", StatsFormat::json}};
constexpr Choice<GroupBy> groupings[] = {{"opcode", GroupBy::opcode},
                                         {"nodeid", GroupBy::nodeid},
                                         {"pid", GroupBy::pid},
                                         {"conn", GroupBy::conn},
                                         {"thread", GroupBy::thread}};
constexpr Choice<GroupOrder> orders[] = {{"latency", GroupOrder::latency},
                                         {"count", GroupOrder::count},
                                         {"errors", GroupOrder::errors},
                                         {"bytes", GroupOrder::bytes},
                                         {"key", GroupOrder::key}};
constexpr std::size_t rows_by_default = 40;

struct StatsOptions {
    std::string file;
    std::optional<DialectName> dialect;
    std::string filter;
    std::optional<GroupBy> by;
    StatsFormat format = StatsFormat::text;
    GroupOrder order = GroupOrder::latency;
    std::optional<std::int64_t> interval_ns;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t most_rows = rows_by_default;
    bool histogram = false;
    ColorWhen color = ColorWhen::automatic;

    GroupBy grouping() const { return by.value_or(GroupBy::opcode); }
};

// One run of the command.
class Counting {
  public:
    Counting(const StatsOptions& options, std::unique_ptr<RecordSource> source,
             std::optional<Filter> filter)
        : options_(options), capture_(std::move(source), options.dialect, true),
          filter_(std::move(filter)), statistics_(options.grouping(), options.interval_ns) {}

    int run();

  private:
    ViewNeeds needs() const;
    void count(JudgedSession& session, const Record& record);
    StatisticsScene scene() const;
    std::string path_of(ConnId conn, std::uint64_t nodeid) const;
    void print(std::string& out) const;
    int finish();

    const StatsOptions& options_;
    TwoPasses capture_;
    std::optional<Filter> filter_;
    Statistics statistics_;
    Ledger ledger_; // kept where paths are asked for
    std::uint64_t counted_ = 0;
};

int Counting::run() {
    capture_.read_while([this] { return counted_ < options_.count; });
    capture_.survey(filter_ && (filter_->needs() & need_findings) != 0);
    capture_.run(needs(), [this](JudgedSession& session, const Record& record) {
        count(session, record);
        return true;
    });
    capture_.clear_progress();
    Output out(STDOUT_FILENO);
    print(out.text());
    if (auto printed = out.finish(); !printed)
        return report(printed.error());
    return finish();
}

// Paths are known to the checker alone.
ViewNeeds Counting::needs() const {
    return needs_of(filter_ ? &*filter_ : nullptr,
                    {.body = true, .findings = options_.grouping() == GroupBy::nodeid});
}

void Counting::count(JudgedSession& session, const Record& record) {
    const Decoded decoded = session.see(record);
    const bool counts = !filter_ || filter_->matches(decoded);
    statistics_.see(decoded, counts);
    counted_ += counts ? 1 : 0;
    if (options_.grouping() == GroupBy::nodeid)
        ledger_.see(record, decoded.message, decoded.exchange, *session.checker());
}

std::string Counting::path_of(ConnId conn, std::uint64_t nodeid) const {
    const auto found = ledger_.nodes().find({static_cast<std::uint32_t>(conn), nodeid});
    return found == ledger_.nodes().end() || found->second.paths.empty()
               ? std::string()
               : found->second.paths.back().value;
}

StatisticsScene Counting::scene() const {
    StatisticsScene scene{.statistics = statistics_,
                          .connections = capture_.source().connections(),
                          .path_of = {},
                          .filter = options_.filter};
    if (options_.grouping() == GroupBy::nodeid)
        scene.path_of = [this](ConnId conn, std::uint64_t nodeid) { return path_of(conn, nodeid); };
    return scene;
}

// Tables are only made to fit a terminal.
std::size_t line_width() {
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void Counting::print(std::string& out) const {
    if (options_.format == StatsFormat::json)
        return append_statistics_json(out, scene(), options_.order);
    append_statistics_text(out, scene(),
                           {.order = options_.order,
                            .most_rows = static_cast<std::size_t>(options_.most_rows),
                            .histogram = options_.histogram,
                            .color = wants_color(options_.color),
                            .width = line_width()});
}

int Counting::finish() {
    const std::string name = options_.file == "-" ? "standard input" : options_.file;
    for (const std::string& warning : capture_.source().warnings())
        say(warning);
    const std::string blind = blind_spots(capture_.source().connections());
    if (!blind.empty() && isatty(STDERR_FILENO) == 1)
        say(fmt::format("{}: {}", name, blind));
    if (filter_)
        say_what_was_undecided(*filter_);
    end_as_signalled();
    return capture_.error() ? report(*capture_.error()) : exit_done;
}

int run_stats(const StatsOptions& options) {
    if (options.interval_ns && options.by && options.format == StatsFormat::text)
        return report({Errc::usage, "--interval shows all messages together; leave out --by, or "
                                    "choose messages with -Y"});
    if (options.interval_ns && options.histogram)
        return report({Errc::usage, "--interval has no histograms; leave out --histogram"});
    auto filter = parse_display_filter(options.filter);
    if (!filter)
        return filter.error();
    auto source = open_capture(options.file);
    if (!source)
        return report(source.error());
    stop_reading_on_signals();
    return Counting(options, std::move(*source), std::move(*filter)).run();
}

void add_interval_option(CLI::App& app, std::optional<std::int64_t>& interval_ns) {
    const auto set = [&interval_ns](const std::string& text) {
        const auto duration = parse_duration(text);
        if (!duration || *duration == 0)
            throw CLI::ValidationError("--interval", "'" + text +
                                                         "' is no duration such as 1s, 500ms or "
                                                         "2min");
        interval_ns = static_cast<std::int64_t>(*duration);
    };
    app.add_option_function<std::string>("--interval", set,
                                         "Show what happened over time, a line for each DURATION "
                                         "(ns, us, ms, s, min or h; seconds without a unit)")
        ->type_name("DURATION");
}

void add_by_option(CLI::App& app, std::optional<GroupBy>& by) {
    const auto set = [&by](const std::string& word) {
        for (const Choice<GroupBy>& choice : groupings)
            if (word == choice.word) {
                by = choice.value;
                return;
            }
        throw CLI::ValidationError("--by",
                                   "'" + word + "' is none of " +
                                       words_of(std::span<const Choice<GroupBy>>(groupings)));
    };
    app.add_option_function<std::string>("--by", set, "What to group by, opcode by default")
        ->type_name(words_of(std::span<const Choice<GroupBy>>(groupings)));
}

} // namespace

Subcommand add_stats_command(CLI::App& app) {
    const auto options = std::make_shared<StatsOptions>();
    CLI::App* stats =
        app.add_subcommand("stats", "Count messages, errors, bytes and latencies of a capture");
    stats
        ->add_option("FILE", options->file,
                     "A capture (pcapng or pcap, also .gz or .zst); - is standard input")
        ->type_name("")
        ->required();
    add_by_option(*stats, options->by);
    add_interval_option(*stats, options->interval_ns);
    add_choice(*stats, "--sort", options->order, orders,
               "What comes first: the largest sum of latencies, which is the default, most "
               "messages, errors or bytes; or the order of keys");
    add_count_option(*stats, "--rows", options->most_rows,
                     "Show N rows, the rest together; 40 by default. JSON has all");
    stats->add_flag("--histogram", options->histogram, "Show histograms of the latencies");
    add_choice(*stats, "-T", options->format, stats_formats, "What to print, text by default");
    add_display_filter_option(*stats, options->filter);
    add_count_option(*stats, "-c", options->count, "Stop after N messages");
    add_dialect_option(*stats, options->dialect);
    add_color_option(*stats, options->color);

    Subcommand command;
    command.app = stats;
    command.run = [options] { return run_stats(*options); };
    command.examples = {
        {"fusewire stats x.pcapng", "where the time goes, by opcode"},
        {"fusewire stats x.pcapng --by nodeid --sort errors", "which files fail most, and how"},
        {"fusewire stats x.pcapng --by pid -Y 'fuse.opcode == WRITE'", "who writes"},
        {"fusewire stats x.pcapng --interval 1s", "what happened each second"},
        {"fusewire stats x.pcapng -T json | jq '.rows[] | {name, p99: .latency.p99_ns}'",
         "for programs"},
    };
    command.details =
        "Of each group: requests and replies, notifications, requests that wait for a reply at the "
        "end, error replies, bytes out (to the server) and in (from it), percentiles, maximum, "
        "mean and sum of the latencies. A COMPOUND counts as one request; its operations are "
        "listed below. Percentiles are within 0.8 % of the exact ones.\n"
        "What a latency covers depends on how the capture was made; a line below the table says "
        "it. docs/statistics.md explains every section.\n"
        "With -Y only the messages that match are counted. Whether a request was answered is known "
        "from all of them.";
    return command;
}

} // namespace fusewire
