#include "dissector/render/fields.h"

#include "dissector/checker.h"
#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/opcodes.h"
#include "dissector/render/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

namespace fusewire {

namespace {

void append_number(std::string& out, std::uint64_t value) {
    fmt::format_to(std::back_inserter(out), "{}", value);
}

// The sign in front of both parts: half a second before the epoch is -0.500000000.
void append_seconds(std::string& out, std::int64_t time_ns) {
    constexpr std::uint64_t second = 1000000000;
    const auto bits = static_cast<std::uint64_t>(time_ns);
    const std::uint64_t magnitude = time_ns < 0 ? 0 - bits : bits;
    fmt::format_to(std::back_inserter(out), "{}{}.{:09}", time_ns < 0 ? "-" : "",
                   magnitude / second, magnitude % second);
}

bool is_operation(const Message& message) {
    return message.kind == MessageKind::request || message.kind == MessageKind::reply;
}

template <class Value>
void append_subs(std::string& out, const Decoded& decoded, Value value) {
    const char* separator = "";
    for (const SubMessage& sub : decoded.message.subs) {
        out += separator;
        separator = ",";
        value(sub);
    }
}

constexpr MessageField whole_fields[] = {
    {"frame.number", "number of the message's first packet in the file",
     [](std::string& out, const Decoded& d) { append_number(out, d.record.frame); }},
    {"frame.time_epoch", "seconds since the epoch, with nanoseconds",
     [](std::string& out, const Decoded& d) {
         if (d.record.has_time())
             append_seconds(out, d.record.time_ns);
     }},
    {"frame.len", "bytes on the wire",
     [](std::string& out, const Decoded& d) { append_number(out, d.record.wire_length); }},
    {"frame.cap_len", "bytes captured",
     [](std::string& out, const Decoded& d) { append_number(out, d.record.bytes.size()); }},
    {"frame.comment", "comment in the capture file",
     [](std::string& out, const Decoded& d) { append_escaped(out, d.record.comment); }},
    {"fuse.time_ns", "nanoseconds since the epoch",
     [](std::string& out, const Decoded& d) {
         if (d.record.has_time())
             fmt::format_to(std::back_inserter(out), "{}", d.record.time_ns);
     }},
    {"fuse.conn", "connection number",
     [](std::string& out, const Decoded& d) {
         append_number(out, static_cast<std::uint32_t>(d.record.conn));
     }},
    {"fuse.direction", "request, reply, notify, write_result or loss",
     [](std::string& out, const Decoded& d) { out += direction_name(d.message.kind); }},
    {"fuse.opcode", "opcode number, of the request for a reply",
     [](std::string& out, const Decoded& d) {
         if (is_operation(d.message) && d.message.opcode_known)
             append_number(out, d.message.opcode_number);
     }},
    {"fuse.opcode_name", "opcode name, or its number when it is unknown",
     [](std::string& out, const Decoded& d) {
         if (!is_operation(d.message) || !d.message.opcode_known)
             return;
         if (d.message.opcode != nullptr)
             out += d.message.opcode->name;
         else
             append_number(out, d.message.opcode_number);
     },
     true},
    {"fuse.notify", "name of the notification",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind != MessageKind::notification)
             return;
         if (d.message.opcode != nullptr)
             out += d.message.opcode->name;
         else
             fmt::format_to(std::back_inserter(out), "{}", d.message.error);
     }},
    {"fuse.unique", "number of the request, which its reply repeats",
     [](std::string& out, const Decoded& d) {
         if (d.message.has_header)
             append_number(out, d.message.unique);
     }},
    {"fuse.error", "0 or a negative errno, of a reply",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::reply || d.message.kind == MessageKind::write_result)
             fmt::format_to(std::back_inserter(out), "{}", d.message.error);
     }},
    {"fuse.error_name", "name of the errno",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::reply && d.message.error != 0)
             out += errno_name(d.message.error);
     }},
    {"fuse.latency_ns", "nanoseconds from request to reply",
     [](std::string& out, const Decoded& d) {
         if (d.exchange.latency_ns)
             fmt::format_to(std::back_inserter(out), "{}", *d.exchange.latency_ns);
     }},
    {"fuse.latency", "seconds from request to reply",
     [](std::string& out, const Decoded& d) {
         if (d.exchange.latency_ns)
             fmt::format_to(std::back_inserter(out), "{:.9f}",
                            static_cast<double>(*d.exchange.latency_ns) / 1e9);
     }},
    {"fuse.request_frame", "frame of the request that a reply answers",
     [](std::string& out, const Decoded& d) {
         if (d.exchange.request_frame != 0)
             append_number(out, d.exchange.request_frame);
     }},
    {"fuse.reply_frame", "frame of the reply to a request",
     [](std::string& out, const Decoded& d) {
         if (d.exchange.reply_frame != 0)
             append_number(out, d.exchange.reply_frame);
     },
     true},
    {"fuse.in_flight", "1 for a request that was on its way already when it was seen",
     [](std::string& out, const Decoded& d) {
         if ((d.record.flags & record_in_flight) != 0)
             out += '1';
     }},
    {"fuse.unread", "1 for a request in flight that no thread of the server has read yet",
     [](std::string& out, const Decoded& d) {
         if ((d.record.flags & record_unread) != 0)
             out += '1';
     }},
    {"fuse.dialect", "dialect that the message was decoded with",
     [](std::string& out, const Decoded& d) { out += spelling(d.message.dialect); }, true},
    {"fuse.length", "bytes on the wire",
     [](std::string& out, const Decoded& d) { append_number(out, d.record.wire_length); }},
    {"fuse.captured", "bytes captured",
     [](std::string& out, const Decoded& d) { append_number(out, d.record.bytes.size()); }},
    {"fuse.uid", "user of the caller, of a request",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::request)
             append_number(out, d.message.uid);
     }},
    {"fuse.gid", "group of the caller, of a request",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::request)
             append_number(out, d.message.gid);
     }},
    {"fuse.pid", "task of the caller, of a request",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::request)
             append_number(out, d.message.pid);
     }},
    {"fuse.server_pid", "process of the server, when the capture knows it",
     [](std::string& out, const Decoded& d) {
         if (d.record.server_pid != 0)
             append_number(out, d.record.server_pid);
     }},
    {"fuse.lost", "messages lost just before this one",
     [](std::string& out, const Decoded& d) {
         if (d.record.lost != 0)
             append_number(out, d.record.lost);
     }},
};

