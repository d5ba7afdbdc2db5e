// Command: the program of `capture -- COMMAND`. It is forked while we are still root and waits until
// the probe is attached; then it runs as the invoking user.
#pragma once

#include "capture/live/fd.h"
#include "capture/live/privileges.h"
#include "dissector/result.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace fusewire {

// How a command ended.
struct ExitStatus {
    int code = 0;   // exit code, if it was not killed
    int signal = 0; // the signal that killed it, else 0
};

class Command {
  public:
    struct Options {
        bool stdout_to_stderr = false; // our own standard output carries the capture
    };

    // Forks; the child waits. To be called before there are threads.
    [[nodiscard]] static Result<Command> prepare(std::vector<std::string> arguments,
                                                 const Identity& identity, Options options);

    Command(Command&&) noexcept = default;
    Command& operator=(Command&&) = delete;
    // A command that was not started never runs; one that was is left running.
    ~Command();

    // Lets the command run. Errc::usage if there is no such program, Errc::refused if it may not be
    // executed or its user could not be set.
    [[nodiscard]] Result<void> start();

    // Readable (poll, epoll) once the command has ended.
    int exit_fd() const { return pidfd_.get(); }

    pid_t pid() const { return pid_; }

    // Waits until the command has ended. The second call is an error.
    [[nodiscard]] Result<ExitStatus> wait();

  private:
    Command(std::string name, pid_t pid, Fd pidfd, Fd control)
        : name_(std::move(name)), pid_(pid), pidfd_(std::move(pidfd)),
          control_(std::move(control)) {}

    std::string name_;
    pid_t pid_;
    Fd pidfd_;
    Fd control_; // our end: "go" one way, an errno back if that failed
};

} // namespace fusewire
