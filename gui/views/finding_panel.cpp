#include "gui/views/finding_panel.h"

#include "gui/views/severity_icon.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <numeric>

namespace fusewire::gui {

namespace {

class SeverityDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto severity = static_cast<Severity>(index.data(FindingSeverityRole).toInt());
        const int side = option->fontMetrics.height();
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->icon = severityIcon(severity, option->palette);
        option->decorationSize = {side, side};
    }
};

// Of the columns, in characters.
constexpr int widths[FindingListModel::column_count] = {48, 8, 9, 6, 18, 9, 24};

} // namespace

FindingPanel::FindingPanel(Viewer& viewer)
    : viewer_(viewer), model_(viewer), tree_(new QTreeView), details_(new DetailView(viewer)),
      state_(new QLabel), split_(new QSplitter(Qt::Vertical)) {
    setObjectName("findingPanel");
    details_->setObjectName("findingDetails");
    details_->setAccessibleName(tr("About the finding"));
    details_->setPlaceholderText(tr("What the selected finding means stands here."));
    state_->setObjectName("findingState");
    state_->setTextFormat(Qt::PlainText);
    state_->setWordWrap(true);
    buildTree();
    split_->setObjectName("findingsAndDetails");
    split_->addWidget(tree_);
    split_->addWidget(details_);
    split_->setStretchFactor(0, 3);
    split_->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildFilters());
    layout->addWidget(state_);
    layout->addWidget(split_, 1);
    connect(&model_, &FindingListModel::countsChanged, this, &FindingPanel::showState);
    connect(&model_, &FindingListModel::countsChanged, this, &FindingPanel::showCurrent);
    connect(&viewer_, &Viewer::judgeProgressed, this, &FindingPanel::showState);
    showState();
}

// Below the messages there is more room beside the list than under it.
void FindingPanel::resizeEvent(QResizeEvent*) {
    split_->setOrientation(width() > 2 * height() ? Qt::Horizontal : Qt::Vertical);
}

QWidget* FindingPanel::buildFilters() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* least = new QComboBox;
    least->setObjectName("findingSeverity");
    least->setAccessibleName(tr("Findings that are shown"));
    least->addItem(tr("All findings"), static_cast<int>(Severity::note));
    least->addItem(tr("Warnings and errors"), static_cast<int>(Severity::warn));
    least->addItem(tr("Errors"), static_cast<int>(Severity::error));
    auto* text = new QLineEdit;
    text->setObjectName("findingText");
    text->setAccessibleName(tr("Text in findings"));
    text->setPlaceholderText(tr("Rule, path or text"));
    text->setClearButtonEnabled(true);
    auto* hidden = new QCheckBox(tr("Also &hidden messages"));
    hidden->setObjectName("findingHiddenToo");
    hidden->setToolTip(tr("Show findings of messages that the display filter hides, too"));
    layout->addWidget(least);
    layout->addWidget(text, 1);
    layout->addWidget(hidden);
    connect(least, &QComboBox::currentIndexChanged, this, [this, least] {
        model_.setLeast(static_cast<Severity>(least->currentData().toInt()));
    });
    connect(text, &QLineEdit::textChanged, &model_, &FindingListModel::setText);
    connect(hidden, &QCheckBox::toggled, &model_, &FindingListModel::setHiddenToo);
    return bar;
}

void FindingPanel::buildTree() {
    tree_->setObjectName("findings.list");
    tree_->setAccessibleName(tr("Findings"));
    tree_->setUniformRowHeights(true);
    tree_->setAlternatingRowColors(true);
    tree_->setItemDelegateForColumn(FindingListModel::what, new SeverityDelegate(tree_));
    tree_->setModel(&model_);
    const int character = fontMetrics().averageCharWidth();
    for (int i = 0; i < FindingListModel::column_count; ++i)
        tree_->header()->resizeSection(i, widths[i] * character);
    spanRules({}, 0, model_.rowCount() - 1);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &FindingPanel::spanRules);
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &FindingPanel::showCurrent);
    connect(&viewer_, &Viewer::currentRowChanged, this, &FindingPanel::followMessage);
    connect(tree_, &QTreeView::activated, this, &FindingPanel::goTo);
    connect(tree_, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        if (index.parent().isValid())
            goTo(index);
    });
}

// What a rule says has the whole width.
void FindingPanel::spanRules(const QModelIndex& parent, int first, int last) {
    for (int row = first; row <= last && !parent.isValid(); ++row)
        tree_->setFirstColumnSpanned(row, parent, true);
}

void FindingPanel::goTo(const QModelIndex& index) {
    if (const Judgement* finding = model_.finding(index))
        viewer_.goToFrame(finding->frame, finding->sighting.offset);
}

// Who goes from finding to finding in the list reads here what each means.
void FindingPanel::followMessage(Row row) {
    if (row == no_row || !isVisible())
        return;
    const std::uint64_t frame = viewer_.document()->index()[row].frame;
    const Judgement* current = model_.finding(tree_->currentIndex());
    if (current != nullptr && current->frame == frame)
        return;
    if (const QModelIndex place = model_.placeOf(frame); place.isValid())
        tree_->setCurrentIndex(place);
}

void FindingPanel::showCurrent() {
    const Judgement* finding = model_.finding(tree_->currentIndex());
    details_->show(finding == nullptr ? Details() : detailsOf(*finding));
}

// "2 errors, 1 warning"; empty: none.
QString FindingPanel::countsText() const {
    const auto& counts = model_.counts();
    const auto text = [&](Severity severity, const QString& one, const QString& many) {
        const std::uint64_t count = counts[static_cast<std::size_t>(severity)];
        return count == 0 ? QString() : count == 1 ? one : many.arg(count);
    };
    QStringList parts{text(Severity::error, tr("1 error"), tr("%1 errors")),
                      text(Severity::warn, tr("1 warning"), tr("%1 warnings")),
                      text(Severity::note, tr("1 note"), tr("%1 notes"))};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

void FindingPanel::showState() {
    const auto& counts = model_.counts();
    const std::uint64_t all = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    const JudgedPtr& judged = viewer_.judged();
    QStringList state;
    if (!viewer_.document())
        state << tr("no capture is open");
    else if (!judged || !judged->complete)
        state << tr("judged %1 %").arg(viewer_.percentJudged());
    else if (all == 0)
        state << (judged->error.isEmpty() ? tr("nothing found")
                                          : tr("nothing found in what could be read"));
    if (const std::uint64_t shown = model_.shown(); shown < all)
        state << tr("%1 of %2 findings are shown").arg(shown).arg(all);
    if (judged && judged->dropped > 0)
        state << tr("%1 more were too many to be kept").arg(judged->dropped);
    if (judged && judged->lost > 0)
        state << tr("messages were lost: what needs them is at most a note");
    if (judged && !judged->error.isEmpty())
        state << judged->error;
    state_->setText(state.join(QStringLiteral("; ")));
    state_->setVisible(!state.isEmpty());
    setWindowTitle(all == 0 ? tr("Findings") : tr("Findings: %1").arg(countsText()));
}

} // namespace fusewire::gui
