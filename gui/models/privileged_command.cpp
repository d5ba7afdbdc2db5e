#include "gui/models/privileged_command.h"

#include <sys/xattr.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace fusewire::gui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("PrivilegedCommand", text);
}

QString findFusewire() {
    const QString here = QCoreApplication::applicationDirPath();
    for (const char* beside : {"/fusewire", "/../cli/fusewire"}) {
        const QFileInfo file(here + beside);
        if (file.isExecutable() && file.isFile())
            return file.canonicalFilePath();
    }
    return QStandardPaths::findExecutable("fusewire");
}

// See docs/privileges.md, "Without sudo".
bool hasFileCapability(const QString& path) {
    return getxattr(QFile::encodeName(path).constData(), "security.capability", nullptr, 0) > 0;
}

struct Failure {
    const char* program;
    int exitCode;
    const char* text;
};
constexpr Failure failures[] = {
    {"pkexec", 126, QT_TRANSLATE_NOOP("PrivilegedCommand", "the password was not given")},
    {"pkexec", 127, QT_TRANSLATE_NOOP("PrivilegedCommand", "pkexec does not allow it")},
    {"sudo", 1,
     QT_TRANSLATE_NOOP(
         "PrivilegedCommand",
         "sudo does not allow it without a password; allow fusewire in sudoers with "
         "NOPASSWD, set SUDO_ASKPASS, or start the viewer from a terminal after sudo -v")},
};

} // namespace

Launcher Launcher::find() {
    Launcher launcher;
    launcher.fusewire = findFusewire();
    launcher.privileged = geteuid() == 0 || hasFileCapability(launcher.fusewire);
    launcher.pkexec = QStandardPaths::findExecutable("pkexec");
    launcher.sudo = QStandardPaths::findExecutable("sudo");
    launcher.desktop =
        qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
    launcher.askpass = qEnvironmentVariableIsSet("SUDO_ASKPASS");
    return launcher;
}

LaunchCommand launchCommand(const Launcher& launcher, const QStringList& arguments) {
    const QString& fusewire = launcher.fusewire;
    if (fusewire.isEmpty())
        return {{}, {}, tr("the program fusewire is neither beside the viewer nor in PATH")};
    if (launcher.privileged)
        return {fusewire, arguments, {}};
    if (!launcher.pkexec.isEmpty() && launcher.desktop)
        return {launcher.pkexec, QStringList{fusewire} + arguments, {}};
    // Without a terminal of its own sudo can ask nobody: it has to be told so, or it would wait.
    if (!launcher.sudo.isEmpty())
        return {launcher.sudo,
                QStringList{launcher.askpass ? "-A" : "-n", "--", fusewire} + arguments,
                {}};
    return {
        {},
        {},
        tr("capturing needs root, and there is neither pkexec with a desktop nor sudo; as root run "
           "fusewire capture -w FILE, then open and follow that file here")};
}

QString launchFailure(const LaunchCommand& command, int exitCode) {
    const QString program = QFileInfo(command.program).fileName();
    for (const Failure& failure : failures)
        if (program == QLatin1String(failure.program) && exitCode == failure.exitCode)
            return tr(failure.text);
    return {};
}

} // namespace fusewire::gui
