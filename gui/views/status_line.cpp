#include "gui/views/status_line.h"

#include "gui/views/tones.h"

#include <QHBoxLayout>
#include <algorithm>
#include <iterator>

namespace fusewire::gui {

namespace {

// INIT itself is older than what it settles; the messages behind it tell.
constexpr Row most_until_settled = 100;

Dialect settledDialect(const FrameIndex& index, Row row) {
    const Dialect here = index.dialect_of(row);
    const std::uint32_t epoch = index[row].epoch;
    const Row end = std::min(index.size(), row + most_until_settled);
    for (Row next = row; next < end && here.minor == 0; ++next)
        if (const Dialect known = index.dialect_of(next);
            known.minor != 0 && index[next].epoch == epoch)
            return known;
    return here;
}

} // namespace

StatusLine::StatusLine(Viewer& viewer, QWidget* parent)
    : QWidget(parent), viewer_(viewer), counts_(new QLabel), lost_(new QLabel), work_(new QLabel),
      progress_(new QProgressBar), stop_(new QToolButton), dialect_(new QLabel) {
    counts_->setObjectName("counts");
    counts_->setAccessibleName(tr("Messages"));
    lost_->setObjectName("lost");
    lost_->setAccessibleName(tr("Messages lost"));
    work_->setObjectName("work");
    progress_->setObjectName("progress");
    progress_->setAccessibleName(tr("Progress"));
    progress_->setMaximumWidth(fontMetrics().averageCharWidth() * 24);
    stop_->setObjectName("stopWork");
    stop_->setText(tr("Stop"));
    stop_->setAccessibleName(tr("Stop filtering, sorting or reading"));
    stop_->setToolTip(tr("What was found until now stays"));
    dialect_->setObjectName("dialect");
    dialect_->setAccessibleName(tr("Dialect of the current message"));
    for (QLabel* label : {counts_, lost_, work_, dialect_})
        label->setTextFormat(Qt::PlainText);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(counts_);
    layout->addWidget(lost_);
    layout->addStretch(1);
    for (QWidget* widget : {static_cast<QWidget*>(work_), static_cast<QWidget*>(progress_),
                            static_cast<QWidget*>(stop_), static_cast<QWidget*>(dialect_)})
        layout->addWidget(widget);
    connectViewer();
    showProgress();
}

void StatusLine::connectViewer() {
    connect(stop_, &QToolButton::clicked, this, &StatusLine::stopWork);
    connect(&viewer_, &Viewer::documentChanged, this, &StatusLine::showDocument);
    connect(&viewer_, &Viewer::currentRowChanged, this, &StatusLine::showDialect);
    connect(&viewer_, &Viewer::currentRowChanged, this, &StatusLine::showCounts);
    connect(&viewer_, &Viewer::judgedChanged, this, &StatusLine::showLost);
    connect(&viewer_, &Viewer::filterChanged, this, [this] { filtered_ = 0; });
    connect(&viewer_, &Viewer::filterProgressed, this, [this](int percent) {
        filtered_ = percent;
        showProgress();
    });
    connect(&viewer_, &Viewer::filterFinished, this, [this] {
        showProgress();
        showCounts();
    });
    connect(&viewer_.messages(), &MessageListModel::sortProgressed, this, [this](int percent) {
        sorted_ = percent;
        showProgress();
    });
    connect(&viewer_.messages(), &MessageListModel::sortFinished, this, &StatusLine::showProgress);
    connect(&viewer_.messages(), &QAbstractItemModel::rowsInserted, this, &StatusLine::showCounts);
    connect(&viewer_.messages(), &QAbstractItemModel::modelReset, this, &StatusLine::showCounts);
}

void StatusLine::showDocument() {
    const CaptureDocument* document = viewer_.document().get();
    connect(document, &CaptureDocument::grew, this, &StatusLine::showCounts);
    connect(document, &CaptureDocument::grew, this, &StatusLine::showProgress);
    connect(document, &CaptureDocument::indexed, this, &StatusLine::showProgress);
    connect(document, &CaptureDocument::caughtUp, this, &StatusLine::showProgress);
    connect(document, &CaptureDocument::revised, this, &StatusLine::showDialect);
    showCounts();
    showLost();
    showProgress();
    showDialect();
}

void StatusLine::showCounts() {
    const auto& document = viewer_.document();
    if (!document)
        return;
    const Row all = document->rows();
    QString text = tr("%L1 messages").arg(all);
    if (viewer_.messages().isFiltered()) {
        const int shown = viewer_.messages().rowCount();
        text +=
            tr(", %L1 shown (%2 %)").arg(shown).arg(all == 0 ? 0 : 100.0 * shown / all, 0, 'f', 1);
        // The panes go on showing it, which has to be said.
        if (const Row row = viewer_.currentRow(); row != no_row && row < all &&
                                                  !viewer_.isFiltering() &&
                                                  viewer_.messages().modelRow(row) < 0)
            text += tr("; message %L1, which is looked at, is hidden by the filter")
                        .arg(document->index()[row].frame);
    }
    counts_->setText(text);
}

void StatusLine::showLost() {
    const quint64 lost = viewer_.judged() ? viewer_.judged()->lost : 0;
    lost_->setVisible(lost > 0);
    lost_->setText(tr("%L1 lost").arg(lost));
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, alarmColor(palette()));
    lost_->setPalette(colors);
}

void StatusLine::showDialect() {
    const Row row = viewer_.currentRow();
    if (!viewer_.document() || row == no_row) {
        dialect_->clear();
        return;
    }
    const FrameIndex& index = viewer_.document()->index();
    const Dialect dialect = settledDialect(index, row);
    const std::string_view name = spelling(dialect.name);
    const QString minor =
        dialect.minor == 0 ? tr("version not known") : tr("7.%1").arg(dialect.minor);
    dialect_->setText(tr("connection %1: %2, %3")
                          .arg(static_cast<std::uint32_t>(index[row].conn))
                          .arg(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())))
                          .arg(minor));
    const Recognition* reason = index.recognition(index[row].epoch);
    dialect_->setToolTip(reason == nullptr ? tr("nothing in the capture tells the dialect")
                                           : QString::fromUtf8(reason->text));
}

// Of what the user asked for, if there is something, or else of the reading.
void StatusLine::showProgress() {
    const auto& document = viewer_.document();
    struct Work {
        bool goesOn;
        QString text;
        int percent;
    };
    const Work works[] = {
        {viewer_.isFiltering(), tr("Filtering"), filtered_},
        {viewer_.messages().isSorting(), tr("Sorting"), sorted_},
        {document && !document->isIndexed() && document->percentIndexed() < 100, tr("Reading"),
         document ? document->percentIndexed() : 0},
    };
    const auto* work = std::ranges::find(works, true, &Work::goesOn);
    const bool goesOn = work != std::end(works);
    for (QWidget* widget : {static_cast<QWidget*>(work_), static_cast<QWidget*>(progress_),
                            static_cast<QWidget*>(stop_)})
        widget->setVisible(goesOn);
    if (!goesOn)
        return;
    work_->setText(work->text);
    progress_->setValue(work->percent);
}

void StatusLine::stopWork() {
    if (viewer_.isFiltering())
        viewer_.cancelFilter();
    else if (viewer_.messages().isSorting())
        viewer_.messages().cancelSort();
    else if (viewer_.document())
        viewer_.document()->cancel();
}

} // namespace fusewire::gui
