// TimelineReader: runs the checker over a capture in a thread of its own and gathers the history of one
// node or fhandle. What was found so far can be shown at once.
#pragma once

#include "dissector/timeline.h"
#include "gui/models/capture_input.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace fusewire::gui {

// What was found until some message. Does not change any more.
struct TimelineSnapshot {
    std::vector<TimelineEvent> events;
    std::uint64_t dropped = 0; // events that were too many to be kept
    bool complete = false;     // the capture was read to its end
    QString error;             // that ended it early
};
using TimelinePtr = std::shared_ptr<const TimelineSnapshot>;

class TimelineReader : public QObject {
    Q_OBJECT

  public:
    TimelineReader(CaptureInput input, TimelineSubject subject);
    // Cancels what is not finished.
    ~TimelineReader() override;

    void start();

  signals:
    // From the reader's thread: now and then, and at the end.
    void read(const fusewire::gui::TimelinePtr& timeline);
    void progressed(int percent);

  private:
    using Clock = std::chrono::steady_clock;

    void run();
    [[nodiscard]] Result<void> readAll(RecordSource& source, const Survey* survey);
    void publishSometimes();
    void publish(bool complete, const QString& error);

    CaptureInput input_;
    TimelineSubject subject_;
    std::unique_ptr<Timeline> timeline_;
    std::optional<Survey> survey_; // of the first pass, where a second one is needed
    std::uint64_t messages_ = 0;
    std::uint64_t published_ = 0; // messages
    Clock::time_point next_;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::TimelinePtr)
