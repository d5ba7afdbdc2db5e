#include "capture/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace fusewire {

namespace {

tl::unexpected<Error> system_error(const char* what, const std::string& path) {
    const int reason = errno;
    return fail(Errc::io, fmt::format("cannot {} {}: {}", what, path, std::strerror(reason)),
                reason);
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string("./") : path.substr(0, slash + 1);
}

// Where a symbolic link leads; the path itself, where nothing is.
std::string resolved(const std::string& path) {
    char* real = realpath(path.c_str(), nullptr);
    if (real == nullptr)
        return path;
    std::string found = real;
    std::free(real); // NOLINT(cppcoreguidelines-no-malloc): realpath() gives it so
    return found;
}

} // namespace

Result<NewFile> NewFile::beside(const std::string& path) {
    std::string wanted = resolved(path);
    struct stat status {};
    if (stat(wanted.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        return fail(Errc::usage, fmt::format("{} is no regular file; name another", path));
    const std::string folder = folder_of(wanted);
    std::string temporary = fmt::format("{}.fusewire-XXXXXX", folder);
    const int fd = mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0)
        return system_error("create a file in", folder);
    close(fd);
    return NewFile(std::move(wanted), std::move(temporary));
}

NewFile::NewFile(NewFile&& other) noexcept
    : wanted_(std::move(other.wanted_)), temporary_(std::exchange(other.temporary_, {})) {}

NewFile::~NewFile() {
    if (!temporary_.empty())
        unlink(temporary_.c_str());
}

Error NewFile::failed(const Error& writing) const {
    if (writing.sys_errno == 0 || writing.message.find(temporary_) == std::string::npos)
        return writing;
    return {writing.code,
            fmt::format("cannot write {}: {}; nothing was changed", wanted_,
                        std::strerror(writing.sys_errno)),
            writing.sys_errno};
}

Result<void> NewFile::put_in_place() {
    const int fd = open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return system_error("open", temporary_);
    // Otherwise a crash could leave the new name with nothing in it.
    const bool synced = fsync(fd) == 0;
    const int reason = errno;
    close(fd);
    errno = reason;
    if (!synced || rename(temporary_.c_str(), wanted_.c_str()) != 0)
        return system_error("write", wanted_);
    temporary_.clear();
    return {};
}

} // namespace fusewire
