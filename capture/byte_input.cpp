#include "capture/byte_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace fusewire::files {

namespace {

// One read() of a stream; also how much is kept beyond what the reader asked for. It fits into the
// cache of a core, so that what was read is still there when it is looked at.
constexpr std::size_t read_size = 256 * 1024;
constexpr std::size_t magic_length = 4;

// Addresses that are set aside for a growing file, less where the process may not have as many. They
// cost nothing, and what is mapped need not move while another thread looks at it.
constexpr std::uint64_t most_growth = sizeof(void*) < 8 ? 1ull << 28 : 1ull << 40;
constexpr std::uint64_t least_growth = 1ull << 26;

std::unique_ptr<ByteStream> decompress(std::unique_ptr<ByteStream> stream,
                                       Compression compression) {
    switch (compression) {
    case Compression::gzip:
        return stream_gzip(std::move(stream));
    case Compression::zstd:
        return stream_zstd(std::move(stream));
    case Compression::none:
        break;
    }
    return stream;
}

// Up to magic_length bytes from the front of a stream that cannot go back.
Result<std::vector<std::byte>> take_head(ByteStream& stream) {
    std::vector<std::byte> head(magic_length);
    std::size_t have = 0;
    while (have < head.size()) {
        auto got = stream.read(std::span{head}.subspan(have));
        if (!got)
            return tl::unexpected(got.error());
        if (*got == 0)
            break;
        have += *got;
    }
    head.resize(have);
    return head;
}

} // namespace

Result<std::unique_ptr<ByteInput>> ByteInput::open(const std::string& path,
                                                   std::function<bool()> go_on) {
    const bool standard_input = path == "-";
    std::unique_ptr<ByteInput> input{new ByteInput(standard_input ? "standard input" : path)};
    const int flags = O_RDONLY | O_CLOEXEC | (go_on ? O_NONBLOCK : 0);
    input->fd_ = standard_input ? STDIN_FILENO : ::open(path.c_str(), flags);
    input->owns_fd_ = !standard_input;
    if (input->fd_ < 0)
        return fail(Errc::io, fmt::format("cannot open {}: {}", path, std::strerror(errno)), errno);
    if (auto attached = input->attach(std::move(go_on)); !attached)
        return tl::unexpected(attached.error());
    return input;
}

Result<std::unique_ptr<ByteInput>> ByteInput::follow(const std::string& path,
                                                     GrowingFile::GoOn go_on) {
    std::unique_ptr<ByteInput> input{new ByteInput(path)};
    // Opening a pipe must not wait, and it is refused below.
    input->fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    input->owns_fd_ = true;
    if (input->fd_ < 0)
        return fail(Errc::io, fmt::format("cannot open {}: {}", path, std::strerror(errno)), errno);
    if (auto attached = input->attach_growing(std::move(go_on)); !attached)
        return tl::unexpected(attached.error());
    return input;
}

Result<std::unique_ptr<ByteInput>> ByteInput::adopt(int fd, std::string name, std::string note) {
    std::unique_ptr<ByteInput> input{new ByteInput(std::move(name))};
    input->note_ = std::move(note);
    input->fd_ = fd;
    input->owns_fd_ = true;
    if (auto attached = input->attach(); !attached)
        return tl::unexpected(attached.error());
    return input;
}

std::unique_ptr<ByteInput> ByteInput::over(Bytes bytes, std::string name) {
    std::unique_ptr<ByteInput> input{new ByteInput(std::move(name))};
    input->rewindable_ = true;
    input->total_ = bytes.size();
    input->compression_ = compression_of(bytes);
    if (input->compression_ != Compression::none) {
        input->stream_ = decompress(stream_memory(bytes), input->compression_);
        return input;
    }
    input->whole_ = bytes;
    input->data_ = bytes.data();
    input->end_ = bytes.size();
    return input;
}

ByteInput::~ByteInput() {
    map_.reset();
    if (owns_fd_ && fd_ >= 0)
        close(fd_);
}

Result<void> ByteInput::attach(std::function<bool()> go_on) {
    struct stat status {};
    if (fstat(fd_, &status) != 0)
        return fail(Errc::io, fmt::format("cannot read {}: {}", name_, std::strerror(errno)),
                    errno);
    if (S_ISDIR(status.st_mode))
        return fail(Errc::not_capture, fmt::format("{} is a directory, not a capture file", name_));
    // Standard input may be a file that another program has read the beginning of.
    const off_t position = S_ISREG(status.st_mode) ? lseek(fd_, 0, SEEK_CUR) : -1;
    const bool regular = position >= 0;
    if (!regular)
        return attach_pipe(std::move(go_on));
    attach_file(static_cast<std::uint64_t>(position), static_cast<std::uint64_t>(status.st_size));
    return {};
}

// A plain file is mapped, for access at any place, and yet read in order with read(): copying into
// memory that stays in the cache costs less than touching new pages all the time. What is added to
// it later is not read; the end of a compressed one is where its data ends.
void ByteInput::attach_file(std::uint64_t start, std::uint64_t size) {
    std::array<std::byte, magic_length> head{};
    const ssize_t got = pread(fd_, head.data(), head.size(), static_cast<off_t>(start));
    compression_ = got < 0 ? Compression::none
                           : compression_of(Bytes{head}.first(static_cast<std::size_t>(got)));
    total_ = size;
    rewindable_ = true;
    const bool plain = compression_ == Compression::none && start < size;
    if (plain)
        map_ = MappedFile::map(fd_, size);
    if (map_) {
        whole_ = map_->bytes().subspan(start);
        total_ = whole_.size();
    }
    stream_ = decompress(stream_file(fd_, start, plain ? size : UINT64_MAX, name_), compression_);
}

