// Viewer: what a window of fusewire-gui is about: the capture, the display filter, the current message
// and its marked bytes, and what the checker found. Views ask and tell it, and keep no fact themselves.
#pragma once

#include "gui/models/capture_document.h"
#include "gui/models/judge.h"
#include "gui/models/judged_current.h"
#include "gui/models/message_list_model.h"
#include "gui/models/message_tree_model.h"
#include "gui/models/row_filter.h"
#include "gui/models/row_reader.h"
#include "gui/models/shown_rows.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <cstdint>
#include <memory>
#include <optional>

namespace fusewire::gui {

// Bytes of the current message; width 0: none.
struct ByteRange {
    std::uint32_t offset = 0;
    std::uint32_t width = 0;
    bool operator==(const ByteRange&) const = default;
};

class Viewer : public QObject {
    Q_OBJECT

  public:
    explicit Viewer(QObject* parent = nullptr);
    ~Viewer() override;

    // Shows another capture, with the filter that is set. Returns why not; what is open stays then.
    [[nodiscard]] QString open(const QString& path, Follow follow = Follow::no);
    void show(std::shared_ptr<CaptureDocument> document);
    // Null before anything is open.
    const std::shared_ptr<CaptureDocument>& document() const { return document_; }

    MessageListModel& messages() { return messages_; }
    const MessageListModel& messages() const { return messages_; }
    // What the list shows, as a set.
    const ShownRows& shownRows() const { return shownRows_; }
    // Of the current message.
    MessageTreeModel& fields() { return fields_; }

    // no_row: none. It need not be one of those that are listed.
    Row currentRow() const { return currentRow_; }
    // A moment later than currentRow(), when it was decoded; null before.
    const MessagePtr& currentMessage() const { return fields_.message(); }
    void setCurrentRow(Row row);
    // The same, and marks the field that holds the byte at `offset` of the message.
    void goTo(Row row, std::uint32_t offset);
    void goToFrame(std::uint64_t frame, std::optional<std::uint32_t> offset = std::nullopt);
    void goToPartner();
    const ByteRange& marked() const { return marked_; }
    void mark(ByteRange bytes);

    // An empty text shows all messages. False if the filter is wrong: nothing changes then.
    bool setFilter(const QString& text);
    const QString& filter() const { return filterText_; }
    // The filter has not yet been asked of all that is there.
    bool isFiltering() const { return filtering_; }
    // What was found until then stays.
    void cancelFilter();

    // Whether what is written behind the end of the file is shown. Beginning that opens the file again, at
    // the current message; false if it cannot be followed.
    bool setFollowing(bool follows);
    bool isFollowing() const { return document_ && document_->isFollowing(); }

    // Its marks and comments.
    AnnotationsModel& annotations() { return annotations_; }
    const AnnotationsModel& annotations() const { return annotations_; }

    // What the checker found so far; null before it began.
    const JudgedPtr& judged() const { return judged_; }
    // What it says of the current message.
    JudgedCurrent& judgedCurrent() { return judgedCurrent_; }
    // How much of the capture was judged, 0 to 100.
    int percentJudged() const { return percentJudged_; }
    // The next listed message behind `from`, in the order of the capture, with a finding at least this
    // bad; no_row: none. From no_row: the first or last of all.
    Row nextFinding(Row from, Severity least) const;
    Row previousFinding(Row from, Severity least) const;
    // Goes there from the current message, and marks the bytes; says so if there is none.
    void goToNextFinding(Severity least = Severity::warn);
    void goToPreviousFinding(Severity least = Severity::warn);

  signals:
    void documentChanged();
    // Of this document: it is followed no more.
    void followingChanged();
    void currentRowChanged(fusewire::Row row);
    void currentMessageChanged(const fusewire::gui::MessagePtr& message);
    void markedChanged(const fusewire::gui::ByteRange& bytes);
    // Another filter is set. The rows that it selects come by and by, see MessageListModel.
    void filterChanged(const QString& text);
    void filterProgressed(int percent);
    // A filter to be edited before it is applied, and a field that is wanted as a column.
    void filterPrepared(const QString& text);
    void columnWanted(const QString& field);
    // Also when it was cancelled. Of a growing file: all that is there was looked at, and rows may come.
    void filterFinished();
    void judgedChanged(const fusewire::gui::JudgedPtr& judged);
    void judgeProgressed(int percent);
    // Something to tell in passing, in a few words: what a command did, or found nothing to do.
    void said(const QString& text);
    // Something went wrong, which must not be overlooked.
    void failed(const QString& text);

  private:
    void takeMessage(const MessagePtr& message);
    void endFiltering();
    void markFieldAt(std::uint32_t offset);
    void startFilter();
    void connectFilter(const QPointer<RowFilter>& filter);
    void endFilter(const QString& error, quint64 undecided);
    void startJudge();
    template <class IsCloser>
    Row closestFinding(Severity least, IsCloser isCloser) const;
    void goToFinding(Row row);

    std::shared_ptr<CaptureDocument> document_;
    AnnotationsModel annotations_;
    MessageListModel messages_;
    ShownRows shownRows_{messages_};
    MessageTreeModel fields_;
    std::unique_ptr<RowReader> reader_;
    std::unique_ptr<RowFilter> filter_; // while it works, or waits for rows
    bool filtering_ = false;
    std::unique_ptr<Judge> judge_;
    JudgedPtr judged_;
    JudgedCurrent judgedCurrent_{*this};
    int percentJudged_ = 0;
    QString filterText_;
    Row currentRow_ = no_row;
    std::optional<std::uint32_t> wantedOffset_; // to mark when the message is there
    ByteRange marked_;
};

} // namespace fusewire::gui
