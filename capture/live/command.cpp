#include "capture/live/command.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace fusewire {

namespace {

constexpr int not_run = 127;

// What the child needs, all of it made before the fork.
struct Plan {
    std::vector<char*> arguments; // with a null at the end
    std::vector<char*> environment;
    const Identity* identity;
    bool stdout_to_stderr;
};

bool sets(std::string_view variable, std::string_view name) {
    return variable.starts_with(name) && variable.substr(name.size()).starts_with('=');
}

// The environment of the user that the command runs as; sudo leaves root's.
std::vector<std::string> environment_for(const Identity& identity) {
    std::vector<std::string> variables;
    const bool change = identity.changes && !identity.name.empty();
    for (char** variable = environ; *variable != nullptr; variable++)
        if (!change ||
            !(sets(*variable, "HOME") || sets(*variable, "USER") || sets(*variable, "LOGNAME")))
            variables.emplace_back(*variable);
    if (change) {
        variables.push_back("HOME=" + identity.home);
        variables.push_back("USER=" + identity.name);
        variables.push_back("LOGNAME=" + identity.name);
    }
    return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& string : strings)
        pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; signal++)
        std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Returns the errno of what failed; on success it does not return.
int execute(const Plan& plan) {
    if (plan.stdout_to_stderr && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return errno;
    if (const int error = become(*plan.identity); error != 0)
        return error;
    environ = const_cast<char**>(plan.environment.data());
    execvp(plan.arguments[0], plan.arguments.data());
    return errno;
}

[[noreturn]] void run_child(const Plan& plan, int control) {
    reset_signals();
    char go = 0;
    if (read(control, &go, 1) != 1)
        _exit(not_run); // the capture did not come about
    const int error = execute(plan);
    [[maybe_unused]] const auto sent = write(control, &error, sizeof(error));
    _exit(not_run);
}

} // namespace

Result<Command> Command::prepare(std::vector<std::string> arguments, const Identity& identity,
                                 Options options) {
    if (arguments.empty())
        return fail(Errc::usage, "no command after --");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(Errc::io, "cannot start a command: no socket pair", errno);
    Fd ours(ends[0]);
    Fd theirs(ends[1]);
    auto environment = environment_for(identity);
    const Plan plan{pointers_to(arguments), pointers_to(environment), &identity,
                    options.stdout_to_stderr};

    const pid_t pid = fork();
    if (pid < 0)
        return fail(Errc::io, "cannot start a command: fork failed", errno);
    if (pid == 0) {
        ours.reset();
        run_child(plan, theirs.get());
    }
    Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const int error = errno;
    Command command(arguments[0], pid, std::move(pidfd), std::move(ours));
    if (!command.pidfd_)
        return fail(Errc::unsupported, "cannot watch a command: pidfd_open failed", error);
    return command;
}

Command::~Command() {
    if (!control_ || pid_ <= 0)
        return;
    control_.reset(); // never started: its read() returns and it exits
    waitpid(pid_, nullptr, 0);
}

Result<void> Command::start() {
    const char go = 'g';
    int error = 0;
    // The socket closes when the command is executed; before that it carries an errno.
    if (send(control_.get(), &go, 1, MSG_NOSIGNAL) != 1)
        return fail(Errc::refused, fmt::format("{} was killed before it started", name_), errno);
    const auto got = recv(control_.get(), &error, sizeof(error), MSG_WAITALL);
    control_.reset();
    if (got == 0)
        return {};
    waitpid(pid_, nullptr, 0);
    const auto code = error == ENOENT ? Errc::usage : Errc::refused;
    return fail(code, fmt::format("cannot run {}: {}", name_, std::strerror(error)), error);
}

Result<ExitStatus> Command::wait() {
    int status = 0;
    pid_t ended = -1;
    do
        ended = waitpid(pid_, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        return fail(Errc::io, fmt::format("cannot wait for {}", name_), errno);
    if (WIFSIGNALED(status))
        return ExitStatus{.code = 0, .signal = WTERMSIG(status)};
    return ExitStatus{.code = WEXITSTATUS(status), .signal = 0};
}

} // namespace fusewire
