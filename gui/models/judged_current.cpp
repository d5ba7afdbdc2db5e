#include "gui/models/judged_current.h"

#include "gui/models/viewer.h"

#include <QPointer>
#include <algorithm>

namespace fusewire::gui {

namespace {

bool isSame(const Judgement& a, const Judgement& b) {
    return a.frame == b.frame && std::string_view(a.rule->id) == b.rule->id &&
           a.sighting.sub == b.sighting.sub && a.sighting.nodeid == b.sighting.nodeid &&
           a.sighting.object == b.sighting.object;
}

} // namespace

JudgedCurrent::JudgedCurrent(Viewer& viewer) : viewer_(viewer) {
    connect(&viewer, &Viewer::documentChanged, this, [this] {
        judge_.reset();
        survey_.reset();
        message_.reset();
        reply_.reset();
        emit changed();
    });
    connect(&viewer, &Viewer::currentRowChanged, this, &JudgedCurrent::askCurrent);
    connect(&viewer, &Viewer::judgedChanged, this, &JudgedCurrent::takeJudged);
}

JudgedCurrent::~JudgedCurrent() = default;

void JudgedCurrent::setNeeded(const QObject* by, bool needed) {
    const bool was = !neededBy_.isEmpty();
    if (needed)
        neededBy_.insert(by);
    else
        neededBy_.remove(by);
    if (!was && needed)
        askCurrent();
}

// What a judge said may still be on its way when it is gone.
void JudgedCurrent::begin() {
    judge_ = std::make_unique<MessageJudge>(viewer_.document()->input(), survey_);
    const QPointer<MessageJudge> judge = judge_.get();
    connect(judge, &MessageJudge::progressed, this, [this, judge](int percent) {
        if (!judge)
            return;
        percent_ = percent;
        emit changed();
    });
    connect(judge, &MessageJudge::judged, this, [this, judge](const JudgedMessagePtr& message) {
        if (judge)
            take(message);
    });
    connect(judge, &MessageJudge::foundStatx, this, [this, judge](Row row) {
        if (judge)
            goToStatx(row);
    });
}

void JudgedCurrent::askCurrent() {
    message_.reset();
    reply_.reset();
    percent_ = 0;
    looksForStatx_ = false;
    if (!neededBy_.isEmpty() && viewer_.document() && viewer_.currentRow() != no_row) {
        if (!judge_)
            begin();
        judge_->ask(viewer_.currentRow());
    }
    emit changed();
}

void JudgedCurrent::take(const JudgedMessagePtr& message) {
    const Row current = viewer_.currentRow();
    const Row reply = replyOf(current);
    if (message->row == reply)
        reply_ = message;
    if (message->row == current)
        message_ = message;
    else if (message->row != reply)
        return;
    if (!reply_ && reply != no_row)
        judge_->ask(reply);
    emit changed();
}

bool JudgedCurrent::awaitsReply() const {
    return message_ && !reply_ && message_->error.isEmpty() && replyOf(message_->row) != no_row;
}

// One that came much later would make the judge begin anew for the next message.
Row JudgedCurrent::replyOf(Row row) const {
    constexpr Row near = MessageJudge::most_recent / 2;
    const FrameIndex& index = viewer_.document()->index();
    const FrameRow frame = index[row];
    if (frame.kind != MessageKind::request)
        return row;
    const bool isNear = frame.has_partner() && frame.partner > row && frame.partner - row < near;
    return isNear && index[frame.partner].kind == MessageKind::reply ? frame.partner : no_row;
}

// Where the dialect showed late, another pass knows better.
void JudgedCurrent::takeJudged(const JudgedPtr& judged) {
    if (judged->survey != survey_) {
        survey_ = judged->survey;
        judge_.reset();
        askCurrent();
    } else if (message_ && judged->worstAt(message_->frame)) {
        emit changed();
    }
}

std::vector<Judgement> JudgedCurrent::findings() const {
    std::vector<Judgement> findings;
    if (!message_)
        return findings;
    findings = message_->findings;
    if (const JudgedPtr& judged = viewer_.judged(); judged && judged->worstAt(message_->frame))
        for (const Judgement& found : judged->findings)
            if (found.frame == message_->frame &&
                std::ranges::none_of(findings, [&](const auto& f) { return isSame(f, found); }))
                findings.push_back(found);
    std::ranges::stable_sort(findings, std::ranges::greater(), &Judgement::severity);
    return findings;
}

void JudgedCurrent::goToNextStatx() {
    if (!viewer_.document())
        return;
    if (!judge_)
        begin();
    looksForStatx_ = true;
    judge_->askNextStatx(viewer_.currentRow(), viewer_.document()->rows());
}

void JudgedCurrent::goToStatx(Row row) {
    if (!std::exchange(looksForStatx_, false))
        return;
    if (row == no_row)
        emit viewer_.said(tr("no answer to a statx further down"));
    else
        viewer_.setCurrentRow(row);
}

} // namespace fusewire::gui
