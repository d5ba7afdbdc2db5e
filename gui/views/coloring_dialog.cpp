#include "gui/views/coloring_dialog.h"

#include <QColorDialog>
#include <QHeaderView>
#include <QSignalBlocker>

namespace fusewire::gui {

namespace {

enum Part { NamePart, FilterPart, LightPart, LightTextPart, DarkPart, DarkTextPart };

QString colorText(const Rgb& color) {
    return color ? QStringLiteral("#%1").arg(*color, 6, 16, QLatin1Char('0')) : QString();
}

// As it is written: empty for that of the desktop.
Rgb colorFrom(const QString& text) {
    const QColor color(text.trimmed());
    return color.isValid() ? Rgb(color.rgb() & 0xffffff) : Rgb();
}

} // namespace

ColoringDialog::ColoringDialog(const std::vector<ColoringRule>& rules, QWidget* parent)
    : TableDialog(tr("Colouring rules"),
                  {tr("Name"), tr("Filter"), tr("Light"), tr("Text"), tr("Dark"), tr("Text")},
                  parent) {
    table()->setObjectName("coloringTable");
    table()->horizontalHeader()->setSectionResizeMode(FilterPart, QHeaderView::Stretch);
    auto* choose = new QPushButton(tr("&Colour…"));
    choose->setObjectName("chooseColor");
    choose->setAutoDefault(false);
    choose->setToolTip(tr("Of the cell that is current; an empty one has the desktop's"));
    connect(choose, &QPushButton::clicked, this, &ColoringDialog::chooseColor);
    buttons()->insertWidget(buttons()->count() - 1, choose);
    connect(table(), &QTableWidget::itemChanged, this, &ColoringDialog::showColor);
    const int character = fontMetrics().averageCharWidth();
    table()->setColumnWidth(NamePart, 28 * character);
    for (const int part : {LightPart, LightTextPart, DarkPart, DarkTextPart})
        table()->setColumnWidth(part, 11 * character);
    resize(130 * character, 22 * fontMetrics().height());
    fill(rules);
}

void ColoringDialog::fill(const std::vector<ColoringRule>& rules) {
    table()->setRowCount(0);
    table()->setRowCount(static_cast<int>(rules.size()));
    for (int row = 0; row < table()->rowCount(); ++row)
        putRow(row, rules[static_cast<std::size_t>(row)]);
    table()->selectRow(0);
    check();
}

void ColoringDialog::putRow(int row, const ColoringRule& rule) {
    auto* name = new QTableWidgetItem(rule.name);
    name->setCheckState(rule.enabled ? Qt::Checked : Qt::Unchecked);
    table()->setItem(row, NamePart, name);
    table()->setItem(row, FilterPart, new QTableWidgetItem(rule.filter));
    putColor(row, LightPart, rule.light.background);
    putColor(row, LightTextPart, rule.light.text);
    putColor(row, DarkPart, rule.dark.background);
    putColor(row, DarkTextPart, rule.dark.text);
}

void ColoringDialog::putColor(int row, int part, const Rgb& color) {
    table()->setItem(row, part, new QTableWidgetItem(colorText(color)));
    showColor(table()->item(row, part));
}

void ColoringDialog::showColor(QTableWidgetItem* item) {
    if (item->column() < LightPart)
        return;
    const QSignalBlocker blocker(table());
    const Rgb color = colorFrom(item->text());
    if (!color) {
        item->setBackground({});
        item->setForeground({});
        return;
    }
    const QColor shown = QColor::fromRgb(*color);
    item->setBackground(shown);
    item->setForeground(shown.lightness() > 127 ? Qt::black : Qt::white);
}

void ColoringDialog::chooseColor() {
    QTableWidgetItem* item = table()->currentItem();
    if (item == nullptr || item->column() < LightPart)
        return;
    const QColor chosen = QColorDialog::getColor(QColor(item->text()), this);
    if (chosen.isValid())
        item->setText(chosen.name());
}

int ColoringDialog::fillNewRow(int row) {
    putRow(row, {tr("New rule"), {}, true, {}, {}});
    return FilterPart;
}

QString ColoringDialog::textAt(int row, int part) const {
    const QTableWidgetItem* item = table()->item(row, part);
    return item == nullptr ? QString() : item->text();
}

std::vector<ColoringRule> ColoringDialog::rules() const {
    std::vector<ColoringRule> found;
    for (int row = 0; row < table()->rowCount(); ++row) {
        const QTableWidgetItem* name = table()->item(row, NamePart);
        const auto color = [&](int part) { return colorFrom(textAt(row, part)); };
        found.push_back({textAt(row, NamePart),
                         textAt(row, FilterPart),
                         name != nullptr && name->checkState() == Qt::Checked,
                         {color(LightPart), color(LightTextPart)},
                         {color(DarkPart), color(DarkTextPart)}});
    }
    return found;
}

QString ColoringDialog::errorAt(int row) const {
    const QString filter = textAt(row, FilterPart);
    if (filter.isEmpty())
        return tr("there is no filter");
    if (const auto parsed = Filter::parse(filter.toStdString()); !parsed)
        return tr("column %1: %2")
            .arg(parsed.error().column)
            .arg(QString::fromStdString(parsed.error().message));
    for (const int part : {LightPart, LightTextPart, DarkPart, DarkTextPart})
        if (const QString text = textAt(row, part); !text.isEmpty() && !colorFrom(text))
            return tr("\"%1\" is no colour such as #fde8e6").arg(text);
    return {};
}

QString ColoringDialog::error() const {
    for (int row = 0; row < table()->rowCount(); ++row) {
        if (table()->item(row, DarkTextPart) == nullptr)
            continue; // being filled
        if (const QString wrong = errorAt(row); !wrong.isEmpty())
            return tr("row %1: %2").arg(row + 1).arg(wrong);
    }
    return {};
}

} // namespace fusewire::gui
