#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/render/statistics.h"
#include "dissector/render/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace fusewire {

namespace {

using Cell = TextTable::Cell;

constexpr std::size_t shown_errors = 6; // errnos of one row

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

// Three digits and a unit.
std::string in_units(double value, const char* const* units, std::size_t count, double step) {
    std::size_t unit = 0;
    while (value >= step && unit + 1 < count) {
        value /= step;
        ++unit;
    }
    const int digits = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return fmt::format("{:.{}f}{}", value, digits, units[unit]);
}

std::string duration_text(std::uint64_t ns) {
    constexpr const char* units[] = {" ns", " us", " ms", " s"};
    return in_units(static_cast<double>(ns), units, std::size(units), 1000);
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr const char* units[] = {"", "K", "M", "G", "T", "P"};
    return in_units(static_cast<double>(bytes), units, std::size(units), 1024);
}

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? "0 %"
                      : fmt::format("{:.1f} %",
                                    100 * static_cast<double>(part) / static_cast<double>(whole));
}

const char* plural(std::uint64_t count) {
    return count == 1 ? "" : "s";
}

Cell count_cell(std::uint64_t count) {
    return {fmt::to_string(count)};
}
// Nothing where there is nothing, so that what there is stands out.
Cell rare_cell(std::uint64_t count, Paint paint = Paint::plain) {
    return {count == 0 ? "" : fmt::to_string(count), paint};
}

std::string errors_text(const ErrorTally& errors) {
    std::string text;
    std::uint64_t rest = errors.others();
    std::size_t shown = 0;
    for (const ErrorCount& one : errors.sorted()) {
        if (++shown > shown_errors) {
            rest += one.count;
            continue;
        }
        const std::string_view name = errno_name(one.error);
        text +=
            fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        name.empty() ? fmt::to_string(one.error) : std::string(name), one.count);
    }
    return rest == 0 ? text : text + fmt::format(", others {}", rest);
}

class StatisticsText {
  public:
    StatisticsText(std::string& out, const StatisticsScene& scene, const StatisticsStyle& style)
        : out_(out), scene_(scene), statistics_(scene.statistics), style_(style) {}

    void groups();
    void compounds();
    void lookups();
    void cache_times();
    void over_time(const IntervalSeries& series);
    void what_is_missing();

  private:
    struct ShownGroup {
        std::string name;
        const Tally* tally;
        std::string about; // path or mount point
    };

    template <class... Arguments>
    void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    }
    void heading(const char* text) {
        out_ += '\n';
        const Painted painted(out_, style_.color, Paint::name);
        out_ += text;
    }

    std::vector<ShownGroup> shown_groups();
    std::string about(const MessageGroup& group) const;
    void group_row(TextTable& table, const ShownGroup& group) const;
    void errors(const std::vector<ShownGroup>& groups);
    void latency_words(const Tally& total);
    void histogram(const std::string& name, const Histogram& times);
    void names();

    std::string& out_;
    const StatisticsScene& scene_;
    const Statistics& statistics_;
    const StatisticsStyle& style_;
    Tally rest_; // of groups that are not shown one by one
};

std::vector<Cell> latency_cells(const Histogram& times) {
    if (times.empty())
        return std::vector<Cell>(6);
    return {{duration_text(times.percentile(500))}, {duration_text(times.percentile(900))},
            {duration_text(times.percentile(990))}, {duration_text(times.max())},
            {duration_text(times.mean())},          {duration_text(times.sum())}};
}

std::string StatisticsText::about(const MessageGroup& group) const {
    const GroupBy by = statistics_.groups().by();
    if (group.key.kind == GroupKey::Kind::unknown)
        return {};
    const ConnId conn{group.key.conn};
    if (by == GroupBy::nodeid)
        return scene_.path_of && group.key.id != 0 ? escaped(scene_.path_of(conn, group.key.id))
                                                   : std::string();
    if (by == GroupBy::opcode)
        return {};
    for (const Connection& connection : scene_.connections)
        if (connection.conn == conn && !connection.mount_point.empty())
            return escaped(connection.mount_point) +
                   (connection.fs_type.empty() || by != GroupBy::conn
                        ? ""
                        : fmt::format(" ({})", escaped(connection.fs_type)));
    return by == GroupBy::conn ? "" : fmt::format("connection {}", group.key.conn);
}

