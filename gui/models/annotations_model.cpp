#include "gui/models/annotations_model.h"

#include "dissector/comment_mark.h"

#include <algorithm>
#include <utility>

namespace fusewire::gui {

namespace {

struct ReadNotes {
    std::map<std::uint64_t, Note> notes;
    QString capture;
};

QString toQString(const std::string& text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

Note noteOf(std::string_view comment) {
    const MarkedComment parts = split_mark(comment);
    return {parts.marked, toQString(parts.text)};
}

// The index tells which messages have a comment, so that only these are read.
QString readNotes(const Indexer& capture, const std::string& path, ReadNotes& out,
                  const Task::Report& report) {
    constexpr Row rows_per_report = 65536;
    const FrameIndex& index = capture.index();
    const auto decoder = capture.decoder();
    for (Row row = 0; row < index.size(); ++row) {
        if (row % rows_per_report == 0 && !report(0))
            return {};
        const FrameRow frame = index[row];
        if (!frame.has(frame_comment))
            continue;
        const auto decoded = decoder->decode(row);
        if (!decoded)
            return toQString(decoded.error().message);
        out.notes[frame.frame] = noteOf(decoded->record.comment);
    }
    if (const auto comment = capture_comment(path))
        out.capture = toQString(*comment);
    return {};
}

Note changedNote(Note note, const PacketNote& change) {
    if (change.comment)
        note.comment = toQString(*change.comment);
    note.marked = change.marked.value_or(note.marked);
    return note;
}

} // namespace

AnnotationsModel::AnnotationsModel() = default;
AnnotationsModel::~AnnotationsModel() = default;

void AnnotationsModel::setDocument(std::shared_ptr<CaptureDocument> document) {
    reading_.reset();
    saving_.reset();
    saved_.clear();
    savedCapture_.clear();
    changed_.clear();
    changedCapture_.reset();
    document_ = std::move(document);
    path_ = document_ ? document_->path() : QString();
    toldGrowth_ = false;
    emit changed();
    if (!document_)
        return;
    connect(document_.get(), &CaptureDocument::grew, this, &AnnotationsModel::tellGrowth);
    tellGrowth();
    if (document_->isIndexed())
        read();
    else
        connect(document_.get(), &CaptureDocument::indexed, this, &AnnotationsModel::read);
}

// The first message of a live capture is something to be saved.
void AnnotationsModel::tellGrowth() {
    if (!std::exchange(toldGrowth_, document_->rows() > 0) && isOnlyHere())
        emit changed();
}

bool AnnotationsModel::isOnlyHere() const {
    return document_ && document_->isOnlyCopy() && document_->rows() > 0 &&
           path_ == document_->path();
}

void AnnotationsModel::read() {
    const auto found = std::make_shared<ReadNotes>();
    reading_ = std::make_unique<Task>(
        [capture = document_->capture(), path = path_.toStdString(),
         found](const Task::Report& report) { return readNotes(*capture, path, *found, report); });
    connect(reading_.get(), &Task::finished, this, [this, found, task = reading_.get()] {
        if (task != reading_.get())
            return;
        saved_ = found->notes;
        savedCapture_ = found->capture;
        emit changed();
    });
    reading_->start();
}

Note AnnotationsModel::at(std::uint64_t frame) const {
    const auto saved = saved_.find(frame);
    const auto change = changed_.find(frame);
    Note note = saved == saved_.end() ? Note() : saved->second;
    return change == changed_.end() ? note : changedNote(std::move(note), change->second);
}

// What is again as the file has it is no change.
void AnnotationsModel::change(std::uint64_t frame, const PacketNote& note) {
    PacketNote& kept = changed_[frame];
    if (note.comment)
        kept.comment = note.comment;
    if (note.marked)
        kept.marked = note.marked;
    const auto saved = saved_.find(frame);
    const Note before = saved == saved_.end() ? Note() : saved->second;
    if (changedNote(before, kept) == before)
        changed_.erase(frame);
}

void AnnotationsModel::setMarked(const std::vector<std::uint64_t>& frames, bool marked) {
    for (const std::uint64_t frame : frames)
        change(frame, {std::nullopt, marked});
    emit changed();
}

void AnnotationsModel::setComment(std::uint64_t frame, const QString& comment) {
    if (at(frame).comment != comment)
        change(frame, {comment.toStdString(), std::nullopt});
    emit changed();
}

void AnnotationsModel::setCaptureComment(const QString& comment) {
    changedCapture_ = comment == savedCapture_ ? std::nullopt : std::optional(comment);
    emit changed();
}

std::vector<std::uint64_t> AnnotationsModel::marks() const {
    std::vector<std::uint64_t> frames;
    for (const auto& [frame, note] : saved_)
        if (at(frame).marked)
            frames.push_back(frame);
    for (const auto& [frame, change] : changed_)
        if (change.marked.value_or(false) && !saved_.contains(frame))
            frames.push_back(frame);
    std::ranges::sort(frames);
    return frames;
}

std::uint64_t AnnotationsModel::nextMark(std::uint64_t frame, bool forward) const {
    const std::vector<std::uint64_t> frames = marks();
    if (forward) {
        const auto next = std::ranges::upper_bound(frames, frame);
        return next == frames.end() ? 0 : *next;
    }
    const auto here = std::ranges::lower_bound(frames, frame);
    return here == frames.begin() ? 0 : *std::prev(here);
}

bool AnnotationsModel::isModified() const {
    return !changed_.empty() || changedCapture_.has_value() || isOnlyHere();
}

// What is written is pcapng, so it does not go where the name says something else.
QString AnnotationsModel::file() const {
    const bool isCopy = document_ && document_->isCopy() && path_ == document_->path();
    const bool isPcapng = path_.endsWith(QLatin1String(".pcapng"), Qt::CaseInsensitive);
    return isPcapng && !isCopy ? path_ : QString();
}

Annotations AnnotationsModel::changes() const {
    Annotations all;
    all.packets = changed_;
    if (changedCapture_)
        all.capture = changedCapture_->toStdString();
    return all;
}

void AnnotationsModel::save(const QString& path) {
    if (!document_ || isSaving())
        return;
    if (!document_->isIndexed()) {
        connect(
            document_.get(), &CaptureDocument::indexed, this, [this, path] { save(path); },
            Qt::SingleShotConnection);
        return;
    }
    saving_ = std::make_unique<Task>([from = path_.toStdString(), to = path.toStdString(),
                                      changes = changes()](const Task::Report& report) {
        const auto done = annotate(from, to, changes, [&](Progress progress) {
            return report(
                progress.total == 0 ? 0 : static_cast<int>(progress.done * 100 / progress.total));
        });
        return done ? QString() : toQString(done.error().message);
    });
    connect(saving_.get(), &Task::progressed, this, &AnnotationsModel::saveProgressed);
    connect(saving_.get(), &Task::finished, this,
            [this, path, written = changes(), task = saving_.get()](const QString& error) {
                if (task == saving_.get())
                    endSave(path, written, error);
            });
    saving_->start();
}

void AnnotationsModel::endSave(const QString& path, const Annotations& written,
                               const QString& error) {
    saving_.release()->deleteLater(); // it is its signal that is being served
    if (error.isEmpty()) {
        path_ = path;
        for (const auto& [frame, change] : written.packets)
            saved_[frame] = changedNote(saved_[frame], change);
        if (written.capture)
            savedCapture_ = toQString(*written.capture);
        // What was changed while it was written remains.
        const auto rest = std::exchange(changed_, {});
        for (const auto& [frame, change] : rest)
            if (changedNote(saved_[frame], change) != saved_[frame])
                changed_[frame] = change;
        if (changedCapture_ == savedCapture_)
            changedCapture_.reset();
        emit changed();
    }
    emit saved(path, error);
}

} // namespace fusewire::gui
