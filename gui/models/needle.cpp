#include "gui/models/needle.h"

#include "dissector/message_fields.h"
#include "dissector/render/text.h"
#include "dissector/render/tree.h"

#include <QCoreApplication>
#include <algorithm>

namespace fusewire::gui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("fusewire::gui::Needle", text);
}

QString columnError(std::size_t column, const std::string& message) {
    return tr("column %1: %2").arg(column).arg(QString::fromStdString(message));
}

int hexDigit(QChar c) {
    const char16_t code = c.toLower().unicode();
    if (code >= u'0' && code <= u'9')
        return code - u'0';
    return code >= u'a' && code <= u'f' ? code - u'a' + 10 : -1;
}

} // namespace

std::optional<std::vector<std::byte>> parseHexBytes(const QString& text) {
    QString digits;
    const qsizetype first = text.startsWith(QLatin1String("0x"), Qt::CaseInsensitive) ? 2 : 0;
    for (const QChar c : QStringView(text).mid(first))
        if (!c.isSpace() && c != ':' && c != '-' && c != ',')
            digits += c;
    if (digits.isEmpty() || digits.size() % 2 != 0)
        return std::nullopt;
    std::vector<std::byte> bytes;
    for (qsizetype i = 0; i < digits.size(); i += 2) {
        const int high = hexDigit(digits[i]);
        const int low = hexDigit(digits[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return bytes;
}

tl::expected<Needle, QString> Needle::parse(const FindQuery& query) {
    if (query.what.isEmpty())
        return tl::unexpected(tr("nothing is written to look for"));
    const std::string what = query.what.toStdString();
    if (query.by == FindBy::text)
        return Needle(
            QStringMatcher(query.what, query.matchCase ? Qt::CaseSensitive : Qt::CaseInsensitive),
            query.in);
    if (query.by == FindBy::regex) {
        const std::string_view letters = query.matchCase ? "(?-i)" : "";
        filter::Regex regex(std::string(letters) + what);
        if (!regex.error().empty())
            return tl::unexpected(columnError(
                regex.error_offset() - std::min(letters.size(), regex.error_offset()) + 1,
                regex.error()));
        return Needle(std::move(regex), query.in);
    }
    if (query.by == FindBy::bytes) {
        auto bytes = parseHexBytes(query.what);
        if (!bytes)
            return tl::unexpected(tr("bytes are written as pairs of hex digits, such as a1:b2 c3"));
        return Needle(std::move(*bytes), query.in);
    }
    auto filter = Filter::parse(what);
    if (!filter)
        return tl::unexpected(columnError(filter.error().column, filter.error().message));
    return Needle(std::move(*filter), query.in);
}

bool Needle::needsFindings() const {
    const auto* filter = std::get_if<Filter>(&test_);
    return filter != nullptr && (filter->needs() & need_findings) != 0;
}

std::optional<Needle::Hit> Needle::find(const Decoded& decoded) {
    if (auto* filter = std::get_if<Filter>(&test_))
        return filter->matches(decoded) ? std::optional(Hit{}) : std::nullopt;
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&test_)) {
        const auto found = std::ranges::search(decoded.record.bytes, *bytes);
        if (found.empty())
            return std::nullopt;
        return Hit{static_cast<std::uint32_t>(found.begin() - decoded.record.bytes.begin())};
    }
    if (in_ == FindIn::fields)
        return findInFields(decoded.message);
    // Each line says 0 for its time, so that digits are not found in that of every message.
    std::string line;
    append_line(line, decoded, TextStyle{.time_origin_ns = decoded.record.time_ns});
    return isIn(line) ? std::optional(Hit{}) : std::nullopt;
}

bool Needle::isIn(const std::string& text) const {
    if (const auto* regex = std::get_if<filter::Regex>(&test_))
        return regex->search(text) == filter::Regex::Outcome::yes;
    return std::get<QStringMatcher>(test_).indexIn(QString::fromStdString(text)) >= 0;
}

std::optional<Needle::Hit> Needle::findInFields(const Message& message) const {
    for (const TreeRow& row : tree_rows(message))
        if (isIn(row.value.empty() ? row.label : row.label + ": " + row.value))
            return Hit{row.width == 0 ? std::nullopt : std::optional(row.offset)};
    return std::nullopt;
}

} // namespace fusewire::gui
