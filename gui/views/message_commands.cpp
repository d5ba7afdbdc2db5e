// What the actions on messages do.
#include "gui/views/comment_dialog.h"
#include "gui/views/message_actions.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMessageBox>
#include <algorithm>

namespace fusewire::gui {

namespace {

constexpr std::size_t most_marked_at_once = 100'000;

} // namespace

void MessageActions::openFind() {
    findBar_->open();
}

void MessageActions::findNext() {
    findBar_->find(true);
}

void MessageActions::findPrevious() {
    findBar_->find(false);
}

void MessageActions::askFrame() {
    auto* dialog = new QInputDialog(window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName("goToFrame");
    dialog->setWindowTitle(tr("Go to frame"));
    dialog->setLabelText(tr("&Number of the frame:"));
    dialog->setInputMode(QInputDialog::IntInput);
    dialog->setIntRange(1, std::numeric_limits<int>::max());
    const QModelIndex current = panes_.list->currentIndex();
    dialog->setIntValue(std::max(1, current.data(FrameRole).toInt()));
    connect(dialog, &QInputDialog::intValueSelected, &viewer_,
            [this](int frame) { viewer_.goToFrame(static_cast<std::uint64_t>(frame)); });
    dialog->open();
}

void MessageActions::goToListed(int place) {
    if (place >= 0 && place < viewer_.messages().rowCount())
        viewer_.setCurrentRow(viewer_.messages().indexRow(place));
}

void MessageActions::goFirst() {
    goToListed(0);
}

void MessageActions::goLast() {
    goToListed(viewer_.messages().rowCount() - 1);
}

void MessageActions::goBack() {
    visits_.goBack();
}

void MessageActions::goForward() {
    visits_.goForward();
}

void MessageActions::goLike(const QString& filter, bool forward) {
    finder_.findOnce({filter, FindBy::filter}, forward);
}

void MessageActions::goOfNode(bool forward) {
    const MessagePtr& message = viewer_.currentMessage();
    if (message && message->nodeid)
        goLike(QStringLiteral("fuse.request.nodeid == %1").arg(*message->nodeid), forward);
    else
        emit viewer_.said(tr("this message is about no node"));
}

void MessageActions::goNextOfNode() {
    goOfNode(true);
}

void MessageActions::goPreviousOfNode() {
    goOfNode(false);
}

void MessageActions::goNextLikeField() {
    goLike(filterText(fieldTarget(), filterChoices().front(), {}), true);
}

void MessageActions::goPreviousLikeField() {
    goLike(filterText(fieldTarget(), filterChoices().front(), {}), false);
}

void MessageActions::wantColumn() {
    emit viewer_.columnWanted(fieldTarget().field);
}

// The selected messages; the current one, where none is.
std::vector<Row> MessageActions::selectedRows() const {
    std::vector<Row> rows;
    for (const QItemSelectionRange& range : panes_.list->selectionModel()->selection())
        for (int place = range.top(); place <= range.bottom(); ++place)
            rows.push_back(viewer_.messages().indexRow(place));
    if (rows.empty() && viewer_.currentRow() != no_row)
        rows.push_back(viewer_.currentRow());
    std::ranges::sort(rows);
    return rows;
}

std::uint64_t MessageActions::currentFrame() const {
    return viewer_.currentRow() == no_row ? 0
                                          : viewer_.document()->index()[viewer_.currentRow()].frame;
}

void MessageActions::toggleMarks() {
    const std::vector<Row> rows = selectedRows();
    if (rows.size() > most_marked_at_once)
        return emit viewer_.said(
            tr("at most %L1 messages are marked at once").arg(most_marked_at_once));
    std::vector<std::uint64_t> frames;
    for (const Row row : rows)
        frames.push_back(viewer_.document()->index()[row].frame);
    AnnotationsModel& notes = viewer_.annotations();
    const bool all =
        std::ranges::all_of(frames, [&](std::uint64_t frame) { return notes.at(frame).marked; });
    notes.setMarked(frames, !all);
}

void MessageActions::goToMark(bool forward) {
    const std::uint64_t frame = viewer_.annotations().nextMark(currentFrame(), forward);
    if (frame != 0)
        viewer_.goToFrame(frame);
    else
        emit viewer_.said(forward ? tr("there is no mark behind this message")
                                  : tr("there is no mark before this message"));
}

void MessageActions::goNextMark() {
    goToMark(true);
}

void MessageActions::goPreviousMark() {
    goToMark(false);
}

void MessageActions::editComment() {
    const std::uint64_t frame = currentFrame();
    auto* dialog = new CommentDialog(tr("Comment on message %1").arg(frame),
                                     viewer_.annotations().at(frame).comment, window_);
    connect(dialog, &CommentDialog::written, &viewer_,
            [this, frame](const QString& text) { viewer_.annotations().setComment(frame, text); });
    dialog->open();
}

void MessageActions::editCaptureComment() {
    auto* dialog = new CommentDialog(tr("Comment on the capture"),
                                     viewer_.annotations().captureComment(), window_);
    connect(dialog, &CommentDialog::written, &viewer_,
            [this](const QString& text) { viewer_.annotations().setCaptureComment(text); });
    dialog->open();
}

void MessageActions::save() {
    if (const QString file = viewer_.annotations().file(); !file.isEmpty())
        viewer_.annotations().save(file);
    else
        saveAs();
}

void MessageActions::saveAs() {
    auto* dialog = new QFileDialog(window_, tr("Save the capture with its marks and comments"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName("saveAs");
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix("pcapng");
    dialog->setNameFilter(tr("pcapng captures (*.pcapng)"));
    dialog->selectFile(QFileInfo(viewer_.document()->title()).completeBaseName() + ".pcapng");
    connect(dialog, &QFileDialog::fileSelected, &viewer_,
            [this](const QString& path) { viewer_.annotations().save(path); });
    dialog->open();
}

bool MessageActions::mayClose(const std::function<void()>& then) {
    if (!viewer_.annotations().isModified())
        return true;
    const auto answer = QMessageBox::question(
        window_, tr("Save the capture"),
        viewer_.document()->isOnlyCopy()
            ? tr("The captured messages are not in a file of yours yet. Save them?")
            : tr("Some marks or comments of this capture are not saved. Save them?"),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Save);
    if (answer == QMessageBox::Save) {
        connect(
            &viewer_.annotations(), &AnnotationsModel::saved, this,
            [this, then](const QString&, const QString& error) {
                if (error.isEmpty() && !viewer_.annotations().isModified())
                    then();
            },
            Qt::SingleShotConnection);
        emit endWanted();
        save();
    }
    return answer == QMessageBox::Discard;
}

} // namespace fusewire::gui
