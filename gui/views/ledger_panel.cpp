#include "gui/views/ledger_panel.h"

#include "gui/models/capture_properties.h"
#include "gui/views/severity_delegate.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

constexpr const char* context = "LedgerPanel";

constexpr LedgerPanelKind node_panel{
    nodeLedger, "nodes", QT_TRANSLATE_NOOP("LedgerPanel", "Search nodes: path, number, type, rule"),
    QT_TRANSLATE_NOOP("LedgerPanel", "&Node of this message"),
    QT_TRANSLATE_NOOP("LedgerPanel", "this message is about no node that is known")};
constexpr LedgerPanelKind fhandle_panel{
    fhandleLedger, "fhandles",
    QT_TRANSLATE_NOOP("LedgerPanel", "Search fhandles: bytes in hex, nodeid, path, rule"),
    QT_TRANSLATE_NOOP("LedgerPanel", "Fhandle of this &message's node"),
    QT_TRANSLATE_NOOP("LedgerPanel", "the node of this message bore no fhandle then")};

// The node that a message is about; nullptr: none that the ledger knows.
const NodeEntry* nodeOfMessage(const Viewer& viewer) {
    const MessagePtr& message = viewer.currentMessage();
    if (!message || !message->nodeid || !viewer.judged())
        return nullptr;
    const auto conn = static_cast<std::uint32_t>(viewer.document()->index()[message->row].conn);
    const auto& nodes = viewer.judged()->ledger.nodes();
    const auto found = nodes.find({conn, *message->nodeid});
    return found == nodes.end() ? nullptr : &found->second;
}

// The fhandle that the node bore in a frame; empty: none.
std::string fhandleOf(const NodeEntry& node, std::uint64_t frame) {
    std::string bytes;
    for (const auto& fhandle : node.fhandles)
        if (fhandle.frame <= frame || bytes.empty())
            bytes = fhandle.value;
    return bytes;
}

} // namespace

LedgerPanel::LedgerPanel(Viewer& viewer, const LedgerPanelKind& kind)
    : viewer_(viewer), kind_(kind), model_(kind.ledger()), follower_(viewer.messages()),
      table_(new QTreeView), search_(new QLineEdit), counts_(new QLabel), unseen_(new QLabel),
      timeline_(new TimelinePane(viewer)), halves_(new QSplitter(Qt::Horizontal)) {
    buildTable();
    auto* upper = new QWidget;
    auto* rows = new QVBoxLayout(upper);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(buildTools());
    unseen_->setObjectName("unseen");
    unseen_->setTextFormat(Qt::PlainText);
    unseen_->setWordWrap(true);
    rows->addWidget(unseen_);
    rows->addWidget(table_, 1);
    halves_->setObjectName("ledgerAndTimeline");
    halves_->addWidget(upper);
    halves_->addWidget(timeline_);
    halves_->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(halves_);
    setFocusProxy(search_);
    connect(&model_, &LedgerModel::arranged, this, &LedgerPanel::keepPlace);
    connect(&follower_, &FilterFollower::changed, this,
            [this] { model_.setShown(follower_.shown()); });
    connect(&viewer_, &Viewer::documentChanged, this, &LedgerPanel::showDocument);
    connect(&viewer_, &Viewer::judgedChanged, this, &LedgerPanel::showJudged);
    showDocument();
}

void LedgerPanel::buildTable() {
    table_->setObjectName(kind_.id);
    table_->setAccessibleName(QCoreApplication::translate(context, kind_.id));
    table_->setModel(&model_);
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->setAlternatingRowColors(true);
    table_->setAllColumnsShowFocus(true);
    table_->setSortingEnabled(true);
    table_->sortByColumn(0, Qt::AscendingOrder);
    const int character = fontMetrics().averageCharWidth() + 1;
    for (int column = 0; column < model_.columnCount(); ++column) {
        table_->header()->resizeSection(column, model_.columnWidth(column) * character);
        if (model_.headerData(column, Qt::Horizontal) == LedgerModel::tr("Findings"))
            table_->setItemDelegateForColumn(column,
                                             new SeverityDelegate(LedgerSeverityRole, table_));
    }
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &LedgerPanel::follow);
    connect(table_, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        viewer_.goToFrame(index.data(LedgerFirstFrameRole).toULongLong());
    });
}

QCheckBox* LedgerPanel::addBox(QLayout* to, const char* name, const QString& text) {
    auto* box = new QCheckBox(text);
    box->setObjectName(name);
    to->addWidget(box);
    return box;
}

