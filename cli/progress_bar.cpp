#include "cli/progress_bar.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace fusewire {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 1s;
constexpr auto redraw_interval = 100ms;
constexpr int bar_width = 40;

bool goes_to_standard_error_terminal(int fd) {
    struct stat error {};
    struct stat other {};
    return fstat(STDERR_FILENO, &error) == 0 && fstat(fd, &other) == 0 && S_ISCHR(other.st_mode) &&
           error.st_rdev == other.st_rdev;
}

void write_error(std::string_view text) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

} // namespace

ProgressBar::ProgressBar(unsigned passes)
    : enabled_(isatty(STDERR_FILENO) == 1 && !goes_to_standard_error_terminal(STDOUT_FILENO)),
      passes_(passes), next_draw_(Clock::now() + patience) {}

void ProgressBar::look(const Progress& progress) {
    const auto now = Clock::now();
    if (now < next_draw_ || progress.total == 0)
        return;
    next_draw_ = now + redraw_interval;
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    draw((pass_ + std::min(share, 1.0)) / passes_);
}

void ProgressBar::draw(double share) {
    const int full = static_cast<int>(share * bar_width);
    write_error(
        fmt::format("\r[{:#>{}}{:>{}}] {:3.0f}% ", "", full, "", bar_width - full, 100 * share));
    drawn_ = true;
}

void ProgressBar::clear() {
    if (drawn_)
        write_error("\r\033[K");
    drawn_ = false;
}

} // namespace fusewire
