#include "gui/views/statistics_panel.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

struct Grouping {
    GroupBy by;
    const char* text;
};

constexpr Grouping groupings[] = {
    {GroupBy::opcode, QT_TRANSLATE_NOOP("fusewire::gui::StatisticsPanel", "By opcode")},
    {GroupBy::nodeid, QT_TRANSLATE_NOOP("fusewire::gui::StatisticsPanel", "By nodeid")},
    {GroupBy::pid, QT_TRANSLATE_NOOP("fusewire::gui::StatisticsPanel", "By calling task")},
    {GroupBy::conn, QT_TRANSLATE_NOOP("fusewire::gui::StatisticsPanel", "By connection")},
    {GroupBy::thread, QT_TRANSLATE_NOOP("fusewire::gui::StatisticsPanel", "By server thread")},
};

} // namespace

StatisticsPanel::StatisticsPanel(Viewer& viewer)
    : viewer_(viewer), statistics_(viewer), by_(new QComboBox), opcode_(new QComboBox),
      prepares_(new QCheckBox(tr("&Prepare filters only"))), state_(new QLabel),
      tabs_(new QTabWidget), latency_(new LatencyChart), percentiles_(new PercentileChart),
      time_(new TimeChart), errors_(new ErrorChart), map_(new HeatMap), text_(new QPlainTextEdit) {
    setObjectName("statisticsPanel");
    state_->setObjectName("statisticsState");
    state_->setTextFormat(Qt::PlainText);
    state_->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildTools());
    layout->addWidget(state_);
    layout->addWidget(tabs_, 1);
    buildTabs();
    connect(&statistics_, &CaptureStatistics::changed, this, &StatisticsPanel::showCounted);
    connect(&statistics_, &CaptureStatistics::progressed, this, &StatisticsPanel::showState);
    connect(&viewer_, &Viewer::judgedChanged, this, [this](const JudgedPtr& judged) {
        if (judged && judged->complete && statistics_.groupBy() == GroupBy::nodeid && isVisible())
            showTab();
    });
    connect(tabs_, &QTabWidget::currentChanged, this, &StatisticsPanel::showTab);
    connect(opcode_, &QComboBox::currentIndexChanged, this, &StatisticsPanel::showTab);
    showState();
}

QWidget* StatisticsPanel::buildTools() {
    by_->setObjectName("statisticsBy");
    by_->setAccessibleName(tr("What to group by"));
    for (const Grouping& grouping : groupings)
        by_->addItem(tr(grouping.text), static_cast<int>(grouping.by));
    opcode_->setObjectName("statisticsOpcode");
    opcode_->setAccessibleName(tr("Latencies of which opcode"));
    opcode_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    opcode_->addItem(tr("Latency of all"));
    prepares_->setObjectName("statisticsPrepare");
    prepares_->setToolTip(tr("A click puts a filter into the filter bar, but does not apply it"));
    auto* out = new QToolButton;
    out->setObjectName("statisticsExport");
    out->setText(tr("&Export"));
    out->setAccessibleName(tr("Export"));
    out->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(out);
    menu->addAction(tr("Copy table as &text"), this, [this] { copyTable(figuresText); });
    menu->addAction(tr("Copy table as &CSV"), this, [this] { copyTable(figuresCsv); });
    menu->addAction(tr("Save &picture…"), this, &StatisticsPanel::saveImage);
    out->setMenu(menu);
    connect(by_, &QComboBox::currentIndexChanged, this,
            [this] { statistics_.setGroupBy(static_cast<GroupBy>(by_->currentData().toInt())); });
    auto* tools = new QWidget;
    auto* layout = new QHBoxLayout(tools);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(by_);
    layout->addWidget(opcode_);
    layout->addWidget(prepares_);
    layout->addStretch(1);
    layout->addWidget(out);
    return tools;
}