std::vector<StatisticsText::ShownGroup> StatisticsText::shown_groups() {
    const GroupTally& groups = statistics_.groups();
    std::vector<const MessageGroup*> ordered = ordered_groups(groups, style_.order);
    const std::size_t room = style_.most_rows == 0 ? ordered.size() : style_.most_rows;
    rest_ = groups.others();
    for (std::size_t i = room; i < ordered.size(); ++i)
        rest_.merge(ordered[i]->tally);
    std::vector<ShownGroup> shown;
    for (std::size_t i = 0; i < std::min(room, ordered.size()); ++i)
        shown.push_back(
            {name_of(*ordered[i], groups.by()), &ordered[i]->tally, about(*ordered[i])});
    if (rest_.messages() > 0) {
        const std::size_t hidden = ordered.size() - shown.size();
        shown.push_back({hidden == 0 || groups.others().messages() > 0
                             ? std::string("others")
                             : fmt::format("{} others", hidden),
                         &rest_, ""});
    }
    return shown;
}

void StatisticsText::group_row(TextTable& table, const ShownGroup& group) const {
    const Tally& tally = *group.tally;
    std::vector<Cell> cells = {{group.name, Paint::name},
                               count_cell(tally.requests),
                               count_cell(tally.replies),
                               rare_cell(tally.notifications),
                               rare_cell(tally.unanswered, Paint::caution),
                               rare_cell(tally.errors.total(), Paint::bad),
                               {bytes_text(tally.request_bytes)},
                               {bytes_text(tally.reply_bytes)}};
    for (Cell& cell : latency_cells(tally.latency))
        cells.push_back(std::move(cell));
    cells.push_back({group.about});
    table.row(std::move(cells));
}

void StatisticsText::groups() {
    constexpr const char* heads[] = {"opcode", "nodeid", "pid", "conn", "thread"};
    constexpr const char* abouts[] = {"", "path", "mount point", "mount point", "mount point"};
    const auto by = static_cast<std::size_t>(statistics_.groups().by());
    TextTable table({{.head = heads[by], .right = false},
                     {.head = "requests"},
                     {.head = "replies", .spare = 6},
                     {.head = "notify", .spare = 5, .sparse = true},
                     {.head = "waiting", .sparse = true},
                     {.head = "errors", .sparse = true},
                     {.head = "out", .spare = 3},
                     {.head = "in", .spare = 3},
                     {.head = "p50", .sparse = true},
                     {.head = "p90", .spare = 4, .sparse = true},
                     {.head = "p99", .sparse = true},
                     {.head = "max", .sparse = true},
                     {.head = "mean", .spare = 7, .sparse = true},
                     {.head = "sum", .spare = 2, .sparse = true},
                     {.head = abouts[by], .right = false, .sparse = true}});
    const std::vector<ShownGroup> shown = shown_groups();
    for (const ShownGroup& group : shown)
        group_row(table, group);
    const Tally total = statistics_.groups().total();
    group_row(table, {"total", &total, ""});
    table.append(out_, style_.color, style_.width);
    errors(shown);
    latency_words(total);
    if (!style_.histogram)
        return;
    for (const ShownGroup& group : shown)
        histogram(group.name, group.tally->latency);
    histogram("total", total.latency);
}

void StatisticsText::errors(const std::vector<ShownGroup>& groups) {
    TextTable table({{.head = "errors", .right = false}, {.head = "", .right = false}});
    for (const ShownGroup& group : groups)
        if (group.tally->errors.total() > 0)
            table.row({{group.name, Paint::name}, {errors_text(group.tally->errors)}});
    if (table.empty())
        return;
    out_ += '\n';
    table.append(out_, style_.color, style_.width);
}

// What the figures mean depends on what the capture could see.
void StatisticsText::latency_words(const Tally& total) {
    constexpr const char* words[] = {
        "from when the request was queued to its reply; how much of it was the wait for a server "
        "thread is not in the capture",
        "from when a thread of the server had read the request to its reply; the wait in the "
        "kernel's queue before that is not in the capture",
        "from the record of the request to that of its reply; the capture does not tell when the "
        "server read it"};
    out_ += '\n';
    if (total.latency.empty())
        add("latency: not known, no reply has a request with a time\n");
    const GroupTally& groups = statistics_.groups();
    for (std::size_t i = 0; i < latency_start_count; ++i) {
        const std::uint64_t count = groups.latencies_from(static_cast<LatencyStart>(i));
        if (count == total.latency.count() && count > 0)
            add("latency: {}\n", words[i]);
        else if (count > 0)
            add("latency of {}: {}\n", count, words[i]);
    }
    if (total.backwards > 0)
        add("{} repl{} older than {} request: the clock was set back meanwhile\n", total.backwards,
            total.backwards == 1 ? "y is" : "ies are", total.backwards == 1 ? "its" : "their");
    if (!total.queue.empty())
        add("queue: {} request{} seen waiting until a server thread read {}, at least p50 {}, p99 "
            "{}, max {}\n",
            total.queue.count(), total.queue.count() == 1 ? " was" : "s were",
            total.queue.count() == 1 ? "it" : "them", duration_text(total.queue.percentile(500)),
            duration_text(total.queue.percentile(990)), duration_text(total.queue.max()));
}

