// JudgedCurrent: what the checker says of the current message of a viewer, as soon as it is known. Works
// only while a panel needs it.
#pragma once

#include "gui/models/judge.h"
#include "gui/models/message_judge.h"

#include <QObject>
#include <QSet>
#include <memory>
#include <vector>

namespace fusewire::gui {

class Viewer;

class JudgedCurrent : public QObject {
    Q_OBJECT

  public:
    // `viewer` outlives it.
    explicit JudgedCurrent(Viewer& viewer);
    ~JudgedCurrent() override;

    // Panels say so when they are shown, and that they are not any more.
    void setNeeded(const QObject* by, bool needed);

    // Of the current message; null while it is not known.
    const JudgedMessagePtr& message() const { return message_; }
    // Of the reply: the current message, or what answers it not far behind; null while that is not known.
    const JudgedMessagePtr& reply() const { return reply_; }
    // The current message is known, and its reply is on the way.
    bool awaitsReply() const;
    // How far the checker is on the way to it, 0 to 100.
    int percent() const { return percent_; }
    // Of the current message, worst first: also what only later messages told.
    std::vector<Judgement> findings() const;

    // Makes the next message current that answers a STATX, or says that there is none.
    void goToNextStatx();

  signals:
    // message(), reply() or percent() is another, or findings() may be.
    void changed();

  private:
    void begin();
    void askCurrent();
    Row replyOf(Row request) const;
    void take(const JudgedMessagePtr& message);
    void takeJudged(const JudgedPtr& judged);
    void goToStatx(Row row);

    Viewer& viewer_;
    QSet<const QObject*> neededBy_;
    std::shared_ptr<const Survey> survey_; // with which judge_ works
    std::unique_ptr<MessageJudge> judge_;
    JudgedMessagePtr message_;
    JudgedMessagePtr reply_;
    int percent_ = 0;
    bool looksForStatx_ = false;
};

} // namespace fusewire::gui
