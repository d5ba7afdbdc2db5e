// RowFinder: looks for one message, from some row on, over the rows that a list shows, in a thread of its
// own. Goes on at the other end when it comes to the last of them.
#pragma once

#include "capture/indexer.h"
#include "gui/models/capture_input.h"
#include "gui/models/listed_rows.h"
#include "gui/models/needle.h"
#include "gui/models/unsaved_notes.h"

#include <QMetaType>
#include <QObject>
#include <QString>
#include <atomic>
#include <memory>
#include <thread>

namespace fusewire::gui {

struct FoundMessage {
    Row row = no_row; // no_row: nothing was found
    std::optional<std::uint32_t> offset;
    bool wrapped = false; // it lies behind the end, or before the beginning
    QString error;
};

struct FindPlace {
    Row from = no_row; // searched last; no_row: begin at an end
    bool forward = true;
};

class RowFinder : public QObject {
    Q_OBJECT

  public:
    RowFinder(std::shared_ptr<const Indexer> capture, CaptureInput input, Needle needle,
              UnsavedNotes notes, ListedRows rows, FindPlace place);
    // Cancels what is not finished.
    ~RowFinder() override;

    void start();

  signals:
    // From the finder's thread.
    void progressed(int percent);
    void finished(const fusewire::gui::FoundMessage& found);

  private:
    bool goesOn() const { return !cancelled_.load(std::memory_order_relaxed); }
    void run();
    FoundMessage findByRow();
    FoundMessage findInOrder();
    // Calls visit(row, wrapped) for the rows in the order of the search until it returns true.
    template <class Visit>
    void walk(Visit visit);
    int startPlace() const;

    std::shared_ptr<const Indexer> capture_;
    CaptureInput input_;
    Needle needle_;
    UnsavedNotes notes_;
    ListedRows rows_;
    FindPlace place_;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::FoundMessage)
