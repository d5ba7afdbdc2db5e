#include "capture/import.h"

#include "capture/byte_input.h"
#include "capture/chain.h"
#include "capture/file_kind.h"
#include "capture/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fusewire {

namespace {

struct FormatRow {
    ImportFormat format;
    std::string_view name;
    std::string_view description;
    std::string_view beginning; // of a record
    const files::ChainFormat& (*rules)();
};

constexpr std::array rows{
    FormatRow{ImportFormat::raw, "raw", "raw FUSE records",
              "direction 0 or 1, three zero bytes and a length", files::raw_format},
    FormatRow{ImportFormat::fusedump, "fusedump", "a GlusterFS fusedump",
              "R or W and a length or count", files::fusedump_format},
};

const FormatRow& row_of(ImportFormat format) {
    return rows[static_cast<std::size_t>(format)];
}

} // namespace

std::string_view import_name(ImportFormat format) {
    return row_of(format).name;
}

std::optional<ImportFormat> import_format(std::string_view name) {
    const auto row = std::ranges::find(rows, name, &FormatRow::name);
    return row == rows.end() ? std::nullopt : std::optional{row->format};
}

Result<std::unique_ptr<RecordSource>> open_import(const std::string& path, ImportFormat format) {
    auto input = files::ByteInput::open(path);
    if (!input)
        return tl::unexpected(input.error());
    return files::open_import(std::move(*input), format);
}

namespace files {

namespace {

constexpr ConnId import_conn{1};

// How much is looked at to find the chain, or to find it again.
constexpr std::size_t search_window = 1024 * 1024;

// How much of a record shows that it is one.
constexpr std::size_t header_window = 16;

// A chain of this many records is no accident.
constexpr std::size_t convincing = 4;

// The records in a row at the beginning of some bytes.
struct Chain {
    std::size_t whole = 0;   // how many are there as a whole
    bool consistent = false; // what follows them is nothing, or begins a record that is cut
    bool exact = false;      // nothing follows them
};

enum class Strictness : std::uint8_t { frames, messages };

// Counts up to `enough` records; with Strictness::messages only such as hold a FUSE message.
Chain measure(const ChainFormat& format, Bytes bytes, ByteOrder order, Strictness strictness,
              std::size_t enough) {
    Chain chain;
    while (!bytes.empty() && chain.whole < enough) {
        const Extent extent = format.extent(bytes, order);
        if (extent.kind == Extent::Kind::nonsense)
            return chain;
        if (extent.kind == Extent::Kind::more || extent.length > bytes.size())
            break;
        if (strictness == Strictness::messages &&
            !format.holds_message(bytes.first(extent.length), order))
            return chain;
        bytes = bytes.subspan(extent.length);
        ++chain.whole;
    }
    chain.consistent = true;
    chain.exact = bytes.empty();
    return chain;
}

// Where in `window`, before `limit`, a chain begins that can be trusted after damage; `limit` if
// nowhere.
std::size_t find_chain(const ChainFormat& format, Bytes window, ByteOrder order, bool at_end,
                       std::size_t limit) {
    for (std::size_t at = 0; at < limit; ++at) {
        const Chain chain = measure(format, window.subspan(at), order, Strictness::messages, 2);
        if (chain.whole >= 2 || (chain.whole == 1 && chain.exact && at_end))
            return at;
    }
    return limit;
}

// Whether the first bytes of a file belong to the format in this byte order, damaged or not.
bool believable(const ChainFormat& format, Bytes window, const Chain& chain, ByteOrder order) {
    const bool at_end = window.size() < search_window;
    return chain.consistent || chain.whole >= convincing ||
           find_chain(format, window, order, at_end, window.size()) < window.size();
}

class ChainFile final : public RecordSource {
  public:
    ChainFile(std::unique_ptr<ByteInput> input, const FormatRow& row)
        : input_(std::move(input)), row_(row), format_(row.rules()) {
        Connection connection;
        connection.conn = import_conn;
        connection.tier = fmt::format("import of {}", row.name);
        connections_.push_back(std::move(connection));
    }

    Result<void> find_order();
    Result<bool> next(Record& record) override;
    Result<void> rewind() override;
    const std::vector<Connection>& connections() const override { return connections_; }
    bool rewindable() const override { return input_->rewindable(); }
    void on_idle(std::function<void()> idle) override { input_->on_idle(std::move(idle)); }
    Progress progress() const override { return input_->progress(); }
    const std::vector<std::string>& warnings() const override { return warnings_.lines(); }

  private:
    Extent look(Bytes& bytes);
    bool take(Bytes whole, Record& record);
    bool swallows_others(Bytes& bytes);
    bool recover();
    Result<bool> finish(const Extent& last, std::uint64_t offset);

