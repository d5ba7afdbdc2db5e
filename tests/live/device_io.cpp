#include "tests/live/device_io.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace fusewire::live_test {

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::size_t out_header = sizeof(fuse_out_header);

[[noreturn]] void fail_with(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// Sizes of the first pieces of a message; the last piece is the rest. Taken in turn.
using Split = std::vector<std::size_t>;

const Split request_splits[] = {
    {sizeof(fuse_in_header)},
    {sizeof(fuse_in_header), 40},
    {1, 38, 2, 4096},
    {sizeof(fuse_in_header), 1, 7, 3, 4093, 8191},
};

const Split reply_splits[] = {
    {out_header},
    {out_header, 1, 4095},
    {3, 5, 9, 2},
    {out_header, 128, 4096, 4097, 1, 60'000},
    Split(200, 16),
};

// Between the pieces of a message in memory.
constexpr std::size_t gap = 64;

// Lays the pieces of `size` bytes into `memory`; those that are not reached are left out.
std::vector<iovec> scatter(const Split& split, std::size_t size, Buffer& memory) {
    memory.resize(size + (split.size() + 1) * gap);
    std::vector<iovec> pieces;
    std::byte* at = memory.data();
    auto length = split.begin();
    while (size > 0) {
        const std::size_t piece = length == split.end() ? size : std::min(size, *length++);
        pieces.push_back({at, piece});
        at += piece + gap;
        size -= piece;
    }
    return pieces;
}

// Copies up to `size` bytes between the pieces and `flat`.
void gather(const std::vector<iovec>& pieces, std::byte* flat, std::size_t size) {
    for (const iovec& piece : pieces) {
        const std::size_t part = std::min(size, piece.iov_len);
        std::memcpy(flat, piece.iov_base, part);
        flat += part;
        size -= part;
    }
}

void spread(std::span<const std::byte> flat, const std::vector<iovec>& pieces) {
    for (const iovec& piece : pieces) {
        std::memcpy(piece.iov_base, flat.data(), piece.iov_len);
        flat = flat.subspan(piece.iov_len);
    }
}

std::vector<iovec> in_two(std::span<const std::byte> head, std::span<const std::byte> body) {
    const auto piece = [](std::span<const std::byte> bytes) {
        return iovec{const_cast<std::byte*>(bytes.data()), bytes.size()};
    };
    std::vector<iovec> pieces = {piece(head)};
    if (!body.empty())
        pieces.push_back(piece(body));
    return pieces;
}

int unnamed_file() {
    const auto directory = std::filesystem::temp_directory_path();
    const int fd = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        fail_with("a file without a name");
    return fd;
}

// The file's first bytes, of which no page is mapped yet; freed at once if it cannot be had.
class Mapping {
  public:
    Mapping(int file, std::size_t size)
        : size_(size), memory_(mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0)) {
        if (memory_ == MAP_FAILED)
            fail_with("mmap");
    }
    ~Mapping() { munmap(memory_, size_); }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    std::span<const std::byte> bytes() const {
        return {static_cast<const std::byte*>(memory_), size_};
    }

  private:
    std::size_t size_;
    void* memory_;
};

template <class Ways>
auto way_named(const Ways& ways, std::string_view name) {
    const auto found = std::ranges::find(ways, name, [](const auto& way) { return way.name; });
    if (found == std::end(ways))
        throw std::invalid_argument("no way over the device is called " + std::string(name));
    return &*found;
}

} // namespace

Pipe::Pipe(std::size_t size) {
    if (pipe2(ends_, O_CLOEXEC) != 0)
        fail_with("pipe");
    // Each page that holds a piece of the message needs a slot, and the kernel wants room for the
    // longest request before it gives any.
    const auto wanted = static_cast<int>(std::bit_ceil(size + 8 * page_size));
    if (fcntl(ends_[1], F_SETPIPE_SZ, wanted) < wanted)
        fail_with("a pipe for the longest message");
}

Pipe::~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
}

