// CompoundModel: the compound that the current message is, or answers: a row for each operation, request
// against reply, with what the kernel makes of it, and below it the fields of both sides.
#pragma once

#include "gui/models/compound_reader.h"
#include "gui/models/viewer.h"

#include <QAbstractItemModel>
#include <memory>

namespace fusewire::gui {

enum CompoundRole : int {
    CompoundFrameRole = Qt::UserRole + 1, // where the cell leads to; invalid: nowhere
    CompoundOffsetRole,                   // of its bytes there
    CompoundWidthRole,
    CompoundSeverityRole, // Severity, as int, of the worst finding about the operation
};

class CompoundModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column : int {
        request_field,
        request_value,
        reply_field,
        reply_value,
        kernel,
        column_count
    };

    // `viewer` outlives it.
    explicit CompoundModel(Viewer& viewer, QObject* parent = nullptr);
    ~CompoundModel() override;

    // Whether somebody looks: only then anything is decoded.
    void setNeeded(bool needed);
    // Rows are there only for a compound.
    const CompoundPtr& exchange() const { return exchange_; }
    bool isCompound() const { return exchange_ && exchange_->isCompound(); }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    void clear();
    void ask();
    void take(const CompoundPtr& exchange);
    void takeJudged();
    bool holdsWhole(Row row) const;
    const CompoundSide& side(int column) const;
    const CompoundPart* part(int row, int column) const;
    const TreeRow* field(const QModelIndex& index) const;
    QVariant partData(const QModelIndex& index, int role) const;
    QVariant fieldData(const QModelIndex& index, int role) const;
    QString nameOf(int row) const;
    std::vector<JudgedMessagePtr> judgedSides() const;
    QString kernelText(int row) const;
    QString verdictText(const Verdict& verdict, int row) const;
    std::optional<Severity> worstAt(int row) const;

    Viewer& viewer_;
    const JudgedCurrent& judged_;
    std::unique_ptr<CompoundReader> reader_;
    CompoundPtr exchange_;
    bool needed_ = false;
};

} // namespace fusewire::gui
