#include "gui/views/statx_panel.h"

#include "gui/views/severity_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

// Of the columns, in characters.
constexpr int widths[StatxModel::column_count] = {20, 30, 15, 14, 10, 34, 34};

} // namespace

StatxPanel::StatxPanel(Viewer& viewer)
    : viewer_(viewer), judged_(viewer.judgedCurrent()), model_(viewer), table_(new QTreeView),
      state_(new QLabel) {
    setObjectName("statxPanel");
    state_->setObjectName("statxState");
    state_->setTextFormat(Qt::PlainText);
    auto* next = new QPushButton(tr("Next a&nswer to a statx"));
    next->setObjectName("statxNext");
    connect(next, &QPushButton::clicked, &judged_, &JudgedCurrent::goToNextStatx);
    auto* bar = new QHBoxLayout;
    bar->addWidget(state_, 1);
    bar->addWidget(next);
    buildTable();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(table_, 1);
    connect(&model_, &QAbstractItemModel::modelReset, this, &StatxPanel::unfold);
    connect(&judged_, &JudgedCurrent::changed, this, &StatxPanel::showState);
    unfold();
}

void StatxPanel::showEvent(QShowEvent*) {
    judged_.setNeeded(this, true);
}

void StatxPanel::hideEvent(QHideEvent*) {
    judged_.setNeeded(this, false);
}

void StatxPanel::buildTable() {
    table_->setObjectName("statxTable");
    table_->setAccessibleName(tr("Fields of the statx"));
    table_->setUniformRowHeights(true);
    table_->setAlternatingRowColors(true);
    table_->setItemDelegateForColumn(StatxModel::field,
                                     new SeverityDelegate(StatxSurpriseRole, table_));
    table_->setModel(&model_);
    const int character = fontMetrics().averageCharWidth();
    for (int i = 0; i < StatxModel::column_count; ++i)
        table_->header()->resizeSection(i, widths[i] * character);
    connect(table_, &QTreeView::clicked, this, &StatxPanel::goTo);
    connect(table_, &QTreeView::activated, this, &StatxPanel::goTo);
}

void StatxPanel::unfold() {
    table_->expandAll();
    for (int row = 0; row < model_.rowCount(); ++row)
        table_->setFirstColumnSpanned(row, {}, true);
    showState();
}

void StatxPanel::goTo(const QModelIndex& index) {
    const QVariant offset = index.data(StatxOffsetRole);
    viewer_.goToFrame(index.data(StatxFrameRole).toULongLong(),
                      offset.isValid() ? std::optional(offset.toUInt()) : std::nullopt);
}

void StatxPanel::showState() {
    const bool judging = !judged_.message() && judged_.percent() > 0;
    if (judging)
        state_->setText(tr("judging, %1 %…").arg(judged_.percent()));
    else if (model_.rowCount() == 0)
        state_->setText(tr("the current message neither asks for a statx nor answers one"));
    else
        state_->setText({});
    table_->setVisible(model_.rowCount() > 0);
}

} // namespace fusewire::gui