void StatisticsPanel::buildTabs() {
    tabs_->setObjectName("statisticsTabs");
    tabs_->setDocumentMode(true);
    groups_ = addTab(nullptr, tr("&Table"), "groupTable");
    latencyTable_ = addTab(latency_, tr("&Latency"), "latencyTable");
    percentileTable_ = addTab(scrolled(percentiles_), tr("Per&centiles"), "percentileTable");
    timeTable_ = addTab(time_, tr("&Over time"), "timeTable");
    errorTable_ = addTab(scrolled(errors_), tr("E&rrors"), "errorTable");
    mapTable_ = addTab(map_, tr("&Heat map"), "mapTable");
    text_->setObjectName("statisticsText");
    text_->setAccessibleName(tr("Statistics as text"));
    text_->setReadOnly(true);
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    tabs_->addTab(text_, tr("&More"));
    for (FigureChart* chart :
         {static_cast<FigureChart*>(latency_), static_cast<FigureChart*>(percentiles_),
          static_cast<FigureChart*>(time_), static_cast<FigureChart*>(errors_)})
        connect(chart, &FigureChart::chosen, this,
                [this, chart](int row) { useRow(chart->figures(), row); });
    connect(map_, &HeatMap::chosen, this, [this](int row) { useRow(mapTable_->figures(), row); });
    connect(time_, &TimeChart::rangeWanted, this, &StatisticsPanel::filterTime);
}

// For what has a row for each of who knows how many.
QWidget* StatisticsPanel::scrolled(QWidget* chart) {
    auto* area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setWidget(chart);
    return area;
}

FigureTable* StatisticsPanel::addTab(QWidget* chart, const QString& title, const QString& id) {
    QString name = title;
    auto* table = new FigureTable(id, name.remove('&'));
    connect(table, &FigureTable::used, this, &StatisticsPanel::use);
    if (chart == nullptr) {
        tabs_->addTab(table, title);
        return table;
    }
    auto* both = new QSplitter;
    both->setObjectName(id + QStringLiteral("ChartAndTable"));
    both->addWidget(chart);
    both->addWidget(table);
    both->setStretchFactor(0, 2);
    both->setStretchFactor(1, 1);
    both->setSizes({2 * QWIDGETSIZE_MAX / 3, QWIDGETSIZE_MAX / 3});
    tabs_->addTab(both, title);
    return table;
}

void StatisticsPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    statistics_.setActive(true);
    showCounted();
}

void StatisticsPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    statistics_.setActive(false);
}

void StatisticsPanel::showCounted() {
    listOpcodes();
    showTab();
    showState();
}

// The one that was chosen stays chosen.
void StatisticsPanel::listOpcodes() {
    const CountedPtr& counted = statistics_.counted();
    if (!counted)
        return;
    const QSignalBlocker blocker(opcode_);
    const QString chosen = opcode_->currentData().toString();
    while (opcode_->count() > 1)
        opcode_->removeItem(1);
    const FiguresPtr figures = percentileFigures(counted->opcodes, GroupBy::opcode);
    for (const FigureRow& row : figures->rows)
        opcode_->addItem(row.values[0].toString(), row.values[0]);
    opcode_->setCurrentIndex(std::max(opcode_->findData(chosen), 0));
}

// Only what can be seen is made.
void StatisticsPanel::showTab() {
    const CountedPtr counted = statistics_.counted();
    const QWidget* tab = tabs_->currentWidget();
    const auto shows = [tab](const QWidget* widget) { return tab->isAncestorOf(widget); };
    if (tab == groups_) {
        groups_->setFigures(groupsWithPaths());
    } else if (tab == text_) {
        text_->setPlainText(counted ? QString::fromStdString(counted->text) : QString());
    } else if (shows(latency_)) {
        showLatencies();
    } else if (shows(percentiles_)) {
        const auto figures =
            counted ? percentileFigures(counted->opcodes, GroupBy::opcode) : nullptr;
        percentiles_->setFigures(figures);
        percentileTable_->setFigures(figures);
    } else if (shows(time_)) {
        const auto figures = counted ? timeFigures(counted->times) : nullptr;
        time_->setTimes(counted ? counted->times.interval_ns() : 1, figures);
        timeTable_->setFigures(figures);
    } else if (shows(errors_)) {
        const auto figures =
            counted ? errorFigures(counted->opcodes, counted->operations) : nullptr;
        errors_->setFigures(figures);
        errorTable_->setFigures(figures);
    } else if (shows(map_)) {
        const auto figures = counted ? mapFigures(counted->times) : nullptr;
        map_->setMap(counted, figures);
        mapTable_->setFigures(figures);
    }
}

