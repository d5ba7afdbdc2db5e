#include "gui/models/row_sorter.h"

#include "dissector/field_ref.h"
#include "gui/models/info_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

namespace fusewire::gui {

namespace {

// Sorted at once, so that cancelling waits for no more than that.
constexpr std::size_t piece_rows = std::size_t{1} << 16;
constexpr std::size_t rows_per_report = std::size_t{1} << 14;
constexpr std::size_t key_bytes = sizeof(std::uint64_t);
constexpr std::size_t longest_tail = 120; // bytes of a text that are compared, behind its key
constexpr std::uint64_t no_value = std::numeric_limits<std::uint64_t>::max();

using IndexKey = std::optional<std::int64_t> (*)(const FrameIndex& index, const FrameRow& row);

std::optional<std::int64_t> timeKey(const FrameIndex&, const FrameRow& row) {
    return row.has(frame_no_time) ? std::nullopt : std::optional(row.time_ns);
}

std::optional<std::int64_t> lengthKey(const FrameIndex&, const FrameRow& row) {
    return row.length;
}

std::optional<std::int64_t> latencyKey(const FrameIndex& index, const FrameRow& row) {
    return index.latency_ns(row);
}

std::optional<std::int64_t> directionKey(const FrameIndex&, const FrameRow& row) {
    return static_cast<std::int64_t>(row.kind);
}

bool isOperation(const FrameRow& row) {
    return row.kind == MessageKind::request || row.kind == MessageKind::reply;
}

// The fields that the index knows.
struct IndexField {
    std::string_view name;
    IndexKey key;
};
constexpr IndexField index_fields[] = {
    {"frame.number",
     [](const FrameIndex&, const FrameRow& row) {
         return std::optional(static_cast<std::int64_t>(row.frame));
     }},
    {"frame.time_epoch", timeKey},
    {"fuse.time_ns", timeKey},
    {"frame.len", lengthKey},
    {"fuse.length", lengthKey},
    {"fuse.latency", latencyKey},
    {"fuse.latency_ns", latencyKey},
    {"fuse.conn",
     [](const FrameIndex&, const FrameRow& row) {
         return std::optional(static_cast<std::int64_t>(row.conn));
     }},
    {"fuse.error",
     [](const FrameIndex&, const FrameRow& row) -> std::optional<std::int64_t> {
         return row.kind == MessageKind::reply ? std::optional(row.error) : std::nullopt;
     }},
    {"fuse.opcode",
     [](const FrameIndex&, const FrameRow& row) -> std::optional<std::int64_t> {
         const bool known = isOperation(row) && row.has(frame_opcode_known);
         return known ? std::optional(row.opcode_number) : std::nullopt;
     }},
};

IndexKey indexKeyOf(const Column& column) {
    if (column.kind == ColumnKind::time)
        return timeKey;
    if (column.kind == ColumnKind::direction)
        return directionKey;
    const auto* found = std::ranges::find(index_fields, column.field, &IndexField::name);
    return found == std::end(index_fields) ? nullptr : found->key;
}

// In the order of the numbers, for an unsigned comparison.
std::uint64_t keyOf(std::int64_t number) {
    return static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
}

std::uint64_t keyOf(Int128 number, bool is_signed) {
    using Signed = std::numeric_limits<std::int64_t>;
    if (is_signed)
        return keyOf(
            static_cast<std::int64_t>(std::clamp<Int128>(number, Signed::min(), Signed::max())));
    return static_cast<std::uint64_t>(std::clamp<Int128>(number, 0, no_value));
}

// The first bytes of a text, in the order of texts.
std::uint64_t keyOf(std::string_view text) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < key_bytes; ++i)
        key = key << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
    return key;
}

bool canBeNegative(const FieldRef& field) {
    return field.is_signed() || field.type() == ValueType::duration ||
           field.type() == ValueType::time;
}

} // namespace

