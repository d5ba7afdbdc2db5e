#include "gui/models/filter_text.h"

#include "dissector/field_ref.h"
#include "dissector/render/tree.h"

#include <array>

namespace fusewire::gui {

namespace {

constexpr std::uint32_t most_bytes = 64;

constexpr std::array<FilterChoice, 6> choices{{
    {"is", QT_TRANSLATE_NOOP("fusewire::gui::FilterMenu", "&Selected"), nullptr, false},
    {"isNot", QT_TRANSLATE_NOOP("fusewire::gui::FilterMenu", "&Not selected"), nullptr, true},
    {"and", QT_TRANSLATE_NOOP("fusewire::gui::FilterMenu", "… &and selected"), "&&", false},
    {"or", QT_TRANSLATE_NOOP("fusewire::gui::FilterMenu", "… &or selected"), "||", false},
    {"andNot", QT_TRANSLATE_NOOP("fusewire::gui::FilterMenu", "… an&d not selected"), "&&", true},
    {"orNot", QT_TRANSLATE_NOOP("fusewire::gui::FilterMenu", "… o&r not selected"), "||", true},
}};

QString testOf(const FilterTarget& target) {
    QStringList tests;
    for (const QString& literal : target.literals)
        tests << QStringLiteral("%1 %2 %3")
                     .arg(target.field, target.inPart ? "contains" : "==", literal);
    return tests.isEmpty() ? target.field : tests.join(QLatin1String(" && "));
}

QString inBrackets(const QString& text, bool needed) {
    return needed ? QLatin1Char('(') + text + QLatin1Char(')') : text;
}

QString quoted(const QString& text) {
    return QString::fromStdString(filter_quoted(text.toStdString()));
}

QString withColons(const QString& hex) {
    QStringList pairs;
    for (qsizetype i = 0; i + 1 < hex.size(); i += 2)
        pairs << hex.mid(i, 2);
    return pairs.join(':');
}

// A cell holds text escaped, with the escapes that filters have, and names with commas look like several.
void addTexts(FilterTarget& target, const QString& cell, ValueType type) {
    const QStringList parts = cell.split(',', Qt::SkipEmptyParts);
    target.inPart = parts.size() > 1;
    for (const QString& part : parts)
        target.literals << (type == ValueType::prose ? quoted(part)
                                                     : QLatin1Char('"') + part + QLatin1Char('"'));
}

FilterTarget targetOfValue(const QString& name, const QString& cell) {
    const auto field = FieldRef::find(name.toStdString());
    if (!field)
        return {};
    FilterTarget target{name, {}, false};
    if (cell.isEmpty())
        return target;
    if (field->type() == ValueType::text || field->type() == ValueType::prose) {
        addTexts(target, cell, field->type());
        return target;
    }
    for (const QString& value : cell.split(',', Qt::SkipEmptyParts))
        target.literals << (field->type() == ValueType::bytes ? withColons(value) : value);
    return target;
}

FilterTarget targetOfTime(const FrameRow& row) {
    if (row.has(frame_no_time))
        return {};
    constexpr std::int64_t second = 1'000'000'000;
    if (row.time_ns < 0)
        return {};
    return {QStringLiteral("frame.time_epoch"),
            {QStringLiteral("%1.%2")
                 .arg(row.time_ns / second)
                 .arg(row.time_ns % second, 9, 10, QLatin1Char('0'))},
            false};
}

} // namespace

std::span<const FilterChoice> filterChoices() {
    return choices;
}

QString filterText(const FilterTarget& target, const FilterChoice& choice, const QString& current) {
    const bool several = target.literals.size() > 1;
    const bool joined = choice.with != nullptr && !current.trimmed().isEmpty();
    const bool compares = !target.literals.isEmpty();
    const QString test = inBrackets(testOf(target), several || (choice.negated && compares));
    const QString added = choice.negated ? QLatin1Char('!') + test : test;
    if (!joined)
        return added;
    return QStringLiteral("(%1) %2 %3").arg(current.trimmed(), QLatin1String(choice.with), added);
}

FilterTarget targetOfField(const QModelIndex& field) {
    FilterTarget target{field.data(FieldRole).toString(), {}, false};
    if (const QString literal = field.data(LiteralRole).toString(); !literal.isEmpty())
        target.literals << literal;
    return target;
}

FilterTarget targetOfCell(const MessageListModel& list, const QModelIndex& cell) {
    if (!cell.isValid())
        return {};
    const Column& column = list.columns()[static_cast<std::size_t>(cell.column())];
    const FrameRow row = list.frameRow(cell.row());
    switch (column.kind) {
    case ColumnKind::field:
        return targetOfValue(QString::fromStdString(column.field), cell.data(ExactRole).toString());
    case ColumnKind::time:
        return targetOfTime(row);
    case ColumnKind::direction:
        return targetOfValue(
            QStringLiteral("fuse.direction"),
            QString::fromUtf8(direction_name(row.kind).data(),
                              static_cast<qsizetype>(direction_name(row.kind).size())));
    default:
        return {};
    }
}

FilterTarget targetOfBytes(const QByteArray& message, std::uint32_t offset, std::uint32_t width) {
    const QByteArray bytes = message.mid(offset, std::min(width, most_bytes));
    if (bytes.isEmpty())
        return {};
    return {QStringLiteral("frame[%1:%2]").arg(offset).arg(bytes.size()),
            {QString::fromLatin1(bytes.toHex(':'))},
            false};
}

} // namespace fusewire::gui
