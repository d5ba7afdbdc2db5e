// CaptureDocument: an open capture file. It is indexed behind the window's back; what is known so far
// can be shown at once. A file that is still being written can be followed.
#pragma once

#include "capture/indexer.h"
#include "capture/spooler.h"
#include "gui/models/capture_input.h"

#include <QObject>
#include <QString>
#include <QTimer>
#include <atomic>
#include <memory>

namespace fusewire::gui {

// Whether what is written behind the end of the file later is shown too.
enum class Follow : bool { no, yes };

class CaptureDocument : public QObject {
    Q_OBJECT

  public:
    // A pipe ("-" is standard input) and a compressed file are copied to a private temporary file, which
    // is followed until its end; others as `follow` says. Errors as Indexer::open(), as far as they show
    // at once; the others come with indexed().
    [[nodiscard]] static Result<std::unique_ptr<CaptureDocument>> open(const QString& path,
                                                                       Follow follow = Follow::no);
    // Follows a file that something else fills and that goes with the document, known as `title`.
    [[nodiscard]] static Result<std::unique_ptr<CaptureDocument>>
    followCopy(std::shared_ptr<TemporaryFile> copy, const QString& title);
    ~CaptureDocument() override;

    // Of the file that is read, which is a copy of what title() names if isCopy().
    const QString& path() const { return path_; }
    bool isCopy() const { return spooler_ || copy_; }
    // Of what nobody else has: a live capture, or what came through a pipe.
    bool isOnlyCopy() const { return isOnlyCopy_; }
    // What a user knows the capture by: the name of its file.
    QString title() const;
    CaptureInput input() const { return CaptureInput(path_.toStdString(), following_); }
    std::shared_ptr<const Indexer> capture() const { return indexer_; }
    const FrameIndex& index() const { return indexer_->index(); }
    // Rows that the models were told of.
    Row rows() const { return rows_; }
    // Of the file's bytes, 0 to 100.
    int percentIndexed() const;
    bool isIndexed() const { return indexed_; }
    // Stops the indexing; the rows so far stay.
    void cancel() { indexer_->cancel(); }

    // More may come behind the last row.
    bool isFollowing() const { return following_->load(std::memory_order_relaxed); }
    // What is there by now is the capture: indexed() comes when all of it is known.
    void stopFollowing();

  signals:
    void grew(fusewire::Row rows);
    // Dialects became known: rows may look different.
    void revised();
    // All of a file that is followed is indexed; more may come.
    void caughtUp();
    // stopFollowing() was called, or the file, the pipe or the capture has ended.
    void followingEnded();
    // The index is complete, or ends early with an error; there are `warnings` too.
    void indexed(const QString& error, const QStringList& warnings);

  private:
    CaptureDocument(QString path, std::shared_ptr<std::atomic<bool>> following,
                    std::unique_ptr<Indexer> indexer);
    [[nodiscard]] static Result<std::unique_ptr<CaptureDocument>> openWhole(const QString& path);
    [[nodiscard]] static Result<std::unique_ptr<CaptureDocument>> follow(const QString& path);
    void look();
    void finish();
    QString told(const std::string& message) const;

    QString path_;
    QString title_;                       // empty: that of the path
    std::shared_ptr<TemporaryFile> copy_; // null: not ours
    std::unique_ptr<Spooler> spooler_;    // null: nothing is copied
    std::shared_ptr<std::atomic<bool>> following_;
    std::shared_ptr<Indexer> indexer_;
    QTimer timer_;
    Row rows_ = 0;
    std::uint64_t revision_ = 0;
    bool isOnlyCopy_ = false;
    bool waits_ = false;
    bool indexed_ = false;
};

} // namespace fusewire::gui
