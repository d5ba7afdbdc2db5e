#include "capture/annotate.h"

#include "capture/byte_input.h"
#include "capture/capture_writer.h"
#include "capture/new_file.h"
#include "capture/output_file.h"
#include "capture/packet_reader.h"
#include "capture/pcapng_blocks.h"
#include "dissector/comment_mark.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace fusewire {

namespace {

using namespace files;
using namespace files::pcapng;

constexpr std::size_t packet_head = 20;       // of a packet block's body, in front of the packet
constexpr std::size_t section_head = 16;      // of a section header's body, in front of its options
constexpr std::size_t section_length_at = 16; // of the block
constexpr std::uint64_t length_unknown = UINT64_MAX;
constexpr std::uint64_t bytes_per_question = 8 << 20;

std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <std::unsigned_integral T>
void put(std::vector<std::byte>& out, T value, ByteOrder order) {
    std::array<std::byte, sizeof(T)> bytes;
    store_le(bytes.data(), order == ByteOrder::little ? value : swap_bytes(value));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

// The options of one block with other comments.
class OptionsEditor {
  public:
    OptionsEditor(const PacketNote& note, ByteOrder order) : note_(note), order_(order) {}

    std::vector<std::byte> edit(Bytes options);

  private:
    void take(std::uint16_t code, Bytes whole, Bytes value);
    bool is_dropped(Bytes value) const;
    void put_ours();
    void put_comment(std::string_view text);
    void keep(Bytes bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

    const PacketNote& note_;
    ByteOrder order_;
    std::vector<std::byte> out_;
    bool placed_ = false;
};

std::vector<std::byte> OptionsEditor::edit(Bytes options) {
    const bool none = options.empty();
    while (options.size() >= 4) {
        const auto code = load<std::uint16_t>(options.data(), order_);
        const std::size_t length = load<std::uint16_t>(options.data() + 2, order_);
        if (code == option_end || length > options.size() - 4)
            break;
        const std::size_t whole = std::min(4 + pad4(length), options.size());
        take(code, options.first(whole), options.subspan(4, length));
        options = options.subspan(whole);
    }
    put_ours();
    // The end of the options, or what makes no sense.
    keep(options);
    if (none && !out_.empty())
        put(out_, std::uint32_t{option_end}, order_);
    return std::move(out_);
}

void OptionsEditor::take(std::uint16_t code, Bytes whole, Bytes value) {
    if (code == option_comment && is_dropped(value))
        put_ours();
    else
        keep(whole);
}

bool OptionsEditor::is_dropped(Bytes value) const {
    return as_text(value) == mark_comment ? note_.marked.has_value() : note_.comment.has_value();
}

void OptionsEditor::put_ours() {
    if (std::exchange(placed_, true))
        return;
    if (note_.comment && !note_.comment->empty())
        put_comment(*note_.comment);
    if (note_.marked.value_or(false))
        put_comment(mark_comment);
}

void OptionsEditor::put_comment(std::string_view text) {
    put(out_, static_cast<std::uint16_t>(option_comment), order_);
    put(out_, static_cast<std::uint16_t>(text.size()), order_);
    keep(std::as_bytes(std::span{text}));
    out_.resize(out_.size() + pad4(text.size()) - text.size());
}

// Copies a pcapng file block by block.
class Annotator {
  public:
    Annotator(ByteInput& in, OutputFile& out, const Annotations& changes, const GoOn& go_on)
        : in_(in), out_(out), changes_(changes), go_on_(go_on) {}

    [[nodiscard]] Result<void> run();

    // Lengths of sections that became others: where they stand in the output, and their bytes.
    struct Patch {
        std::uint64_t offset;
        std::array<std::byte, 8> bytes;
    };
    const std::vector<Patch>& patches() const { return patches_; }

  private:
    Bytes block_here();
    bool anchor_here();
    [[nodiscard]] Result<void> copy(Bytes block);
    [[nodiscard]] Result<void> copy_section(Bytes block);
    [[nodiscard]] Result<void> copy_frame(Bytes block, std::uint32_t type);
    [[nodiscard]] Result<void> rewrite(Bytes block, std::size_t options_at, const PacketNote& note);
    void copy_damage();
    void end_section();
    [[nodiscard]] Result<void> ask();

    ByteInput& in_;
    OutputFile& out_;
    const Annotations& changes_;
    const GoOn& go_on_;
    ByteOrder order_ = ByteOrder::little;
    std::uint64_t frame_ = 0;
    std::uint64_t next_question_ = 0;
    std::size_t done_ = 0; // of the packets to be changed
    bool any_section_ = false;
    bool whole_ = true;                             // the block before made sense
    std::uint64_t section_length_ = length_unknown; // as the current section says
    std::uint64_t section_length_at_ = 0;           // in the output
    std::int64_t grown_ = 0;                        // since the section began
    std::vector<Patch> patches_;
};

Result<void> Annotator::run() {
    while (true) {
        if (auto asked = ask(); !asked)
            return asked;
        const Bytes block = block_here();
        if (!block.empty()) {
            if (auto copied = copy(block); !copied)
                return copied;
            in_.skip(block.size());
        } else if (in_.peek(1).empty()) {
            break;
        } else {
            copy_damage();
        }
        if (auto written = out_.commit(); !written)
            return written;
    }
    end_section();
    if (const auto failure = in_.failure())
        return tl::unexpected(*failure);
    if (done_ != changes_.packets.size())
        return fail(Errc::usage, fmt::format("{}: not all of the frames that are to have a comment "
                                             "are there; it has {}",
                                             in_.name(), frame_));
    return out_.flush();
}

Result<void> Annotator::ask() {
    if (in_.offset() < next_question_ || !go_on_)
        return {};
    next_question_ = in_.offset() + bytes_per_question;
    return go_on_(in_.progress()) ? Result<void>() : fail(Errc::io, "it was cancelled");
}

// The block at the place that was reached; none: it makes no sense. After damage, as the reader does it,
// only blocks of known types are believed.
Bytes Annotator::block_here() {
    const Bytes head = in_.peek(block_overhead);
    if (head.size() < block_overhead)
        return {};
    if (!whole_ && !is_anchor(load<std::uint32_t>(head.data(), order_)))
        return {};
    const std::size_t length = block_length(head.data(), order_);
    const Bytes whole = length == 0 ? Bytes{} : in_.peek(length);
    return length != 0 && whole.size() == length && trailer_agrees(whole, order_) ? whole : Bytes{};
}

// Blocks begin at multiples of four bytes from each other.
void Annotator::copy_damage() {
    const Bytes bytes = in_.peek(4);
    out_.append(bytes);
    in_.skip(bytes.size());
    whole_ = false;
}

Result<void> Annotator::copy(Bytes block) {
    whole_ = true;
    const auto type = load<std::uint32_t>(block.data(), order_);
    if (type == block_section)
        return copy_section(block);
    if (is_packet(type) || is_other_frame(type))
        return copy_frame(block, type);
    out_.append(block);
    return {};
}

Result<void> Annotator::copy_section(Bytes block) {
    end_section();
    section_order(block.data(), order_);
    const bool has_length = block.size() >= block_overhead + section_head;
    section_length_ =
        has_length ? load<std::uint64_t>(block.data() + section_length_at, order_) : length_unknown;
    section_length_at_ = out_.size() + section_length_at;
    const bool first = !std::exchange(any_section_, true);
    if (!first || !changes_.capture || !has_length) {
        out_.append(block);
        return {};
    }
    auto written = rewrite(block, 8 + section_head, {.comment = changes_.capture, .marked = {}});
    grown_ = 0; // a section's length does not count its header
    return written;
}

void Annotator::end_section() {
    const std::int64_t grown = std::exchange(grown_, 0);
    if (grown == 0 || section_length_ == length_unknown)
        return;
    std::uint64_t length = section_length_ + static_cast<std::uint64_t>(grown);
    if (order_ == ByteOrder::big)
        length = swap_bytes(length);
    Patch& patch = patches_.emplace_back();
    patch.offset = section_length_at_;
    store_le(patch.bytes.data(), length);
}

Result<void> Annotator::copy_frame(Bytes block, std::uint32_t type) {
    ++frame_;
    const auto change = changes_.packets.find(frame_);
    if (change == changes_.packets.end()) {
        out_.append(block);
        return {};
    }
    ++done_;
    const bool has_options = type == block_packet || type == block_packet_obsolete;
    const std::size_t body = block.size() - block_overhead;
    if (has_options && body >= packet_head) {
        const std::size_t captured = load<std::uint32_t>(block.data() + 8 + 12, order_);
        if (captured <= body - packet_head)
            return rewrite(block, std::min(8 + packet_head + pad4(captured), block.size() - 4),
                           change->second);
    }
    return fail(Errc::usage,
                fmt::format("{}: frame {} is in a block that has no room for a comment", in_.name(),
                            frame_));
}

Result<void> Annotator::rewrite(Bytes block, std::size_t options_at, const PacketNote& note) {
    const Bytes old = block.subspan(options_at, block.size() - 4 - options_at);
    const std::vector<std::byte> options = OptionsEditor(note, order_).edit(old);
    const std::size_t length = options_at + options.size() + 4;
    if (length > max_block_length)
        return fail(Errc::usage, fmt::format("{}: the comments of frame {} make it too long",
                                             in_.name(), frame_));
    grown_ += static_cast<std::int64_t>(length) - static_cast<std::int64_t>(block.size());
    std::vector<std::byte>& out = out_.pending();
    out_.append(block.first(4));
    put(out, static_cast<std::uint32_t>(length), order_);
    out_.append(block.subspan(8, options_at - 8));
    out_.append(options);
    put(out, static_cast<std::uint32_t>(length), order_);
    return {};
}

[[nodiscard]] Result<void> apply(const std::vector<Annotator::Patch>& patches,
                                 const std::string& path) {
    if (patches.empty())
        return {};
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0;
    for (const Annotator::Patch& patch : patches)
        done = done &&
               pwrite(fd, patch.bytes.data(), patch.bytes.size(),
                      static_cast<off_t>(patch.offset)) == static_cast<ssize_t>(patch.bytes.size());
    const int reason = errno;
    if (fd >= 0)
        close(fd);
    if (done)
        return {};
    return fail(Errc::io, fmt::format("cannot write {}: {}", path, std::strerror(reason)), reason);
}

[[nodiscard]] Result<void> copy_pcapng(ByteInput& in, const std::string& output,
                                       const Annotations& changes, const GoOn& go_on) {
    auto file = OutputFile::create(output);
    if (!file)
        return tl::unexpected(file.error());
    Annotator annotator(in, **file, changes, go_on);
    if (auto copied = annotator.run(); !copied)
        return copied;
    return apply(annotator.patches(), output);
}

// What is no pcapng has one comment a message at the most.
[[nodiscard]] Result<void> convert(const std::string& input, const std::string& output,
                                   const Annotations& changes, const GoOn& go_on) {
    auto source = open_capture(input);
    if (!source)
        return tl::unexpected(source.error());
    FileOrigin origin = this_origin();
    origin.comment = changes.capture.value_or("");
    auto sink = create_capture(output, FileFormat::pcapng, origin);
    if (!sink)
        return tl::unexpected(sink.error());
    CaptureWriter writer(std::move(*sink));
    Record record;
    while (true) {
        const auto more = (*source)->next(record);
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            return writer.flush();
        std::string comment;
        if (const auto change = changes.packets.find(record.frame);
            change != changes.packets.end()) {
            comment = with_note(record.comment, change->second);
            record.comment = comment;
        }
        if (auto written = writer.write(**source, record); !written)
            return written;
        if (go_on && !go_on((*source)->progress()))
            return fail(Errc::io, "it was cancelled");
    }
}

[[nodiscard]] Result<void> check(const Annotations& changes) {
    const auto fits = [](const std::optional<std::string>& text) {
        return !text || text->size() <= most_comment_bytes;
    };
    const bool all = std::ranges::all_of(
        changes.packets, [&](const auto& packet) { return fits(packet.second.comment); });
    if (all && fits(changes.capture))
        return {};
    return fail(Errc::usage, fmt::format("a comment has at most {} bytes", most_comment_bytes));
}

} // namespace

std::string with_note(std::string_view comment, const PacketNote& note) {
    MarkedComment parts = split_mark(comment);
    if (note.comment)
        parts.text = *note.comment;
    parts.marked = note.marked.value_or(parts.marked);
    return join_mark(parts);
}

Result<void> annotate(const std::string& input, const std::string& output,
                      const Annotations& changes, const GoOn& go_on) {
    if (auto fits = check(changes); !fits)
        return fits;
    auto in = ByteInput::open(input);
    if (!in)
        return tl::unexpected(in.error());
    auto file = NewFile::beside(output);
    if (!file)
        return tl::unexpected(file.error());
    const auto written = looks_like_pcapng((*in)->peek(block_overhead))
                             ? copy_pcapng(**in, file->path(), changes, go_on)
                             : convert(input, file->path(), changes, go_on);
    if (!written)
        return tl::unexpected(file->failed(written.error()));
    return file->put_in_place();
}

Result<std::string> capture_comment(const std::string& path) {
    auto in = ByteInput::open(path);
    if (!in)
        return tl::unexpected(in.error());
    const Bytes head = (*in)->peek(block_overhead);
    std::string text;
    if (!looks_like_pcapng(head))
        return text;
    ByteOrder order{};
    section_order(head.data(), order);
    const std::size_t length = block_length(head.data(), order);
    const Bytes block = (*in)->peek(length);
    if (length < block_overhead + section_head || block.size() < length)
        return text;
    for_each_option(block.subspan(8 + section_head, length - block_overhead - section_head), order,
                    [&](std::uint16_t code, Bytes value) {
                        if (code == option_comment)
                            text.append(text.empty() ? "" : "\n").append(as_text(value));
                    });
    return text;
}

} // namespace fusewire
