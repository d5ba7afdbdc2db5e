// The rows of a ledger as a table shows them: what of it is shown, in which order, and what each column
// says. Nodes and fhandles are two kinds of one thing; views know neither.
#pragma once

#include "dissector/timeline.h"
#include "gui/models/judge.h"
#include "gui/models/shown_objects.h"

#include <QMetaType>
#include <QString>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace fusewire::gui {

// One of the two, of the snapshot that the rows were made from.
struct LedgerRow {
    const NodeEntry* node = nullptr;
    const FhandleEntry* fhandle = nullptr;
    std::uint32_t findings = 0; // how many rules found something on it, once for each object
    std::optional<Severity> worst;

    TimelineSubject subject() const;
    bool isSameAs(const LedgerRow& other) const;
};

struct LedgerQuery {
    QString text; // in one of the cells, in any letter case; empty: all
    bool onlyFindings = false;
    bool onlyLive = false;
    ShownObjectsPtr shown; // null: all
    int column = 0;        // that they are sorted by
    bool descending = false;
    quint64 serial = 0; // another one for another question
};

struct LedgerRows {
    JudgedPtr judged; // keeps what the rows refer to
    std::vector<LedgerRow> rows;
    quint64 serial = 0;    // of the query
    std::size_t total = 0; // with those that are not shown
    // About each node, by connection and nodeid.
    std::vector<const Judgement*> findings;

    std::span<const Judgement* const> findingsOn(ConnId conn, std::uint64_t nodeid) const;
};
using LedgerRowsPtr = std::shared_ptr<const LedgerRows>;

struct LedgerColumn {
    const char* title;
    const char* help;
    bool number; // aligned to the right
    int width;   // characters
    QString (*text)(const LedgerRow& row, const LedgerRows& of);
    int (*compare)(const LedgerRow& a, const LedgerRow& b); // negative: a first
};

struct LedgerKind {
    std::span<const LedgerColumn> columns;
    // Adds every entry of the ledger.
    void (*collect)(const JudgedCapture& judged, std::vector<LedgerRow>& rows);
    // Calls visit for each finding on the row.
    void (*eachFinding)(const LedgerRow& row, const LedgerRows& of,
                        const std::function<void(const Judgement&)>& visit);
};
const LedgerKind& nodeLedger();
const LedgerKind& fhandleLedger();

// Null as soon as `goOn` says no.
LedgerRowsPtr arranged(const LedgerKind& kind, const JudgedPtr& judged, const LedgerQuery& query,
                       const std::function<bool()>& goOn);

// Bytes of a capture as one line of text.
QString shownText(std::string_view bytes);
QString shownHex(std::string_view bytes);

} // namespace fusewire::gui

Q_DECLARE_METATYPE(fusewire::gui::LedgerRowsPtr)
