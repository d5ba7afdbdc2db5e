#include "gui/models/filter_completion.h"

#include "dissector/field_ref.h"
#include "dissector/filter/language.h"
#include "dissector/opcodes.h"

#include <algorithm>

namespace fusewire::gui {

namespace {

// Filters can be long; what a word may be is told by what stands shortly before it.
constexpr qsizetype looked_at = 4096;

QString toQString(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

bool isWordPart(QChar c) {
    return c.isLetterOrNumber() || c == u'.' || c == u'_' || c == u'-';
}

QString docOf(const FieldPath& path) {
    const QString label = QString::fromUtf8(path.field().label);
    return path.opcode == nullptr
               ? label
               : QStringLiteral("%1, of %2").arg(label, QString::fromUtf8(path.opcode->name));
}

std::vector<Suggestion> makeOperands() {
    std::vector<Suggestion> found;
    for (const MessageField& field : message_fields())
        found.push_back({QString::fromUtf8(field.name), QString::fromUtf8(field.doc)});
    for (const KindField& field : kind_fields())
        found.push_back({QString::fromUtf8(field.name), QString::fromUtf8(field.doc)});
    for (const FieldPath& path : all_field_paths())
        found.push_back({QString::fromStdString(path.name), docOf(path)});
    for (const filter::Function& function : filter::functions())
        found.push_back({toQString(function.name) + u'(', toQString(function.doc)});
    std::ranges::stable_sort(found, {}, &Suggestion::text);
    const auto same = std::ranges::unique(found, {}, &Suggestion::text);
    found.erase(same.begin(), same.end());
    found.push_back({QStringLiteral("not"), {}});
    return found;
}

const std::vector<Suggestion>& operands() {
    static const std::vector<Suggestion> all = makeOperands();
    return all;
}

const std::vector<Suggestion>& tests() {
    static const std::vector<Suggestion> all = [] {
        std::vector<Suggestion> found;
        for (const filter::Comparison& row : filter::comparisons())
            found.push_back({toQString(row.word), toQString(row.doc)});
        for (const char* word : {"contains", "matches", "in {", "and", "or", "xor"})
            found.push_back({QString::fromLatin1(word), {}});
        return found;
    }();
    return all;
}

bool isComparison(QStringView word) {
    for (const filter::Comparison& row : filter::comparisons())
        if (word.compare(toQString(row.symbol)) == 0 || word.compare(toQString(row.word)) == 0)
            return true;
    return false;
}

// The last token before `end`: a word, or a run of signs.
QStringView tokenBefore(QStringView text, qsizetype end) {
    while (end > 0 && text[end - 1].isSpace())
        --end;
    qsizetype begin = end;
    if (end > 0 && isWordPart(text[end - 1]))
        begin = wordBegin(text, end);
    else
        while (begin > 0 && QStringView(u"=!<>~&|^").contains(text[begin - 1]))
            --begin;
    if (begin == end && end > 0)
        --begin;
    return text.mid(begin, end - begin);
}

// In the braces behind "in": where the brace stands; -1: it is no such place.
qsizetype openBrace(QStringView text, qsizetype end) {
    const qsizetype brace = text.left(end).lastIndexOf(u'{');
    return brace < 0 || text.mid(brace, end - brace).contains(u'}') ? -1 : brace;
}

std::vector<Suggestion> valuesOf(QStringView field) {
    const auto ref = FieldRef::find(field.toString().toStdString());
    if (!ref)
        return {};
    std::vector<Suggestion> found;
    for (const std::string& name : ref->value_names())
        found.push_back({QString::fromStdString(name), {}});
    for (const std::string& text : ref->texts())
        found.push_back({u'"' + QString::fromStdString(text) + u'"', {}});
    if (ref->by_name() != nullptr) {
        const auto names = FieldRef::find(ref->by_name());
        for (const std::string& text : names ? names->texts() : std::vector<std::string>())
            found.push_back({QString::fromStdString(text), {}});
    }
    return found;
}

bool isInQuotes(QStringView text) {
    QChar quote;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!quote.isNull() && c == u'\\')
            ++i;
        else if (c == quote)
            quote = {};
        else if (quote.isNull() && (c == u'"' || c == u'\''))
            quote = c;
    }
    return !quote.isNull();
}

qsizetype placeOf(QStringView token, QStringView text) {
    return token.data() - text.data();
}

} // namespace

qsizetype wordBegin(QStringView text, qsizetype cursor) {
    while (cursor > 0 && isWordPart(text[cursor - 1]))
        --cursor;
    return cursor;
}

std::vector<Suggestion> suggestionsAt(const QString& text, qsizetype cursor) {
    const QStringView all = QStringView(text).left(cursor);
    if (isInQuotes(all))
        return {};
    const QStringView near = all.right(looked_at);
    const qsizetype word = wordBegin(near, near.size());
    const QStringView before = tokenBefore(near, word);
    if (isComparison(before))
        return valuesOf(tokenBefore(near, placeOf(before, near)));
    if (const qsizetype brace = openBrace(near, word); brace > 0) {
        const QStringView in = tokenBefore(near, brace);
        return valuesOf(tokenBefore(near, placeOf(in, near)));
    }
    if (before.contains(u'.') && FieldRef::find(before.toString().toStdString()))
        return word == near.size() ? std::vector<Suggestion>() : tests();
    return operands();
}

} // namespace fusewire::gui
