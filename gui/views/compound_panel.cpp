#include "gui/views/compound_panel.h"

#include "gui/views/severity_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

// What is a compound, for the search.
const FindQuery compounds{QStringLiteral("count(fuse.sub.opcode) > 0"), FindBy::filter};

// Of the columns, in characters.
constexpr int widths[CompoundModel::column_count] = {30, 36, 26, 50, 36};

} // namespace

CompoundPanel::CompoundPanel(Viewer& viewer)
    : viewer_(viewer), model_(viewer), finder_(viewer), tree_(new QTreeView), state_(new QLabel) {
    setObjectName("compoundPanel");
    state_->setObjectName("compoundState");
    state_->setTextFormat(Qt::PlainText);
    auto* next = new QPushButton(tr("Next c&ompound"));
    next->setObjectName("compoundNext");
    connect(next, &QPushButton::clicked, this, [this] { finder_.findOnce(compounds, true); });
    auto* bar = new QHBoxLayout;
    bar->addWidget(state_, 1);
    bar->addWidget(next);
    buildTree();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(tree_, 1);
    connect(&model_, &QAbstractItemModel::modelReset, this, &CompoundPanel::showState);
    connect(&viewer_.judgedCurrent(), &JudgedCurrent::changed, this, &CompoundPanel::showState);
    connect(&finder_, &Finder::finished, this, &CompoundPanel::showState);
    showState();
}

void CompoundPanel::showEvent(QShowEvent*) {
    setNeeded(true);
}

void CompoundPanel::hideEvent(QHideEvent*) {
    setNeeded(false);
}

void CompoundPanel::setNeeded(bool needed) {
    viewer_.judgedCurrent().setNeeded(this, needed);
    model_.setNeeded(needed);
}

void CompoundPanel::buildTree() {
    tree_->setObjectName("compoundTree");
    tree_->setAccessibleName(tr("Operations of the compound"));
    tree_->setUniformRowHeights(true);
    tree_->setAlternatingRowColors(true);
    tree_->setItemDelegateForColumn(CompoundModel::kernel,
                                    new SeverityDelegate(CompoundSeverityRole, tree_));
    tree_->setModel(&model_);
    const int character = fontMetrics().averageCharWidth();
    for (int i = 0; i < CompoundModel::column_count; ++i)
        tree_->header()->resizeSection(i, widths[i] * character);
    connect(tree_, &QTreeView::clicked, this, &CompoundPanel::goTo);
    connect(tree_, &QTreeView::activated, this, &CompoundPanel::goTo);
}

void CompoundPanel::goTo(const QModelIndex& index) {
    const std::uint64_t frame = index.data(CompoundFrameRole).toULongLong();
    if (frame == 0)
        return;
    const ByteRange bytes{index.data(CompoundOffsetRole).toUInt(),
                          index.data(CompoundWidthRole).toUInt()};
    const MessagePtr& current = viewer_.currentMessage();
    if (current && current->frame == frame && current->row == viewer_.currentRow())
        viewer_.mark(bytes);
    else
        viewer_.goToFrame(frame, bytes.offset);
}

void CompoundPanel::showState() {
    const JudgedCurrent& judged = viewer_.judgedCurrent();
    const bool judging = !judged.message() && judged.percent() > 0;
    QStringList state;
    if (!model_.isCompound())
        state << tr("the current message is no compound");
    if (judging)
        state << tr("judging, %1 %…").arg(judged.percent());
    if (!finder_.outcome().isEmpty())
        state << finder_.outcome();
    state_->setText(state.join(QStringLiteral("; ")));
    tree_->setVisible(model_.isCompound());
}

} // namespace fusewire::gui
