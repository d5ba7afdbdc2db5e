// How fusewire is started with what a capture needs, by a viewer that has nothing: as root directly, through
// pkexec where a desktop can ask for a password, else through sudo.
#pragma once

#include <QString>
#include <QStringList>

namespace fusewire::gui {

// What there is to start it with.
struct Launcher {
    QString fusewire;        // absolute; empty: not found
    bool privileged = false; // we are root, or the file has the capability: nothing else is needed
    QString pkexec;          // empty: there is none
    QString sudo;
    bool desktop = false; // somebody can be asked by a window
    bool askpass = false; // sudo knows a program that asks

    // On this machine: beside the viewer, in a build tree, or in PATH.
    static Launcher find();
};

struct LaunchCommand {
    QString program; // empty: there is no way, and `problem` says so
    QStringList arguments;
    QString problem;
};

// `arguments` are those of fusewire.
LaunchCommand launchCommand(const Launcher& launcher, const QStringList& arguments);

// What it means that the command ended so, where that is known: a password that was not given, say.
QString launchFailure(const LaunchCommand& command, int exitCode);

} // namespace fusewire::gui
