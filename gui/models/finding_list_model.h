// FindingListModel: what the checker found, as a tree: a row for each rule, worst first, and below it the
// places where it was seen. Grows while a capture is judged: rows come and change, and what a user has
// selected or folded stays.
#pragma once

#include "dissector/report.h"
#include "gui/models/viewer.h"

#include <QAbstractItemModel>
#include <QTimer>
#include <array>
#include <memory>
#include <vector>

namespace fusewire::gui {

enum FindingRole : int {
    FindingSeverityRole = Qt::UserRole + 1, // Severity, as int
    FindingFrameRole,                       // of the place; of a rule: of its worst place
};

class FindingListModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column : int { what, count, frame, connection, operation, nodeid, path, column_count };

    // `viewer` outlives it.
    explicit FindingListModel(const Viewer& viewer, QObject* parent = nullptr);

    // Only findings at least this bad are shown; all of them to begin with.
    void setLeast(Severity least);
    // Only findings whose rule, place or evidence contain the text, in upper or lower case.
    void setText(const QString& text);
    // Also findings of messages that the display filter hides.
    void setHiddenToo(bool hiddenToo);

    // The finding behind a place, the worst one behind a rule; nullptr for an invalid index. Valid until
    // the model changes.
    const Judgement* finding(const QModelIndex& index) const;
    // The first place that is listed with a frame of that number, under the worst rule; invalid: none.
    QModelIndex placeOf(std::uint64_t number) const;
    // How many there are, by severity, whether they are shown or not.
    const std::array<std::uint64_t, 3>& counts() const { return counts_; }
    // Places that are shown.
    std::size_t shown() const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  signals:
    // counts() or shown() may be others.
    void countsChanged();

  private:
    struct Group {
        FindingGroup findings;
        int row = 0;
    };

    void clear();
    void refresh();
    bool isShown(const Judgement& finding) const;
    void takeGroups(std::vector<FindingGroup> groups);
    void removeOtherGroups(const std::vector<FindingGroup>& groups);
    void placeGroup(int at, const FindingGroup& group);
    void takePlaces(Group& group, FindingGroup& findings);
    void removeOtherPlaces(Group& group, const FindingGroup& findings);
    void removePlaces(Group& group, int first, int last);
    void numberGroups();
    const Group* groupOf(const QModelIndex& place) const;
    QModelIndex indexOf(const Group& group, int column = 0) const;
    QVariant ruleCell(const FindingGroup& group, int column) const;
    QVariant placeCell(const Judgement& finding, int column) const;

    const Viewer& viewer_;
    JudgedPtr judged_; // what the rows refer to
    std::vector<std::unique_ptr<Group>> groups_;
    std::array<std::uint64_t, 3> counts_{};
    Severity least_ = Severity::note;
    QString text_;
    bool hiddenToo_ = false;
    QTimer refreshing_; // while a filter works
};

} // namespace fusewire::gui
