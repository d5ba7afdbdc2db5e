// AnnotationsModel: the marks and comments of a capture, as its file has them and as they were changed
// since; and how they are saved (capture/annotate.h).
#pragma once

#include "capture/annotate.h"
#include "gui/models/capture_document.h"
#include "gui/models/task.h"
#include "gui/models/unsaved_notes.h"

#include <QObject>
#include <QString>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace fusewire::gui {

struct Note {
    bool marked = false;
    QString comment;
    bool operator==(const Note&) const = default;
};

class AnnotationsModel : public QObject {
    Q_OBJECT

  public:
    AnnotationsModel();
    ~AnnotationsModel() override;

    // Forgets all, and reads those of another capture when it is indexed.
    void setDocument(std::shared_ptr<CaptureDocument> document);

    Note at(std::uint64_t frame) const;
    void setMarked(const std::vector<std::uint64_t>& frames, bool marked);
    void setComment(std::uint64_t frame, const QString& comment);
    QString captureComment() const { return changedCapture_.value_or(savedCapture_); }
    void setCaptureComment(const QString& comment);
    // The nearest marked frame behind or before this one; 0: there is none.
    std::uint64_t nextMark(std::uint64_t frame, bool forward) const;
    std::vector<std::uint64_t> marks() const;
    // What filters do not find in the file.
    UnsavedNotes unsaved() const {
        return changed_.empty() ? UnsavedNotes() : UnsavedNotes(changed_);
    }

    // Not everything is in a file of the user's: changes, or the messages themselves.
    bool isModified() const;
    // Where save() writes by itself; empty: only where it is told to.
    QString file() const;
    // Writes all of it to a file, which may be the one that is open, in a thread, as soon as the capture has
    // come to its end; saved() tells how it ended. What is changed meanwhile is not in it.
    void save(const QString& path);
    bool isSaving() const { return saving_ != nullptr; }

  signals:
    void changed();
    void saveProgressed(int percent);
    void saved(const QString& path, const QString& error);

  private:
    using Notes = std::map<std::uint64_t, Note>;

    bool isOnlyHere() const;
    void tellGrowth();
    void read();
    void change(std::uint64_t frame, const PacketNote& note);
    Annotations changes() const;
    void endSave(const QString& path, const Annotations& written, const QString& error);

    std::shared_ptr<CaptureDocument> document_;
    QString path_; // of the file that has what saved_ says
    bool toldGrowth_ = false;
    Notes saved_;
    QString savedCapture_;
    std::map<std::uint64_t, PacketNote> changed_;
    std::optional<QString> changedCapture_;
    std::unique_ptr<Task> reading_;
    std::unique_ptr<Task> saving_;
};

} // namespace fusewire::gui
