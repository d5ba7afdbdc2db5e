#include "gui/models/shell_command.h"

#include <QtGlobal>
#include <algorithm>
#include <array>

namespace fusewire::gui {

namespace {

#define TEXT(text) QT_TRANSLATE_NOOP("fusewire::gui::CommandWindow", text)

constexpr std::array<ShellCommand, 9> commands{{
    {TEXT("Messages, a line each"), "read", "", true},
    {TEXT("Messages with every field"), "read", "-V", true},
    {TEXT("Messages with every field and their bytes"), "read", "-V -x", true},
    {TEXT("Requests with their replies"), "read", "--pairs", true},
    {TEXT("Messages as JSON"), "read", "-T json", true},
    {TEXT("Findings"), "check", "", false},
    {TEXT("Statistics"), "stats", "", true},
    {TEXT("Nodes"), "nodes", "", false},
    {TEXT("File handles (fhandle)"), "fhandles", "", false},
}};

#undef TEXT

bool isPlain(QChar c) {
    return c.unicode() < 0x80 && (c.isLetterOrNumber() || QStringLiteral("_-./:@%+=,").contains(c));
}

} // namespace

std::span<const ShellCommand> shellCommands() {
    return commands;
}

QString shellQuoted(const QString& word) {
    if (!word.isEmpty() && std::ranges::all_of(word, isPlain))
        return word;
    QString quoted = word;
    return QLatin1Char('\'') + quoted.replace(QLatin1Char('\''), QLatin1String("'\\''")) +
           QLatin1Char('\'');
}

QString shellText(const ShellCommand& command, const QString& path, const QString& filter) {
    // What begins with a dash would be taken for an option.
    const QString file = path.startsWith('-') ? QStringLiteral("./") + path : path;
    QString text = QStringLiteral("fusewire %1 %2").arg(command.command, shellQuoted(file));
    if (*command.options != '\0')
        text += QLatin1Char(' ') + QLatin1String(command.options);
    if (command.filters && !filter.trimmed().isEmpty())
        text += QStringLiteral(" -Y ") + shellQuoted(filter);
    return text;
}

} // namespace fusewire::gui
