// OutstandingModel: the requests that nobody has answered at some moment, as a table: at the end of what
// was judged so far, or when some message was seen. Rows that stay are the same rows for every view.
#pragma once

#include "dissector/render/outstanding.h"
#include "gui/models/judge.h"

#include <QAbstractTableModel>
#include <QMetaType>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace fusewire::gui {

// What was unanswered at one moment. Does not change any more.
struct OutstandingMoment {
    std::shared_ptr<const OutstandingRequests> requests;
    std::optional<std::int64_t> now_ns; // absent without a clock
    JudgedPtr judged;                   // knows the paths of nodes; may be null

    std::string pathOf(ConnId conn, std::uint64_t nodeid) const;
};
using OutstandingMomentPtr = std::shared_ptr<const OutstandingMoment>;

// At the end of what was judged; null before.
OutstandingMomentPtr momentOf(const JudgedPtr& judged);

// Finds what was unanswered behind one message, in a thread of its own.
class OutstandingReader : public QObject {
    Q_OBJECT

  public:
    OutstandingReader(CaptureInput input, std::uint64_t frame, JudgedPtr judged);
    // Cancels what is not finished.
    ~OutstandingReader() override;

    void start();

  signals:
    // From the reader's thread, once.
    void read(const fusewire::gui::OutstandingMomentPtr& moment);

  private:
    void run();

    CaptureInput input_;
    std::uint64_t frame_;
    JudgedPtr judged_;
    std::atomic<bool> cancelled_{false};
    std::thread thread_;
};

enum OutstandingRole : int {
    OutstandingFrameRole = Qt::UserRole + 1, // of the request
    OutstandingAgeRole,                      // nanoseconds; absent: not known
};

class OutstandingModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    // Rows that are shown: the oldest.
    static constexpr std::size_t most_rows = 10'000;

    using QAbstractTableModel::QAbstractTableModel;

    // Null: nothing is known.
    void setMoment(OutstandingMomentPtr moment);
    // Rows that are left out; null: none are.
    using Hides = std::function<bool(std::uint64_t frame)>;
    void setHides(Hides hides);

    // Unanswered requests in all, shown or not.
    std::uint64_t total() const;
    int columnWidth(int column) const; // characters

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order) override;

  private:
    using Request = const OutstandingRequest*;

    std::vector<Request> wanted() const;
    OutstandingScene scene() const;
    void update(OutstandingMomentPtr keepsOld);
    void removeMissing(const std::vector<Request>& now);
    void reorder(const std::vector<Request>& now);
    void insertNew(const std::vector<Request>& now);

    OutstandingMomentPtr moment_;
    std::vector<Request> rows_;
    Hides hides_;
    int column_ = 0;
    bool descending_ = false;
};

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::OutstandingMomentPtr)
