// TrafficMeter: counts the messages of each connection in each second. It takes a capture to see them, so a
// second fusewire runs with privileges while somebody wants to know; it keeps headers only and writes one
// number for each message.
#pragma once

#include "gui/models/privileged_command.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QProcess>
#include <QTimer>

namespace fusewire::gui {

// Messages in the second that has passed, by connection.
using TrafficCounts = QHash<quint32, quint32>;

class TrafficMeter : public QObject {
    Q_OBJECT

  public:
    explicit TrafficMeter(Launcher launcher = Launcher::find(), QObject* parent = nullptr);
    ~TrafficMeter() override;

    // Why not, where it shows at once; otherwise counted() or failed() follow.
    [[nodiscard]] QString start();
    void stop();
    bool isRunning() const { return process_.state() != QProcess::NotRunning; }

  signals:
    // Once a second, from the first message or second on.
    void counted(const QHash<quint32, quint32>& messages);
    void failed(const QString& text);

  private:
    void count();
    void takeEnd();

    Launcher launcher_;
    LaunchCommand command_;
    QProcess process_;
    QTimer second_;
    TrafficCounts counts_;
    bool stopping_ = false;
};

} // namespace fusewire::gui
