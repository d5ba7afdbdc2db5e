#include "gui/models/settings.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <iterator>

namespace fusewire::gui {

namespace {

constexpr const char* geometry_key = "window/geometry";
constexpr const char* state_key = "window/state";
constexpr const char* splitters_key = "splitters/";
constexpr const char* columns_key = "list/columns";
constexpr const char* coloring_key = "list/coloring";
constexpr const char* history_key = "filter/history";
constexpr const char* saved_key = "filter/saved";
constexpr const char* recent_key = "files/recent";
constexpr const char* zoom_key = "view/zoom";

struct AlignmentName {
    const char* name;
    Qt::Alignment alignment;
};
const AlignmentName alignment_names[] = {
    {"left", Qt::AlignLeft}, {"centre", Qt::AlignHCenter}, {"right", Qt::AlignRight}};

QJsonObject toJson(const Column& column) {
    const auto* alignment =
        std::ranges::find(alignment_names, column.alignment, &AlignmentName::alignment);
    return {{"title", column.title},
            {"kind", columnKindName(column.kind)},
            {"field", QString::fromStdString(column.field)},
            {"alignment", alignment == std::end(alignment_names) ? "left" : alignment->name},
            {"width", column.width},
            {"hidden", column.hidden}};
}

// A text that is no longer than anybody writes.
QString textOf(const QJsonObject& object, const char* key) {
    return object[QLatin1String(key)].toString().left(Settings::most_text);
}

std::optional<Column> columnFrom(const QJsonObject& object) {
    const auto kind = columnKindNamed(textOf(object, "kind"));
    if (!kind)
        return std::nullopt;
    std::optional<Column> column = Column();
    if (*kind == ColumnKind::field)
        column = columnOfField(textOf(object, "field"));
    if (!column)
        return std::nullopt;
    column->kind = *kind;
    column->title = textOf(object, "title");
    column->width = std::clamp(object["width"].toInt(column->width), 1, Column::max_width);
    column->hidden = object["hidden"].toBool();
    const std::string name = textOf(object, "alignment").toStdString();
    const auto* alignment = std::ranges::find(alignment_names, name, &AlignmentName::name);
    if (alignment != std::end(alignment_names))
        column->alignment = alignment->alignment;
    return column;
}

QJsonValue toJson(const Rgb& color) {
    return color ? QJsonValue(static_cast<qint64>(*color)) : QJsonValue();
}

Rgb colorFrom(const QJsonValue& value) {
    const int number = value.toInt(-1);
    return number < 0 || number > 0xffffff ? Rgb() : Rgb(static_cast<std::uint32_t>(number));
}

QJsonObject toJson(const RowLook& look) {
    return {{"background", toJson(look.background)}, {"text", toJson(look.text)}};
}

RowLook lookFrom(const QJsonValue& value) {
    return {colorFrom(value["background"]), colorFrom(value["text"])};
}

QJsonObject toJson(const ColoringRule& rule) {
    return {{"name", rule.name},
            {"filter", rule.filter},
            {"enabled", rule.enabled},
            {"light", toJson(rule.light)},
            {"dark", toJson(rule.dark)}};
}

std::optional<ColoringRule> ruleFrom(const QJsonObject& object) {
    ColoringRule rule{textOf(object, "name"), textOf(object, "filter"),
                      object["enabled"].toBool(true), lookFrom(object["light"]),
                      lookFrom(object["dark"])};
    if (rule.filter.isEmpty())
        return std::nullopt;
    return rule;
}

template <class Row>
QString listText(const std::vector<Row>& rows) {
    QJsonArray array;
    for (const Row& row : rows)
        array.append(toJson(row));
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

template <class Row>
std::vector<Row> listFrom(const QString& text, qsizetype most,
                          std::optional<Row> (*read)(const QJsonObject& object)) {
    std::vector<Row> rows;
    const QJsonArray array = QJsonDocument::fromJson(text.toUtf8()).array();
    for (const QJsonValue& value : array) {
        if (static_cast<qsizetype>(rows.size()) == most)
            break;
        if (auto row = read(value.toObject()))
            rows.push_back(std::move(*row));
    }
    return rows;
}

} // namespace

Settings::Settings()
    : file_(QSettings::IniFormat, QSettings::UserScope, "fusewire",
            QCoreApplication::applicationName()) {}

Settings::Settings(const QString& path) : file_(path, QSettings::IniFormat) {}

QByteArray Settings::windowGeometry() const {
    return file_.value(geometry_key).toByteArray();
}

QByteArray Settings::windowState() const {
    return file_.value(state_key).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state) {
    file_.setValue(geometry_key, geometry);
    file_.setValue(state_key, state);
}

QList<int> Settings::splitter(const QString& id) const {
    QList<int> sizes;
    for (const QString& text : file_.value(splitters_key + id).toStringList().mid(0, most_parts))
        sizes << std::clamp(text.toInt(), 0, most_pixels);
    return sizes;
}

void Settings::setSplitter(const QString& id, const QList<int>& sizes) {
    QStringList texts;
    for (const int size : sizes)
        texts << QString::number(size);
    file_.setValue(splitters_key + id, texts);
}

std::vector<Column> Settings::columns() const {
    auto columns = listFrom(file_.value(columns_key).toString(), most_columns, columnFrom);
    const bool anyShown =
        std::ranges::any_of(columns, [](const Column& column) { return !column.hidden; });
    return anyShown ? columns : defaultColumns();
}

void Settings::setColumns(const std::vector<Column>& columns) {
    if (columns == defaultColumns())
        file_.remove(columns_key);
    else
        file_.setValue(columns_key, listText(columns));
}

// No rules at all is what somebody may want: only what is no list is not taken.
std::vector<ColoringRule> Settings::coloring() const {
    const QString text = file_.value(coloring_key).toString();
    if (!QJsonDocument::fromJson(text.toUtf8()).isArray())
        return defaultColoring();
    return listFrom(text, most_rules, ruleFrom);
}

void Settings::setColoring(const std::vector<ColoringRule>& rules) {
    if (rules == defaultColoring())
        file_.remove(coloring_key);
    else
        file_.setValue(coloring_key, listText(rules));
}

QStringList Settings::texts(const char* key, qsizetype most) const {
    QStringList found;
    for (const QString& text : file_.value(key).toStringList())
        if (!text.isEmpty() && text.size() <= most_text && found.size() < most)
            found << text;
    return found;
}

QStringList Settings::filterHistory() const {
    return texts(history_key, most_filters);
}

void Settings::setFilterHistory(const QStringList& filters) {
    file_.setValue(history_key, filters);
}

QStringList Settings::savedFilters() const {
    return texts(saved_key, most_filters);
}

void Settings::setSavedFilters(const QStringList& filters) {
    file_.setValue(saved_key, filters);
}

QStringList Settings::recentFiles() const {
    return texts(recent_key, most_recent_files);
}

void Settings::addRecentFile(const QString& path) {
    QStringList files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    file_.setValue(recent_key, files.mid(0, most_recent_files));
}

void Settings::clearRecentFiles() {
    file_.remove(recent_key);
}

int Settings::zoom() const {
    return std::clamp(file_.value(zoom_key).toInt(), -most_zoom, most_zoom);
}

void Settings::setZoom(int points) {
    file_.setValue(zoom_key, std::clamp(points, -most_zoom, most_zoom));
}

} // namespace fusewire::gui
