#include "gui/views/timeline_pane.h"

#include "gui/views/severity_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

// Characters, in the order of TimelineModel::Column.
constexpr int widths[TimelineModel::ColumnCount] = {14, 12, 14, 16, 11, 48, 30};

} // namespace

TimelinePane::TimelinePane(Viewer& viewer, QWidget* parent)
    : QWidget(parent), viewer_(viewer), table_(new QTreeView), heading_(new QLabel),
      state_(new QLabel), progress_(new QProgressBar), cancel_(new QPushButton(tr("Stop"))) {
    buildTable();
    picture_ = new TimelineView(model_, *table_->selectionModel());
    heading_->setTextFormat(Qt::PlainText); // paths come from the capture
    heading_->setObjectName("timelineOf");
    heading_->setBuddy(picture_);
    state_->setTextFormat(Qt::PlainText);
    state_->setObjectName("timelineState");
    progress_->setObjectName("timelineProgress");
    progress_->setMaximumWidth(fontMetrics().averageCharWidth() * 24);
    progress_->setAccessibleName(tr("How much of the capture was read for the timeline"));
    cancel_->setObjectName("timelineStop");
    cancel_->setAccessibleName(tr("Stop reading the capture for the timeline"));
    auto* head = new QHBoxLayout;
    head->addWidget(heading_, 1);
    head->addWidget(state_);
    head->addWidget(progress_);
    head->addWidget(cancel_);
    auto* halves = new QSplitter(Qt::Vertical);
    halves->setObjectName("pictureAndEvents");
    halves->addWidget(picture_);
    halves->addWidget(table_);
    halves->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(head);
    layout->addWidget(halves, 1);
    connect(cancel_, &QPushButton::clicked, &model_, &TimelineModel::cancel);
    connect(&model_, &TimelineModel::progressed, this, &TimelinePane::showState);
    connect(&model_, &TimelineModel::finished, this, &TimelinePane::showState);
    connect(&model_, &TimelineModel::subjectChanged, this, &TimelinePane::showState);
    connect(picture_, &TimelineView::eventClicked, this, &TimelinePane::goTo);
    connect(&viewer_, &Viewer::currentRowChanged, this, &TimelinePane::showCurrentMessage);
    showState();
}

void TimelinePane::buildTable() {
    table_->setObjectName("timelineEvents");
    table_->setAccessibleName(tr("Events of the timeline"));
    table_->setModel(&model_);
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->setAlternatingRowColors(true);
    table_->setAllColumnsShowFocus(true);
    table_->setItemDelegateForColumn(TimelineModel::Findings,
                                     new SeverityDelegate(EventSeverityRole, table_));
    const int character = fontMetrics().averageCharWidth() + 1;
    for (int column = 0; column < TimelineModel::ColumnCount; ++column)
        table_->header()->resizeSection(column, widths[column] * character);
    connect(table_, &QAbstractItemView::clicked, this,
            [this](const QModelIndex& index) { goTo(index.row()); });
    connect(table_, &QAbstractItemView::activated, this,
            [this](const QModelIndex& index) { goTo(index.row()); });
}

void TimelinePane::follow(const TimelineSubject& subject, const QString& title) {
    const auto& document = viewer_.document();
    heading_->setText(title);
    if (!document || model_.subject() == subject)
        return;
    const bool any = document->rows() > 0;
    model_.follow(document->input(), subject, any ? document->index()[0].time_ns : 0);
}

void TimelinePane::clear() {
    heading_->setText(tr("Select a row to see its history"));
    model_.clear();
    showState();
}

void TimelinePane::showState() {
    const bool reading = model_.isReading();
    progress_->setVisible(reading);
    cancel_->setVisible(reading);
    progress_->setValue(model_.percent());
    const TimelinePtr& timeline = model_.timeline();
    QString text;
    if (timeline && !timeline->error.isEmpty())
        text = timeline->error;
    else if (timeline && timeline->dropped > 0)
        text = tr("events that were too many to be kept: %Ln", nullptr,
                  static_cast<int>(std::min<std::uint64_t>(timeline->dropped, INT_MAX)));
    else if (timeline && !reading && !timeline->complete)
        text = tr("stopped: later events are missing");
    state_->setText(text);
}

// The event of the message that became current elsewhere is made current too.
void TimelinePane::showCurrentMessage(Row row) {
    if (!isVisible() || row == no_row || !viewer_.document())
        return;
    const int shown = model_.rowOfFrame(viewer_.document()->index()[row].frame);
    if (shown < 0 || shown == table_->currentIndex().row())
        return;
    table_->setCurrentIndex(model_.index(shown, 0));
}

void TimelinePane::goTo(int row) {
    if (row < 0 || row >= model_.rowCount())
        return;
    const TimelineEvent& event = model_.event(row);
    viewer_.goToFrame(event.frame, event.offset);
}

} // namespace fusewire::gui
