#include "gui/models/message_judge.h"

#include <algorithm>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr Row rows_per_look = 1024; // at what is wanted meanwhile

bool answersStatx(const JudgedMessage& message) {
    return std::ranges::any_of(message.statx, [](const auto& one) { return !one.facts.empty(); });
}

} // namespace

struct MessageJudge::Pass {
    explicit Pass(const Survey* survey) : checker(survey) { checker.keep_latest(); }

    JudgedMessagePtr said(Row row) const;
    void addNode(JudgedMessage& judged) const;

    std::unique_ptr<RecordSource> source;
    Checker checker;
    Record record;
    Message message;
    Exchange exchange;
    Row next = 0; // row
};

JudgedMessagePtr MessageJudge::Pass::said(Row row) const {
    auto judged = std::make_shared<JudgedMessage>();
    judged->row = row;
    judged->frame = record.frame;
    judged->kind = message.kind;
    if (checker.verdict().row != nullptr)
        judged->verdict = checker.verdict();
    std::ranges::copy_if(checker.latest(), std::back_inserter(judged->findings),
                         [&](const auto& found) { return found.frame == record.frame; });
    judged->statx = checker.statx();
    addNode(*judged);
    return judged;
}

// A COMPOUND is about the node of its first operation.
void MessageJudge::Pass::addNode(JudgedMessage& judged) const {
    const Message* asked = message.kind == MessageKind::request ? &message : exchange.request;
    const auto state = checker.states().find(static_cast<std::uint32_t>(record.conn));
    if (asked == nullptr || state == checker.states().end())
        return;
    judged.nodeid =
        asked->nodeid == 0 && !asked->subs.empty() ? asked->subs[0].nodeid : asked->nodeid;
    if (state->second.find(judged.nodeid) != nullptr)
        judged.path = state->second.path(judged.nodeid);
}

MessageJudge::MessageJudge(CaptureInput input, std::shared_ptr<const Survey> survey)
    : input_(std::move(input)), survey_(std::move(survey)) {
    qRegisterMetaType<JudgedMessagePtr>();
    qRegisterMetaType<Row>("fusewire::Row");
    thread_ = std::thread([this] { run(); });
}

MessageJudge::~MessageJudge() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
        ++turn_;
    }
    asked_.notify_one();
    thread_.join();
}

void MessageJudge::ask(Row row) {
    ask({row, row + 1, false});
}

void MessageJudge::askNextStatx(Row row, Row rows) {
    ask({row == no_row ? 0 : row + 1, rows, true});
}

void MessageJudge::ask(const Wanted& wanted) {
    {
        const std::lock_guard lock(mutex_);
        wanted_ = wanted;
        ++turn_;
    }
    asked_.notify_one();
}

void MessageJudge::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return ends_ || wanted_; });
        if (ends_)
            return;
        const Wanted wanted = *std::exchange(wanted_, std::nullopt);
        served_ = turn_;
        lock.unlock();
        find(wanted);
        lock.lock();
    }
}

void MessageJudge::find(const Wanted& wanted) {
    if (const JudgedMessagePtr known = knownAnswer(wanted))
        return answer(wanted, known);
    const auto found = passTo(wanted);
    if (!isCurrent())
        return;
    if (found && *found)
        return answer(wanted, recent_.back());
    auto nothing = std::make_shared<JudgedMessage>();
    if (!wanted.statx)
        nothing->row = wanted.first;
    nothing->error = found ? tr("the capture ends before this message")
                           : QString::fromStdString(found.error().message);
    answer(wanted, nothing);
}

JudgedMessagePtr MessageJudge::knownAnswer(const Wanted& wanted) const {
    if (recent_.empty() || wanted.first < recent_.front()->row)
        return nullptr;
    for (std::size_t i = wanted.first - recent_.front()->row; i < recent_.size(); ++i)
        if (recent_[i]->row < wanted.end && (!wanted.statx || answersStatx(*recent_[i])))
            return recent_[i];
    return nullptr;
}

// True: what is wanted is the last of recent_.
Result<bool> MessageJudge::passTo(const Wanted& wanted) {
    percent_ = 0;
    // What lies between is known not to be it.
    const bool goesOn = pass_ && (pass_->next <= wanted.first ||
                                  (!recent_.empty() && recent_.front()->row <= wanted.first));
    if (!goesOn)
        if (auto begun = begin(); !begun)
            return tl::unexpected(begun.error());
    const Row keptFrom = wanted.first < most_recent ? 0 : wanted.first - most_recent;
    while (pass_->next < wanted.end) {
        if (pass_->next % rows_per_look == 0) {
            if (!isCurrent())
                return false;
            tell(wanted);
        }
        auto more = pass_->source->next(pass_->record);
        if (!more || !*more) {
            pass_.reset(); // a source that has ended once says no more
            return more;
        }
        pass_->checker.see(pass_->record, pass_->message, pass_->exchange);
        const Row row = pass_->next++;
        if (row >= keptFrom)
            keep(pass_->said(row));
        else
            recent_.clear();
        if (row >= wanted.first && (!wanted.statx || answersStatx(*recent_.back())))
            return true;
    }
    return false;
}

Result<void> MessageJudge::begin() {
    recent_.clear();
    pass_.reset();
    auto source = input_.open([this] { return isCurrent(); });
    if (!source)
        return tl::unexpected(source.error());
    pass_ = std::make_unique<Pass>(survey_.get());
    pass_->source = std::move(*source);
    return {};
}

void MessageJudge::keep(JudgedMessagePtr message) {
    if (!recent_.empty() && recent_.back()->row + 1 != message->row)
        recent_.clear();
    if (recent_.size() == most_recent)
        recent_.pop_front();
    recent_.push_back(std::move(message));
}

void MessageJudge::answer(const Wanted& wanted, const JudgedMessagePtr& message) {
    if (wanted.statx)
        emit foundStatx(message->row);
    else
        emit judged(message);
}

void MessageJudge::tell(const Wanted& wanted) {
    const int percent = static_cast<int>(std::uint64_t{pass_->next} * 100 / wanted.end);
    if (std::exchange(percent_, percent) != percent)
        emit progressed(percent);
}

} // namespace fusewire::gui
