#include "dissector/render/text.h"

#include "dissector/comment_mark.h"
#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/opcodes.h"
#include "dissector/render/judgement.h"
#include "dissector/render/paint.h"
#include "dissector/render/statx.h"
#include "dissector/render/value.h"
#include "dissector/render/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>

namespace fusewire {

namespace {

constexpr std::size_t line_bytes = 16; // of opaque data in a line; a tree shows more

auto into(std::string& out) {
    return std::back_inserter(out);
}

// Seconds and part of a second, with the sign in front of both: -0.5 s is not -1 s and 0.5 s.
struct SplitTime {
    bool negative;
    std::uint64_t seconds;
    std::uint32_t nanoseconds;
};

SplitTime split(std::int64_t time_ns) {
    constexpr std::uint64_t second = 1000000000;
    const auto bits = static_cast<std::uint64_t>(time_ns);
    const std::uint64_t magnitude = time_ns < 0 ? 0 - bits : bits;
    return {time_ns < 0, magnitude / second, static_cast<std::uint32_t>(magnitude % second)};
}

void append_local_time(std::string& out, std::int64_t time_ns) {
    constexpr std::int64_t second = 1000000000;
    // Rounded down, so that the part of a second counts forward before 1970 too.
    const std::int64_t part = (time_ns % second + second) % second;
    const std::time_t seconds = (time_ns - part) / second;
    std::tm local{};
    localtime_r(&seconds, &local);
    fmt::format_to(into(out), "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:09}", local.tm_year + 1900,
                   local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
                   part);
}

void append_time(std::string& out, const Record& record, const TextStyle& style) {
    if (!record.has_time()) {
        fmt::format_to(into(out), "{:>12}", "-");
        return;
    }
    if (style.time == TimeStyle::absolute)
        return append_local_time(out, record.time_ns);
    if (style.time == TimeStyle::epoch) {
        const SplitTime time = split(record.time_ns);
        fmt::format_to(into(out), "{}{}.{:09}", time.negative ? "-" : "", time.seconds,
                       time.nanoseconds);
        return;
    }
    // Unsigned, since a damaged capture can hold times that lie too far apart for a signed difference.
    const SplitTime time =
        split(static_cast<std::int64_t>(static_cast<std::uint64_t>(record.time_ns) -
                                        static_cast<std::uint64_t>(style.time_origin_ns)));
    const std::size_t begin = out.size();
    fmt::format_to(into(out), "{}{}.{:06}", time.negative ? "-" : "", time.seconds,
                   time.nanoseconds / 1000);
    if (const std::size_t width = out.size() - begin; width < 12)
        out.insert(begin, 12 - width, ' ');
}

std::string opcode_text(const Message& message) {
    switch (message.kind) {
    case MessageKind::write_result:
        return "write result";
    case MessageKind::loss:
        return "loss";
    case MessageKind::notification:
        return message.opcode != nullptr ? message.opcode->name
                                         : fmt::format("notify {}", message.error);
    case MessageKind::request:
    case MessageKind::reply:
        break;
    }
    if (message.opcode != nullptr)
        return message.opcode->name;
    if (message.opcode_known)
        return fmt::format("opcode {}", message.opcode_number);
    return message.kind == MessageKind::request ? "request" : "reply";
}

char direction_sign(MessageKind kind) {
    switch (kind) {
    case MessageKind::request:
        return '>';
    case MessageKind::reply:
        return '<';
    case MessageKind::notification:
        return '!';
    case MessageKind::write_result:
    case MessageKind::loss:
        break;
    }
    return '-';
}

// A value where room is short: no units, names joined by |.
void append_short_value(std::string& out, const Message& message, const Node& node) {
    if (node.field->kind == Kind::data) {
        const Bytes bytes = message.bytes_of(node);
        append_hex(out, bytes.first(std::min(bytes.size(), line_bytes)));
        if (bytes.size() > line_bytes)
            out += "...";
        return;
    }
    if (!has_names(*node.field))
        return append_value(out, message, node);
    if (node.field->kind == Kind::mode) {
        fmt::format_to(into(out), "0{:o}", node.value);
        return;
    }
    const ValueNames found = names_of(*node.field, node.value, message.dialect);
    const char* separator = "";
    for (const char* name : found.names) {
        out += separator;
        out += name;
        separator = "|";
    }
    if (node.field->kind == Kind::enumeration && found.names.empty())
        fmt::format_to(into(out), "{}", node.value);
    else if (found.unnamed != 0 || found.names.empty())
        fmt::format_to(into(out), "{}0x{:x}", separator, found.unnamed);
}

// Records of an array are only counted, their fields have no room. Returns the last node of them.
std::size_t append_record_count(std::string& out, const Message& message, std::size_t first,
                                std::size_t end) {
    const Field* record = message.nodes[first].field;
    std::size_t count = 0;
    std::size_t at = first;
    for (; at < end && message.nodes[at].field == record; at = message.end_of(at))
        ++count;
    fmt::format_to(into(out), " {}={}", record->name, count);
    return at - 1;
}

// The fields that tell a message from its neighbours. Nodes of sub-operations have their own turn.
void append_key_fields(std::string& out, const Message& message, std::size_t begin, std::size_t end,
                       const TextStyle& style) {
    for (std::size_t i = begin; i < end; ++i) {
        const Node& node = message.nodes[i];
        if (node.field == &field::sub) {
            i = message.end_of(i) - 1;
            continue;
        }
        if (node.field->kind == Kind::group && node.field->repeated && node.field != &field::ext) {
            i = append_record_count(out, message, i, end);
            continue;
        }
        if (!node.field->in_line || node.cut)
            continue;
        out += ' ';
        if (node.field->kind == Kind::name) {
            const Painted name(out, style.color, Paint::name);
            append_quoted(out, message.text_of(node));
            continue;
        }
        fmt::format_to(into(out), "{}=", node.field->name);
        append_short_value(out, message, node);
    }
}

void append_outcome(std::string& out, std::int32_t error, const TextStyle& style) {
    const Painted result(out, style.color, error == 0 ? Paint::good : Paint::bad);
    if (error == 0)
        out += " ok";
    else if (const auto name = errno_name(error); !name.empty() && error < 0)
        fmt::format_to(into(out), " {}", name);
    else
        fmt::format_to(into(out), " error {}", error);
}

void append_subs(std::string& out, const Message& message, const TextStyle& style) {
    const char* separator = " ";
    for (const SubMessage& sub : message.subs) {
        out += separator;
        separator = " + ";
        if (sub.opcode != nullptr)
            out += sub.opcode->name;
        else
            fmt::format_to(into(out), "opcode {}", sub.opcode_number);
        append_operation(out, message, sub, style);
    }
}

// A rule that lacks the past says little, and in a capture that began late it says it everywhere. Of
// notes only those on the form of the message are worth a mark; the tree has all.
bool is_marked(const Judgement& judgement) {
    const Severity meant = judgement.sighting.severity.value_or(judgement.rule->severity);
    const bool form = judgement.rule->area == Area::framing;
    return judgement.severity == meant && (form || judgement.severity > Severity::note);
}

// Each rule once, however often it found something in the message.
void append_findings(std::string& out, const Decoded& decoded, const TextStyle& style) {
    for (std::size_t i = 0; i < decoded.findings.size(); ++i) {
        const Judgement& judgement = *decoded.findings[i];
        const auto is_same = [&](const Judgement* other) {
            return std::string_view(other->rule->id) == judgement.rule->id &&
                   other->frame == judgement.frame;
        };
        if (!is_marked(judgement) || std::ranges::any_of(decoded.findings.first(i), is_same))
            continue;
        const Painted mark(out, style.color, paint_of(judgement.severity));
        fmt::format_to(into(out), " [{}", judgement.rule->id);
        if (judgement.frame != decoded.record.frame)
            fmt::format_to(into(out), ", frame {}", judgement.frame);
        out += ']';
    }
}

void append_finding(std::string& out, const Judgement& judgement, const TextStyle& style) {
    out += "  ";
    {
        const Painted mark(out, style.color, paint_of(judgement.severity));
        fmt::format_to(into(out), "[{} {}]", spelling(judgement.severity), judgement.rule->id);
    }
    out += ' ';
    append_printable(out, judgement.message());
    fmt::format_to(into(out), "\n    at: byte {} of ", judgement.sighting.offset);
    append_place(out, judgement);
    if (!judgement.sighting.related.empty())
        fmt::format_to(into(out), "\n    see: frame {}",
                       fmt::join(judgement.sighting.related, ", "));
    if (*judgement.consequence() != '\0')
        fmt::format_to(into(out), "\n    effect: {}", judgement.consequence());
    if (*judgement.rule->advice != '\0')
        fmt::format_to(into(out), "\n    do: {}", judgement.rule->advice);
    out += '\n';
}

// That the request did not begin here.
void append_flight(std::string& out, const Decoded& request, const TextStyle& style) {
    const bool listed = (request.record.flags & record_in_flight) != 0;
    const bool unread = (request.record.flags & record_unread) != 0;
    if (!listed && !request.exchange.again)
        return;
    const Painted mark(out, style.color, Paint::caution);
    out += !request.exchange.again ? " (in flight at start"
           : listed                ? " (still in flight"
                                   : " (was unread until now";
    out += unread ? ", unread)" : ")";
}

void append_loss(std::string& out, const Record& record, const TextStyle& style) {
    if (record.lost == 0)
        return;
    const Painted mark(out, style.color, Paint::bad);
    fmt::format_to(into(out), " [{} message{} lost {}]", record.lost, record.lost == 1 ? "" : "s",
                   record.direction == Direction::loss ? "here" : "before");
}

void append_tree_line(std::string& out, const Message& message, const Node& node,
                      const TextStyle& style) {
    out.append(2 * (std::size_t{node.depth} + 1), ' ');
    if (node.field->kind == Kind::group) {
        const Painted title(out, style.color, Paint::request);
        if (node.opcode != nullptr)
            fmt::format_to(into(out), "{}{}", node.field == &field::sub ? "Operation " : "",
                           node.opcode->name);
        else
            out += node.field->label;
        out += '\n';
        return;
    }
    fmt::format_to(into(out), "{}: ", node.field->label);
    append_value(out, message, node);
    if (node.cut && is_number(node))
        out += " (not captured)";
    out += '\n';
}

// Unique and nodeid, of a reply that of its request.
void append_ids(std::string& out, const Decoded& decoded) {
    const Message& message = decoded.message;
    const Message* request =
        message.kind == MessageKind::request ? &message : decoded.exchange.request;
    if (message.kind == MessageKind::notification)
        fmt::format_to(into(out), " {:>6} {:>4}", "-", "-");
    else if (message.kind == MessageKind::request || message.kind == MessageKind::reply)
        fmt::format_to(into(out), " {:>6} {:>4}", message.unique,
                       request != nullptr ? fmt::to_string(request->nodeid) : "-");
}

void append_requested_name(std::string& out, const Exchange& exchange, const TextStyle& style) {
    if (exchange.request == nullptr || exchange.request->first_name().empty())
        return;
    out += ' ';
    const Painted name(out, style.color, Paint::dim);
    append_quoted(out, exchange.request->first_name());
}

} // namespace

void append_duration(std::string& out, std::int64_t nanoseconds) {
    const double value = static_cast<double>(nanoseconds);
    if (nanoseconds < 1000000)
        fmt::format_to(into(out), "{:.0f} us", value / 1e3);
    else if (nanoseconds < 1000000000)
        fmt::format_to(into(out), "{:.2f} ms", value / 1e6);
    else
        fmt::format_to(into(out), "{:.2f} s", value / 1e9);
}

void append_operation(std::string& out, const Message& message, const SubMessage& sub,
                      const TextStyle& style) {
    if (message.kind == MessageKind::request)
        fmt::format_to(into(out), " {}", sub.nodeid);
    else
        append_outcome(out, sub.error, style);
    append_key_fields(out, message, sub.first_node + 1, sub.end_node, style);
}

void append_request(std::string& out, const Message& request, const TextStyle& style) {
    append_key_fields(out, request, 0, request.nodes.size(), style);
    append_subs(out, request, style);
}

void append_result(std::string& out, const Decoded& reply, const TextStyle& style) {
    append_outcome(out, reply.message.error, style);
    if (style.latency && reply.exchange.latency_ns) {
        out += ' ';
        const Painted latency(out, style.color, Paint::dim);
        append_duration(out, *reply.exchange.latency_ns);
    }
    append_key_fields(out, reply.message, 0, reply.message.nodes.size(), style);
    append_subs(out, reply.message, style);
}

void append_info(std::string& out, const Decoded& decoded, const TextStyle& style) {
    const Message& message = decoded.message;
    switch (message.kind) {
    case MessageKind::request:
        append_request(out, message, style);
        append_flight(out, decoded, style);
        break;
    case MessageKind::reply:
        append_requested_name(out, decoded.exchange, style);
        append_result(out, decoded, style);
        break;
    case MessageKind::notification:
        append_key_fields(out, message, 0, message.nodes.size(), style);
        break;
    case MessageKind::write_result:
        append_outcome(out, message.error, style);
        break;
    case MessageKind::loss:
        break;
    }
    append_marks(out, decoded, style);
}

void append_line(std::string& out, const Decoded& decoded, const TextStyle& style) {
    const Record& record = decoded.record;
    const Message& message = decoded.message;
    {
        const Painted place(out, style.color, Paint::dim);
        fmt::format_to(into(out), "{:>6} ", record.frame);
        append_time(out, record, style);
        fmt::format_to(into(out), " {:>4} ", static_cast<std::uint32_t>(record.conn));
    }
    {
        const Painted what(out, style.color,
                           message.kind == MessageKind::request        ? Paint::request
                           : message.kind == MessageKind::notification ? Paint::caution
                                                                       : Paint::plain);
        fmt::format_to(into(out), "{} {:<13}", direction_sign(message.kind), opcode_text(message));
    }
    append_ids(out, decoded);
    append_info(out, decoded, style);
}

void append_comment(std::string& out, const Record& record, const TextStyle& style) {
    const MarkedComment comment = split_mark(record.comment);
    if (comment.marked) {
        const Painted mark(out, style.color, Paint::caution);
        out += " [marked]";
    }
    if (!comment.text.empty()) {
        out += " # ";
        append_escaped(out, comment.text);
    }
}

void append_marks(std::string& out, const Decoded& decoded, const TextStyle& style) {
    append_loss(out, decoded.record, style);
    append_findings(out, decoded, style);
    if (decoded.verdict != nullptr)
        append_verdict_mark(out, *decoded.verdict, style);
    append_comment(out, decoded.record, style);
}

void append_tree(std::string& out, const Decoded& decoded, const TextStyle& style) {
    const Message& message = decoded.message;
    for (const Node& node : message.nodes)
        append_tree_line(out, message, node, style);
    append_statx(out, decoded.statx, style);
    if (decoded.verdict != nullptr)
        append_verdict(out, *decoded.verdict, style);
    for (const Judgement* judgement : decoded.findings)
        append_finding(out, *judgement, style);
}

void append_hex_dump(std::string& out, Bytes bytes) {
    constexpr std::size_t width = 16;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const Bytes row = bytes.subspan(at, std::min(width, bytes.size() - at));
        fmt::format_to(into(out), "  {:04x} ", at);
        for (std::size_t i = 0; i < width; ++i) {
            if (i == width / 2)
                out += ' ';
            if (i < row.size())
                fmt::format_to(into(out), " {:02x}", std::to_integer<unsigned>(row[i]));
            else
                out += "   ";
        }
        out += "  ";
        for (const std::byte byte : row) {
            const auto c = std::to_integer<unsigned char>(byte);
            out += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.';
        }
        out += '\n';
    }
}

} // namespace fusewire
