#include "gui/models/message_text.h"

#include "dissector/render/json.h"
#include "dissector/render/text.h"
#include "gui/models/info_text.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

namespace fusewire::gui {

namespace {

constexpr std::size_t bytes_per_line = 12; // of a C array

// As RFC 4180 has it.
void appendQuoted(std::string& out, std::string_view text) {
    if (text.find_first_of("\",\r\n") == text.npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text)
        out.append(c == '"' ? 2 : 1, c);
    out += '"';
}

void appendArray(std::string& out, const Record& record) {
    fmt::format_to(std::back_inserter(out), "static const unsigned char frame_{}[{}] = {{",
                   record.frame, record.bytes.size());
    for (std::size_t i = 0; i < record.bytes.size(); ++i)
        fmt::format_to(std::back_inserter(out), "{}0x{:02x},",
                       i % bytes_per_line == 0 ? "\n    " : " ",
                       std::to_integer<unsigned>(record.bytes[i]));
    out += "\n};\n";
}

void appendEscapes(std::string& out, Bytes bytes) {
    out += '"';
    for (const std::byte byte : bytes)
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", std::to_integer<unsigned>(byte));
    out += "\"\n";
}

} // namespace

std::int64_t timeOriginOf(const FrameIndex& index) {
    for (Row row = 0; row < index.size(); ++row)
        if (const FrameRow frame = index[row]; !frame.has(frame_no_time))
            return frame.time_ns;
    return 0;
}

MessageText::MessageText(const FrameIndex& index, MessageTextOptions options)
    : index_(index), options_(std::move(options)) {
    for (const Column& column : options_.columns) {
        auto field = FieldRef::find(column.field);
        fields_.push_back(field ? std::optional(std::move(*field)) : std::nullopt);
    }
}

void MessageText::begin(std::string& out) const {
    if (options_.form == TextForm::json)
        out += '[';
    if (options_.form != TextForm::csv)
        return;
    const char* separator = "";
    for (const Column& column : options_.columns) {
        out += std::exchange(separator, ",");
        appendQuoted(out, column.kind == ColumnKind::direction ? "direction"
                                                               : column.title.toStdString());
    }
    out += "\r\n";
}

void MessageText::end(std::string& out) const {
    if (options_.form == TextForm::json)
        out += "\n]\n";
}

void MessageText::add(std::string& out, Row row, const Decoded& decoded) {
    const TextStyle style{.time_origin_ns = options_.timeOrigin_ns};
    switch (options_.form) {
    case TextForm::lines:
    case TextForm::tree:
        append_line(out, decoded, style);
        out += '\n';
        if (options_.form == TextForm::tree)
            append_tree(out, decoded, style);
        break;
    case TextForm::hex:
        append_hex_dump(out, decoded.record.bytes);
        break;
    case TextForm::json:
        out += any_ ? ",\n" : "\n";
        append_json(out, decoded);
        break;
    case TextForm::ndjson:
        append_json(out, decoded);
        out += '\n';
        break;
    case TextForm::csv:
        addRecord(out, row, decoded);
        break;
    case TextForm::cArray:
        appendArray(out, decoded.record);
        break;
    case TextForm::escaped:
        appendEscapes(out, decoded.record.bytes);
        break;
    }
    any_ = true;
    previous_ = row;
}

void MessageText::addRecord(std::string& out, Row row, const Decoded& decoded) {
    const char* separator = "";
    for (std::size_t i = 0; i < options_.columns.size(); ++i) {
        std::string text;
        const ColumnKind kind = options_.columns[i].kind;
        if (kind == ColumnKind::time)
            text = timeText(options_.time, index_, row, previous_).toStdString();
        else if (kind == ColumnKind::direction)
            text = direction_name(decoded.message.kind);
        else if (kind == ColumnKind::info)
            text = infoText(decoded);
        else if (fields_[i])
            fields_[i]->append(text, values_, decoded);
        out += std::exchange(separator, ",");
        appendQuoted(out, text);
    }
    out += "\r\n";
}

} // namespace fusewire::gui