void StatisticsText::histogram(const std::string& name, const Histogram& times) {
    constexpr std::size_t longest_bar = 40;
    std::uint64_t most = 0;
    times.each_octave(
        [&](std::uint64_t, std::uint64_t, std::uint64_t count) { most = std::max(most, count); });
    if (most == 0)
        return;
    heading(name.c_str());
    out_ += '\n';
    TextTable table(
        {{.head = "from"}, {.head = "to"}, {.head = "replies"}, {.head = "", .right = false}});
    times.each_octave([&](std::uint64_t lowest, std::uint64_t highest, std::uint64_t count) {
        const auto share = static_cast<double>(count) / static_cast<double>(most);
        const auto bar = static_cast<std::size_t>(share * longest_bar + 0.5);
        table.row({{duration_text(lowest)},
                   {duration_text(highest)},
                   count_cell(count),
                   {std::string(std::max<std::size_t>(bar, 1), '#'), Paint::request}});
    });
    table.append(out_, style_.color, style_.width);
}

void StatisticsText::compounds() {
    const CompoundStatistics& compounds = statistics_.compounds();
    if (compounds.operations().empty())
        return;
    heading("compounds");
    add(": {} of {} request{} ({}), which saved {} round trip{}\n", compounds.compounds(),
        compounds.requests(), plural(compounds.requests()),
        percent_text(compounds.compounds(), compounds.requests()), compounds.saved(),
        plural(compounds.saved()));
    TextTable table({{.head = "operation", .right = false},
                     {.head = "requests"},
                     {.head = "replies"},
                     {.head = "errors", .sparse = true},
                     {.head = "", .right = false, .sparse = true}});
    for (const auto& [key, operation] : compounds.operations())
        table.row({{operation.opcode != nullptr ? std::string(operation.opcode->name)
                                                : fmt::format("opcode {}", operation.opcode_number),
                    Paint::name},
                   count_cell(operation.requests),
                   count_cell(operation.replies),
                   rare_cell(operation.errors.total(), Paint::bad),
                   {errors_text(operation.errors)}});
    table.append(out_, style_.color, style_.width);
}

void StatisticsText::lookups() {
    const LookupStatistics& lookups = statistics_.lookups();
    if (lookups.lookups() == 0)
        return;
    heading("lookups");
    add(": {} answered, {} of them without such a name ({} with an entry that may be cached, {} "
        "with ENOENT)\n",
        lookups.lookups(), lookups.negative(), lookups.negative_entries(),
        lookups.negative() - lookups.negative_entries());
    add("{} of a name that had been looked up before, {} of them before the earlier answer "
        "expired\n",
        lookups.again(), lookups.within_cache_time());
    names();
    if (lookups.left_out() > 0)
        add("{} lookup{} of names that were too many or too long to be kept\n", lookups.left_out(),
            plural(lookups.left_out()));
}

void StatisticsText::names() {
    constexpr std::size_t most_names = 10;
    TextTable table({{.head = "lookups"},
                     {.head = "negative", .sparse = true},
                     {.head = "too early", .sparse = true},
                     {.head = "conn", .spare = 1},
                     {.head = "parent"},
                     {.head = "name", .right = false}});
    const auto worst = statistics_.lookups().worst(most_names);
    for (const LookedUpName* name : worst) {
        const std::string directory =
            scene_.path_of ? scene_.path_of(name->conn, name->parent) : "";
        table.row(
            {count_cell(name->lookups),
             rare_cell(name->negative),
             rare_cell(name->within_cache_time, Paint::caution),
             count_cell(static_cast<std::uint32_t>(name->conn)),
             count_cell(name->parent),
             {escaped(directory.empty() || directory == "/" ? directory + name->name
                                                            : directory + "/" + name->name)}});
    }
    if (!table.empty())
        table.append(out_, style_.color, style_.width);
}