// Paths are the checker's: they come when it has come so far.
FiguresPtr StatisticsPanel::groupsWithPaths() const {
    const CountedPtr& counted = statistics_.counted();
    if (!counted)
        return nullptr;
    const bool ofNodes = counted->by == GroupBy::nodeid && viewer_.judged();
    return ofNodes ? withPaths(*counted->groups, viewer_.judged()->ledger) : counted->groups;
}

void StatisticsPanel::showLatencies() {
    const CountedPtr counted = statistics_.counted();
    Histogram latencies;
    QString filter;
    if (counted && opcode_->currentIndex() <= 0)
        latencies = counted->total.latency;
    else if (counted)
        for (const MessageGroup& group : counted->opcodes)
            if (groupName(group, GroupBy::opcode) == opcode_->currentData().toString()) {
                latencies = group.tally.latency;
                filter = filterOf(group, GroupBy::opcode);
            }
    const auto figures = counted ? latencyFigures(latencies, filter) : nullptr;
    latency_->setLatencies(latencies, figures);
    latencyTable_->setFigures(figures);
}

void StatisticsPanel::showState() {
    const CountedPtr& counted = statistics_.counted();
    QStringList state;
    if (!viewer_.document())
        state << tr("no capture is open");
    else if (statistics_.isCounting() && statistics_.percent() < 100)
        state << tr("counted %1 %").arg(statistics_.percent());
    if (counted && counted->groups->rows.size() == most_groups)
        state << counted->groups->summary;
    if (counted && !counted->error.isEmpty())
        state << counted->error;
    state_->setText(state.join(QStringLiteral("; ")));
    state_->setVisible(!state.isEmpty());
}

void StatisticsPanel::useRow(const FiguresPtr& figures, int row) {
    if (!figures || row < 0 || row >= static_cast<int>(figures->rows.size()))
        return;
    const FigureRow& chosen = figures->rows[static_cast<std::size_t>(row)];
    use(chosen.filter, chosen.frame,
        chosen.frame != 0 ? FigureTable::Use::goToFirst : FigureTable::Use::filter);
}

void StatisticsPanel::use(const QString& filter, quint64 frame, FigureTable::Use use) {
    if (use == FigureTable::Use::goToFirst) {
        if (frame != 0)
            viewer_.goToFrame(frame);
        return;
    }
    if (filter.isEmpty())
        return;
    const QString test =
        use == FigureTable::Use::filterOut ? QStringLiteral("!(%1)").arg(filter) : filter;
    const QString joined = joinedFilter(viewer_.filter().trimmed(), test);
    if (use == FigureTable::Use::prepare || prepares_->isChecked())
        emit viewer_.filterPrepared(joined);
    else
        viewer_.setFilter(joined);
}

void StatisticsPanel::filterTime(int first, int last) {
    const CountedPtr& counted = statistics_.counted();
    if (!counted)
        return;
    const auto& times = counted->times;
    use(filterOfTime(times.begin_ns(static_cast<std::size_t>(first)),
                     times.begin_ns(static_cast<std::size_t>(last) + 1)),
        0, FigureTable::Use::filter);
}

FigureTable* StatisticsPanel::currentTable() const {
    if (tabs_->currentWidget() == groups_)
        return groups_;
    return tabs_->currentWidget()->findChild<FigureTable*>();
}

void StatisticsPanel::copyTable(QString (*text)(const Figures& figures)) {
    const FigureTable* table = currentTable();
    if (table == nullptr)
        QGuiApplication::clipboard()->setText(text_->toPlainText());
    else if (table->figures())
        QGuiApplication::clipboard()->setText(text(*table->figures()));
}

void StatisticsPanel::saveImage() {
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Save picture"), QStringLiteral("statistics.png"), tr("PNG pictures (*.png)"));
    if (path.isEmpty())
        return;
    if (!tabs_->currentWidget()->grab().save(path, "PNG"))
        emit viewer_.failed(tr("%1 cannot be written").arg(path));
}

} // namespace fusewire::gui
