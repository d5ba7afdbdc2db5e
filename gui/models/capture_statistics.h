// CaptureStatistics: what was counted of the viewer's capture, of what its display filter selects. It
// counts only while somebody looks, and anew when the capture, the filter or the grouping changes.
#pragma once

#include "gui/models/statistics_count.h"
#include "gui/models/viewer.h"

#include <QObject>
#include <memory>
#include <vector>

namespace fusewire::gui {

class CaptureStatistics : public QObject {
    Q_OBJECT

  public:
    // The viewer outlives it. Nobody looks yet.
    explicit CaptureStatistics(Viewer& viewer, QObject* parent = nullptr);
    ~CaptureStatistics() override;

    void setActive(bool active);
    GroupBy groupBy() const { return by_; }
    void setGroupBy(GroupBy by);
    // Null while nothing was counted.
    const CountedPtr& counted() const { return counted_; }
    int percent() const { return percent_; }
    // Counting goes on; of a growing capture also while it waits.
    bool isCounting() const { return count_ != nullptr; }
    // What was counted until then stays.
    void cancel();

  signals:
    void changed();
    void progressed(int percent);

  private:
    void restart();
    void start();
    void retire();

    Viewer& viewer_;
    GroupBy by_ = GroupBy::opcode;
    bool active_ = false;
    bool stale_ = true; // what counted_ says is not about what the viewer shows
    CountedPtr counted_;
    int percent_ = 0;
    std::unique_ptr<StatisticsCount> count_;
    // Cancelled ones, which end soon: nobody waits for them.
    std::vector<std::unique_ptr<StatisticsCount>> retired_;
};

} // namespace fusewire::gui
