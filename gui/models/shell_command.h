// The terminal commands that print what the viewer shows.
#pragma once

#include <QString>
#include <span>

namespace fusewire::gui {

struct ShellCommand {
    const char* title;   // "Lines"
    const char* command; // of fusewire: "read"
    const char* options; // behind the file; "" none
    bool filters;        // takes -Y
};
std::span<const ShellCommand> shellCommands();

// As a shell takes it for one word.
QString shellQuoted(const QString& word);
QString shellText(const ShellCommand& command, const QString& path, const QString& filter);

} // namespace fusewire::gui
