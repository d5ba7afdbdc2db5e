#include "gui/views/outstanding_panel.h"

#include "gui/views/tones.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace fusewire::gui {

namespace {

constexpr qint64 long_ns = 1'000'000'000, very_long_ns = 10 * long_ns;

// Ages in the colours of the command line.
class AgeDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const qint64 age = index.data(OutstandingAgeRole).toLongLong();
        if (age >= long_ns)
            option->palette.setColor(
                QPalette::Text,
                severityColor(age >= very_long_ns ? Severity::error : Severity::warn,
                              option->palette));
    }
};

} // namespace

OutstandingPanel::OutstandingPanel(Viewer& viewer)
    : viewer_(viewer), table_(new QTreeView), state_(new QLabel) {
    buildTable();
    auto* tools = new QHBoxLayout;
    state_->setObjectName("state");
    state_->setTextFormat(Qt::PlainText);
    tools->addWidget(state_, 1);
    atMessage_ = addBox(tools, "atMessage", tr("When the current &message was seen"));
    followFilter_ = addBox(tools, "followFilter", tr("Follow the &display filter"));
    followFilter_->setChecked(true);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(tools);
    layout->addWidget(table_, 1);
    setFocusProxy(table_);
    connect(atMessage_, &QCheckBox::toggled, this, &OutstandingPanel::refresh);
    connect(followFilter_, &QCheckBox::toggled, this, &OutstandingPanel::hideFiltered);
    connect(&viewer_, &Viewer::documentChanged, this, &OutstandingPanel::restart);
    connect(&viewer_, &Viewer::judgedChanged, this, [this] {
        if (!atMessage_->isChecked())
            refresh();
    });
    connect(&viewer_, &Viewer::currentRowChanged, this, [this] {
        if (atMessage_->isChecked())
            refresh();
    });
    connect(&viewer_, &Viewer::filterChanged, this, &OutstandingPanel::hideFiltered);
    connect(&viewer_, &Viewer::filterFinished, this, &OutstandingPanel::hideFiltered);
    restart();
}

void OutstandingPanel::buildTable() {
    table_->setObjectName("outstanding");
    table_->setAccessibleName(tr("Requests without a reply"));
    table_->setModel(&model_);
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->setAlternatingRowColors(true);
    table_->setAllColumnsShowFocus(true);
    table_->setSortingEnabled(true);
    table_->sortByColumn(0, Qt::AscendingOrder);
    table_->setItemDelegateForColumn(0, new AgeDelegate(table_));
    const int character = fontMetrics().averageCharWidth() + 1;
    for (int column = 0; column < model_.columnCount(); ++column)
        table_->header()->resizeSection(column, model_.columnWidth(column) * character);
    connect(table_, &QAbstractItemView::clicked, this, &OutstandingPanel::goTo);
    connect(table_, &QAbstractItemView::activated, this, &OutstandingPanel::goTo);
}

QCheckBox* OutstandingPanel::addBox(QLayout* to, const char* name, const QString& text) {
    auto* box = new QCheckBox(text);
    box->setObjectName(name);
    to->addWidget(box);
    return box;
}

void OutstandingPanel::goTo(const QModelIndex& index) {
    viewer_.goToFrame(index.data(OutstandingFrameRole).toULongLong());
}

void OutstandingPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void OutstandingPanel::restart() {
    reader_.reset();
    model_.setMoment(nullptr);
    hideFiltered();
    refresh();
}

// What nobody looks at is not looked for.
void OutstandingPanel::refresh() {
    if (!isVisible())
        return;
    reader_.reset();
    if (atMessage_->isChecked() && viewer_.document() && viewer_.currentRow() != no_row)
        readMoment();
    else
        take(momentOf(viewer_.judged()));
}

void OutstandingPanel::readMoment() {
    const auto& document = viewer_.document();
    reader_ = std::make_unique<OutstandingReader>(
        document->input(), document->index()[viewer_.currentRow()].frame, viewer_.judged());
    connect(reader_.get(), &OutstandingReader::read, this,
            [this](const OutstandingMomentPtr& moment) {
                reader_.release()->deleteLater(); // it is its signal that is being served
                take(moment);
            });
    reader_->start();
    showState();
}

void OutstandingPanel::take(const OutstandingMomentPtr& moment) {
    model_.setMoment(moment);
    showState();
}

void OutstandingPanel::hideFiltered() {
    const bool follows = followFilter_->isChecked() && viewer_.messages().isFiltered();
    if (!follows)
        model_.setHides(nullptr);
    else
        model_.setHides([this](std::uint64_t frame) {
            const auto& document = viewer_.document();
            return !document || !viewer_.messages().isShown(document->index().row_of_frame(frame));
        });
    showState();
}

void OutstandingPanel::showState() {
    QString text = tr("%L1 of %L2 unanswered").arg(model_.rowCount()).arg(model_.total());
    if (isReading())
        text = tr("reading the capture until the current message …");
    else if (viewer_.judged() && !viewer_.judged()->complete && !atMessage_->isChecked())
        text += tr(", still judging");
    state_->setText(text);
}

} // namespace fusewire::gui
