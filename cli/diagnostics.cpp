#include "cli/diagnostics.h"

#include "cli/exit_code.h"

#include <unistd.h>

#include <string>

namespace fusewire {

namespace {

// Names are shown as they are, but for what would break the line or command the terminal.
std::string one_line(std::string_view text) {
    std::string line = "fusewire: ";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    line += '\n';
    return line;
}

} // namespace

void say(std::string_view text) {
    const std::string line = one_line(text);
    // Nobody is left to hear that standard error cannot be written.
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

int report(const Error& error) {
    say(error.message);
    return error.code == Errc::usage ? exit_usage : exit_failed;
}

} // namespace fusewire
