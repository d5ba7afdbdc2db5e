#include "gui/models/row_reader.h"

#include "dissector/field_ref.h"
#include "gui/models/info_text.h"
#include "gui/models/time_format.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fusewire::gui {

namespace {

// Cells that are read before they are shown: a screen is filled in a few steps.
constexpr std::size_t batch_rows = 16;

QString toQString(const std::string& text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

std::optional<quint64> nodeOf(const Decoded& decoded) {
    if (decoded.message.kind == MessageKind::request && decoded.message.has_header)
        return decoded.message.nodeid;
    if (decoded.exchange.request != nullptr)
        return decoded.exchange.request->nodeid;
    return std::nullopt;
}

QString durationsOf(const FieldValues& values) {
    QStringList texts;
    for (const FieldValue& value : values.all())
        texts << durationText(static_cast<std::int64_t>(value.number));
    return texts.join(QStringLiteral(", "));
}

} // namespace

struct RowReader::Cell {
    ColumnKind kind;
    std::optional<FieldRef> field;
    FieldValues values;

    CellText read(const Decoded& decoded) {
        if (kind == ColumnKind::info)
            return {toQString(infoText(decoded)), {}};
        if (!field)
            return {};
        std::string text;
        field->append(text, values, decoded);
        if (field->type() == ValueType::duration && !values.empty())
            return {durationsOf(values), toQString(text)};
        return {toQString(text), {}};
    }
};

RowReader::RowReader(std::shared_ptr<const Indexer> capture, const std::vector<Column>& columns,
                     const std::vector<ColoringRule>& rules)
    : capture_(std::move(capture)), coloring_(rules) {
    for (const Column& column : columns) {
        std::optional<FieldRef> field;
        if (auto found = FieldRef::find(column.field))
            field = std::move(*found);
        columns_.push_back({column.kind, std::move(field), {}});
    }
    thread_ = std::thread([this] { run(); });
}

RowReader::~RowReader() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    asked_.notify_one();
    thread_.join();
}

void RowReader::askCells(std::vector<Row> rows) {
    {
        const std::lock_guard lock(mutex_);
        rows_ = std::move(rows);
    }
    asked_.notify_one();
}

void RowReader::setJudged(const JudgedPtr& judged) {
    const std::lock_guard lock(mutex_);
    judged_ = judged;
}

void RowReader::askMessage(Row row) {
    {
        const std::lock_guard lock(mutex_);
        message_ = row;
    }
    asked_.notify_one();
}

void RowReader::run() {
    const auto decoder = capture_->decoder();
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return ends_ || message_ || !rows_.empty(); });
        if (ends_)
            return;
        if (const auto row = std::exchange(message_, std::nullopt)) {
            lock.unlock();
            emit messageRead(readMessage(*decoder, *row));
            lock.lock();
            continue;
        }
        const std::size_t count = std::min(batch_rows, rows_.size());
        const std::vector<Row> rows(rows_.begin(),
                                    rows_.begin() + static_cast<std::ptrdiff_t>(count));
        rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(count));
        const JudgedPtr judged = std::exchange(judged_, nullptr);
        lock.unlock();
        if (judged)
            findings_ = FrameFindings(judged);
        readCells(*decoder, rows);
        lock.lock();
    }
}

void RowReader::readCells(FrameDecoder& decoder, const std::vector<Row>& rows) {
    CellsBatch batch;
    for (const Row row : rows) {
        RowCells& cells = batch.emplace_back();
        cells.row = row;
        const auto decoded = decoder.decode(row);
        if (!decoded) {
            cells.cells.resize(columns_.size());
            cells.cells.back().shown = toQString(decoded.error().message);
            continue;
        }
        const Decoded known{decoded->record, decoded->message, decoded->exchange,
                            findings_.at(decoded->record.frame)};
        for (Cell& column : columns_)
            cells.cells.push_back(column.read(known));
        cells.rule = coloring_.ruleOf(known);
    }
    emit cellsRead(batch);
}

MessagePtr RowReader::readMessage(FrameDecoder& decoder, Row row) const {
    auto message = std::make_shared<MessageSnapshot>();
    message->row = row;
    const auto decoded = decoder.decode(row);
    if (!decoded) {
        message->error = toQString(decoded.error().message);
        return message;
    }
    message->frame = decoded->record.frame;
    message->summary = toQString(infoText(*decoded));
    message->nodeid = nodeOf(*decoded);
    const Bytes bytes = decoded->record.bytes;
    message->bytes = QByteArray(reinterpret_cast<const char*>(bytes.data()),
                                static_cast<qsizetype>(bytes.size()));
    message->tree = frame_rows(*decoded);
    std::ranges::move(tree_rows(decoded->message), std::back_inserter(message->tree));
    return message;
}

} // namespace fusewire::gui