Result<void> ByteInput::attach_growing(GrowingFile::GoOn go_on) {
    struct stat status {};
    if (fstat(fd_, &status) != 0)
        return fail(Errc::io, fmt::format("cannot read {}: {}", name_, std::strerror(errno)),
                    errno);
    if (!S_ISREG(status.st_mode))
        return fail(Errc::unsupported,
                    fmt::format("{} is no regular file, which alone can be followed", name_));
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::uint64_t most = most_growth;
    while (!(map_ = MappedFile::map(fd_, most)) && most / 2 > std::max(size, least_growth))
        most /= 2;
    if (!map_)
        return fail(Errc::io, fmt::format("{}: no room to map the file", name_));
    whole_ = map_->bytes();
    rewindable_ = true;
    auto growing = std::make_unique<GrowingFile>(fd_, most, name_, std::move(go_on));
    growing_ = growing.get();
    stream_ = std::move(growing);
    return {};
}

Result<void> ByteInput::attach_pipe(std::function<bool()> go_on) {
    auto stream = stream_pipe(fd_, name_, std::move(go_on));
    auto head = take_head(*stream);
    if (!head)
        return tl::unexpected(head.error());
    compression_ = compression_of(*head);
    stream_ = decompress(stream_after(std::move(*head), std::move(stream)), compression_);
    return {};
}

// Moves what is left to the front of the buffer and sees that `count` bytes have room, but for an
// input that may lie about `count` no more than twice what has arrived.
void ByteInput::make_room(std::size_t count) {
    const std::size_t left = end_ - cursor_;
    if (left > 0)
        std::memmove(buffer_.data(), buffer_.data() + cursor_, left);
    base_ += cursor_;
    cursor_ = 0;
    end_ = left;
    const std::size_t useful = std::min(count, 2 * left) + read_size;
    if (buffer_.size() < useful)
        buffer_.resize(useful);
    data_ = buffer_.data();
}

Bytes ByteInput::refill(std::size_t count) {
    if (!stream_)
        return {data_ + cursor_, end_ - cursor_};
    while (end_ - cursor_ < count && !failure_) {
        const std::size_t missing = count - (end_ - cursor_);
        if (buffer_.size() - end_ < std::min(missing, read_size))
            make_room(count);
        auto got = read_more();
        if (!got) {
            failure_ = got.error();
            failure_->message = fmt::format("{}: {}", name_, failure_->message);
        }
        if (!got || *got == 0)
            break;
        end_ += *got;
    }
    return {data_ + cursor_, std::min(count, end_ - cursor_)};
}

// Into the free end of the buffer; 0 at the end of the input.
Result<std::size_t> ByteInput::read_more() {
    if (idle_ && !rewindable_)
        idle_();
    auto got = stream_->read(std::span{buffer_}.subspan(end_));
    while (growing_ != nullptr && got && *got == 0) {
        auto more = await_growth();
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            break;
        got = stream_->read(std::span{buffer_}.subspan(end_));
    }
    if (growing_ != nullptr && growing_->consumed() > seen_.load(std::memory_order_relaxed))
        seen_.store(growing_->consumed(), std::memory_order_release);
    return got;
}

// What the writer took back of the end that nobody has consumed is forgotten.
Result<bool> ByteInput::await_growth() {
    const std::uint64_t before = growing_->consumed();
    auto more = growing_->wait(offset(), idle_);
    if (growing_->consumed() < before) {
        end_ -= before - growing_->consumed();
        seen_.store(growing_->consumed(), std::memory_order_release);
    }
    return more;
}

std::size_t ByteInput::read(std::span<std::byte> out) {
    if (peek(1).empty())
        return 0;
    const std::size_t count = std::min(out.size(), end_ - cursor_);
    std::memcpy(out.data(), data_ + cursor_, count);
    cursor_ += count;
    return count;
}

std::optional<Error> ByteInput::failure() const {
    if (failure_)
        return failure_;
    if (map_ && map_->shrunk(growing_ == nullptr ? map_->bytes().size() : offset()))
        return shrunk();
    return std::nullopt;
}

Result<void> ByteInput::rewind() {
    if (!rewindable_)
        return fail(Errc::unsupported, fmt::format("{} cannot be read twice", name_));
    if (stream_) {
        if (auto done = stream_->rewind(); !done)
            return done;
        end_ = 0;
    }
    cursor_ = 0;
    base_ = 0;
    failure_.reset();
    return {};
}

Progress ByteInput::progress() const {
    if (!stream_)
        return {cursor_, total_};
    if (growing_ != nullptr)
        return {growing_->consumed(), std::max(growing_->size(), growing_->consumed())};
    return {std::min(stream_->consumed(), total_ == 0 ? UINT64_MAX : total_), total_};
}

} // namespace fusewire::files
