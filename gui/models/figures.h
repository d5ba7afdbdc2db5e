// Figures: numbers of a capture as a table that does not change: what a chart shows, and what can be
// sorted, copied and clicked through to messages. The model beside it shows one.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <cstdint>
#include <memory>
#include <vector>

namespace fusewire::gui {

enum class Unit : std::uint8_t { text, count, bytes, duration }; // durations are ns

struct FigureColumn {
    QString title;
    Unit unit = Unit::text;
};

struct FigureRow {
    std::vector<QVariant> values; // QString, or quint64; invalid: not known
    QString filter;               // of the messages behind it; empty: none can say it
    std::uint64_t frame = 0;      // of the first of them; 0: not known
    std::uint32_t conn = 0;       // of the node
    std::uint64_t nodeid = 0;     // that it is about; 0: no node
};

struct Figures {
    std::vector<FigureColumn> columns;
    std::vector<FigureRow> rows;
    QString summary; // in a sentence
};

using FiguresPtr = std::shared_ptr<const Figures>;

// The value for people.
QString figureText(const QVariant& value, Unit unit);
// The whole table: columns with tabs between for people, or as CSV with plain numbers.
QString figuresText(const Figures& figures);
QString figuresCsv(const Figures& figures);

enum FigureRole : int {
    FigureValueRole = Qt::UserRole + 1, // to sort by
    FigureFilterRole,
    FigureFrameRole,
};

class FigureModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;

    // Null: nothing.
    void setFigures(FiguresPtr figures);
    const FiguresPtr& figures() const { return figures_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    FiguresPtr figures_;
};

} // namespace fusewire::gui
