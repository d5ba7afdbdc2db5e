// LedgerModel: the ledger of nodes, or of fhandles, as a table. A thread of its own filters and sorts
// each snapshot of the judge; what is shown meanwhile stays as it is.
#pragma once

#include "gui/models/ledger_rows.h"

#include <QAbstractTableModel>
#include <QMetaType>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace fusewire::gui {

// Makes rows in a thread of its own; what is asked for last counts.
class LedgerArranger : public QObject {
    Q_OBJECT

  public:
    explicit LedgerArranger(const LedgerKind& kind);
    ~LedgerArranger() override;

    void ask(JudgedPtr judged, LedgerQuery query);

  signals:
    void arranged(const fusewire::gui::LedgerRowsPtr& rows);

  private:
    struct Task {
        JudgedPtr judged;
        LedgerQuery query;
    };
    void run();

    const LedgerKind& kind_;
    std::mutex mutex_; // of the four below
    std::condition_variable asked_;
    std::optional<Task> task_;
    quint64 serial_ = 0; // of what is being made
    bool ends_ = false;
    std::atomic<bool> outdated_{false}; // another question was asked meanwhile
    std::thread thread_;
};

enum LedgerRole : int {
    LedgerSeverityRole = Qt::UserRole + 1, // worst finding, as int; absent: none
    LedgerFirstFrameRole,
};

class LedgerModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    explicit LedgerModel(const LedgerKind& kind, QObject* parent = nullptr);

    // Null: nothing is known.
    void setJudged(const JudgedPtr& judged);
    void setText(const QString& text);
    void setOnlyFindings(bool only);
    void setOnlyLive(bool only);
    void setShown(ShownObjectsPtr shown);
    const LedgerQuery& query() const { return query_; }
    // What is asked for is shown.
    bool isSettled() const { return settled_; }

    TimelineSubject subjectAt(int row) const;
    // -1: it is not shown.
    int rowOf(const TimelineSubject& subject) const;
    // With those that are not shown.
    std::size_t total() const { return rows_ ? rows_->total : 0; }
    // Nodes and fhandles that were too many for the ledger.
    std::uint64_t dropped() const { return rows_ ? rows_->judged->ledger.dropped() : 0; }
    int columnWidth(int column) const; // characters

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order) override;

  signals:
    // Other rows are shown, or the same with other numbers.
    void arranged();

  private:
    void ask(); // another question
    void arrange();
    void take(const LedgerRowsPtr& rows);
    void appendRows(const LedgerRowsPtr& rows);

    const LedgerKind& kind_;
    LedgerQuery query_;
    JudgedPtr judged_;
    LedgerRowsPtr rows_;
    bool settled_ = true;
    LedgerArranger arranger_;
};

} // namespace fusewire::gui