// These need the sub-operations, and so the body.
constexpr MessageField sub_fields[] = {
    {"fuse.sub.opcode", "opcode numbers of the sub-operations",
     [](std::string& out, const Decoded& d) {
         append_subs(out, d, [&](const SubMessage& sub) { append_number(out, sub.opcode_number); });
     }},
    {"fuse.sub.opcode_name", "opcode names of the sub-operations",
     [](std::string& out, const Decoded& d) {
         append_subs(out, d, [&](const SubMessage& sub) {
             if (sub.opcode != nullptr)
                 out += sub.opcode->name;
             else
                 append_number(out, sub.opcode_number);
         });
     }},
    {"fuse.sub.nodeid", "nodeids of the sub-requests",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::request)
             append_subs(out, d, [&](const SubMessage& sub) { append_number(out, sub.nodeid); });
     }},
    {"fuse.sub.error", "errors of the sub-replies",
     [](std::string& out, const Decoded& d) {
         if (d.message.kind == MessageKind::reply)
             append_subs(out, d, [&](const SubMessage& sub) {
                 fmt::format_to(std::back_inserter(out), "{}", sub.error);
             });
     }},
    {"fuse.sub.length", "lengths of the sub-operations",
     [](std::string& out, const Decoded& d) {
         append_subs(out, d, [&](const SubMessage& sub) { append_number(out, sub.length); });
     }},
};