QWidget* LedgerPanel::buildTools() {
    auto* tools = new QWidget;
    auto* layout = new QHBoxLayout(tools);
    layout->setContentsMargins(0, 0, 0, 0);
    search_->setObjectName("search");
    search_->setPlaceholderText(QCoreApplication::translate(context, kind_.searchHint));
    search_->setAccessibleName(search_->placeholderText());
    search_->setClearButtonEnabled(true);
    layout->addWidget(search_, 1);
    connect(search_, &QLineEdit::textChanged, &model_, &LedgerModel::setText);
    connect(addBox(layout, "onlyFindings", tr("Only with f&indings")), &QCheckBox::toggled, &model_,
            &LedgerModel::setOnlyFindings);
    connect(addBox(layout, "onlyLive", tr("Only &live")), &QCheckBox::toggled, &model_,
            &LedgerModel::setOnlyLive);
    QCheckBox* followFilter = addBox(layout, "followFilter", tr("Follow the &display filter"));
    followFilter->setToolTip(tr("Shows what the listed messages name"));
    connect(followFilter, &QCheckBox::toggled, &follower_, &FilterFollower::setEnabled);
    followFilter->setChecked(true);
    auto* ofMessage = new QPushButton(QCoreApplication::translate(context, kind_.ofMessage));
    ofMessage->setObjectName("ofMessage");
    connect(ofMessage, &QPushButton::clicked, this, &LedgerPanel::showOfMessage);
    layout->addWidget(ofMessage);
    counts_->setObjectName("counts");
    layout->addWidget(counts_);
    return tools;
}

void LedgerPanel::showDocument() {
    wanted_.reset();
    timeline_->clear();
    model_.setJudged(nullptr);
    const auto& document = viewer_.document();
    follower_.setCapture(document ? document->capture() : nullptr);
    showUnseen();
}

// What nobody looks at is not arranged.
void LedgerPanel::showJudged() {
    if (!isVisible())
        return;
    model_.setJudged(viewer_.judged());
    showUnseen();
}

// Else what is listed would be taken for all that there was.
void LedgerPanel::showUnseen() {
    const QString missing = blindSpots(viewer_);
    unseen_->setText(
        tr("The capture is not complete, so a state may be out of date: %1").arg(missing));
    unseen_->setVisible(!missing.isEmpty());
}

// Side by side in a wide dock, below each other in a high one.
void LedgerPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    halves_->setOrientation(width() > height() ? Qt::Horizontal : Qt::Vertical);
}

void LedgerPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    showJudged();
}

// Rows come anew with each snapshot; what was selected stays so, and where it was.
void LedgerPanel::keepPlace() {
    showCounts();
    if (!wanted_)
        return;
    const int row = model_.rowOf(*wanted_);
    if (row == table_->currentIndex().row() || row < 0)
        return;
    const TimelineSubject subject = *wanted_;
    const int scrolled = table_->verticalScrollBar()->value();
    table_->setCurrentIndex(model_.index(row, 0));
    table_->verticalScrollBar()->setValue(scrolled);
    table_->scrollTo(model_.index(row, 0));
    wanted_ = subject;
}

void LedgerPanel::showCounts() {
    const auto total = static_cast<qulonglong>(model_.total());
    QString text = tr("%L1 of %L2").arg(model_.rowCount()).arg(total);
    if (model_.dropped() > 0)
        text += tr(", %L1 more were too many to be kept").arg(model_.dropped());
    if (viewer_.judged() && !viewer_.judged()->complete)
        text += tr(", still judging");
    counts_->setText(text);
}

void LedgerPanel::follow(const QModelIndex& current) {
    if (!current.isValid())
        return;
    wanted_ = model_.subjectAt(current.row());
    const int name = wanted_->is_fhandle() ? 0 : 1;
    const QString number = wanted_->is_fhandle() ? QString() : QString::number(wanted_->nodeid);
    timeline_->follow(*wanted_, QStringLiteral("%1 %2").arg(
                                    number, current.siblingAtColumn(name).data().toString()));
}

void LedgerPanel::select(const TimelineSubject& subject) {
    wanted_ = subject;
    const int row = model_.rowOf(subject);
    if (row >= 0)
        return table_->setCurrentIndex(model_.index(row, 0));
    table_->selectionModel()->clear();
    timeline_->follow(subject, subject.is_fhandle() ? shownHex(subject.fhandle)
                                                    : QString::number(subject.nodeid));
}

void LedgerPanel::showOfMessage() {
    const NodeEntry* node = nodeOfMessage(viewer_);
    TimelineSubject subject;
    if (node != nullptr)
        subject = {node->conn, node->nodeid, {}};
    if (node != nullptr && kind_.ledger == fhandleLedger)
        subject = {node->conn, 0, fhandleOf(*node, viewer_.currentMessage()->frame)};
    const bool found = node != nullptr && (kind_.ledger == nodeLedger || subject.is_fhandle());
    if (found)
        select(subject);
    else
        emit viewer_.said(QCoreApplication::translate(context, kind_.noneOfMessage));
}

QWidget* makeNodePanel(Viewer& viewer) {
    return new LedgerPanel(viewer, node_panel);
}

QWidget* makeFhandlePanel(Viewer& viewer) {
    return new LedgerPanel(viewer, fhandle_panel);
}

} // namespace fusewire::gui
