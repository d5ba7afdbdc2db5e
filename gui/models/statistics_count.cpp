#include "gui/models/statistics_count.h"

#include "dissector/message_fields.h"
#include "dissector/render/statistics.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr std::uint64_t messages_per_look = 256; // at the clock
constexpr std::chrono::milliseconds wait_for_rows{20};
// A snapshot is made of everything that was counted: no more than a tenth of the time goes into them.
constexpr int rest_factor = 10;
constexpr std::chrono::milliseconds least_rest{150};
constexpr std::size_t text_rows = 40; // as many as the command shows

} // namespace

StatisticsCount::Counts::Counts(GroupBy by) : statistics(by) {
    if (by != GroupBy::opcode)
        opcodes.emplace(GroupBy::opcode);
}

StatisticsCount::StatisticsCount(std::shared_ptr<const Indexer> capture, CaptureInput input,
                                 std::optional<Filter> filter, UnsavedNotes notes, GroupBy by)
    : capture_(std::move(capture)), input_(std::move(input)), filter_(std::move(filter)),
      notes_(std::move(notes)), by_(by), counts_(std::make_unique<Counts>(by)) {
    qRegisterMetaType<CountedPtr>();
}

StatisticsCount::~StatisticsCount() {
    cancel();
    if (thread_.joinable())
        thread_.join();
}

void StatisticsCount::start() {
    thread_ = std::thread([this] { run(); });
}

void StatisticsCount::run() {
    const auto outcome = count();
    if (goesOn()) {
        publish(true, outcome ? QString() : QString::fromStdString(outcome.error().message));
        report(100);
    }
    counts_.reset();
    emit ended();
}

Result<void> StatisticsCount::count() {
    next_ = Clock::now() + least_rest;
    if (filter_ && (filter_->needs() & need_findings) != 0)
        return countInOrder();
    // Dialects that became known meanwhile make the first messages look different.
    Result<void> outcome;
    for (std::optional<std::uint64_t> revision;
         goesOn() && outcome && revision != capture_->index().revision();) {
        revision = capture_->index().revision();
        outcome = countByRow();
    }
    return outcome;
}

Result<void> StatisticsCount::countByRow() {
    counts_ = std::make_unique<Counts>(by_);
    const auto decoder = capture_->decoder();
    const FrameIndex& index = capture_->index();
    for (Row row = 0; goesOn();) {
        // Asked in this order: what ended before its size was asked for has no more rows.
        const bool ended = capture_->ended();
        const Row size = index.size();
        for (; row < size && goesOn(); ++row) {
            const auto decoded = decoder->decode(row);
            if (!decoded)
                return tl::unexpected(decoded.error());
            see(*decoded);
            if (row % messages_per_look == 0)
                report(static_cast<int>(std::uint64_t{row} * 100 / size));
        }
        if (ended)
            break;
        publishSometimes();
        if (capture_->waits())
            report(100);
        std::this_thread::sleep_for(wait_for_rows);
    }
    return {};
}

// Findings take a checker, which sees everything that came before.
Result<void> StatisticsCount::countInOrder() {
    counts_ = std::make_unique<Counts>(by_);
    if (input_.grows()) {
        auto source = input_.open([this] { return goesOn(); });
        if (!source)
            return tl::unexpected(source.error());
        (*source)->on_idle([this] { publishSometimes(); });
        JudgedSession session({});
        Record record;
        while (goesOn()) {
            const auto more = (*source)->next(record);
            if (!more)
                return tl::unexpected(more.error());
            if (!*more)
                break;
            see(session.see(record));
        }
        return {};
    }
    return runJudgedPass(
        input_, {.needs = {},
                 .goesOn = [this] { return goesOn(); },
                 .progressed = [this](int percent) { report(percent); },
                 .see =
                     [this](Row, const JudgedSession&, RecordSource&, const Decoded& decoded) {
                         see(decoded);
                         return true;
                     }});
}

void StatisticsCount::see(const Decoded& decoded) {
    const bool counts = !filter_ || filter_->matches(notes_.on(decoded));
    counts_->statistics.see(decoded, counts);
    if (counts_->opcodes)
        counts_->opcodes->see(decoded, counts);
    if (counts)
        counts_->times.see(decoded);
    changed_ = true;
    if (++looked_ % messages_per_look == 0)
        publishSometimes();
}

void StatisticsCount::publishSometimes() {
    const auto now = Clock::now();
    if (!changed_ || now < next_)
        return;
    publish(false, {});
    const auto after = Clock::now();
    next_ = after + std::max<Clock::duration>(least_rest, rest_factor * (after - now));
}

void StatisticsCount::publish(bool complete, const QString& error) {
    changed_ = false;
    const Statistics& statistics = counts_->statistics;
    const GroupTally& opcodes = counts_->opcodes ? *counts_->opcodes : statistics.groups();
    auto capture = std::make_shared<CountedCapture>();
    capture->by = by_;
    capture->groups = groupFigures(statistics.groups());
    for (const MessageGroup* group :
         ordered_groups(opcodes, GroupOrder::latency) | std::views::take(most_opcodes))
        capture->opcodes.push_back(*group);
    for (const auto& [key, operation] : statistics.compounds().operations())
        capture->operations.push_back(operation);
    capture->total = opcodes.total();
    capture->times = counts_->times;
    capture->seen = statistics.seen();
    capture->complete = complete;
    capture->error = error;
    const auto connections = capture_->connections();
    append_statistics_text(capture->text,
                           {.statistics = statistics,
                            .connections = connections,
                            .path_of = {},
                            .filter = filter_ ? filter_->text() : std::string()},
                           {.most_rows = text_rows});
    if (goesOn())
        emit counted(capture);
}

void StatisticsCount::report(int percent) {
    if (std::exchange(percent_, percent) != percent && goesOn())
        emit progressed(percent);
}

} // namespace fusewire::gui