template <class Value>
void append_findings(std::string& out, const Decoded& decoded, Value value) {
    const char* separator = "";
    for (const Judgement* judgement : decoded.findings) {
        out += separator;
        separator = ",";
        value(*judgement);
    }
}

// These need everything that came before, and so a checker.
constexpr MessageField finding_fields[] = {
    {"fuse.finding", "ids of the rules that found something in the message",
     [](std::string& out, const Decoded& d) {
         append_findings(out, d, [&](const Judgement& found) { out += found.rule->id; });
     }},
    {"fuse.finding.severity", "how bad each finding is: error, warn or note",
     [](std::string& out, const Decoded& d) {
         append_findings(out, d, [&](const Judgement& found) { out += spelling(found.severity); });
     }},
    {"fuse.finding.offset", "byte of the message that each finding is at",
     [](std::string& out, const Decoded& d) {
         append_findings(
             out, d, [&](const Judgement& found) { append_number(out, found.sighting.offset); });
     }},
    {"fuse.finding.nodeid", "the node that each finding is about, 0 for none",
     [](std::string& out, const Decoded& d) {
         append_findings(
             out, d, [&](const Judgement& found) { append_number(out, found.sighting.nodeid); });
     }},
    {"fuse.finding.message", "what each finding says",
     [](std::string& out, const Decoded& d) {
         append_findings(out, d,
                         [&](const Judgement& found) { append_printable(out, found.message()); });
     }},
};

constexpr KindField by_kind[] = {
    {"fuse.nodeid", Kind::nodeid, "every nodeid: of the header, of entries, of sub-operations"},
    {"fuse.fh", Kind::fh, "every open file number"},
    {"fuse.name", Kind::name, "every name"},
    {"fuse.ino", Kind::ino, "every inode number"},
    {"fuse.generation", Kind::generation, "every generation"},
    {"fuse.mode", Kind::mode, "every mode"},
    {"fuse.offset", Kind::file_offset, "every file offset"},
};

const MessageField* find_whole(std::string_view name, std::span<const MessageField> fields) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const MessageField& field) { return name == field.name; });
    return found == fields.end() ? nullptr : &*found;
}

const KindField* find_kind(std::string_view name) {
    const auto found = std::find_if(std::begin(by_kind), std::end(by_kind),
                                    [&](const KindField& field) { return name == field.name; });
    return found == std::end(by_kind) ? nullptr : found;
}

std::vector<std::string> split_path(std::string_view name) {
    constexpr std::string_view prefix = "fuse.";
    std::vector<std::string> parts;
    std::string_view rest = name.substr(std::min(prefix.size(), name.size()));
    while (!rest.empty()) {
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        parts.emplace_back(rest.substr(0, dot));
        rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    return parts;
}

// The number of single-letter edits from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row[b.size()];
}

void append_raw(std::string& out, const Message& message, const Node& node) {
    if (node.cut && is_number(node))
        return; // a number that was not captured has no value
    if (node.field->kind == Kind::name || node.field->kind == Kind::text)
        append_escaped(out, message.text_of(node));
    else if (node.field->kind == Kind::note)
        append_value(out, message, node);
    else if (!is_number(node))
        append_hex(out, message.bytes_of(node));
    else if (is_signed(*node.field))
        fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(node.value));
    else
        append_number(out, node.value);
}

// What the first part of a path names: the layer of an opcode, or a node that stands beside layers.
std::string_view anchor_name(const Node& node) {
    if (node.field == &field::layer && node.opcode != nullptr)
        return node.opcode->layer;
    return node.field->kind == Kind::group || node.depth == 0 ? std::string_view(node.field->name)
                                                              : std::string_view();
}

bool is_field_path(std::string_view name) {
    return std::ranges::any_of(all_field_paths(),
                               [&](const FieldPath& path) { return path.name == name; });
}