RowSorter::RowSorter(std::shared_ptr<const Indexer> capture, std::optional<std::vector<Row>> rows,
                     std::size_t count, Column column, Qt::SortOrder order)
    : capture_(std::move(capture)), rows_(std::move(rows)),
      count_(rows_ ? rows_->size() : std::min<std::size_t>(count, capture_->index().size())),
      column_(std::move(column)), descending_(order == Qt::DescendingOrder) {
    qRegisterMetaType<SortedPtr>();
}

RowSorter::~RowSorter() {
    cancelled_.store(true, std::memory_order_relaxed);
    if (thread_.joinable())
        thread_.join();
}

void RowSorter::start() {
    thread_ = std::thread([this] { run(); });
}

void RowSorter::run() {
    auto sorted = sort();
    if (!goesOn())
        return;
    if (sorted)
        emit finished(*sorted, {});
    else
        emit finished(nullptr, QString::fromStdString(sorted.error().message));
}

Result<SortedPtr> RowSorter::sort() {
    if (count_ > most_rows)
        return fail(Errc::unsupported,
                    fmt::format("{} messages are too many to be sorted, at most {} can: "
                                "set a filter first",
                                count_, most_rows));
    auto entries = readKeys();
    if (!entries)
        return tl::unexpected(entries.error());
    sortPieces(*entries);
    return merge(*entries);
}

Result<RowSorter::ReadKey> RowSorter::keyReader() {
    if (const IndexKey key = indexKeyOf(column_))
        return ReadKey([this, key](Row row, Entry& entry) -> Result<void> {
            const FrameIndex& index = capture_->index();
            const auto number = key(index, index[row]);
            entry.key = number ? keyOf(*number) : no_value;
            entry.rest = number ? 0 : 1;
            return {};
        });
    if (column_.field == "fuse.opcode_name")
        return nameKeys();
    return decodedKeys();
}

// Messages of one opcode and dialect have one name: it is decoded for the first of them.
RowSorter::ReadKey RowSorter::nameKeys() {
    using Group = std::tuple<MessageKind, bool, std::uint32_t, std::uint32_t>;
    hasTexts_ = true;
    auto decode = decodedKeys();
    decodes_ = false;
    return [this, decode, known = std::map<Group, Entry>()](Row row,
                                                            Entry& entry) mutable -> Result<void> {
        if (!decode)
            return tl::unexpected(decode.error());
        const FrameRow facts = capture_->index()[row];
        const Group group{facts.kind, facts.has(frame_opcode_known), facts.opcode_number,
                          facts.epoch};
        const auto [place, isNew] = known.try_emplace(group);
        if (isNew)
            if (auto read = (*decode)(row, place->second); !read)
                return read;
        entry.key = place->second.key;
        entry.rest = place->second.rest;
        return {};
    };
}

Result<RowSorter::ReadKey> RowSorter::decodedKeys() {
    decodes_ = true;
    std::shared_ptr<FrameDecoder> decoder = capture_->decoder();
    if (column_.kind == ColumnKind::info) {
        hasTexts_ = true;
        return ReadKey([this, decoder](Row row, Entry& entry) {
            const auto decoded = decoder->decode(row);
            return takeText(decoded ? infoText(*decoded) : std::string(), entry);
        });
    }
    auto field = FieldRef::find(column_.field);
    if (!field)
        return tl::unexpected(field.error());
    hasTexts_ = is_textual(field->type());
    return ReadKey([this, decoder, isSigned = canBeNegative(*field), ref = std::move(*field),
                    values = FieldValues()](Row row, Entry& entry) mutable -> Result<void> {
        const auto decoded = decoder->decode(row);
        values.clear();
        if (decoded)
            ref.collect(values, *decoded);
        entry.key = no_value;
        entry.rest = hasTexts_ ? no_row : 1;
        if (values.empty())
            return {};
        if (hasTexts_)
            return takeText(values.all().front().text, entry);
        entry.key = keyOf(values.all().front().number, isSigned);
        entry.rest = 0;
        return {};
    });
}

