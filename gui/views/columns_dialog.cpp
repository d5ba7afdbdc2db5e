#include "gui/views/columns_dialog.h"

#include "dissector/field_ref.h"

#include <QComboBox>
#include <QCompleter>
#include <QHeaderView>
#include <QLineEdit>
#include <QStyledItemDelegate>
#include <algorithm>
#include <iterator>

namespace fusewire::gui {

namespace {

enum Part { TitlePart, FieldPart, AlignmentPart, PartCount };
constexpr int width_role = Qt::UserRole + 1; // at the title: the column's width

struct AlignmentText {
    const char* text;
    Qt::Alignment alignment;
};
const AlignmentText alignments[] = {
    {QT_TRANSLATE_NOOP("fusewire::gui::ColumnsDialog", "left"), Qt::AlignLeft},
    {QT_TRANSLATE_NOOP("fusewire::gui::ColumnsDialog", "centre"), Qt::AlignHCenter},
    {QT_TRANSLATE_NOOP("fusewire::gui::ColumnsDialog", "right"), Qt::AlignRight},
};

// What a column can show: the few things that are no field, then all fields.
const QStringList& knownFields() {
    static const QStringList names = [] {
        QStringList found;
        for (const ColumnKind kind : {ColumnKind::time, ColumnKind::direction, ColumnKind::info})
            found << columnKindName(kind);
        for (const std::string& name : all_field_names())
            found << QString::fromStdString(name);
        return found;
    }();
    return names;
}

class FieldDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&,
                          const QModelIndex&) const override {
        auto* edit = new QLineEdit(parent);
        auto* completer = new QCompleter(knownFields(), edit);
        completer->setFilterMode(Qt::MatchContains);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        edit->setCompleter(completer);
        return edit;
    }
};

class AlignmentDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&,
                          const QModelIndex&) const override {
        auto* box = new QComboBox(parent);
        for (const AlignmentText& row : alignments)
            box->addItem(ColumnsDialog::tr(row.text));
        return box;
    }
    void setEditorData(QWidget* editor, const QModelIndex& index) const override {
        static_cast<QComboBox*>(editor)->setCurrentText(index.data().toString());
    }
    void setModelData(QWidget* editor, QAbstractItemModel* model,
                      const QModelIndex& index) const override {
        model->setData(index, static_cast<QComboBox*>(editor)->currentText());
    }
};

} // namespace

ColumnsDialog::ColumnsDialog(const std::vector<Column>& columns, QWidget* parent)
    : TableDialog(tr("Columns"), {tr("Title"), tr("Field"), tr("Alignment")}, parent) {
    table()->setObjectName("columnTable");
    table()->horizontalHeader()->setSectionResizeMode(FieldPart, QHeaderView::Stretch);
    table()->setItemDelegateForColumn(FieldPart, new FieldDelegate(table()));
    table()->setItemDelegateForColumn(AlignmentPart, new AlignmentDelegate(table()));
    resize(70 * fontMetrics().averageCharWidth(), 22 * fontMetrics().height());
    fill(columns);
}

void ColumnsDialog::fill(const std::vector<Column>& columns) {
    table()->setRowCount(0);
    table()->setRowCount(static_cast<int>(columns.size()));
    for (int row = 0; row < table()->rowCount(); ++row)
        putRow(row, columns[static_cast<std::size_t>(row)]);
    table()->selectRow(0);
    check();
}

void ColumnsDialog::putRow(int row, const Column& column) {
    auto* title = new QTableWidgetItem(column.title);
    title->setCheckState(column.hidden ? Qt::Unchecked : Qt::Checked);
    title->setToolTip(tr("Shown, if it is checked"));
    title->setData(width_role, column.width);
    table()->setItem(row, TitlePart, title);
    table()->setItem(row, FieldPart,
                     new QTableWidgetItem(column.kind == ColumnKind::field
                                              ? QString::fromStdString(column.field)
                                              : columnKindName(column.kind)));
    const auto* found = std::ranges::find(alignments, column.alignment, &AlignmentText::alignment);
    const auto& alignment = found == std::end(alignments) ? alignments[0] : *found;
    table()->setItem(row, AlignmentPart, new QTableWidgetItem(tr(alignment.text)));
}

int ColumnsDialog::fillNewRow(int row) {
    putRow(row, Column{tr("New column"), ColumnKind::field, {}, Qt::AlignLeft, 12, false});
    return FieldPart;
}

std::optional<Column> ColumnsDialog::columnAt(int row) const {
    const QTableWidgetItem* title = table()->item(row, TitlePart);
    const QTableWidgetItem* field = table()->item(row, FieldPart);
    const QTableWidgetItem* alignment = table()->item(row, AlignmentPart);
    if (title == nullptr || field == nullptr || alignment == nullptr)
        return std::nullopt; // being filled
    const QString name = field->text().trimmed();
    const auto kind = columnKindNamed(name);
    auto column = kind && *kind != ColumnKind::field ? Column{{}, *kind, {}, {}, 12, false}
                                                     : columnOfField(name);
    if (!column)
        return std::nullopt;
    for (const AlignmentText& known : alignments)
        if (tr(known.text) == alignment->text())
            column->alignment = known.alignment;
    column->title = title->text();
    column->hidden = title->checkState() != Qt::Checked;
    if (const int width = title->data(width_role).toInt(); width > 0)
        column->width = width;
    return column;
}

std::vector<Column> ColumnsDialog::columns() const {
    std::vector<Column> found;
    for (int row = 0; row < table()->rowCount(); ++row)
        if (auto column = columnAt(row))
            found.push_back(std::move(*column));
    return found;
}

QString ColumnsDialog::error() const {
    bool anyShown = false;
    for (int row = 0; row < table()->rowCount(); ++row) {
        const QTableWidgetItem* field = table()->item(row, FieldPart);
        const auto column = columnAt(row);
        if (!column && field != nullptr)
            return tr("row %1: no field is called \"%2\"").arg(row + 1).arg(field->text());
        anyShown = anyShown || (column && !column->hidden);
    }
    return anyShown ? QString() : tr("one column at least has to be shown");
}

} // namespace fusewire::gui
