#include "capture/byte_stream.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace fusewire::files {

namespace {

Error cannot_read(const std::string& name) {
    return {Errc::io, fmt::format("cannot read {}: {}", name, std::strerror(errno)), errno};
}

class PipeStream final : public ByteStream {
  public:
    PipeStream(int fd, std::string name, std::function<bool()> go_on)
        : fd_(fd), name_(std::move(name)), go_on_(std::move(go_on)) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        ssize_t got = 0;
        do {
            if (go_on_ && !wait())
                return 0;
            got = ::read(fd_, out.data(), out.size());
        } while (got < 0 && (errno == EINTR || (go_on_ && errno == EAGAIN)));
        if (got < 0)
            return tl::unexpected(cannot_read(name_));
        consumed_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    }

    Result<void> rewind() override {
        return fail(Errc::unsupported, fmt::format("{} cannot be read twice", name_));
    }

    std::uint64_t consumed() const override { return consumed_; }

  private:
    // A pipe that had no writer yet is not at its end: poll() tells that apart from one that has none any
    // more, and read() does not.
    bool wait() const {
        constexpr int pause_ms = 50;
        pollfd wanted{.fd = fd_, .events = POLLIN, .revents = 0};
        while (go_on_())
            if (poll(&wanted, 1, pause_ms) != 0)
                return true;
        return false;
    }

    int fd_;
    std::string name_;
    std::function<bool()> go_on_;
    std::uint64_t consumed_ = 0;
};

class FileStream final : public ByteStream {
  public:
    FileStream(int fd, std::uint64_t start, std::uint64_t end, std::string name)
        : fd_(fd), start_(start), end_(end), name_(std::move(name)) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        const std::uint64_t at = start_ + consumed_;
        const auto wanted = std::min<std::uint64_t>(out.size(), end_ - at);
        ssize_t got = 0;
        do
            got = pread(fd_, out.data(), wanted, static_cast<off_t>(at));
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return tl::unexpected(cannot_read(name_));
        consumed_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    }

    Result<void> rewind() override {
        consumed_ = 0;
        return {};
    }

    std::uint64_t consumed() const override { return consumed_; }

  private:
    int fd_;
    std::uint64_t start_;
    std::uint64_t end_;
    std::string name_;
    std::uint64_t consumed_ = 0;
};

class MemoryStream final : public ByteStream {
  public:
    explicit MemoryStream(Bytes bytes) : bytes_(bytes) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        const Bytes rest = bytes_.subspan(consumed_);
        const std::size_t count = std::min(rest.size(), out.size());
        std::copy_n(rest.begin(), count, out.begin());
        consumed_ += count;
        return count;
    }

    Result<void> rewind() override {
        consumed_ = 0;
        return {};
    }

    std::uint64_t consumed() const override { return consumed_; }

  private:
    Bytes bytes_;
    std::size_t consumed_ = 0;
};

class PrefixedStream final : public ByteStream {
  public:
    PrefixedStream(std::vector<std::byte> head, std::unique_ptr<ByteStream> rest)
        : head_(std::move(head)), rest_(std::move(rest)) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        if (given_ == head_.size())
            return rest_->read(out);
        const std::size_t count = std::min(head_.size() - given_, out.size());
        std::memcpy(out.data(), head_.data() + given_, count);
        given_ += count;
        return count;
    }

    Result<void> rewind() override {
        return fail(Errc::unsupported, "this input cannot be read twice");
    }

    std::uint64_t consumed() const override { return rest_->consumed(); }

  private:
    std::vector<std::byte> head_;
    std::size_t given_ = 0;
    std::unique_ptr<ByteStream> rest_;
};

} // namespace

Compression compression_of(Bytes head) {
    struct Magic {
        std::array<std::uint8_t, 4> bytes;
        std::size_t length;
        Compression compression;
    };
    static constexpr std::array magics{
        Magic{{0x1f, 0x8b, 0x08}, 3, Compression::gzip},
        Magic{{0x28, 0xb5, 0x2f, 0xfd}, 4, Compression::zstd},
    };
    for (const Magic& magic : magics) {
        if (head.size() >= magic.bytes.size() &&
            std::memcmp(head.data(), magic.bytes.data(), magic.length) == 0)
            return magic.compression;
    }
    return Compression::none;
}

std::unique_ptr<ByteStream> stream_pipe(int fd, std::string name, std::function<bool()> go_on) {
    return std::make_unique<PipeStream>(fd, std::move(name), std::move(go_on));
}

std::unique_ptr<ByteStream> stream_file(int fd, std::uint64_t start, std::uint64_t end,
                                        std::string name) {
    return std::make_unique<FileStream>(fd, start, end, std::move(name));
}

std::unique_ptr<ByteStream> stream_memory(Bytes bytes) {
    return std::make_unique<MemoryStream>(bytes);
}

std::unique_ptr<ByteStream> stream_after(std::vector<std::byte> head,
                                         std::unique_ptr<ByteStream> rest) {
    return std::make_unique<PrefixedStream>(std::move(head), std::move(rest));
}

} // namespace fusewire::files
