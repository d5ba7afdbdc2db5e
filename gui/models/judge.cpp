#include "gui/models/judge.h"

#include "dissector/render/text.h"

#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr std::uint64_t messages_per_look = 1024; // at the clock
// A snapshot is a copy of everything: no more than a tenth of the time goes into making them.
constexpr int rest_factor = 10;
constexpr std::chrono::milliseconds least_rest{150};
constexpr std::chrono::milliseconds wait_for_views{5};

void describe_request(std::string& out, const Message& request) {
    append_request(out, request, {});
}

} // namespace

std::optional<Severity> JudgedCapture::worstAt(std::uint64_t frame) const {
    const auto found = frames.find(frame);
    return found == frames.end() ? std::nullopt : std::optional(found->second.severity);
}

const RuleInfo* JudgedCapture::worstRuleAt(std::uint64_t frame) const {
    const auto found = frames.find(frame);
    return found == frames.end() ? nullptr : found->second.rule;
}

Judge::Judge(CaptureInput input) : input_(std::move(input)) {
    qRegisterMetaType<JudgedPtr>();
}

Judge::~Judge() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void Judge::start() {
    thread_ = std::thread([this] { run(); });
}

void Judge::run() {
    const auto go_on = [this] { return !cancelled_.load(std::memory_order_relaxed); };
    Result<void> outcome;
    for (bool again = true; again && go_on();) {
        auto source = input_.open(go_on);
        const auto survey = std::exchange(survey_, nullptr);
        outcome = source ? judge(**source, survey) : tl::unexpected(source.error());
        again = survey_ != nullptr;
    }
    if (!go_on())
        return;
    if (!known_)
        known_ = std::make_unique<JudgedCapture>(describe_request);
    known_->complete = true;
    if (!outcome)
        known_->error = QString::fromStdString(outcome.error().message);
    publish(std::move(known_));
    report(100);
}

// Leaves a survey behind if the dialect showed only in the midst of it.
Result<void> Judge::judge(RecordSource& source, std::shared_ptr<const Survey> survey) {
    known_ = std::make_unique<JudgedCapture>(describe_request);
    known_->survey = survey;
    Checker checker(survey.get());
    checker.keep_latest();
    checker_ = &checker;
    next_ = Clock::now() + least_rest;
    source.on_idle([this] { publishSometimes(); });
    Record record;
    Result<bool> more = true;
    while (!cancelled_.load(std::memory_order_relaxed)) {
        more = source.next(record);
        if (!more || !*more)
            break;
        see(record, checker);
        if (checker.messages() % messages_per_look != 0)
            continue;
        publishSometimes();
        const Progress progress = source.progress();
        if (progress.total != 0)
            report(static_cast<int>(progress.done * 100 / progress.total));
    }
    if (!cancelled_.load(std::memory_order_relaxed) && survey == nullptr && more &&
        checker.dialect_settled_late() && source.rewindable()) {
        survey_ = std::make_shared<const Survey>(checker.session().survey());
    } else {
        checker.finish();
        for (const Judgement& found : checker.latest())
            remember(found);
    }
    copyFindings();
    checker_ = nullptr;
    return more ? Result<void>() : tl::unexpected(more.error());
}

void Judge::see(const Record& record, Checker& checker) {
    checker.see(record, message_, exchange_);
    known_->ledger.see(record, message_, exchange_, checker);
    known_->outstanding.see({record, message_, exchange_});
    if (record.has_time())
        known_->time_ns = record.time_ns;
    changed_ = true;
    for (const Judgement& found : checker.latest()) {
        if (known_->frames.size() >= JudgedCapture::kept_frames)
            break;
        remember(found);
    }
}

void Judge::remember(const Judgement& found) {
    const JudgedCapture::Worst worst{found.severity, found.rule};
    const auto [place, isNew] = known_->frames.try_emplace(found.frame, worst);
    if (!isNew && place->second.severity < found.severity)
        place->second = worst;
}

void Judge::publishSometimes() {
    const auto now = Clock::now();
    if (!changed_ || now < next_)
        return;
    copyFindings();
    publish(std::make_shared<const JudgedCapture>(*known_));
    const auto after = Clock::now();
    next_ = after + std::max<Clock::duration>(least_rest, rest_factor * (after - now));
}

void Judge::copyFindings() {
    known_->findings = checker_->judgements();
    known_->dropped = checker_->dropped();
    known_->messages = checker_->messages();
    known_->lost = checker_->lost();
}

void Judge::report(int percent) {
    if (std::exchange(percent_, percent) != percent)
        emit progressed(percent);
}

// To free a big snapshot takes so long that a window would stand still, so it is done here, once nobody
// shows it any more.
void Judge::publish(JudgedPtr capture) {
    changed_ = false;
    JudgedPtr retired = std::exchange(latest_, std::move(capture));
    emit judged(latest_);
    while (retired.use_count() > 1 && !cancelled_.load(std::memory_order_relaxed))
        std::this_thread::sleep_for(wait_for_views);
}

} // namespace fusewire::gui