Result<void> RowSorter::takeText(std::string_view text, Entry& entry) {
    if (tails_.empty())
        tails_.push_back('\0'); // the tail of all that have none
    entry.key = keyOf(text);
    entry.rest = 0;
    if (text.size() <= key_bytes)
        return {};
    const std::string_view tail = text.substr(key_bytes, longest_tail);
    if (tails_.size() + tail.size() >= most_text)
        return fail(Errc::unsupported,
                    fmt::format("sorting by this column takes more than {} MiB: set a filter first",
                                most_text >> 20));
    entry.rest = static_cast<std::uint32_t>(tails_.size());
    tails_.push_back(static_cast<char>(tail.size()));
    tails_.append(tail);
    return {};
}

Result<std::vector<RowSorter::Entry>> RowSorter::readKeys() {
    auto read = keyReader();
    if (!read)
        return tl::unexpected(read.error());
    const int share = decodes_ ? 90 : 40;
    std::vector<Entry> entries(count_);
    for (std::size_t i = 0; i < count_ && goesOn(); ++i) {
        Entry& entry = entries[i];
        if (auto done = (*read)(rows_ ? (*rows_)[i] : static_cast<Row>(i), entry); !done)
            return tl::unexpected(done.error());
        entry.at = static_cast<std::uint32_t>(i);
        if (i % rows_per_report == 0)
            report(i, 0, share);
    }
    return entries;
}

int RowSorter::compareTails(std::uint32_t a, std::uint32_t b) const {
    const auto tail = [this](std::uint32_t at) {
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(tails_[at]));
        return std::string_view(tails_).substr(std::size_t{at} + 1, size);
    };
    return tail(a).compare(tail(b));
}

bool RowSorter::isBefore(const Entry& a, const Entry& b) const {
    const bool noneA = hasTexts_ ? a.rest == no_row : a.rest != 0;
    const bool noneB = hasTexts_ ? b.rest == no_row : b.rest != 0;
    if (noneA != noneB)
        return noneB;
    if (a.key != b.key)
        return (a.key < b.key) != descending_;
    if (hasTexts_ && !noneA && a.rest != b.rest)
        if (const int order = compareTails(a.rest, b.rest); order != 0)
            return (order < 0) != descending_;
    return a.at < b.at;
}

void RowSorter::sortPieces(std::vector<Entry>& entries) {
    const auto before = [this](const Entry& a, const Entry& b) { return isBefore(a, b); };
    for (std::size_t begin = 0; begin < entries.size() && goesOn(); begin += piece_rows) {
        const std::size_t end = std::min(entries.size(), begin + piece_rows);
        std::sort(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                  entries.begin() + static_cast<std::ptrdiff_t>(end), before);
        report(begin, decodes_ ? 90 : 40, decodes_ ? 95 : 70);
    }
}

// The pieces, each sorted, into one list. A heap holds what is next of each.
SortedPtr RowSorter::merge(const std::vector<Entry>& entries) {
    auto sorted = std::make_shared<SortedRows>();
    sorted->order.reserve(entries.size());
    sorted->places.resize(entries.size());
    std::vector<std::size_t> heads;
    for (std::size_t begin = 0; begin < entries.size(); begin += piece_rows)
        heads.push_back(begin);
    const auto after = [&](std::size_t a, std::size_t b) {
        return isBefore(entries[b], entries[a]);
    };
    std::ranges::make_heap(heads, after);
    while (!heads.empty() && goesOn()) {
        std::ranges::pop_heap(heads, after);
        const std::size_t next = heads.back();
        const std::size_t done = sorted->order.size();
        sorted->places[entries[next].at] = static_cast<std::uint32_t>(done);
        sorted->order.push_back(entries[next].at);
        if (done % rows_per_report == 0)
            report(done, decodes_ ? 95 : 70, 100);
        if ((next + 1) % piece_rows == 0 || next + 1 == entries.size()) {
            heads.pop_back();
        } else {
            heads.back() = next + 1;
            std::ranges::push_heap(heads, after);
        }
    }
    return sorted;
}

void RowSorter::report(std::size_t done, int from, int to) {
    const int percent = from + static_cast<int>(done * static_cast<std::size_t>(to - from) /
                                                std::max<std::size_t>(1, count_));
    if (percent != percent_)
        emit progressed(percent_ = percent);
}

} // namespace fusewire::gui
