#include "cli/stop.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace fusewire {

namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t empty_input = -1; // takes the place of standard input
volatile std::sig_atomic_t wake_up = -1;

void ignore(int) {}

void on_stop(int signal) {
    const int kept = errno;
    received = signal;
    if (empty_input >= 0)
        dup2(empty_input, STDIN_FILENO);
    const std::uint64_t one = 1;
    if (wake_up >= 0) [[maybe_unused]]
        const auto written = write(wake_up, &one, sizeof one);
    errno = kept;
}

// A handler, unlike SIG_IGN, is not inherited by programs that we execute.
void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    return action.sa_handler == SIG_IGN;
}

} // namespace

void tame_write_signals() {
    handle(SIGPIPE, ignore, SA_RESTART);
    handle(SIGXFSZ, ignore, SA_RESTART);
}

void stop_on_signals() {
    wake_up = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    // A shell starts background jobs with SIGINT ignored, and scripts stop captures with it.
    handle(SIGINT, on_stop, SA_RESETHAND);
    handle(SIGTERM, on_stop, SA_RESETHAND);
    if (!is_ignored(SIGHUP)) // nohup
        handle(SIGHUP, on_stop, SA_RESETHAND);
}

void stop_reading_on_signals() {
    empty_input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    stop_on_signals();
}

bool stop_requested() {
    return received != 0;
}

int stop_fd() {
    return wake_up;
}

void end_as_signalled() {
    if (received == 0)
        return;
    std::signal(received, SIG_DFL);
    std::raise(received);
}

} // namespace fusewire
