#include "gui/models/traffic_meter.h"

#include "dissector/escape.h"

#include <chrono>
#include <string>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr std::chrono::seconds interval{1};
constexpr int patience_ms = 3000;

// As little of each message as there can be.
const QStringList arguments{"capture",  "--until-stdin-closes", "-s", "64", "-T", "fields", "-e",
                            "fuse.conn"};

} // namespace

TrafficMeter::TrafficMeter(Launcher launcher, QObject* parent)
    : QObject(parent), launcher_(std::move(launcher)) {
    connect(&process_, &QProcess::readyReadStandardOutput, this, &TrafficMeter::count);
    connect(&process_, &QProcess::finished, this, &TrafficMeter::takeEnd);
    connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            takeEnd();
    });
    connect(&second_, &QTimer::timeout, this, [this] { emit counted(std::exchange(counts_, {})); });
}

TrafficMeter::~TrafficMeter() {
    process_.disconnect(this);
    stop();
    if (isRunning() && !process_.waitForFinished(patience_ms))
        process_.kill();
}

QString TrafficMeter::start() {
    if (isRunning())
        return {};
    command_ = launchCommand(launcher_, arguments);
    if (command_.program.isEmpty())
        return command_.problem;
    stopping_ = false;
    counts_.clear();
    process_.start(command_.program, command_.arguments);
    second_.start(interval);
    return {};
}

void TrafficMeter::stop() {
    stopping_ = true;
    second_.stop();
    process_.closeWriteChannel();
}

void TrafficMeter::count() {
    while (process_.canReadLine()) {
        bool isNumber = false;
        const quint32 connection = process_.readLine().trimmed().toUInt(&isNumber);
        if (isNumber)
            ++counts_[connection];
    }
}

void TrafficMeter::takeEnd() {
    second_.stop();
    if (stopping_)
        return;
    const QByteArray said = process_.readAllStandardError().trimmed();
    const QByteArray last = said.mid(said.lastIndexOf('\n') + 1);
    std::string text;
    append_escaped(text, {last.constData(), static_cast<std::size_t>(last.size())});
    const QString known = launchFailure(command_, process_.exitCode());
    emit failed(!known.isEmpty() ? known
                : text.empty()   ? process_.errorString()
                                 : QString::fromStdString(text));
}

} // namespace fusewire::gui
