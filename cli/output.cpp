#include "cli/output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fusewire {

namespace {

// A terminal or pipe may have been made non-blocking by another program that shares it.
void wait_until_writable(int fd) {
    pollfd wanted{.fd = fd, .events = POLLOUT, .revents = 0};
    poll(&wanted, 1, -1);
}

} // namespace

Output::Output(int fd) : fd_(fd) {
    text_.reserve(2 * enough);
}

void Output::flush() {
    std::size_t done = 0;
    while (done < text_.size() && open()) {
        const ssize_t wrote = write(fd_, text_.data() + done, text_.size() - done);
        if (wrote >= 0)
            done += static_cast<std::size_t>(wrote);
        else if (errno == EAGAIN)
            wait_until_writable(fd_);
        else if (errno != EINTR)
            stop(errno);
    }
    text_.clear();
}

void Output::stop(int reason) {
    state_ = reason == EPIPE ? State::closed : State::failed;
    reason_ = reason;
}

Result<void> Output::finish() {
    flush();
    if (state_ == State::failed)
        return fail(Errc::io,
                    fmt::format("cannot write to standard output: {}", std::strerror(reason_)),
                    reason_);
    return {};
}

} // namespace fusewire
