#include "capture/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fusewire::files {

namespace {

constexpr std::size_t write_size = 256 * 1024;
constexpr mode_t private_mode = S_IRUSR | S_IWUSR;

tl::unexpected<Error> system_error(std::string_view what, const std::string& name) {
    const int reason = errno;
    return fail(Errc::io, fmt::format("cannot {} {}: {}", what, name, std::strerror(reason)),
                reason);
}

} // namespace

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& path) {
    const bool standard_output = path == "-";
    // Truncated only once it is known to be private, see prepare().
    const int fd = standard_output
                       ? STDOUT_FILENO
                       : open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, private_mode);
    if (fd < 0)
        return system_error("create", path);
    std::unique_ptr<OutputFile> file{
        new OutputFile(standard_output ? "standard output" : path, fd, !standard_output)};
    if (auto ready = file->prepare(); !ready)
        return tl::unexpected(ready.error());
    return file;
}

Result<void> OutputFile::prepare() {
    struct stat status {};
    if (fstat(fd_, &status) != 0)
        return system_error("write", name_);
    if (!S_ISREG(status.st_mode))
        return {};
    const bool open_to_others = (status.st_mode & 07777) != private_mode;
    if (owned_ && open_to_others && fchmod(fd_, private_mode) != 0)
        return system_error("make private (mode 0600)", name_);
    if (owned_ && ftruncate(fd_, 0) != 0)
        return system_error("truncate", name_);
    start_ = lseek(fd_, 0, (fcntl(fd_, F_GETFL) & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
    return {};
}

OutputFile::~OutputFile() {
    static_cast<void>(flush());
    if (owned_)
        close(fd_);
}

Result<void> OutputFile::commit() {
    if (!state_) {
        buffer_.clear();
        return state_;
    }
    marks_end_ = buffer_.size();
    marks_.push_back(marks_end_);
    return marks_end_ < write_size ? state_ : flush();
}

Result<void> OutputFile::flush() {
    std::size_t done = 0;
    while (state_ && done < marks_end_) {
        const ssize_t wrote = write(fd_, buffer_.data() + done, marks_end_ - done);
        if (wrote >= 0)
            done += static_cast<std::size_t>(wrote);
        else if (errno != EINTR)
            return give_up(errno, done);
    }
    if (!state_)
        return state_;
    written_ += done;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(done));
    marks_.clear();
    marks_end_ = 0;
    return {};
}

// What was written of a message that is not whole would be a damaged end.
Result<void> OutputFile::give_up(int reason, std::size_t done) {
    const auto after = std::ranges::upper_bound(marks_, done);
    const std::size_t whole = after == marks_.begin() ? 0 : *std::prev(after);
    written_ += whole;
    marks_end_ = 0;
    if (start_ >= 0 && ftruncate(fd_, start_ + static_cast<off_t>(written_)) == 0)
        lseek(fd_, 0, SEEK_END);
    state_ = fail(Errc::io,
                  fmt::format("cannot write {}: {}; it holds what was whole before", name_,
                              std::strerror(reason)),
                  reason);
    return state_;
}

} // namespace fusewire::files
