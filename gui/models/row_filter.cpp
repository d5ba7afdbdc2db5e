#include "gui/models/row_filter.h"

#include "dissector/judged_session.h"
#include "dissector/message_fields.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr Row rows_per_report = 8192;
constexpr int first_pass_percent = 50; // of a filter that takes two
constexpr std::chrono::milliseconds wait_for_rows{20};

} // namespace

RowFilter::RowFilter(std::shared_ptr<const Indexer> capture, CaptureInput input, Filter filter,
                     UnsavedNotes notes)
    : capture_(std::move(capture)), input_(std::move(input)), filter_(std::move(filter)),
      notes_(std::move(notes)) {}

RowFilter::~RowFilter() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void RowFilter::start() {
    thread_ = std::thread([this] { run(); });
}

void RowFilter::run() {
    const auto outcome = (filter_.needs() & need_findings) != 0 ? filterInOrder() : filterByRow();
    tellFound();
    if (cancelled_.load(std::memory_order_relaxed))
        return;
    emit progressed(100);
    emit finished(outcome ? QString() : QString::fromStdString(outcome.error().message),
                  filter_.undecided());
}

Result<void> RowFilter::filterByRow() {
    const auto decoder = capture_->decoder();
    const FrameIndex& index = capture_->index();
    for (Row row = 0; !cancelled_.load(std::memory_order_relaxed);) {
        // Asked in this order: what ended before its size was asked for has no more rows.
        const bool ended = capture_->ended();
        const Row size = index.size();
        for (; row < size && !cancelled_.load(std::memory_order_relaxed); ++row) {
            const auto decoded = decoder->decode(row);
            if (!decoded)
                return tl::unexpected(decoded.error());
            if (filter_.matches(notes_.on(*decoded)))
                keep(row);
            report(row, {0, 100});
        }
        if (ended)
            break;
        if (capture_->waits() && row == index.size())
            idle();
        std::this_thread::sleep_for(wait_for_rows);
    }
    return {};
}

// Findings take a checker, which sees everything that came before, and for the first messages what
// came after. Of a capture that still grows nobody knows that yet.
Result<void> RowFilter::filterInOrder() {
    auto source = input_.open([this] { return !cancelled_.load(std::memory_order_relaxed); });
    if (!source)
        return tl::unexpected(source.error());
    Record record;
    Result<bool> more = true;
    const auto next = [&] {
        more = (*source)->next(record);
        return more && *more && !cancelled_.load(std::memory_order_relaxed);
    };
    std::optional<FirstPass> known;
    if (!input_.grows()) {
        JudgedSession first({});
        first.keep_first_pass();
        for (Row row = 0; next(); ++row) {
            first.see(record);
            report(row, {0, first_pass_percent});
        }
        known = first.first_pass();
        if (auto again = (*source)->rewind(); !again)
            return again;
    }
    (*source)->on_idle([this] { idle(); });
    JudgedSession second({}, known ? &*known : nullptr);
    const Share rest = known ? Share{first_pass_percent, 100} : Share{0, 100};
    for (Row row = 0; next(); ++row) {
        if (filter_.matches(notes_.on(second.see(record))))
            keep(row);
        report(row, rest);
    }
    return more ? Result<void>() : tl::unexpected(more.error());
}

void RowFilter::keep(Row row) {
    batch_.push_back(row);
}

// What was found is shown at once, since nobody knows when the next message comes.
void RowFilter::idle() {
    tellFound();
    if (!std::exchange(waits_, true))
        emit caughtUp();
}

// A filter that reads by itself may be ahead of the index, which is what others look rows up in.
void RowFilter::tellFound() {
    const auto goesOn = [this] { return !cancelled_.load(std::memory_order_relaxed); };
    const FrameIndex& index = capture_->index();
    while (!batch_.empty() && batch_.back() >= index.size() && !capture_->ended() && goesOn())
        std::this_thread::sleep_for(wait_for_rows);
    std::erase_if(batch_, [&index](Row row) { return row >= index.size(); });
    if (!batch_.empty() && goesOn())
        emit found(std::exchange(batch_, {}));
}

void RowFilter::report(Row row, Share share) {
    if (row % rows_per_report != 0)
        return;
    tellFound();
    const Row size = capture_->index().size();
    const Row done = std::min(row, size);
    const auto percent = static_cast<std::uint64_t>(share.to - share.from);
    emit progressed(size == 0 ? share.from : share.from + static_cast<int>(done * percent / size));
}

} // namespace fusewire::gui
