// Judge: runs the checker over a capture in a thread of its own, and hands out what it found so far: the
// findings, what became of nodes and fhandles, and what is unanswered. One pass for all that takes the
// whole history; panels show the snapshots.
#pragma once

#include "dissector/checker.h"
#include "dissector/ledger.h"
#include "dissector/outstanding.h"
#include "gui/models/capture_input.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace fusewire::gui {

// What was found until some message. Does not change any more.
struct JudgedCapture {
    // Frames that are remembered to bear a finding; the findings themselves are counted on.
    static constexpr std::size_t kept_frames = 1'000'000;

    std::vector<Judgement> findings; // in the order in which they were found
    std::uint64_t dropped = 0;       // findings that were too many to be kept
    // Of a frame's findings, the worst.
    struct Worst {
        Severity severity;
        const RuleInfo* rule;
    };
    std::unordered_map<std::uint64_t, Worst> frames; // also where a known finding came again
    Ledger ledger;
    OutstandingRequests outstanding;
    std::uint64_t messages = 0;
    std::uint64_t lost = 0;
    std::optional<std::int64_t> time_ns; // of the latest message that has one
    // With which it was judged, where the dialect shows only in the midst of it: what else judges the
    // same messages needs it too. Null: nothing does.
    std::shared_ptr<const Survey> survey;
    bool complete = false; // the capture was judged to its end
    QString error;         // that ended it early

    explicit JudgedCapture(OutstandingRequests::Describe describe) : outstanding(describe) {}
    std::optional<Severity> worstAt(std::uint64_t frame) const;
    const RuleInfo* worstRuleAt(std::uint64_t frame) const; // null: it has no finding
};

using JudgedPtr = std::shared_ptr<const JudgedCapture>;

class Judge : public QObject {
    Q_OBJECT

  public:
    explicit Judge(CaptureInput input);
    // Cancels what is not finished.
    ~Judge() override;

    void start();

  signals:
    // From the judge's thread: now and then while it works, and at the end.
    void judged(const fusewire::gui::JudgedPtr& capture);
    void progressed(int percent);

  private:
    using Clock = std::chrono::steady_clock;

    void run();
    [[nodiscard]] Result<void> judge(RecordSource& source, std::shared_ptr<const Survey> survey);
    void see(const Record& record, Checker& checker);
    void remember(const Judgement& found);
    void publishSometimes();
    void copyFindings();
    void publish(JudgedPtr capture);
    void report(int percent);

    CaptureInput input_;
    std::unique_ptr<JudgedCapture> known_;
    JudgedPtr latest_;
    const Checker* checker_ = nullptr;
    std::shared_ptr<const Survey> survey_; // of the first pass, where a second one is needed
    Message message_;
    Exchange exchange_;
    bool changed_ = false;
    int percent_ = 0; // that was told
    Clock::time_point next_;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::JudgedPtr)
