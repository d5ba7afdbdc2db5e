#include "capture/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace fusewire::files {

namespace {

constexpr std::size_t part_size = 1024 * 1024;

// /tmp may be in memory, and captures are large.
std::string temporary_folder() {
    const char* folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder != '\0' ? folder : "/var/tmp";
}

tl::unexpected<Error> no_room(const std::string& name, const std::string& folder) {
    const int reason = errno;
    return fail(
        Errc::io,
        fmt::format("cannot copy {} to a temporary file in {}: {}; set TMPDIR to another folder",
                    name, folder, std::strerror(reason)),
        reason);
}

class TemporaryFile {
  public:
    // mkostemp() creates files with mode 0600.
    explicit TemporaryFile(std::string folder) : folder_(std::move(folder)) {
        std::string path = folder_ + "/fusewire-XXXXXX";
        fd_ = mkostemp(path.data(), O_CLOEXEC);
        if (fd_ >= 0)
            unlink(path.c_str());
    }
    ~TemporaryFile() {
        if (fd_ >= 0)
            close(fd_);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    bool is_open() const { return fd_ >= 0; }
    const std::string& folder() const { return folder_; }

    bool write(Bytes bytes) const {
        while (!bytes.empty()) {
            const ssize_t wrote = ::write(fd_, bytes.data(), bytes.size());
            if (wrote >= 0)
                bytes = bytes.subspan(static_cast<std::size_t>(wrote));
            else if (errno != EINTR)
                return false;
        }
        return true;
    }

    // From the beginning; the caller closes it.
    int release() {
        lseek(fd_, 0, SEEK_SET);
        return std::exchange(fd_, -1);
    }

  private:
    std::string folder_;
    int fd_ = -1;
};

} // namespace

Result<std::unique_ptr<ByteInput>> spool(ByteInput& input, const GoOn& go_on) {
    TemporaryFile file(temporary_folder());
    if (!file.is_open())
        return no_room(input.name(), file.folder());
    for (Bytes part = input.peek(part_size); !part.empty(); part = input.peek(part_size)) {
        if (go_on && !go_on(input.progress()))
            return fail(Errc::io, fmt::format("{}: stopped while it was copied", input.name()));
        if (!file.write(part))
            return no_room(input.name(), file.folder());
        input.skip(part.size());
    }
    const auto failure = input.failure();
    return ByteInput::adopt(file.release(), input.name(),
                            failure ? failure->message : input.complaint());
}

} // namespace fusewire::files
