// gzip and zstd behind ByteStream. Both decoders are driven by one loop; only the two library calls
// differ.
#include "capture/byte_stream.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>

namespace fusewire::files {

namespace {

constexpr std::size_t input_buffer_size = 64 * 1024;

// One call of a library: what it used and made, and how the compressed stream stands after it.
struct Progressed {
    std::size_t used = 0;
    std::size_t made = 0;
    bool between_frames = false; // a member or frame is complete and no other has begun
    std::string error;           // why the data cannot be decoded; empty: all is well
};

class Decoder {
  public:
    virtual ~Decoder() = default;
    virtual const char* name() const = 0;
    virtual Progressed step(Bytes in, std::span<std::byte> out) = 0;
    virtual void reset() = 0;
};

class GzipDecoder final : public Decoder {
  public:
    GzipDecoder() { inflateInit2(&state_, 16 + MAX_WBITS); }
    ~GzipDecoder() override { inflateEnd(&state_); }
    GzipDecoder(const GzipDecoder&) = delete;
    GzipDecoder& operator=(const GzipDecoder&) = delete;

    const char* name() const override { return "gzip"; }

    Progressed step(Bytes in, std::span<std::byte> out) override {
        // zlib's pointer to input is not const, but it only reads there.
        state_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
        state_.avail_in = static_cast<uInt>(in.size());
        state_.next_out = reinterpret_cast<Bytef*>(out.data());
        state_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1u << 30));
        const uInt room = state_.avail_out;
        const int code = inflate(&state_, Z_NO_FLUSH);
        Progressed result{
            in.size() - state_.avail_in, room - state_.avail_out, code == Z_STREAM_END, {}};
        if (code == Z_STREAM_END)
            inflateReset(&state_);
        else if (code != Z_OK && code != Z_BUF_ERROR)
            result.error = state_.msg != nullptr ? state_.msg : zError(code);
        return result;
    }

    void reset() override { inflateReset(&state_); }

  private:
    z_stream state_{};
};

class ZstdDecoder final : public Decoder {
  public:
    const char* name() const override { return "zstd"; }

    Progressed step(Bytes in, std::span<std::byte> out) override {
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        const std::size_t code = ZSTD_decompressStream(state_.get(), &output, &input);
        Progressed result{input.pos, output.pos, code == 0, {}};
        if (ZSTD_isError(code) != 0)
            result.error = ZSTD_getErrorName(code);
        return result;
    }

    void reset() override { ZSTD_DCtx_reset(state_.get(), ZSTD_reset_session_only); }

  private:
    struct Free {
        void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> state_{ZSTD_createDCtx()};
};

class DecompressedStream final : public ByteStream {
  public:
    DecompressedStream(std::unique_ptr<ByteStream> inner, std::unique_ptr<Decoder> decoder)
        : inner_(std::move(inner)), decoder_(std::move(decoder)) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        while (!ended_) {
            if (auto filled = fill(); !filled)
                return tl::unexpected(filled.error());
            const bool input_ended = begin_ == end_;
            if (input_ended && between_frames_)
                break;
            const Progressed step =
                decoder_->step(Bytes{buffer_}.subspan(begin_, end_ - begin_), out);
            begin_ += step.used;
            if (!step.error.empty())
                return damaged(step.error);
            if (step.used > 0 || step.made > 0)
                between_frames_ = step.between_frames;
            any_frame_ = any_frame_ || step.between_frames;
            if (step.made > 0)
                return step.made;
            if (input_ended)
                return cut_short();
        }
        ended_ = true;
        return std::size_t{0};
    }

    Result<void> rewind() override {
        if (auto done = inner_->rewind(); !done)
            return done;
        decoder_->reset();
        begin_ = end_ = 0;
        between_frames_ = true;
        any_frame_ = ended_ = false;
        complaint_.clear();
        return {};
    }

    std::uint64_t consumed() const override { return inner_->consumed(); }
    std::string complaint() const override { return complaint_; }

  private:
    Result<void> fill() {
        if (begin_ < end_)
            return {};
        auto got = inner_->read(buffer_);
        if (!got)
            return tl::unexpected(got.error());
        begin_ = 0;
        end_ = *got;
        return {};
    }

    // What follows a complete frame and is not another one is no reason to distrust the frame.
    Result<std::size_t> damaged(const std::string& why) {
        ended_ = true;
        if (between_frames_ && any_frame_) {
            complaint_ =
                fmt::format("bytes after the end of the {} data were ignored", decoder_->name());
            return std::size_t{0};
        }
        return fail(Errc::damaged,
                    fmt::format("the {} data is damaged: {}", decoder_->name(), why));
    }

    Result<std::size_t> cut_short() {
        ended_ = true;
        complaint_ = fmt::format("the {} data is cut short", decoder_->name());
        return std::size_t{0};
    }

    std::unique_ptr<ByteStream> inner_;
    std::unique_ptr<Decoder> decoder_;
    std::array<std::byte, input_buffer_size> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool between_frames_ = true;
    bool any_frame_ = false;
    bool ended_ = false;
    std::string complaint_;
};

} // namespace

std::unique_ptr<ByteStream> stream_gzip(std::unique_ptr<ByteStream> inner) {
    return std::make_unique<DecompressedStream>(std::move(inner), std::make_unique<GzipDecoder>());
}

std::unique_ptr<ByteStream> stream_zstd(std::unique_ptr<ByteStream> inner) {
    return std::make_unique<DecompressedStream>(std::move(inner), std::make_unique<ZstdDecoder>());
}

} // namespace fusewire::files
