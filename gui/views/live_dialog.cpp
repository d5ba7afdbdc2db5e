#include "gui/views/live_dialog.h"

#include "capture/live/tier.h"
#include "dissector/filter/filter.h"
#include "gui/views/sparkline_delegate.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHeaderView>
#include <QScreen>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

constexpr int width_in_characters = 130;
constexpr int height_in_lines = 40;
constexpr int snap_step = 64;

template <class Widget>
Widget* named(Widget* widget, const char* name, const QString& accessible) {
    widget->setObjectName(name);
    widget->setAccessibleName(accessible);
    return widget;
}

} // namespace

LiveDialog::LiveDialog(const Launcher& launcher, QWidget* parent)
    : QDialog(parent), meter_(launcher), table_(new QTableView), messages_(new MessageBar(this)),
      traffic_(new QCheckBox(tr("Show &traffic"))), summary_(new QLabel) {
    setWindowTitle(tr("Capture"));
    setObjectName("liveDialog");
    buildTable();
    traffic_->setObjectName("showTraffic");
    traffic_->setToolTip(
        tr("Counts the messages of each connection, which takes the same privileges as "
           "a capture; without it the line shows waiting requests"));
    summary_->setTextFormat(Qt::PlainText);
    summary_->setWordWrap(true);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    start_ = buttons->addButton(tr("&Start"), QDialogButtonBox::AcceptRole);
    start_->setObjectName("start");

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(messages_);
    layout->addWidget(table_, 1);
    layout->addWidget(traffic_);
    layout->addWidget(buildOptions());
    layout->addWidget(summary_);
    layout->addWidget(buttons);
    // The dialog has to hold the button to know its default one.
    start_->setDefault(true);
    resize(QSize(fontMetrics().averageCharWidth() * width_in_characters,
                 fontMetrics().height() * height_in_lines)
               .boundedTo(screen()->availableSize()));

    connect(buttons, &QDialogButtonBox::accepted, this, &LiveDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(table_, &QTableView::activated, this, &LiveDialog::choose);
    connect(traffic_, &QCheckBox::toggled, this, &LiveDialog::showTraffic);
    connect(&lister_, &ConnectionLister::listed, this, &LiveDialog::showConnections);
    connect(&lister_, &ConnectionLister::failed, this,
            [this](const QString& error) { messages_->say(error, MessageBar::Weight::error); });
    connect(&meter_, &TrafficMeter::counted, &connections_, &ConnectionModel::addTraffic);
    connect(&meter_, &TrafficMeter::failed, this, [this](const QString& error) {
        messages_->say(tr("no traffic can be shown: %1").arg(error), MessageBar::Weight::warning);
        traffic_->setChecked(false);
    });
    lister_.start();
    // Whoever is root has said yes already.
    traffic_->setChecked(launcher.privileged);
    showSummary();
    table_->setFocus();
}

void LiveDialog::buildTable() {
    named(table_, "connections", tr("Connections"));
    table_->setModel(&connections_);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setTabKeyNavigation(false);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->verticalHeader()->hide();
    table_->setItemDelegateForColumn(ConnectionModel::Traffic, new SparklineDelegate(table_));
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setHighlightSections(false);
    const int character = fontMetrics().averageCharWidth();
    const int widths[] = {34, 16, 20, 20, 10};
    for (int column = 0; column < static_cast<int>(std::size(widths)); ++column)
        table_->setColumnWidth(column, widths[column] * character);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &LiveDialog::showSummary);
}