Error no_such_field(std::string_view name) {
    const std::string near = nearest_name(name, all_field_names());
    if (near.empty())
        return {Errc::usage,
                fmt::format("no field is called {}; fusewire fields lists them", name)};
    return {Errc::usage, fmt::format("no field is called {}; did you mean {}?", name, near)};
}

// Follows the names of `path` below nodes[index] and calls found(node) for each end.
template <class Found>
void follow(const Message& message, std::size_t index, std::span<const std::string> path,
            Found found) {
    if (path.empty()) {
        if (message.nodes[index].field->kind != Kind::group)
            found(message.nodes[index]);
        return;
    }
    const std::size_t end = message.end_of(index);
    for (std::size_t child = index + 1; child < end; child = message.end_of(child))
        if (path.front() == message.nodes[child].field->name)
            follow(message, child, path.subspan(1), found);
}

} // namespace

std::span<const MessageField> message_fields() {
    static const std::vector<MessageField> all = [] {
        std::vector<MessageField> fields(std::begin(whole_fields), std::end(whole_fields));
        fields.insert(fields.end(), std::begin(sub_fields), std::end(sub_fields));
        fields.insert(fields.end(), std::begin(finding_fields), std::end(finding_fields));
        return fields;
    }();
    return all;
}

std::span<const KindField> kind_fields() {
    return by_kind;
}

std::vector<std::string> all_field_names() {
    std::vector<std::string> names;
    for (const MessageField& field : message_fields())
        names.emplace_back(field.name);
    for (const KindField& field : by_kind)
        names.emplace_back(field.name);
    for (const FieldPath& path : all_field_paths())
        if (std::find(names.begin(), names.end(), path.name) == names.end())
            names.push_back(path.name);
    return names;
}

std::string nearest_name(std::string_view text, std::span<const std::string> known) {
    constexpr std::size_t longest_worth_comparing = 256;
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
    if (text.size() > longest_worth_comparing)
        return best;
    for (const std::string& name : known) {
        const std::size_t edits = distance(text, name);
        if (edits < best_distance) {
            best = name;
            best_distance = edits;
        }
    }
    return best;
}

Result<FieldTable> FieldTable::choose(std::span<const std::string> names) {
    FieldTable table;
    for (const std::string& name : names) {
        Column column;
        column.whole = find_whole(name, whole_fields);
        const bool in_body = column.whole == nullptr;
        if (in_body) {
            column.whole = find_whole(name, finding_fields);
            table.needs_findings_ |= column.whole != nullptr;
            if (column.whole == nullptr)
                column.whole = find_whole(name, sub_fields);
            column.kind = find_kind(name);
            column.path = split_path(name);
        }
        if (column.whole == nullptr && column.kind == nullptr && !is_field_path(name))
            return tl::unexpected(no_such_field(name));
        table.needs_body_ |= in_body;
        table.needs_survey_ |= in_body || column.whole->survey;
        table.columns_.push_back(std::move(column));
    }
    return table;
}

void FieldTable::append_row(std::string& out, const Decoded& decoded) const {
    bool first = true;
    for (const Column& column : columns_) {
        if (!first)
            out += '\t';
        first = false;
        if (column.whole != nullptr)
            column.whole->append(out, decoded);
        else
            append_nodes(out, column, decoded.message);
    }
}

void FieldTable::append_nodes(std::string& out, const Column& column,
                              const Message& message) const {
    const char* separator = "";
    const auto append = [&](const Node& node) {
        out += separator;
        separator = ",";
        append_raw(out, message, node);
    };
    if (column.kind != nullptr) {
        for (const Node& node : message.nodes)
            if (node.field->kind == column.kind->kind)
                append(node);
        return;
    }
    for (std::size_t i = 0; i < message.nodes.size(); ++i)
        if (anchor_name(message.nodes[i]) == column.path.front())
            follow(message, i, std::span(column.path).subspan(1), append);
}

} // namespace fusewire