    std::unique_ptr<ByteInput> input_;
    const FormatRow& row_;
    const ChainFormat& format_;
    ByteOrder order_ = ByteOrder::little;
    std::vector<Connection> connections_;
    Warnings warnings_;
    std::uint64_t messages_ = 0;
};

// The byte order in which the records make the longer chain; a file without a chain is refused.
Result<void> ChainFile::find_order() {
    const Bytes window = input_->peek(search_window);
    if (const auto failure = input_->failure())
        return tl::unexpected(*failure);
    Chain best;
    bool found = false;
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        if (window.empty() || (order == ByteOrder::big && !format_.any_order()))
            break;
        const Chain chain = measure(format_, window, order, Strictness::frames, window.size());
        if (!believable(format_, window, chain, order) || (found && chain.whole <= best.whole))
            continue;
        found = true;
        best = chain;
        order_ = order;
    }
    if (found)
        return {};
    return fail(Errc::not_capture,
                fmt::format("{}: {}; not {}, which begins with {}", input_->name(),
                            describe_bytes(window), row_.description, row_.beginning));
}

Result<bool> ChainFile::next(Record& record) {
    for (;;) {
        Bytes bytes;
        const std::uint64_t offset = input_->offset();
        const Extent extent = look(bytes);
        if (extent.kind == Extent::Kind::whole && bytes.size() == extent.length &&
            !swallows_others(bytes)) {
            input_->skip(bytes.size());
            const bool taken = take(bytes, record);
            if (input_->troubled())
                return finish(extent, offset);
            if (taken)
                return true;
        } else if (bytes.empty() || !recover()) {
            return finish(bytes.empty() ? Extent{Extent::Kind::whole, 0} : extent, offset);
        }
    }
}

// The bytes of the next record, as many of them as there are.
Extent ChainFile::look(Bytes& bytes) {
    std::size_t need = 1;
    for (;;) {
        bytes = input_->peek(need);
        const Extent extent = format_.extent(bytes, order_);
        if (extent.kind == Extent::Kind::whole)
            bytes = input_->peek(extent.length);
        if (extent.kind != Extent::Kind::more || bytes.size() < need)
            return extent;
        need = extent.length;
    }
}

// Whether the length of the next record is wrong: no record follows it, but others begin within it.
bool ChainFile::swallows_others(Bytes& bytes) {
    const std::size_t length = bytes.size();
    Bytes window = input_->peek(length + header_window);
    bytes = window.first(length);
    if (format_.extent(window.subspan(length), order_).kind != Extent::Kind::nonsense)
        return false;
    window = input_->peek(length + search_window);
    bytes = window.first(length);
    const bool at_end = window.size() < length + search_window;
    return 1 + find_chain(format_, window.subspan(1), order_, at_end, length - 1) < length;
}

bool ChainFile::take(Bytes whole, Record& record) {
    record = Record{};
    if (!format_.parse(whole, order_, record))
        return false;
    ++messages_;
    record.frame = messages_;
    record.message_number = messages_;
    record.conn = import_conn;
    record.transport = Transport::imported;
    record.wire_length = static_cast<std::uint32_t>(record.bytes.size());
    return true;
}

// Moves on to where records make sense again; false if they never do.
bool ChainFile::recover() {
    const std::uint64_t start = input_->offset();
    input_->skip(1);
    for (;;) {
        const Bytes window = input_->peek(search_window);
        const bool at_end = window.size() < search_window;
        const std::size_t found = find_chain(format_, window, order_, at_end, window.size());
        // A chain that begins in the second half may need more of the input to be seen.
        const std::size_t passed = at_end ? window.size() : window.size() / 2;
        const bool here = found < window.size();
        input_->skip(here ? found : passed);
        if (here) {
            warnings_.add(fmt::format("{}: bytes {} to {} are damaged and were skipped",
                                      input_->name(), start, input_->offset() - 1));
            return true;
        }
        if (at_end || input_->troubled())
            return false;
    }
}

Result<bool> ChainFile::finish(const Extent& last, std::uint64_t offset) {
    if (const auto failure = input_->failure())
        return tl::unexpected(*failure);
    if (const std::string complaint = input_->complaint(); !complaint.empty())
        warnings_.add(fmt::format("{}: {}", input_->name(), complaint));
    if (last.kind == Extent::Kind::nonsense)
        return fail(Errc::damaged,
                    fmt::format("{}: damaged from byte {} on: a record begins with {}",
                                input_->name(), offset, row_.beginning));
    if (offset == 0 && last.length > 0)
        return fail(Errc::not_capture,
                    fmt::format("{}: not {}, or cut: the first record needs {} bytes",
                                input_->name(), row_.description, last.length));
    if (last.length > 0)
        warnings_.add(fmt::format("{}: the file is cut in the record that begins at byte {}",
                                  input_->name(), offset));
    return false;
}

Result<void> ChainFile::rewind() {
    if (auto done = input_->rewind(); !done)
        return done;
    warnings_.clear();
    messages_ = 0;
    return {};
}

} // namespace

Result<std::unique_ptr<RecordSource>> open_import(std::unique_ptr<ByteInput> input,
                                                  ImportFormat format) {
    auto file = std::make_unique<ChainFile>(std::move(input), row_of(format));
    if (auto found = file->find_order(); !found)
        return tl::unexpected(found.error());
    return file;
}

std::string_view import_description(ImportFormat format) {
    return row_of(format).description;
}

std::optional<ImportFormat> looks_like_import(Bytes head) {
    for (const FormatRow& row : rows) {
        for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
            const Chain chain = measure(row.rules(), head, order, Strictness::messages, convincing);
            if (chain.consistent && chain.whole > 0)
                return row.format;
        }
    }
    return std::nullopt;
}

} // namespace files

} // namespace fusewire