void StatisticsText::cache_times() {
    const LookupStatistics& lookups = statistics_.lookups();
    if (lookups.entries().total() + lookups.negatives().total() + lookups.attributes().total() == 0)
        return;
    heading("cache times");
    out_ += " that the server allowed\n";
    TextTable table({{.head = "", .right = false},
                     {.head = "entries", .sparse = true},
                     {.head = "negative", .sparse = true},
                     {.head = "attributes", .sparse = true}});
    for (std::size_t i = 0; i < CacheTimes::range_count; ++i)
        if (lookups.entries().count(i) + lookups.negatives().count(i) +
                lookups.attributes().count(i) >
            0)
            table.row({{CacheTimes::ranges[i].name, Paint::name},
                       rare_cell(lookups.entries().count(i)),
                       rare_cell(lookups.negatives().count(i)),
                       rare_cell(lookups.attributes().count(i))});
    table.append(out_, style_.color, style_.width);
}

// Seconds since the first message, as the lines of `read` show them.
std::string since_text(std::int64_t number, std::int64_t interval_ns) {
    return fmt::format("{:.6g}",
                       static_cast<double>(number) * static_cast<double>(interval_ns) / 1e9);
}

void StatisticsText::over_time(const IntervalSeries& series) {
    TextTable table({{.head = "time (s)"},
                     {.head = "messages"},
                     {.head = "requests"},
                     {.head = "replies", .spare = 3},
                     {.head = "errors", .sparse = true},
                     {.head = "out", .spare = 2},
                     {.head = "in", .spare = 2},
                     {.head = "p50", .sparse = true},
                     {.head = "p99", .sparse = true},
                     {.head = "max", .sparse = true},
                     {.head = "", .right = false, .sparse = true}});
    std::optional<std::int64_t> before;
    for (const auto& [number, tally] : series.intervals()) {
        // Numbers are far from the limits: both are differences of two times, divided.
        const std::int64_t empty = before ? number - *before - 1 : 0;
        std::vector<Cell> cells = {{since_text(number, series.interval_ns())},
                                   count_cell(tally.messages()),
                                   count_cell(tally.requests),
                                   count_cell(tally.replies),
                                   rare_cell(tally.errors.total(), Paint::bad),
                                   {bytes_text(tally.request_bytes)},
                                   {bytes_text(tally.reply_bytes)}};
        const std::vector<Cell> times = latency_cells(tally.latency);
        for (const std::size_t which : {0, 2, 3})
            cells.push_back(times[which]);
        cells.push_back({empty == 0 ? ""
                                    : fmt::format("after {} interval{} without a message", empty,
                                                  plural(static_cast<std::uint64_t>(empty))),
                         Paint::dim});
        table.row(std::move(cells));
        before = number;
    }
    if (table.empty())
        out_ += "no message has a time\n";
    else
        table.append(out_, style_.color, style_.width);
    if (series.untimed() > 0 && !table.empty())
        add("{} message{} without a time\n", series.untimed(), plural(series.untimed()));
    if (series.left_out() > 0)
        add("{} message{} of intervals that were too many to be kept\n", series.left_out(),
            plural(series.left_out()));
}

void StatisticsText::what_is_missing() {
    if (statistics_.refused() > 0)
        add("\n{} repl{} refused by the kernel\n", statistics_.refused(),
            statistics_.refused() == 1 ? "y was" : "ies were");
    if (statistics_.lost() > 0)
        add("\n{} message{} lost during the capture: there were more than these, and what looks "
            "unanswered may have been answered\n",
            statistics_.lost(), statistics_.lost() == 1 ? " was" : "s were");
}

} // namespace

void append_statistics_text(std::string& out, const StatisticsScene& scene,
                            const StatisticsStyle& style) {
    StatisticsText text(out, scene, style);
    if (scene.statistics.groups().total().messages() == 0) {
        out += scene.filter.empty() ? "no messages\n" : "no message matches the filter\n";
    } else if (const IntervalSeries* series = scene.statistics.series()) {
        text.over_time(*series);
    } else {
        text.groups();
        text.compounds();
        text.lookups();
        text.cache_times();
    }
    text.what_is_missing();
}

} // namespace fusewire
