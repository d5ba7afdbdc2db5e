#include "capture/spooler.h"

#include "capture/byte_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

namespace fusewire {

namespace {

constexpr std::size_t part_size = 256 * 1024;

bool is_compressed(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::array<std::byte, 4> head{};
    const ssize_t got = fd < 0 ? -1 : read(fd, head.data(), head.size());
    if (fd >= 0)
        close(fd);
    return got > 0 && files::compression_of(Bytes{head}.first(static_cast<std::size_t>(got))) !=
                          files::Compression::none;
}

} // namespace

bool Spooler::is_needed(const std::string& path) {
    if (path == "-")
        return true;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode))
        return false;
    return !S_ISREG(status.st_mode) || is_compressed(path);
}

Result<std::unique_ptr<Spooler>> Spooler::start(std::string path) {
    auto file =
        TemporaryFile::create(path == "-" ? "standard input" : path, TemporaryFile::Name::kept);
    if (!file)
        return tl::unexpected(file.error());
    return std::unique_ptr<Spooler>(new Spooler(std::move(path), std::move(*file)));
}

Spooler::Spooler(std::string path, std::unique_ptr<TemporaryFile> file)
    : path_(std::move(path)), file_(std::move(file)), thread_([this] {
          outcome_ = copy_all();
          ended_.store(true, std::memory_order_release);
      }) {}

Spooler::~Spooler() {
    stopped_.store(true, std::memory_order_relaxed);
    thread_.join();
}

Result<void> Spooler::copy_all() {
    auto input =
        files::ByteInput::open(path_, [this] { return !stopped_.load(std::memory_order_relaxed); });
    if (!input)
        return tl::unexpected(input.error());
    std::vector<std::byte> part(part_size);
    while (!stopped_.load(std::memory_order_relaxed)) {
        const std::size_t got = (*input)->read(part);
        if (got == 0)
            break;
        if (auto written = file_->append(Bytes{part}.first(got)); !written)
            return written;
    }
    if (const auto failure = (*input)->failure())
        return tl::unexpected(*failure);
    if (const std::string complaint = (*input)->complaint(); !complaint.empty())
        return fail(Errc::damaged, fmt::format("{}: {}", (*input)->name(), complaint));
    return {};
}

} // namespace fusewire
