#include "gui/models/viewer.h"

#include <QPointer>

namespace fusewire::gui {

namespace {

// What may have been meant by a filter that selects nothing.
QString hintOf(const QString& filter) {
    const auto parsed = Filter::parse(filter.toStdString());
    const std::string_view hint = parsed ? parsed->hint() : std::string_view();
    return QString::fromUtf8(hint.data(), static_cast<qsizetype>(hint.size()));
}

} // namespace

Viewer::Viewer(QObject* parent) : QObject(parent), messages_(defaultColumns()) {
    qRegisterMetaType<MessagePtr>();
    qRegisterMetaType<RowBatch>();
    messages_.setAnnotations(annotations_);
    connect(this, &Viewer::judgedChanged, &messages_, &MessageListModel::setJudged);
}

Viewer::~Viewer() = default;

QString Viewer::open(const QString& path, Follow follow) {
    auto opened = CaptureDocument::open(path, follow);
    if (!opened)
        return QString::fromStdString(opened.error().message);
    show(std::move(*opened));
    return {};
}

void Viewer::show(std::shared_ptr<CaptureDocument> document) {
    filter_.reset();
    filtering_ = false;
    reader_.reset();
    judge_.reset();
    judged_.reset();
    currentRow_ = no_row;
    fields_.setMessage(nullptr);
    mark({});
    document_ = std::move(document);
    annotations_.setDocument(document_);
    messages_.setDocument(document_);
    reader_ = std::make_unique<RowReader>(document_->capture(), std::vector<Column>());
    const QPointer<RowReader> reader = reader_.get();
    connect(reader, &RowReader::messageRead, this, [this, reader](const MessagePtr& message) {
        if (reader)
            takeMessage(message);
    });
    percentJudged_ = 0;
    connect(document_.get(), &CaptureDocument::followingEnded, this, &Viewer::followingChanged);
    connect(document_.get(), &CaptureDocument::grew, this, [this] {
        if (currentRow_ == no_row && filterText_.isEmpty())
            setCurrentRow(0);
    });
    // The rows first: two readings at once would make both late.
    if (document_->isIndexed() || document_->isFollowing())
        startJudge();
    else
        connect(document_.get(), &CaptureDocument::indexed, this, &Viewer::startJudge);
    emit documentChanged();
    if (filterText_.isEmpty())
        setCurrentRow(0);
    else
        startFilter();
}

bool Viewer::setFollowing(bool follows) {
    if (!document_ || follows == document_->isFollowing())
        return document_ != nullptr;
    if (!follows) {
        document_->stopFollowing();
        return true;
    }
    if (document_->isCopy())
        return false; // of something that has ended
    const Row row = currentRow_;
    if (const QString error = open(document_->path(), Follow::yes); !error.isEmpty()) {
        emit failed(error);
        return false;
    }
    if (row != no_row)
        setCurrentRow(row);
    return true;
}

// What a judge of another capture said may still be on its way when it is gone.
void Viewer::startJudge() {
    judge_ = std::make_unique<Judge>(document_->input());
    const QPointer<Judge> judge = judge_.get();
    connect(judge, &Judge::judged, this, [this, judge](const JudgedPtr& judged) {
        if (!judge)
            return;
        judged_ = judged;
        emit judgedChanged(judged);
    });
    connect(judge, &Judge::progressed, this, [this, judge](int percent) {
        if (!judge)
            return;
        percentJudged_ = percent;
        emit judgeProgressed(percent);
    });
    judge_->start();
}

void Viewer::setCurrentRow(Row row) {
    if (!document_ || row >= document_->rows() || row == currentRow_)
        return;
    wantedOffset_.reset();
    currentRow_ = row;
    mark({});
    emit currentRowChanged(row);
    reader_->askMessage(row);
}

void Viewer::goTo(Row row, std::uint32_t offset) {
    setCurrentRow(row);
    if (currentRow_ != row)
        return;
    if (const MessagePtr& message = currentMessage(); message && message->row == row)
        markFieldAt(offset);
    else
        wantedOffset_ = offset;
}

void Viewer::goToFrame(std::uint64_t frame, std::optional<std::uint32_t> offset) {
    const Row row = document_ ? document_->index().row_of_frame(frame) : no_row;
    if (!document_ || row >= document_->rows())
        emit said(tr("there is no frame %1").arg(frame));
    else if (offset)
        goTo(row, *offset);
    else
        setCurrentRow(row);
}

void Viewer::goToPartner() {
    if (!document_ || currentRow_ == no_row)
        return;
    const FrameRow row = document_->index()[currentRow_];
    if (row.has_partner())
        setCurrentRow(row.partner);
    else
        emit said(tr("the capture has no request or reply of this message"));
}

// isCloser(row, found): the row lies in the direction of the search, and before what was found.
template <class IsCloser>
Row Viewer::closestFinding(Severity least, IsCloser isCloser) const {
    Row found = no_row;
    if (!judged_ || !document_)
        return found;
    for (const auto& [frame, worst] : judged_->frames) {
        if (worst.severity < least)
            continue;
        const Row row = document_->index().row_of_frame(frame);
        if (row < document_->rows() && isCloser(row, found) && shownRows_.contains(row))
            found = row;
    }
    return found;
}

Row Viewer::nextFinding(Row from, Severity least) const {
    return closestFinding(least, [from](Row row, Row found) {
        return (from == no_row || row > from) && row < found;
    });
}

Row Viewer::previousFinding(Row from, Severity least) const {
    return closestFinding(least, [from](Row row, Row found) {
        return row < from && (found == no_row || row > found);
    });
}

void Viewer::goToNextFinding(Severity least) {
    const Row row = nextFinding(currentRow_, least);
    if (row == no_row)
        emit said(tr("no finding further down"));
    else
        goToFinding(row);
}

void Viewer::goToPreviousFinding(Severity least) {
    const Row row = previousFinding(currentRow_, least);
    if (row == no_row)
        emit said(tr("no finding further up"));
    else
        goToFinding(row);
}

// Of one that came before only the message is known, not the bytes.
void Viewer::goToFinding(Row row) {
    const std::uint64_t frame = document_->index()[row].frame;
    const Judgement* worst = nullptr;
    for (const Judgement& finding : judged_->findings)
        if (finding.frame == frame && (worst == nullptr || finding.severity > worst->severity))
            worst = &finding;
    if (worst != nullptr)
        goTo(row, worst->sighting.offset);
    else
        setCurrentRow(row);
}

void Viewer::takeMessage(const MessagePtr& message) {
    if (message->row != currentRow_)
        return;
    fields_.setMessage(message);
    emit currentMessageChanged(message);
    if (!message->error.isEmpty())
        emit failed(message->error);
    if (wantedOffset_)
        markFieldAt(*std::exchange(wantedOffset_, std::nullopt));
}

void Viewer::markFieldAt(std::uint32_t offset) {
    const QModelIndex field = fields_.fieldAt(offset);
    mark(field.isValid()
             ? ByteRange{field.data(OffsetRole).toUInt(), field.data(WidthRole).toUInt()}
             : ByteRange{offset, 1});
}

void Viewer::mark(ByteRange bytes) {
    if (bytes == marked_)
        return;
    marked_ = bytes;
    emit markedChanged(marked_);
}

bool Viewer::setFilter(const QString& text) {
    if (!text.isEmpty() && !Filter::parse(text.toStdString()))
        return false;
    filterText_ = text;
    emit filterChanged(text);
    startFilter();
    return true;
}

void Viewer::startFilter() {
    filter_.reset();
    filtering_ = false;
    if (!document_)
        return;
    if (filterText_.isEmpty()) {
        messages_.setRows(std::nullopt);
        emit filterFinished();
        return;
    }
    messages_.setRows(std::vector<Row>());
    filter_ = std::make_unique<RowFilter>(document_->capture(), document_->input(),
                                          std::move(*Filter::parse(filterText_.toStdString())),
                                          annotations_.unsaved());
    connectFilter(filter_.get());
    filtering_ = true;
    filter_->start();
}

// What a filter said before it was dropped may still be on its way when it is gone.
void Viewer::connectFilter(const QPointer<RowFilter>& filter) {
    connect(filter, &RowFilter::found, this, [this, filter](const RowBatch& rows) {
        if (!filter)
            return;
        messages_.appendRows(rows);
        if (currentRow_ == no_row && !rows.empty())
            setCurrentRow(rows.front());
    });
    connect(filter, &RowFilter::progressed, this, [this, filter](int percent) {
        if (filter)
            emit filterProgressed(percent);
    });
    connect(filter, &RowFilter::caughtUp, this, [this, filter] {
        if (!filter)
            return;
        emit filterProgressed(100);
        endFiltering();
    });
    connect(filter, &RowFilter::finished, this,
            [this, filter](const QString& error, quint64 undecided) {
                if (filter)
                    endFilter(error, undecided);
            });
}

void Viewer::endFilter(const QString& error, quint64 undecided) {
    const QString hint = messages_.rowCount() == 0 ? hintOf(filterText_) : QString();
    filter_.reset();
    filtering_ = false;
    emit filterFinished();
    if (!error.isEmpty())
        emit failed(error);
    else if (undecided > 0)
        emit said(tr("messages left out, of which the filter cannot tell: %Ln", nullptr,
                     static_cast<int>(std::min<quint64>(undecided, INT_MAX))));
    else if (!hint.isEmpty())
        emit said(tr("no message is selected; %1").arg(hint));
}

void Viewer::endFiltering() {
    if (std::exchange(filtering_, false))
        emit filterFinished();
}

void Viewer::cancelFilter() {
    filter_.reset();
    endFiltering();
}

} // namespace fusewire::gui
