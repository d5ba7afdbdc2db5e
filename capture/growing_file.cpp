#include "capture/growing_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace fusewire::files {

namespace {

// Asking for the size costs a microsecond, works on every file system, also over a network, and sees the
// file shrink, which no notification tells.
constexpr std::chrono::milliseconds shortest_pause{2};
constexpr std::chrono::milliseconds longest_pause{50};

} // namespace

GrowingFile::GrowingFile(int fd, std::uint64_t most, std::string name, GoOn go_on)
    : fd_(fd), most_(most), name_(std::move(name)), go_on_(std::move(go_on)) {}

Result<std::size_t> GrowingFile::read(std::span<std::byte> out) {
    const auto wanted = std::min<std::uint64_t>(out.size(), most_ - consumed_);
    ssize_t got = 0;
    do
        got = pread(fd_, out.data(), wanted, static_cast<off_t>(consumed_));
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(Errc::io, fmt::format("cannot read {}: {}", name_, std::strerror(errno)),
                    errno);
    consumed_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

Result<void> GrowingFile::rewind() {
    consumed_ = 0;
    over_ = false;
    complaint_.clear();
    return {};
}

Result<bool> GrowingFile::wait(std::uint64_t used, const std::function<void()>& idle) {
    for (auto pause = shortest_pause;; pause = std::min(2 * pause, longest_pause)) {
        auto more = look(used);
        if (!more || *more || over_)
            return more;
        if (!go_on_())
            return false;
        if (idle)
            idle();
        std::this_thread::sleep_for(pause);
    }
}

Result<bool> GrowingFile::look(std::uint64_t used) {
    struct stat status {};
    if (fstat(fd_, &status) != 0)
        return fail(Errc::io, fmt::format("cannot read {}: {}", name_, std::strerror(errno)),
                    errno);
    const auto there = static_cast<std::uint64_t>(status.st_size);
    if (there < used)
        return fail(Errc::io, fmt::format("{}: the file shrank to {} bytes while it was followed",
                                          name_, there));
    // A writer whose disk is full takes half a message back.
    consumed_ = std::min(consumed_, there);
    if (consumed_ == most_) {
        complaint_ = fmt::format("no more than {} bytes of a growing file are read", most_);
        over_ = true;
    } else if (there == consumed_ && status.st_nlink == 0) {
        complaint_ = "the file was removed while it was followed; what was read of it stays";
        over_ = true;
    }
    return there > consumed_ && !over_;
}

std::uint64_t GrowingFile::size() const {
    struct stat status {};
    return fstat(fd_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : consumed_;
}

} // namespace fusewire::files
