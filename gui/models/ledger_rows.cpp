#include "gui/models/ledger_rows.h"

#include "dissector/escape.h"
#include "dissector/render/ledger.h"

#include <QStringList>
#include <algorithm>
#include <tuple>

namespace fusewire::gui {

namespace {

using Key = Ledger::Key;

Key keyOf(const Judgement* found) {
    return {static_cast<std::uint32_t>(found->conn), found->sighting.nodeid};
}

template <class Value>
int compareValues(const Value& a, const Value& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

QString number(std::uint64_t value) {
    return QString::number(value);
}

QString numberOrNone(std::uint64_t value) {
    return value == 0 ? QString() : number(value);
}

QString range(std::uint64_t low, std::uint64_t high) {
    return low == high ? number(high) : QStringLiteral("%1–%2").arg(low).arg(high);
}

const std::string& latestPath(const NodeEntry& node) {
    static const std::string unknown = "?";
    return node.paths.empty() ? unknown : node.paths.back().value;
}

std::uint64_t latestGeneration(const NodeEntry& node) {
    return node.generations.empty() ? 0 : node.generations.back().value;
}

QString generationsText(const NodeEntry& node) {
    QStringList values;
    for (const auto& generation : node.generations)
        values.append(number(generation.value));
    return values.join(QStringLiteral(" → "));
}

QString typeText(const NodeEntry& node) {
    const char* word = node_type_word(node.type);
    return word == nullptr ? QStringLiteral("?") : QString::fromLatin1(word);
}

QString nodeState(const NodeEntry& node) {
    if (!node.live())
        return QStringLiteral("gone in %1").arg(node.forgotten_frame);
    return node.assumed ? QStringLiteral("live, not seen") : QStringLiteral("live");
}

QString rulesText(const LedgerKind& kind, const LedgerRow& row, const LedgerRows& of) {
    QStringList rules;
    kind.eachFinding(row, of, [&](const Judgement& found) {
        const QString rule = QString::fromLatin1(found.rule->id);
        if (!rules.contains(rule))
            rules.append(rule);
    });
    return rules.join(QStringLiteral(", "));
}

int compareFindings(const LedgerRow& a, const LedgerRow& b) {
    const auto rank = [](const LedgerRow& row) {
        return std::tuple(row.worst ? static_cast<int>(*row.worst) : -1, row.findings);
    };
    return compareValues(rank(a), rank(b));
}

// "nodeid 5 generation 1: 12–40", the latest last.
QString bearersText(const FhandleEntry& fhandle) {
    QStringList bearers;
    for (const FhandleBearer& bearer : fhandle.bearers)
        bearers.append(QStringLiteral("nodeid %1 generation %2: %3–%4")
                           .arg(bearer.nodeid)
                           .arg(bearer.generation)
                           .arg(bearer.first_frame)
                           .arg(numberOrNone(bearer.last_frame)));
    if (fhandle.more_bearers > 0)
        bearers.append(QStringLiteral("and %1 more").arg(fhandle.more_bearers));
    return bearers.join(QStringLiteral("; "));
}

std::uint64_t bearerCount(const FhandleEntry& fhandle) {
    return fhandle.bearers.size() + fhandle.more_bearers;
}

QString bearerPath(const LedgerRow& row, const LedgerRows& of) {
    if (row.fhandle->bearers.empty())
        return {};
    const auto& nodes = of.judged->ledger.nodes();
    const auto node = nodes.find(
        {static_cast<std::uint32_t>(row.fhandle->conn), row.fhandle->bearers.back().nodeid});
    return node == nodes.end() ? QString() : shownText(latestPath(node->second));
}

template <auto Member>
QString nodeNumber(const LedgerRow& row, const LedgerRows&) {
    return number(static_cast<std::uint64_t>(row.node->*Member));
}
template <auto Member>
int compareNodes(const LedgerRow& a, const LedgerRow& b) {
    return compareValues(a.node->*Member, b.node->*Member);
}
template <auto Member>
QString fhandleNumber(const LedgerRow& row, const LedgerRows&) {
    return number(static_cast<std::uint64_t>(row.fhandle->*Member));
}
template <auto Member>
int compareFhandles(const LedgerRow& a, const LedgerRow& b) {
    return compareValues(a.fhandle->*Member, b.fhandle->*Member);
}

const LedgerColumn node_columns[] = {
    {QT_TRANSLATE_NOOP("LedgerModel", "nodeid"), "", true, 10, nodeNumber<&NodeEntry::nodeid>,
     compareNodes<&NodeEntry::nodeid>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Path"),
     QT_TRANSLATE_NOOP("LedgerModel", "The latest, as far as names are known"), false, 32,
     [](const LedgerRow& row, const LedgerRows&) { return shownText(latestPath(*row.node)); },
     [](const LedgerRow& a, const LedgerRow& b) {
         return compareValues(latestPath(*a.node), latestPath(*b.node));
     }},
    {QT_TRANSLATE_NOOP("LedgerModel", "Findings"),
     QT_TRANSLATE_NOOP("LedgerModel", "The rules that found something about it, worst first when "
                                      "sorted"),
     false, 24,
     [](const LedgerRow& row, const LedgerRows& of) { return rulesText(nodeLedger(), row, of); },
     compareFindings},
    {QT_TRANSLATE_NOOP("LedgerModel", "State"),
     QT_TRANSLATE_NOOP("LedgerModel", "Live at the end, or the frame in which its last reference "
                                      "was given back"),
     false, 14, [](const LedgerRow& row, const LedgerRows&) { return nodeState(*row.node); },
     compareNodes<&NodeEntry::forgotten_frame>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Type"), "", false, 10,
     [](const LedgerRow& row, const LedgerRows&) { return typeText(*row.node); },
     compareNodes<&NodeEntry::type>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Inode"),
     QT_TRANSLATE_NOOP("LedgerModel", "The number that the server gives it (ino)"), true, 10,
     [](const LedgerRow& row, const LedgerRows&) { return numberOrNone(row.node->ino); },
     compareNodes<&NodeEntry::ino>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Generation"),
     QT_TRANSLATE_NOOP("LedgerModel", "Every one that it had, the latest last"), true, 11,
     [](const LedgerRow& row, const LedgerRows&) { return generationsText(*row.node); },
     [](const LedgerRow& a, const LedgerRow& b) {
         return compareValues(latestGeneration(*a.node), latestGeneration(*b.node));
     }},
    {QT_TRANSLATE_NOOP("LedgerModel", "References"),
     QT_TRANSLATE_NOOP(
         "LedgerModel",
         "Handed out in all; a range, where it is not sure that the kernel took them"),
     true, 11,
     [](const LedgerRow& row, const LedgerRows&) {
         return range(row.node->accepted, row.node->sent);
     },
     compareNodes<&NodeEntry::sent>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Forgotten"),
     QT_TRANSLATE_NOOP("LedgerModel", "References that the kernel gave back"), true, 10,
     nodeNumber<&NodeEntry::forgotten>, compareNodes<&NodeEntry::forgotten>},
    {QT_TRANSLATE_NOOP("LedgerModel", "First"),
     QT_TRANSLATE_NOOP("LedgerModel", "First frame about it"), true, 9,
     nodeNumber<&NodeEntry::first_frame>, compareNodes<&NodeEntry::first_frame>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Last"),
     QT_TRANSLATE_NOOP("LedgerModel", "Last frame about it"), true, 9,
     nodeNumber<&NodeEntry::last_frame>, compareNodes<&NodeEntry::last_frame>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Connection"), "", true, 11, nodeNumber<&NodeEntry::conn>,
     compareNodes<&NodeEntry::conn>},
};

const LedgerColumn fhandle_columns[] = {
    {QT_TRANSLATE_NOOP("LedgerModel", "fhandle"),
     QT_TRANSLATE_NOOP("LedgerModel", "Its bytes in hex"), false, 26,
     [](const LedgerRow& row, const LedgerRows&) { return shownHex(row.fhandle->bytes); },
     compareFhandles<&FhandleEntry::bytes>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Size"), QT_TRANSLATE_NOOP("LedgerModel", "Bytes"), true, 6,
     [](const LedgerRow& row, const LedgerRows&) { return number(row.fhandle->bytes.size()); },
     [](const LedgerRow& a, const LedgerRow& b) {
         return compareValues(a.fhandle->bytes.size(), b.fhandle->bytes.size());
     }},
    {QT_TRANSLATE_NOOP("LedgerModel", "Path"),
     QT_TRANSLATE_NOOP("LedgerModel", "Of the node that bore it last"), false, 24, bearerPath,
     [](const LedgerRow& a, const LedgerRow& b) {
         const auto nodeid = [](const LedgerRow& row) {
             return row.fhandle->bearers.empty() ? 0 : row.fhandle->bearers.back().nodeid;
         };
         return compareValues(nodeid(a), nodeid(b));
     }},
    {QT_TRANSLATE_NOOP("LedgerModel", "Findings"),
     QT_TRANSLATE_NOOP("LedgerModel",
                       "The rules about fhandles that found something on a node while it bore it"),
     false, 24,
     [](const LedgerRow& row, const LedgerRows& of) { return rulesText(fhandleLedger(), row, of); },
     compareFindings},
    {QT_TRANSLATE_NOOP("LedgerModel", "State"), "", false, 8,
     [](const LedgerRow& row, const LedgerRows&) {
         return row.fhandle->live() ? QStringLiteral("live") : QStringLiteral("gone");
     },
     [](const LedgerRow& a, const LedgerRow& b) {
         return compareValues(a.fhandle->live(), b.fhandle->live());
     }},
    {QT_TRANSLATE_NOOP("LedgerModel", "Nodes"),
     QT_TRANSLATE_NOOP("LedgerModel", "How many nodes bore it"), true, 7,
     [](const LedgerRow& row, const LedgerRows&) { return number(bearerCount(*row.fhandle)); },
     [](const LedgerRow& a, const LedgerRow& b) {
         return compareValues(bearerCount(*a.fhandle), bearerCount(*b.fhandle));
     }},
    {QT_TRANSLATE_NOOP("LedgerModel", "Returned"),
     QT_TRANSLATE_NOOP("LedgerModel", "How often the server returned it"), true, 9,
     fhandleNumber<&FhandleEntry::returned>, compareFhandles<&FhandleEntry::returned>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Sent"),
     QT_TRANSLATE_NOOP("LedgerModel", "How often the kernel sent it in an extension"), true, 7,
     fhandleNumber<&FhandleEntry::sent>, compareFhandles<&FhandleEntry::sent>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Borne by"),
     QT_TRANSLATE_NOOP("LedgerModel", "The nodes that bore it, from frame to frame"), false, 40,
     [](const LedgerRow& row, const LedgerRows&) { return bearersText(*row.fhandle); },
     compareFhandles<&FhandleEntry::first_frame>},
    {QT_TRANSLATE_NOOP("LedgerModel", "First"), "", true, 9,
     fhandleNumber<&FhandleEntry::first_frame>, compareFhandles<&FhandleEntry::first_frame>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Last"), "", true, 9,
     fhandleNumber<&FhandleEntry::last_frame>, compareFhandles<&FhandleEntry::last_frame>},
    {QT_TRANSLATE_NOOP("LedgerModel", "Connection"), "", true, 11,
     fhandleNumber<&FhandleEntry::conn>, compareFhandles<&FhandleEntry::conn>},
};

void collectNodes(const JudgedCapture& judged, std::vector<LedgerRow>& rows) {
    rows.reserve(judged.ledger.nodes().size());
    for (const auto& [key, node] : judged.ledger.nodes())
        rows.push_back({.node = &node});
}

void collectFhandles(const JudgedCapture& judged, std::vector<LedgerRow>& rows) {
    rows.reserve(judged.ledger.fhandles().size());
    for (const auto& [key, fhandle] : judged.ledger.fhandles())
        rows.push_back({.fhandle = &fhandle});
}

using Visit = std::function<void(const Judgement&)>;

void eachNodeFinding(const LedgerRow& row, const LedgerRows& of, const Visit& visit) {
    for (const Judgement* found : of.findingsOn(row.node->conn, row.node->nodeid))
        visit(*found);
}

// What is wrong with an fhandle is said of the node that bore it then.
void eachFhandleFinding(const LedgerRow& row, const LedgerRows& of, const Visit& visit) {
    for (const FhandleBearer& bearer : row.fhandle->bearers)
        for (const Judgement* found : of.findingsOn(row.fhandle->conn, bearer.nodeid)) {
            const Area area = found->rule->area;
            const bool in_time = found->last_frame >= bearer.first_frame &&
                                 (bearer.last_frame == 0 || found->frame <= bearer.last_frame);
            if ((area == Area::handles || area == Area::extensions) && in_time)
                visit(*found);
        }
}

const LedgerKind node_ledger{node_columns, collectNodes, eachNodeFinding};
const LedgerKind fhandle_ledger{fhandle_columns, collectFhandles, eachFhandleFinding};

bool isLive(const LedgerRow& row) {
    return row.node != nullptr ? row.node->live() : row.fhandle->live();
}

bool isShown(const LedgerRow& row, const ShownObjects& shown) {
    if (row.node != nullptr)
        return shown.nodes.contains({static_cast<std::uint32_t>(row.node->conn), row.node->nodeid});
    return shown.fhandles.contains(
        {static_cast<std::uint32_t>(row.fhandle->conn), row.fhandle->bytes});
}

bool hasText(const LedgerKind& kind, const LedgerRow& row, const LedgerRows& of,
             const QString& text) {
    return std::ranges::any_of(kind.columns, [&](const LedgerColumn& column) {
        return column.text(row, of).contains(text, Qt::CaseInsensitive);
    });
}

bool matches(const LedgerKind& kind, const LedgerRow& row, const LedgerRows& of,
             const LedgerQuery& query) {
    return (!query.onlyFindings || row.worst) && (!query.onlyLive || isLive(row)) &&
           (!query.shown || isShown(row, *query.shown)) &&
           (query.text.isEmpty() || hasText(kind, row, of, query.text));
}

void gatherFindings(LedgerRows& out) {
    for (const Judgement& found : out.judged->findings)
        if (found.sighting.nodeid != 0)
            out.findings.push_back(&found);
    std::ranges::stable_sort(out.findings, {}, keyOf);
}

} // namespace

QString shownText(std::string_view bytes) {
    std::string text;
    append_escaped(text, bytes);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString shownHex(std::string_view bytes) {
    std::string text;
    append_hex(text, std::as_bytes(std::span(bytes)));
    return QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size()));
}

TimelineSubject LedgerRow::subject() const {
    if (node != nullptr)
        return {node->conn, node->nodeid, {}};
    return {fhandle->conn, 0, fhandle->bytes};
}

bool LedgerRow::isSameAs(const LedgerRow& other) const {
    if (node != nullptr && other.node != nullptr)
        return node->conn == other.node->conn && node->nodeid == other.node->nodeid;
    return fhandle != nullptr && other.fhandle != nullptr && fhandle->conn == other.fhandle->conn &&
           fhandle->bytes == other.fhandle->bytes;
}

std::span<const Judgement* const> LedgerRows::findingsOn(ConnId conn, std::uint64_t nodeid) const {
    const auto [begin, end] = std::ranges::equal_range(
        findings, Key{static_cast<std::uint32_t>(conn), nodeid}, {}, keyOf);
    return {begin, end};
}

const LedgerKind& nodeLedger() {
    return node_ledger;
}

const LedgerKind& fhandleLedger() {
    return fhandle_ledger;
}

LedgerRowsPtr arranged(const LedgerKind& kind, const JudgedPtr& judged, const LedgerQuery& query,
                       const std::function<bool()>& goOn) {
    auto out = std::make_shared<LedgerRows>();
    out->judged = judged;
    out->serial = query.serial;
    gatherFindings(*out);
    std::vector<LedgerRow> all;
    kind.collect(*judged, all);
    out->total = all.size();
    constexpr std::size_t rows_per_look = 4096;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % rows_per_look == 0 && !goOn())
            return nullptr;
        LedgerRow& row = all[i];
        kind.eachFinding(row, *out, [&](const Judgement& found) {
            ++row.findings;
            row.worst = std::max(row.worst.value_or(found.severity), found.severity);
        });
        if (matches(kind, row, *out, query))
            out->rows.push_back(row);
    }
    const LedgerColumn& column = kind.columns[static_cast<std::size_t>(query.column)];
    std::ranges::stable_sort(out->rows, [&](const LedgerRow& a, const LedgerRow& b) {
        const int order = column.compare(a, b);
        return query.descending ? order > 0 : order < 0;
    });
    return out;
}

} // namespace fusewire::gui
