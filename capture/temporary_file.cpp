#include "capture/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace fusewire {

namespace {

constexpr std::string_view suffix = ".pcapng";

// /tmp may be in memory, and captures are large.
std::string temporary_folder() {
    const char* folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder != '\0' ? folder : "/var/tmp";
}

} // namespace

Result<std::unique_ptr<TemporaryFile>> TemporaryFile::create(std::string what, Name name) {
    std::unique_ptr<TemporaryFile> file{new TemporaryFile(std::move(what), temporary_folder())};
    std::string path = file->folder_ + "/fusewire-XXXXXX";
    path += suffix;
    // Creates files with mode 0600.
    file->fd_ = mkostemps(path.data(), static_cast<int>(suffix.size()), O_CLOEXEC);
    if (file->fd_ < 0)
        return file->no_room();
    if (name == Name::none)
        unlink(path.c_str());
    else
        file->path_ = std::move(path);
    return file;
}

TemporaryFile::~TemporaryFile() {
    if (!path_.empty())
        unlink(path_.c_str());
    if (fd_ >= 0)
        close(fd_);
}

Result<void> TemporaryFile::append(Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t wrote = write(fd_, bytes.data(), bytes.size());
        if (wrote >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        else if (errno != EINTR)
            return no_room();
    }
    return {};
}

int TemporaryFile::release() {
    lseek(fd_, 0, SEEK_SET);
    return std::exchange(fd_, -1);
}

tl::unexpected<Error> TemporaryFile::no_room() const {
    const int reason = errno;
    return fail(
        Errc::io,
        fmt::format("cannot copy {} to a temporary file in {}: {}; set TMPDIR to another folder",
                    what_, folder_, std::strerror(reason)),
        reason);
}

} // namespace fusewire
