#include "tests/fuzz/check_message.h"

#include "dissector/render/fields.h"
#include "dissector/render/json.h"
#include "dissector/render/text.h"
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <string>
#include <vector>

namespace fusewire::fuzz {
namespace {

constexpr std::size_t max_depth = 16; // far above what any table nests

void check_nodes(const Record& record, const Message& message) {
    const std::uint64_t end = std::max<std::uint64_t>(record.wire_length, record.bytes.size());
    std::size_t depth = 0;
    for (const Node& node : message.nodes) {
        require(node.field != nullptr, "a node has a field");
        require(std::uint64_t{node.offset} + node.width <= end, "a node lies within the message");
        require(node.depth <= depth + 1 && node.depth <= max_depth,
                "a node is one step deeper at most");
        depth = node.depth;
        touch(message.bytes_of(node));
    }
}

void check_subs(const Message& message) {
    for (const SubMessage& sub : message.subs) {
        require(sub.first_node <= sub.end_node && sub.end_node <= message.nodes.size(),
                "a sub-operation owns nodes of its message");
    }
}

void check_findings(const Message& message) {
    for (const Finding& finding : message.findings) {
        require(finding.sub < static_cast<int>(message.subs.size()),
                "a finding names a sub-operation");
        require(!describe(finding).empty(), "a finding has a text");
    }
}

// All field names, a few to a table: a row of all of them would leave no time for anything else.
std::vector<FieldTable>& field_tables() {
    static std::vector<FieldTable> tables = [] {
        constexpr std::size_t columns = 24;
        const std::vector<std::string> names = all_field_names();
        std::vector<FieldTable> chosen;
        for (std::size_t at = 0; at < names.size(); at += columns) {
            const auto some = std::span(names).subspan(at, std::min(columns, names.size() - at));
            auto table = FieldTable::choose(some);
            require(table.has_value(), "every field name can be chosen");
            chosen.push_back(*std::move(table));
        }
        return chosen;
    }();
    return tables;
}

FieldTable& fields_for(const Message& message) {
    return field_tables()[(message.unique + message.nodes.size()) % field_tables().size()];
}

bool is_printable(const std::string& text) {
    return std::ranges::none_of(text,
                                [](unsigned char c) { return c < ' ' && c != '\n' && c != '\t'; });
}

} // namespace

void check_message(const Record& record, const Message& message) {
    check_nodes(record, message);
    check_subs(message);
    check_findings(message);
}

void render(const Decoded& decoded) {
    const TextStyle style;
    std::string text;
    append_line(text, decoded, style);
    require(text.find('\n') == std::string::npos, "the line of a message is one line");
    append_tree(text, decoded, style);
    append_hex_dump(text, decoded.message.bytes);
    require(is_printable(text), "text holds no control characters");

    std::string json;
    append_json(json, decoded);
    require(json.find('\n') == std::string::npos, "the JSON of a message is one line");
    require(is_printable(json), "JSON holds no control characters");

    std::string row;
    fields_for(decoded.message).append_row(row, decoded);
    require(row.find('\n') == std::string::npos, "the fields of a message are one row");
}

} // namespace fusewire::fuzz
