// LiveCapture: fusewire capturing in a process of its own, with privileges that the viewer does not have.
// What it writes goes straight into a private temporary file, which a document follows; what it says is
// passed on. Whatever becomes of the process, what it wrote stays.
#pragma once

#include "gui/models/capture_document.h"
#include "gui/models/privileged_command.h"

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTimer>
#include <memory>

namespace fusewire::gui {

// What is to be captured, as the options of `fusewire capture` say it.
struct LiveChoice {
    QStringList targets; // mount points or connection numbers; empty: every connection
    QString title;       // what they are for a user; empty: the targets
    QString opcodes;     // "READ,WRITE", "!READ"; empty: all
    QString pids;
    QString uids;
    bool errorsOnly = false;
    quint32 snapLength = 0;  // bytes of each message; 0: the whole
    bool noFileData = false; // of READ and WRITE
    QString stopAfter;       // "duration:60,size:1G"; empty: never by itself
    QString tier;            // empty: the best that works
    QString displayFilter;   // of what the window shows; everything is captured
};

// Those of fusewire, without its name.
QStringList captureArguments(const LiveChoice& choice);

class LiveCapture : public QObject {
    Q_OBJECT

  public:
    enum class State : int { idle, starting, running, stopping };

    explicit LiveCapture(Launcher launcher = Launcher::find(), QObject* parent = nullptr);
    // Ends a capture that goes on.
    ~LiveCapture() override;

    // Only when idle. Why not, where it shows at once; empty: it was started, and captureBegan() or
    // failed() follows.
    [[nodiscard]] QString start(const LiveChoice& choice);
    // What has been seen until then is still written.
    void stop();
    // The same choice once more, in a new document.
    void restart();

    State state() const { return state_; }
    bool isActive() const { return state_ != State::idle; }
    const LiveChoice& choice() const { return choice_; }
    bool hasChoice() const { return hasChoice_; }
    // Of the capture that goes on or was the last; null before anything came.
    const std::shared_ptr<CaptureDocument>& document() const { return document_; }
    // What the process said, line by line.
    const QStringList& lines() const { return lines_; }
    qint64 seconds() const;
    qint64 bytes() const;

  signals:
    void stateChanged();
    // The probe is attached; the document is empty, and grows.
    void captureBegan(const std::shared_ptr<fusewire::gui::CaptureDocument>& document);
    // In passing, and at the end of a capture that went well.
    void said(const QString& text);
    // It could not begin, or ended otherwise than it was asked to.
    void failed(const QString& text);

  private:
    void setState(State state);
    void readLines();
    void takeLine(const QByteArray& line);
    void look();
    void showDocument();
    void takeEnd(int exitCode, QProcess::ExitStatus status);
    void takeStartError();
    QString whyEnded(int exitCode, QProcess::ExitStatus status) const;
    QString title() const;

    Launcher launcher_;
    LaunchCommand command_;
    LiveChoice choice_;
    bool hasChoice_ = false;
    bool again_ = false; // restart() waits for the end
    State state_ = State::idle;
    QProcess process_;
    std::shared_ptr<TemporaryFile> copy_;
    std::shared_ptr<CaptureDocument> document_;
    QStringList lines_;
    QTimer looking_;
    QElapsedTimer time_;
    qint64 milliseconds_ = 0; // of a capture that is over
};

} // namespace fusewire::gui