QWidget* LiveDialog::buildOptions() {
    auto* box = new QGroupBox(tr("Options"));
    auto* form = new QFormLayout(box);
    opcodes_ = named(new QLineEdit, "opcodes", tr("Opcodes"));
    opcodes_->setPlaceholderText(tr("all; names with commas, or !NAME for all but that one"));
    form->addRow(tr("&Opcodes:"), opcodes_);
    pids_ = named(new QLineEdit, "pids", tr("Processes"));
    pids_->setPlaceholderText(tr("of whoever asks; process numbers with commas"));
    form->addRow(tr("&Processes:"), pids_);
    uids_ = named(new QLineEdit, "uids", tr("Users"));
    uids_->setPlaceholderText(tr("of whoever asks; user numbers with commas"));
    form->addRow(tr("&Users:"), uids_);
    errors_ = named(new QCheckBox(tr("only what &failed")), "errors", tr("Only what failed"));
    form->addRow(QString(), errors_);
    snap_ = named(new QSpinBox, "snap", tr("Bytes kept of each message"));
    snap_->setRange(0, 1 << 22);
    snap_->setSingleStep(snap_step);
    snap_->setSpecialValueText(tr("whole messages"));
    snap_->setSuffix(tr(" bytes of each message"));
    form->addRow(tr("&Keep:"), snap_);
    noFileData_ = named(new QCheckBox(tr("&without what is read from and written to files")),
                        "noFileData", tr("Without file data"));
    form->addRow(QString(), noFileData_);
    stopAfter_ = named(new QLineEdit, "stopAfter", tr("When to stop"));
    stopAfter_->setPlaceholderText(
        tr("not by itself; such as duration:60 (seconds), messages:100000, size:1G"));
    form->addRow(tr("Stop &after:"), stopAfter_);
    tier_ = named(new QComboBox, "tier", tr("How to capture"));
    tier_->addItem(tr("the best that works"), QString());
    for (const Tier& tier : tiers())
        tier_->addItem(
            QString::fromUtf8(tier.name.data(), static_cast<qsizetype>(tier.name.size())),
            QString::fromUtf8(tier.name.data(), static_cast<qsizetype>(tier.name.size())));
    form->addRow(tr("T&ier:"), tier_);
    filter_ = named(new QLineEdit, "displayFilter", tr("Display filter"));
    filter_->setPlaceholderText(tr("everything is shown; what it hides is captured nonetheless"));
    form->addRow(tr("&Display filter:"), filter_);
    return box;
}

void LiveDialog::showConnections(const ConnectionStatuses& connections) {
    connections_.setConnections(connections);
    if (wanted_.isEmpty())
        return;
    for (int row = 0; row < connections_.rowCount(); ++row) {
        const QModelIndex index = connections_.index(row, 0);
        if (wanted_.contains(index.data(ConnectionNumberRole).toString()))
            table_->selectionModel()->select(index, QItemSelectionModel::Select |
                                                        QItemSelectionModel::Rows);
    }
    wanted_.clear();
}

void LiveDialog::showTraffic(bool shown) {
    if (!shown) {
        meter_.stop();
        connections_.endTraffic();
    } else if (const QString problem = meter_.start(); !problem.isEmpty()) {
        messages_->say(problem, MessageBar::Weight::warning);
        traffic_->setChecked(false);
    }
}

LiveChoice LiveDialog::choice() const {
    LiveChoice choice;
    QStringList mountPoints;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
        choice.targets << index.data(ConnectionNumberRole).toString();
        mountPoints << index.data(MountPointRole).toString();
    }
    choice.title = mountPoints.join(", ");
    choice.opcodes = opcodes_->text().trimmed();
    choice.pids = pids_->text().trimmed();
    choice.uids = uids_->text().trimmed();
    choice.errorsOnly = errors_->isChecked();
    choice.snapLength =
        snap_->value() == 0
            ? 0
            : std::max<quint32>(min_snap_length, static_cast<quint32>(snap_->value()));
    choice.noFileData = noFileData_->isChecked();
    choice.stopAfter = stopAfter_->text().trimmed();
    choice.tier = tier_->currentData().toString();
    choice.displayFilter = filter_->text().trimmed();
    return choice;
}

void LiveDialog::setChoice(const LiveChoice& choice) {
    wanted_ = choice.targets;
    opcodes_->setText(choice.opcodes);
    pids_->setText(choice.pids);
    uids_->setText(choice.uids);
    errors_->setChecked(choice.errorsOnly);
    snap_->setValue(static_cast<int>(choice.snapLength));
    noFileData_->setChecked(choice.noFileData);
    stopAfter_->setText(choice.stopAfter);
    tier_->setCurrentIndex(std::max(0, tier_->findData(choice.tier)));
    filter_->setText(choice.displayFilter);
}

void LiveDialog::showSummary() {
    const auto selected = table_->selectionModel()->selectedRows().size();
    summary_->setText(selected == 0
                          ? tr("No connection is selected: all are captured, also those to come.")
                          : tr("Connections to capture: %n", nullptr, static_cast<int>(selected)));
}

void LiveDialog::choose() {
    const LiveChoice made = choice();
    const std::string filter = made.displayFilter.toStdString();
    if (!filter.empty()) {
        if (const auto parsed = Filter::parse(filter); !parsed) {
            messages_->say(tr("display filter, column %1: %2")
                               .arg(parsed.error().column)
                               .arg(QString::fromStdString(parsed.error().message)),
                           MessageBar::Weight::warning);
            filter_->setFocus();
            return;
        }
    }
    emit chosen(made);
    accept();
}

} // namespace fusewire::gui
