#include "gui/models/live_capture.h"

#include "dissector/escape.h"

#include <QFileInfo>
#include <chrono>
#include <string>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr std::chrono::milliseconds look_interval{30};
constexpr int patience_ms = 3000; // at the end of the viewer
constexpr int killed_by = 128;    // exit codes above it are signals, as shells and sudo tell them
constexpr qsizetype most_lines = 500;
constexpr std::string_view own_prefix = "fusewire: ";

void addOption(QStringList& arguments, const char* option, const QString& value) {
    if (!value.isEmpty())
        arguments << option << value;
}

} // namespace

QStringList captureArguments(const LiveChoice& choice) {
    QStringList arguments{"capture", "-w", "-", "--until-stdin-closes"};
    addOption(arguments, "--opcode", choice.opcodes);
    addOption(arguments, "--pid", choice.pids);
    addOption(arguments, "--uid", choice.uids);
    addOption(arguments, "-a", choice.stopAfter);
    addOption(arguments, "--tier", choice.tier);
    if (choice.snapLength != 0)
        arguments << "-s" << QString::number(choice.snapLength);
    if (choice.noFileData)
        arguments << "--data-bytes"
                  << "0";
    if (choice.errorsOnly)
        arguments << "--errors";
    return arguments + choice.targets;
}

LiveCapture::LiveCapture(Launcher launcher, QObject* parent)
    : QObject(parent), launcher_(std::move(launcher)) {
    process_.setReadChannel(QProcess::StandardError);
    connect(&process_, &QProcess::readyReadStandardError, this, &LiveCapture::readLines);
    connect(&process_, &QProcess::finished, this, &LiveCapture::takeEnd);
    connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            takeStartError();
    });
    connect(&looking_, &QTimer::timeout, this, &LiveCapture::look);
}

LiveCapture::~LiveCapture() {
    process_.disconnect(this);
    if (process_.state() == QProcess::NotRunning)
        return;
    process_.closeWriteChannel();
    if (!process_.waitForFinished(patience_ms))
        process_.kill();
}

QString LiveCapture::start(const LiveChoice& choice) {
    if (isActive())
        return tr("a capture goes on already");
    choice_ = choice;
    hasChoice_ = true;
    command_ = launchCommand(launcher_, captureArguments(choice));
    if (command_.program.isEmpty())
        return command_.problem;
    auto copy = TemporaryFile::create("the capture", TemporaryFile::Name::kept);
    if (!copy)
        return QString::fromStdString(copy.error().message);
    copy_ = std::move(*copy);
    document_.reset();
    lines_.clear();
    milliseconds_ = 0;
    time_.start();
    // Into the file at once: there is nothing to copy, and no thread that would have to keep up.
    process_.setStandardOutputFile(QString::fromStdString(copy_->path()), QIODevice::Append);
    setState(State::starting);
    process_.start(command_.program, command_.arguments);
    looking_.start(look_interval);
    return {};
}

// A process of another user can be sent no signal, but sees that its standard input ends.
void LiveCapture::stop() {
    again_ = false;
    if (state_ != State::starting && state_ != State::running)
        return;
    setState(State::stopping);
    process_.closeWriteChannel();
}

void LiveCapture::restart() {
    if (!hasChoice_)
        return;
    if (isActive()) {
        stop();
        again_ = true;
    } else if (const QString problem = start(LiveChoice(choice_)); !problem.isEmpty()) {
        emit failed(problem);
    }
}

qint64 LiveCapture::seconds() const {
    return (isActive() ? time_.elapsed() : milliseconds_) / 1000;
}

qint64 LiveCapture::bytes() const {
    return copy_ ? QFileInfo(QString::fromStdString(copy_->path())).size() : 0;
}

void LiveCapture::setState(State state) {
    state_ = state;
    emit stateChanged();
}

void LiveCapture::readLines() {
    while (process_.canReadLine())
        takeLine(process_.readLine());
}

// Names of mounts and processes are in it: whatever somebody called them.
void LiveCapture::takeLine(const QByteArray& line) {
    std::string_view text(line.constData(), static_cast<std::size_t>(line.trimmed().size()));
    if (text.starts_with(own_prefix))
        text.remove_prefix(own_prefix.size());
    if (text.empty() || lines_.size() >= most_lines)
        return;
    std::string escaped;
    append_escaped(escaped, text);
    lines_ << QString::fromStdString(escaped);
    if (state_ == State::running)
        emit said(lines_.last());
}

// What comes first is written when the probe is attached.
void LiveCapture::look() {
    if (!document_ && bytes() > 0)
        showDocument();
}

void LiveCapture::showDocument() {
    auto document = CaptureDocument::followCopy(copy_, title());
    if (!document) {
        emit failed(QString::fromStdString(document.error().message));
        return stop();
    }
    document_ = std::move(*document);
    looking_.stop();
    if (state_ == State::starting)
        setState(State::running);
    emit captureBegan(document_);
}

QString LiveCapture::title() const {
    const QString what = choice_.title.isEmpty() ? choice_.targets.join(", ") : choice_.title;
    return what.isEmpty() ? tr("every connection") : what;
}

void LiveCapture::takeStartError() {
    looking_.stop();
    milliseconds_ = time_.elapsed();
    setState(State::idle);
    emit failed(tr("cannot start %1: %2").arg(command_.program, process_.errorString()));
}

void LiveCapture::takeEnd(int exitCode, QProcess::ExitStatus status) {
    const bool asked = state_ == State::stopping;
    const QList<QByteArray> rest = process_.readAllStandardError().split('\n');
    for (const QByteArray& line : rest)
        takeLine(line);
    look();
    looking_.stop();
    milliseconds_ = time_.elapsed();
    if (document_)
        document_->stopFollowing();
    setState(State::idle);
    if (status == QProcess::NormalExit && exitCode == 0)
        emit said(lines_.isEmpty() ? tr("the capture has ended") : lines_.last());
    else if (!asked || document_)
        emit failed(whyEnded(exitCode, status));
    if (std::exchange(again_, false))
        restart();
}

QString LiveCapture::whyEnded(int exitCode, QProcess::ExitStatus status) const {
    QString reason = launchFailure(command_, exitCode);
    if (status == QProcess::CrashExit)
        reason = tr("the capturing process was killed");
    else if (exitCode > killed_by)
        reason = tr("the capturing process was killed by signal %1").arg(exitCode - killed_by);
    else if (!lines_.isEmpty() && (reason.isEmpty() || document_))
        reason = lines_.last();
    else if (reason.isEmpty())
        reason = tr("the capturing process ended with status %1").arg(exitCode);
    return document_ ? tr("%1; what was captured until then stays").arg(reason) : reason;
}

} // namespace fusewire::gui
