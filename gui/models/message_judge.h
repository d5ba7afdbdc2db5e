// MessageJudge: says of any message what the checker says of it, which takes everything before it. Runs
// in a thread of its own; going on is quick, and so is going back a little: what it said of the last
// messages it remembers. Going back further begins anew.
#pragma once

#include "gui/models/capture_input.h"
#include "gui/models/judged_message.h"

#include <QObject>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace fusewire::gui {

class MessageJudge : public QObject {
    Q_OBJECT

  public:
    // Messages before the one that was asked for last that are remembered: people go back one by one.
    static constexpr Row most_recent = 512;

    // With `survey` the final dialects are known from the first message on; it may be nullptr.
    MessageJudge(CaptureInput input, std::shared_ptr<const Survey> survey);
    // Cancels what is not finished.
    ~MessageJudge() override;

    // What was asked before is forgotten. The row has to be in the index.
    void ask(Row row);
    // The next message behind `row` that answers a STATX, among the first `rows` of the capture.
    void askNextStatx(Row row, Row rows);

  signals:
    // From the judge's thread. How far it is on the way to the message, 0 to 100, while that takes long.
    void progressed(int percent);
    void judged(const fusewire::gui::JudgedMessagePtr& message);
    // no_row: there is none.
    void foundStatx(fusewire::Row row);

  private:
    struct Wanted {
        Row first = 0; // the message, or the first that may be it
        Row end = 0;   // no later one than before this
        bool statx = false;
    };
    struct Pass; // over the records

    void ask(const Wanted& wanted);
    void run();
    void find(const Wanted& wanted);
    JudgedMessagePtr knownAnswer(const Wanted& wanted) const;
    [[nodiscard]] Result<bool> passTo(const Wanted& wanted);
    [[nodiscard]] Result<void> begin();
    void answer(const Wanted& wanted, const JudgedMessagePtr& message);
    void keep(JudgedMessagePtr message);
    bool isCurrent() const { return turn_.load(std::memory_order_relaxed) == served_; }
    void tell(const Wanted& wanted);

    const CaptureInput input_;
    const std::shared_ptr<const Survey> survey_;
    std::unique_ptr<Pass> pass_;
    std::deque<JudgedMessagePtr> recent_; // the last rows of the pass, without a gap
    int percent_ = 0;
    unsigned served_ = 0; // turn
    std::mutex mutex_;    // of wanted_ and ends_
    std::condition_variable asked_;
    std::optional<Wanted> wanted_;
    bool ends_ = false;
    std::atomic<unsigned> turn_{0}; // grows when something else is wanted, or nothing any more
    std::thread thread_;
};

} // namespace fusewire::gui
