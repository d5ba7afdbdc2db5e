#include "dissector/render/tree.h"

#include "dissector/errno_names.h"
#include "dissector/field_ref.h"
#include "dissector/opcodes.h"
#include "dissector/render/text.h"
#include "dissector/render/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>
#include <unordered_map>
#include <utility>

namespace fusewire {

namespace {

// Longer bytes are looked for in parts, if at all.
constexpr std::size_t longest_literal = 64;

// Every name that filters and columns know, and what they take it for.
const std::unordered_map<std::string, ValueType>& known_names() {
    static const std::unordered_map<std::string, ValueType> names = [] {
        std::vector<std::string> all = all_field_names();
        for (const auto rows : {all_opcodes(), all_notifications()})
            for (const Opcode* row : rows)
                all.push_back(fmt::format("fuse.{}", row->layer));
        std::unordered_map<std::string, ValueType> known;
        for (const std::string& name : all)
            if (const auto field = FieldRef::find(name))
                known.emplace(name, field->type());
        return known;
    }();
    return names;
}

// The name of a node, given those of the nodes above it: bodies begin anew, and the header of a
// sub-operation is that of the sub-operation.
std::string name_below(std::span<const std::string> above, const Node& node) {
    if (node.field == &field::layer)
        return fmt::format("fuse.{}", node.opcode->layer);
    const bool is_first = above.empty() || above.back().empty();
    const std::string_view outer = is_first ? std::string_view("fuse") : above.back();
    return node.field == &field::header ? std::string(outer)
                                        : fmt::format("{}.{}", outer, node.field->name);
}

std::string label_of(const Node& node) {
    if (node.opcode == nullptr)
        return node.field->label;
    return fmt::format("{}{}", node.field == &field::sub ? "Operation " : "", node.opcode->name);
}

std::string hex_literal(Bytes bytes) {
    std::string out;
    for (const std::byte byte : bytes)
        fmt::format_to(std::back_inserter(out), "{}{:02x}", out.empty() ? "" : ":",
                       std::to_integer<unsigned>(byte));
    return out;
}

std::string literal_of(const Message& message, const Node& node) {
    const Kind kind = node.field->kind;
    if (kind == Kind::group || kind == Kind::note || kind == Kind::padding || node.cut)
        return {};
    if (kind == Kind::name || kind == Kind::text)
        return filter_quoted(message.text_of(node));
    if (is_number(node))
        return is_signed(*node.field) ? fmt::to_string(static_cast<std::int64_t>(node.value))
                                      : fmt::to_string(node.value);
    const Bytes bytes = message.bytes_of(node);
    return bytes.size() <= longest_literal ? hex_literal(bytes) : std::string();
}

// Of an operation that failed: its error, which is inside its header.
std::string error_of(const Message& message, const Node& operation) {
    const auto at = static_cast<std::size_t>(&operation - message.nodes.data());
    const auto sub = std::ranges::find(message.subs, at, &SubMessage::first_node);
    if (message.kind != MessageKind::reply || sub == message.subs.end() || sub->error == 0)
        return {};
    const std::string_view name = errno_name(sub->error);
    return sub->error < 0 && !name.empty() ? std::string(name)
                                           : fmt::format("error {}", sub->error);
}

std::string value_of(const Message& message, const Node& node) {
    std::string value;
    if (node.field->kind == Kind::group)
        return node.field == &field::sub ? error_of(message, node) : value;
    append_value(value, message, node);
    if (node.cut && is_number(node))
        value += " (not captured)";
    return value;
}

std::string time_text(std::int64_t time_ns) {
    using namespace std::chrono;
    const nanoseconds time(time_ns);
    const auto second = floor<seconds>(time);
    std::string out;
    append_utc(out, second.count());
    fmt::format_to(std::back_inserter(out), ".{:09} UTC", (time - second).count());
    return out;
}

struct FrameField {
    const char* label;
    const char* field;
    bool names_frame = false;
};

constexpr FrameField frame_fields[] = {
    {"Number", "frame.number"},
    {"Time", "frame.time_epoch"},
    {"Request in frame", "fuse.request_frame", true},
    {"Reply in frame", "fuse.reply_frame", true},
    {"Latency", "fuse.latency"},
    {"Connection", "fuse.conn"},
    {"Dialect", "fuse.dialect"},
    {"Transport", "fuse.transport"},
    {"Server process", "fuse.server_pid"},
    {"Server thread", "fuse.server_tid"},
    {"Bytes on the wire", "frame.len"},
    {"Bytes captured", "frame.cap_len"},
    {"Messages lost before", "fuse.lost"},
};

// For people; what is no time they read as filters do.
std::string frame_text(const FieldValue& value, ValueType type) {
    std::string text;
    if (type == ValueType::time)
        return time_text(static_cast<std::int64_t>(value.number));
    if (type == ValueType::duration)
        append_duration(text, static_cast<std::int64_t>(value.number));
    else
        append_value(text, value, type);
    return text;
}

std::string frame_literal(const FieldValue& value, ValueType type) {
    std::string text;
    append_value(text, value, type);
    return type == ValueType::text ? filter_quoted(text) : text;
}

} // namespace

std::vector<TreeRow> frame_rows(const Decoded& decoded) {
    static const std::vector<std::pair<FrameField, FieldRef>> known = [] {
        std::vector<std::pair<FrameField, FieldRef>> all;
        for (const FrameField& row : frame_fields)
            all.emplace_back(row, *FieldRef::find(row.field));
        return all;
    }();
    std::vector<TreeRow> rows{
        {.label = "Frame", .value = fmt::to_string(decoded.record.frame), .field = "frame.number"}};
    FieldValues values;
    for (const auto& [row, field] : known) {
        values.clear();
        field.collect(values, decoded);
        if (values.empty())
            continue;
        const FieldValue& value = values.all().front();
        rows.push_back({.depth = 1,
                        .label = row.label,
                        .value = frame_text(value, field.type()),
                        .field = row.field,
                        .literal = frame_literal(value, field.type()),
                        .frame = row.names_frame ? static_cast<std::uint64_t>(value.number) : 0});
    }
    return rows;
}

std::string filter_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (byte < 0x20 || byte >= 0x7f)
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
        else
            out += c;
    }
    return out + '"';
}

std::vector<TreeRow> tree_rows(const Message& message) {
    std::vector<TreeRow> rows;
    rows.reserve(message.nodes.size());
    std::vector<std::string> names; // of the nodes above, by depth
    for (const Node& node : message.nodes) {
        names.resize(node.depth);
        names.push_back(name_below(names, node));
        TreeRow& row = rows.emplace_back(TreeRow{.depth = node.depth,
                                                 .label = label_of(node),
                                                 .value = value_of(message, node),
                                                 .offset = node.offset,
                                                 .width = node.width});
        const auto known = known_names().find(names.back());
        if (known == known_names().end())
            continue;
        row.field = known->first;
        // A field of the message as a whole may bear the name of a node that holds something else.
        if ((known->second == ValueType::number) == is_number(node))
            row.literal = literal_of(message, node);
    }
    return rows;
}

} // namespace fusewire
