#include "tests/gui/desktop/desktop.h"

#include "tests/gui/waiting.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <QApplication>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QThread>
#include <csignal>
#include <cstdlib>
#include <vector>

namespace fusewire::gui {

namespace {

constexpr int start_ms = 20'000; // of an X server on a busy machine

bool isThere(const char* program) {
    return !QStandardPaths::findExecutable(program).isEmpty();
}

// A program that ends with this process; `kept` stays open in it.
pid_t launch(std::vector<const char*> arguments, int kept) {
    const pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int nothing = open("/dev/null", O_RDWR);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        dup2(nothing, fd);
    if (kept >= 0)
        fcntl(kept, F_SETFD, 0);
    arguments.push_back(nullptr);
    execvp(arguments.front(), const_cast<char* const*>(arguments.data()));
    _exit(127);
}

// The number that an X server writes to `fd` once it takes clients.
std::optional<QByteArray> displayNumber(int fd) {
    QByteArray text;
    char byte = 0;
    pollfd ready{fd, POLLIN, 0};
    while (poll(&ready, 1, start_ms) == 1 && read(fd, &byte, 1) == 1) {
        if (byte == '\n')
            return text;
        text.append(byte);
    }
    return std::nullopt;
}

// Before it is there, no window can get the keyboard; it is the one that numbers the desktops.
bool waitForManager() {
    const QDeadlineTimer deadline(start_ms);
    while (!deadline.hasExpired()) {
        QProcess ask;
        ask.start("xdotool", {"get_desktop"});
        if (ask.waitForFinished() && ask.exitCode() == 0)
            return true;
        QThread::msleep(20);
    }
    return false;
}

} // namespace

std::optional<QString> Desktop::start() {
    for (const char* program : {"Xvfb", "openbox", "xdotool"})
        if (!isThere(program))
            return QStringLiteral("%1 is not installed: scripts/install-deps gui").arg(program);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return QStringLiteral("no pipe");
    const QByteArray fd = QByteArray::number(ends[1]);
    launch(
        {"Xvfb", "-displayfd", fd.constData(), "-screen", "0", "1500x1000x24", "-nolisten", "tcp"},
        ends[1]);
    close(ends[1]);
    const auto number = displayNumber(ends[0]);
    close(ends[0]);
    if (!number)
        return QStringLiteral("Xvfb did not start");
    qputenv("DISPLAY", ":" + *number);
    qputenv("QT_QPA_PLATFORM", "xcb");
    launch({"openbox"}, -1);
    return waitForManager() ? std::nullopt
                            : std::optional(QStringLiteral("the window manager did not start"));
}

void Desktop::run(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    waitUntil([&] { return process.state() == QProcess::NotRunning; });
}

void Desktop::click(const QWidget& widget, const QPoint& point, int button) {
    const QPoint place = widget.mapToGlobal(point);
    const QString x = QString::number(place.x());
    const QString y = QString::number(place.y());
    // --sync waits for a move, for ever where the pointer is there already.
    run("xdotool", {"mousemove", QString::number(place.x() + 1), y, "mousemove", "--sync", x, y,
                    "click", QString::number(button)});
}

void Desktop::press(const QString& key) {
    run("xdotool", {"key", "--clearmodifiers", key});
}

void Desktop::type(const QString& text) {
    run("xdotool", {"type", "--delay", "8", text});
}

void Desktop::activate(QWidget& window) {
    window.show();
    window.raise();
    window.activateWindow();
    waitUntil([&] { return window.isActiveWindow(); });
}

void Desktop::takePicture(const QString& name) {
    const QString folder = qEnvironmentVariable("FUSEWIRE_SCREENSHOTS");
    if (folder.isEmpty())
        return;
    QElapsedTimer painted; // views lay themselves out a moment later
    painted.start();
    waitUntil([&] { return painted.elapsed() > 200; });
    run("import", {"-window", "root", folder + "/" + name + ".png"});
}

} // namespace fusewire::gui
