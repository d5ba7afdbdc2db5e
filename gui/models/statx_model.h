// StatxModel: what becomes of each field of the STATX replies in the current message, or in the reply to
// it: a row for each STATX, and below it one for each field: what was asked, what was answered, what the
// kernel makes of it, and what was known before.
#pragma once

#include "gui/models/viewer.h"

#include <QAbstractItemModel>

namespace fusewire::gui {

enum StatxRole : int {
    StatxFrameRole = Qt::UserRole + 1, // where the cell leads to; of values the reply
    StatxOffsetRole,                   // in that frame; invalid: nowhere in particular
    StatxSurpriseRole,                 // Severity, as int, of what is unlike what the masks say
};

class StatxModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column : int { field, value, asked, answered, use, before, dirent, column_count };

    // `viewer` outlives it.
    explicit StatxModel(Viewer& viewer, QObject* parent = nullptr);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    void take();
    void show(const JudgedMessagePtr& reply);
    const StatxReport& report(int row) const;
    QVariant factData(const StatxFact& fact, int column, int role) const;
    QString factText(const StatxFact& fact, int column) const;
    QString titleOf(const StatxReport& report) const;

    const JudgedCurrent& judged_;
    JudgedMessagePtr reply_;
};

} // namespace fusewire::gui
