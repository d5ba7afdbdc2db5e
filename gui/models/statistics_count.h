// StatisticsCount: counts what a display filter selects of a capture, in a thread of its own, as
// `fusewire stats` does: it is shown everything, and told what counts. What was counted so far comes now
// and then, also while the capture grows.
#pragma once

#include "capture/indexer.h"
#include "dissector/filter/filter.h"
#include "dissector/statistics/statistics.h"
#include "dissector/statistics/time_map.h"
#include "gui/models/counted_figures.h"
#include "gui/models/judged_pass.h"
#include "gui/models/unsaved_notes.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::gui {

// Far more than there are; the numbers of a hostile capture would fill charts.
inline constexpr std::size_t most_opcodes = 256;

// What was counted until some message. Does not change any more.
struct CountedCapture {
    GroupBy by = GroupBy::opcode;
    FiguresPtr groups;
    std::vector<MessageGroup> opcodes; // the largest sum of latencies first, at most `most_opcodes`
    std::vector<SubOperations> operations; // that compounds carried
    Tally total;
    TimeMap times;
    std::string text; // what `fusewire stats` prints of it
    std::uint64_t seen = 0;
    bool complete = false; // counted to the end of the capture
    QString error;         // that ended it early
};

using CountedPtr = std::shared_ptr<const CountedCapture>;

class StatisticsCount : public QObject {
    Q_OBJECT

  public:
    // `filter`: absent: everything counts.
    StatisticsCount(std::shared_ptr<const Indexer> capture, CaptureInput input,
                    std::optional<Filter> filter, UnsavedNotes notes, GroupBy by);
    // Waits until the thread has ended.
    ~StatisticsCount() override;

    void start();
    // The thread ends soon, and tells nothing any more but ended().
    void cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  signals:
    // From its thread.
    void counted(const fusewire::gui::CountedPtr& capture);
    void progressed(int percent);
    void ended();

  private:
    using Clock = std::chrono::steady_clock;
    struct Counts {
        explicit Counts(GroupBy by);
        Statistics statistics;
        std::optional<GroupTally> opcodes; // where the statistics are by something else
        TimeMap times;
    };

    void run();
    [[nodiscard]] Result<void> count();
    [[nodiscard]] Result<void> countByRow();
    [[nodiscard]] Result<void> countInOrder();
    void see(const Decoded& decoded);
    void publishSometimes();
    void publish(bool complete, const QString& error);
    void report(int percent);
    bool goesOn() const { return !cancelled_.load(std::memory_order_relaxed); }

    std::shared_ptr<const Indexer> capture_;
    CaptureInput input_;
    std::optional<Filter> filter_;
    UnsavedNotes notes_;
    GroupBy by_;
    std::unique_ptr<Counts> counts_;
    std::uint64_t looked_ = 0;
    bool changed_ = false;
    int percent_ = -1;
    Clock::time_point next_;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::CountedPtr)
