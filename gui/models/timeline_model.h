// TimelineModel: the history of one node or fhandle as a table, an event a row. It grows while the
// capture is read for it; a picture of it is painted from the same rows.
#pragma once

#include "gui/models/timeline_reader.h"

#include <QAbstractTableModel>
#include <memory>
#include <optional>

namespace fusewire::gui {

enum TimelineRole : int {
    EventFrameRole = Qt::UserRole + 1, // of the message that tells it
    EventOffsetRole,                   // of what tells it in the message
    EventSeverityRole,                 // worst finding, as int; absent: none
};

class TimelineModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column : int { Frame, Time, What, Operation, References, Text, Findings, ColumnCount };

    explicit TimelineModel(QObject* parent = nullptr);
    ~TimelineModel() override;

    // Reads the history of another one; times count from `origin_ns`.
    void follow(const CaptureInput& input, const TimelineSubject& subject, std::int64_t origin_ns);
    // Shows nothing.
    void clear();
    // What was found until then stays.
    void cancel();

    const std::optional<TimelineSubject>& subject() const { return subject_; }
    bool isReading() const { return reader_ != nullptr; }
    int percent() const { return percent_; }
    // Null: nothing is shown.
    const TimelinePtr& timeline() const { return timeline_; }
    const TimelineEvent& event(int row) const {
        return timeline_->events[static_cast<std::size_t>(row)];
    }
    std::int64_t originNs() const { return origin_ns_; }
    // The event that the frame belongs to; -1: none.
    int rowOfFrame(std::uint64_t frame) const;
    // All of it in a few lines.
    QString summary(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

  signals:
    void subjectChanged();
    void progressed(int percent);
    // Also when it was cancelled.
    void finished();

  private:
    void take(const TimelinePtr& timeline);
    void endReading();
    QString text(const TimelineEvent& event, int column) const;
    QString timeOf(const TimelineEvent& event) const;

    std::optional<TimelineSubject> subject_;
    std::unique_ptr<TimelineReader> reader_; // while it works
    TimelinePtr timeline_;
    std::int64_t origin_ns_ = 0;
    int percent_ = 0;
};

} // namespace fusewire::gui