bool Pipe::take(std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t got = read(out(), bytes.data(), bytes.size());
        if (got <= 0)
            return false;
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

struct RequestReader::Way {
    std::string_view name;
    ssize_t (RequestReader::*get)();
    bool pipe = false;
};

const RequestReader::Way RequestReader::ways[] = {
    {"read", &RequestReader::by_read},
    {"readv", &RequestReader::by_readv},
    {"splice", &RequestReader::by_splice, true},
};

RequestReader::RequestReader(std::string_view way, int device, std::size_t room)
    : way_(way_named(ways, way)), device_(device), buffer_(room) {
    if (way_->pipe)
        pipe_.emplace(room);
}

std::span<const std::byte> RequestReader::next() {
    for (;;) {
        const ssize_t got = (this->*way_->get)();
        calls_++;
        if (got < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
            continue;
        if (got < static_cast<ssize_t>(sizeof(fuse_in_header)))
            return {};
        return std::span(buffer_).first(static_cast<std::size_t>(got));
    }
}

ssize_t RequestReader::by_read() {
    return read(device_, buffer_.data(), buffer_.size());
}

ssize_t RequestReader::by_readv() {
    const Split& split = request_splits[calls_ % std::size(request_splits)];
    const auto pieces = scatter(split, buffer_.size(), scattered_);
    const ssize_t got = readv(device_, pieces.data(), static_cast<int>(pieces.size()));
    if (got > 0)
        gather(pieces, buffer_.data(), static_cast<std::size_t>(got));
    return got;
}

ssize_t RequestReader::by_splice() {
    const ssize_t got = splice(device_, nullptr, pipe_->in(), nullptr, buffer_.size(), 0);
    if (got > 0 && !pipe_->take(std::span(buffer_).first(static_cast<std::size_t>(got))))
        fail_with("request in a pipe");
    return got;
}

struct ReplyWriter::Way {
    std::string_view name;
    ssize_t (ReplyWriter::*put)(std::span<const std::byte> reply);
    bool pipe = false;
    bool file = false;
};

const ReplyWriter::Way ReplyWriter::ways[] = {
    {.name = "write", .put = &ReplyWriter::by_write},
    {.name = "writev", .put = &ReplyWriter::by_writev},
    {.name = "splice", .put = &ReplyWriter::by_splice, .pipe = true},
    {.name = "move", .put = &ReplyWriter::by_move, .pipe = true, .file = true},
    {.name = "mapped", .put = &ReplyWriter::from_mapping, .file = true},
    {.name = "mapped-data", .put = &ReplyWriter::data_from_mapping, .file = true},
};

ReplyWriter::ReplyWriter(std::string_view way, int device, std::size_t room)
    : way_(way_named(ways, way)), device_(device) {
    if (way_->pipe)
        pipe_.emplace(room);
    if (way_->file)
        file_ = unnamed_file();
}

ReplyWriter::~ReplyWriter() {
    if (file_ >= 0)
        close(file_);
}

int ReplyWriter::write(std::span<const std::byte> reply) {
    const ssize_t put = (this->*way_->put)(reply);
    calls_++;
    return put < 0 ? -errno : 0;
}

ssize_t ReplyWriter::by_write(std::span<const std::byte> reply) {
    return ::write(device_, reply.data(), reply.size());
}

ssize_t ReplyWriter::by_writev(std::span<const std::byte> reply) {
    Buffer scattered;
    const Split& split = reply_splits[calls_ % std::size(reply_splits)];
    const auto pieces = scatter(split, reply.size(), scattered);
    spread(reply, pieces);
    return writev(device_, pieces.data(), static_cast<int>(pieces.size()));
}

// The kernel takes all or nothing, and has emptied the pipe in either case.
ssize_t ReplyWriter::send_pipe(std::size_t size, unsigned flags) {
    return splice(pipe_->out(), nullptr, device_, nullptr, size, flags);
}

ssize_t ReplyWriter::by_splice(std::span<const std::byte> reply) {
    const auto pieces = in_two(reply.first(out_header), reply.subspan(out_header));
    const ssize_t in = vmsplice(pipe_->in(), pieces.data(), pieces.size(), 0);
    if (in != static_cast<ssize_t>(reply.size()))
        fail_with("vmsplice");
    return send_pipe(reply.size(), 0);
}

// Only clean pages can be moved. A body that fills no page is copied in any case.
void ReplyWriter::put_into_file(std::span<const std::byte> bytes) const {
    if (pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        fail_with("reply into a file");
    if (bytes.size() >= page_size)
        fdatasync(file_);
}

ssize_t ReplyWriter::by_move(std::span<const std::byte> reply) {
    const auto body = reply.subspan(out_header);
    put_into_file(body);
    if (::write(pipe_->in(), reply.data(), out_header) != static_cast<ssize_t>(out_header))
        fail_with("header into a pipe");
    for (loff_t at = 0; at < static_cast<loff_t>(body.size());) {
        const auto left = body.size() - static_cast<std::size_t>(at);
        if (splice(file_, &at, pipe_->in(), nullptr, left, 0) <= 0)
            fail_with("file into a pipe");
    }
    return send_pipe(reply.size(), SPLICE_F_MOVE);
}

// What is read of the mapping before the kernel has touched it faults. Where the file system can
// do without the pages in memory they are dropped too.
ssize_t ReplyWriter::from_mapping(std::span<const std::byte> reply) {
    put_into_file(reply);
    posix_fadvise(file_, 0, 0, POSIX_FADV_DONTNEED);
    const Mapping mapping(file_, reply.size());
    return ::write(device_, mapping.bytes().data(), reply.size());
}

ssize_t ReplyWriter::data_from_mapping(std::span<const std::byte> reply) {
    const auto body = reply.subspan(out_header);
    if (body.empty())
        return by_write(reply);
    put_into_file(body);
    posix_fadvise(file_, 0, 0, POSIX_FADV_DONTNEED);
    const Mapping mapping(file_, body.size());
    const auto pieces = in_two(reply.first(out_header), mapping.bytes());
    return writev(device_, pieces.data(), static_cast<int>(pieces.size()));
}

} // namespace fusewire::live_test
