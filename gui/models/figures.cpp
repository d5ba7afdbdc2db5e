#include "gui/models/figures.h"

#include "gui/models/message_list_model.h"

#include <QLocale>
#include <utility>

namespace fusewire::gui {

namespace {

QString bytesText(quint64 bytes) {
    return QLocale().formattedDataSize(static_cast<qint64>(bytes), 2, QLocale::DataSizeIecFormat);
}

QString csvCell(const QVariant& value) {
    QString text = value.toString();
    if (value.typeId() != QMetaType::QString)
        return text;
    return QLatin1Char('"') + text.replace('"', QStringLiteral("\"\"")) + QLatin1Char('"');
}

template <class Cell>
QString tableText(const Figures& figures, QLatin1Char between, Cell cell) {
    QString text;
    const auto endCell = [&](std::size_t column) {
        text += column + 1 < figures.columns.size() ? QChar(between) : QChar('\n');
    };
    for (std::size_t i = 0; i < figures.columns.size(); ++i) {
        text += figures.columns[i].title;
        endCell(i);
    }
    for (const FigureRow& row : figures.rows)
        for (std::size_t i = 0; i < figures.columns.size(); ++i) {
            text += cell(row.values[i], figures.columns[i].unit);
            endCell(i);
        }
    return text;
}

} // namespace

QString figureText(const QVariant& value, Unit unit) {
    if (!value.isValid())
        return {};
    switch (unit) {
    case Unit::count:
        return QLocale().toString(value.toULongLong());
    case Unit::bytes:
        return bytesText(value.toULongLong());
    case Unit::duration:
        return durationText(static_cast<std::int64_t>(value.toULongLong()));
    default:
        return value.toString();
    }
}

QString figuresText(const Figures& figures) {
    return tableText(figures, QLatin1Char('\t'), figureText);
}

QString figuresCsv(const Figures& figures) {
    return tableText(figures, QLatin1Char(','),
                     [](const QVariant& value, Unit) { return csvCell(value); });
}

void FigureModel::setFigures(FiguresPtr figures) {
    beginResetModel();
    figures_ = std::move(figures);
    endResetModel();
}

int FigureModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !figures_ ? 0 : static_cast<int>(figures_->rows.size());
}

int FigureModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !figures_ ? 0 : static_cast<int>(figures_->columns.size());
}

QVariant FigureModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const FigureRow& row = figures_->rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    const Unit unit = figures_->columns[column].unit;
    switch (role) {
    case Qt::DisplayRole:
        return figureText(row.values[column], unit);
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter |
                                (unit == Unit::text ? Qt::AlignLeft : Qt::AlignRight));
    case FigureValueRole:
        return row.values[column];
    case FigureFilterRole:
        return row.filter;
    case FigureFrameRole:
        return static_cast<quint64>(row.frame);
    default:
        return {};
    }
}

QVariant FigureModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || !figures_)
        return {};
    return figures_->columns[static_cast<std::size_t>(section)].title;
}

} // namespace fusewire::gui
