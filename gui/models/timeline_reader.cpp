#include "gui/models/timeline_reader.h"

#include "dissector/render/text.h"

namespace fusewire::gui {

namespace {

constexpr std::uint64_t messages_per_look = 1024; // at the clock
// A snapshot is a copy of everything: no more than a tenth of the time goes into making them.
constexpr int rest_factor = 10;
constexpr std::chrono::milliseconds least_rest{150};

void describe_message(std::string& out, const Message& message) {
    append_request(out, message, {});
}

} // namespace

TimelineReader::TimelineReader(CaptureInput input, TimelineSubject subject)
    : input_(std::move(input)), subject_(std::move(subject)) {
    qRegisterMetaType<TimelinePtr>();
}

TimelineReader::~TimelineReader() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void TimelineReader::start() {
    thread_ = std::thread([this] { run(); });
}

void TimelineReader::run() {
    const auto go_on = [this] { return !cancelled_.load(std::memory_order_relaxed); };
    Result<void> outcome;
    for (bool again = true; again && go_on();) {
        auto source = input_.open(go_on);
        const auto survey = std::exchange(survey_, std::nullopt);
        timeline_ = make_timeline(subject_, describe_message);
        outcome = source ? readAll(**source, survey ? &*survey : nullptr)
                         : tl::unexpected(source.error());
        again = survey_.has_value();
    }
    if (!go_on())
        return;
    publish(true, outcome ? QString() : QString::fromStdString(outcome.error().message));
    emit progressed(100);
}

// Leaves a survey behind if the dialect showed only in the midst of it.
Result<void> TimelineReader::readAll(RecordSource& source, const Survey* survey) {
    Checker checker(survey);
    checker.keep_latest();
    next_ = Clock::now() + least_rest;
    source.on_idle([this] { publishSometimes(); });
    Record record;
    Message message;
    Exchange exchange;
    Result<bool> more = true;
    for (messages_ = published_ = 0; !cancelled_.load(std::memory_order_relaxed);) {
        more = source.next(record);
        if (!more || !*more)
            break;
        checker.see(record, message, exchange);
        timeline_->see(record, message, exchange, checker);
        if (++messages_ % messages_per_look != 0)
            continue;
        publishSometimes();
        const Progress progress = source.progress();
        if (progress.total != 0)
            emit progressed(static_cast<int>(progress.done * 100 / progress.total));
    }
    if (!cancelled_.load(std::memory_order_relaxed) && survey == nullptr && more &&
        checker.dialect_settled_late() && source.rewindable()) {
        survey_ = checker.session().survey();
    } else {
        checker.finish();
        timeline_->finish(checker);
    }
    return more ? Result<void>() : tl::unexpected(more.error());
}

void TimelineReader::publishSometimes() {
    const auto now = Clock::now();
    if (messages_ == published_ || now < next_)
        return;
    publish(false, {});
    const auto after = Clock::now();
    next_ = after + std::max<Clock::duration>(least_rest, rest_factor * (after - now));
}

void TimelineReader::publish(bool complete, const QString& error) {
    published_ = messages_;
    auto snapshot = std::make_shared<TimelineSnapshot>();
    snapshot->events = timeline_->events();
    snapshot->dropped = timeline_->dropped();
    snapshot->complete = complete;
    snapshot->error = error;
    emit read(snapshot);
}

} // namespace fusewire::gui
