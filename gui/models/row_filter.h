// RowFilter: finds the rows that a display filter selects, in a thread of its own, from the first row of
// the file on and while the index still grows. What was found so far can be shown at once.
#pragma once

#include "capture/indexer.h"
#include "dissector/filter/filter.h"
#include "gui/models/capture_input.h"
#include "gui/models/unsaved_notes.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace fusewire::gui {

using RowBatch = std::vector<Row>;

class RowFilter : public QObject {
    Q_OBJECT

  public:
    // `input` is what `capture` indexes: what only a checker knows takes a reading of its own.
    RowFilter(std::shared_ptr<const Indexer> capture, CaptureInput input, Filter filter,
              UnsavedNotes notes = {});
    // Cancels what is not finished.
    ~RowFilter() override;

    void start();

  signals:
    // From the filter's thread, in the order of the capture.
    void found(const fusewire::gui::RowBatch& rows);
    void progressed(int percent);
    // Everything that is there yet was looked at, and more may come.
    void caughtUp();
    // `undecided`: messages that were left out because the filter cannot tell.
    void finished(const QString& error, quint64 undecided);

  private:
    struct Share { // of the work, in percent
        int from;
        int to;
    };

    void run();
    [[nodiscard]] Result<void> filterByRow();
    [[nodiscard]] Result<void> filterInOrder();
    void keep(Row row);
    void tellFound();
    void report(Row row, Share share);
    void idle();

    std::shared_ptr<const Indexer> capture_;
    CaptureInput input_;
    Filter filter_;
    UnsavedNotes notes_;
    RowBatch batch_;
    bool waits_ = false; // and has said so
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::RowBatch)
