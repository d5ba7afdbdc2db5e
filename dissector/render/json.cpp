#include "dissector/render/json.h"

#include "dissector/comment_mark.h"
#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/opcodes.h"
#include "dissector/render/json_object.h"
#include "dissector/render/judgement.h"
#include "dissector/render/statx.h"
#include "dissector/render/value.h"
#include "dissector/render/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace fusewire {

namespace {

class JsonView {
  public:
    JsonView(std::string& out, const Decoded& decoded)
        : out_(out), record_(decoded.record), message_(decoded.message),
          exchange_(decoded.exchange), statx_(decoded.statx), verdict_(decoded.verdict),
          findings_(decoded.findings) {}

    void message();

  private:
    void envelope(JsonObject& object);
    void opcode(JsonObject& object, const Opcode* row, std::uint32_t number, bool known);
    void flight(JsonObject& object);
    void layers(std::size_t begin, std::size_t end);
    void members(JsonObject& object, std::size_t begin, std::size_t end);
    std::size_t array(JsonObject& object, std::size_t begin, std::size_t end);
    void member(JsonObject& object, std::size_t index);
    void names(JsonObject& object, const Node& node);
    void scalar(const Node& node);
    void bytes_text(const Node& node);
    void subs();
    void findings();
    std::string_view key_of(const Node& node) const {
        return node.field == &field::layer && node.opcode != nullptr ? node.opcode->layer
                                                                     : node.field->name;
    }
    bool hidden(const Node& node) const;
    bool is_for_kernel() const {
        return message_.kind == MessageKind::reply || message_.kind == MessageKind::notification;
    }

    std::string& out_;
    const Record& record_;
    const Message& message_;
    const Exchange& exchange_;
    std::span<const StatxReport> statx_;
    const Verdict* verdict_;
    std::span<const Judgement* const> findings_;
};

// Headers are told by the keys of the message; sub-operations stand beside the layers; padding that
// is zero says nothing.
bool JsonView::hidden(const Node& node) const {
    if (node.field == &field::header || node.field == &field::sub)
        return true;
    if (node.field->kind != Kind::padding)
        return false;
    const Bytes bytes = message_.bytes_of(node);
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::byte byte) { return byte == std::byte{0}; });
}

void JsonView::message() {
    JsonObject object(out_);
    envelope(object);
    object.key("layers");
    layers(0, message_.nodes.size());
    object.key("sub");
    subs();
    if (!statx_.empty())
        append_statx_json(object.key("statx"), statx_);
    if (verdict_ != nullptr && is_for_kernel())
        append_verdict_json(object.key("verdict"), *verdict_);
    object.key("findings");
    findings();
    object.close();
}

void JsonView::opcode(JsonObject& object, const Opcode* row, std::uint32_t number, bool known) {
    if (!known) {
        object.null("opcode");
        object.null("opcode_number");
        return;
    }
    object.text("opcode", row != nullptr ? std::string(row->name) : fmt::to_string(number));
    object.number("opcode_number", number);
}

void JsonView::envelope(JsonObject& object) {
    object.number("frame", record_.frame);
    if (record_.has_time())
        object.signed_number("time_ns", record_.time_ns);
    else
        object.null("time_ns");
    object.number("conn", static_cast<std::uint32_t>(record_.conn));
    object.text("direction", direction_name(message_.kind));
    const bool is_operation =
        message_.kind == MessageKind::request || message_.kind == MessageKind::reply;
    opcode(object, message_.opcode, message_.opcode_number, is_operation && message_.opcode_known);
    if (message_.kind == MessageKind::notification)
        object.text("notify", message_.opcode != nullptr ? std::string(message_.opcode->name)
                                                         : fmt::to_string(message_.error));
    object.number("unique", message_.unique);
    switch (message_.kind) {
    case MessageKind::request:
        object.number("nodeid", message_.nodeid);
        object.number("uid", message_.uid);
        object.number("gid", message_.gid);
        object.number("pid", message_.pid);
        object.number("total_extlen", message_.total_extlen);
        object.number_or_null("reply_frame", exchange_.reply_frame);
        flight(object);
        break;
    case MessageKind::reply:
    case MessageKind::write_result:
        object.signed_number("error", message_.error);
        if (message_.error == 0 || errno_name(message_.error).empty())
            object.null("error_name");
        else
            object.text("error_name", errno_name(message_.error));
        object.number_or_null("request_frame", exchange_.request_frame);
        if (exchange_.latency_ns)
            object.signed_number("latency_ns", *exchange_.latency_ns);
        else
            object.null("latency_ns");
        break;
    case MessageKind::notification:
    case MessageKind::loss:
        break;
    }
    object.number("length", record_.wire_length);
    object.number("captured", record_.bytes.size());
    object.text("dialect", spelling(message_.dialect));
    object.number("server_pid", record_.server_pid);
    if (const std::string_view transport = transport_name(record_.transport); !transport.empty())
        object.text("transport", std::string(transport));
    if (record_.lost != 0)
        object.number("lost", record_.lost);
    const MarkedComment comment = split_mark(record_.comment);
    if (!comment.text.empty())
        object.text("comment", comment.text);
    if (comment.marked)
        object.boolean("marked", true);
}

// Only what is not the rule: most requests are new, and read when they are seen.
void JsonView::flight(JsonObject& object) {
    if ((record_.flags & record_in_flight) != 0)
        object.boolean("in_flight", true);
    if ((record_.flags & record_unread) != 0)
        object.boolean("unread", true);
    if (exchange_.again)
        object.number_or_null("request_frame", exchange_.request_frame);
}

void JsonView::layers(std::size_t begin, std::size_t end) {
    JsonObject object(out_);
    members(object, begin, end);
    object.close();
}

void JsonView::members(JsonObject& object, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end;) {
        const Node& node = message_.nodes[i];
        const std::size_t next = message_.end_of(i);
        if (hidden(node)) {
            i = next;
        } else if (node.field->repeated) {
            i = array(object, i, end);
        } else {
            member(object, i);
            i = next;
        }
    }
}

std::size_t JsonView::array(JsonObject& object, std::size_t begin, std::size_t end) {
    const Field* repeated = message_.nodes[begin].field;
    object.key(repeated->name);
    out_ += '[';
    std::size_t i = begin;
    for (; i < end && message_.nodes[i].field == repeated; i = message_.end_of(i)) {
        if (i != begin)
            out_ += ',';
        if (repeated->kind == Kind::group)
            layers(i + 1, message_.end_of(i));
        else
            scalar(message_.nodes[i]);
    }
    out_ += ']';
    return i;
}

void JsonView::member(JsonObject& object, std::size_t index) {
    const Node& node = message_.nodes[index];
    const std::string_view key = key_of(node);
    if (node.field->kind == Kind::group) {
        object.key(key);
        layers(index + 1, message_.end_of(index));
        return;
    }
    if (is_number(node) && node.cut)
        return object.null(key); // a number that was not captured is not zero
    if (is_number(node) && !is_signed(*node.field)) {
        object.number(key, node.value);
    } else {
        object.key(key);
        scalar(node);
    }
    names(object, node);
    const bool is_text = node.field->kind == Kind::name || node.field->kind == Kind::text;
    if (is_text && !is_utf8(message_.text_of(node))) {
        object.key(key, "_hex");
        bytes_text(node);
    }
}

void JsonView::names(JsonObject& object, const Node& node) {
    if (!has_names(*node.field) || !is_number(node))
        return;
    const ValueNames found = names_of(*node.field, node.value, message_.dialect);
    const std::string_view key = key_of(node);
    if (!is_flag_set(*node.field)) {
        if (found.names.empty())
            return;
        object.key(key, "_names") += '"';
        out_ += found.names.front();
        if (node.field->kind == Kind::mode)
            fmt::format_to(std::back_inserter(out_), " 0{:o}", node.value & 07777);
        out_ += '"';
        return;
    }
    object.key(key, "_names") += '[';
    const char* separator = "";
    for (const char* name : found.names) {
        fmt::format_to(std::back_inserter(out_), "{}\"{}\"", separator, name);
        separator = ",";
    }
    if (found.unnamed != 0)
        fmt::format_to(std::back_inserter(out_), "{}\"0x{:x}\"", separator, found.unnamed);
    out_ += ']';
}

void JsonView::bytes_text(const Node& node) {
    out_ += '"';
    append_hex(out_, message_.bytes_of(node));
    out_ += '"';
}

void JsonView::scalar(const Node& node) {
    if (node.field->kind == Kind::name || node.field->kind == Kind::text) {
        const std::string_view text = message_.text_of(node);
        if (is_utf8(text))
            return append_json_string(out_, text);
        std::string escaped;
        append_escaped(escaped, text);
        return append_json_string(out_, escaped);
    }
    if (node.field->kind == Kind::note) {
        std::string text;
        append_value(text, message_, node);
        return append_json_string(out_, text);
    }
    if (!is_number(node))
        return bytes_text(node);
    if (is_signed(*node.field))
        fmt::format_to(std::back_inserter(out_), "{}", static_cast<std::int64_t>(node.value));
    else
        fmt::format_to(std::back_inserter(out_), "{}", node.value);
}

void JsonView::subs() {
    out_ += '[';
    const char* separator = "";
    for (const SubMessage& sub : message_.subs) {
        out_ += separator;
        separator = ",";
        JsonObject object(out_);
        opcode(object, sub.opcode, sub.opcode_number,
               sub.opcode != nullptr || sub.opcode_number != 0);
        object.number("unique", sub.unique);
        if (message_.kind == MessageKind::request) {
            object.number("nodeid", sub.nodeid);
        } else {
            object.signed_number("error", sub.error);
            if (sub.error != 0 && !errno_name(sub.error).empty())
                object.text("error_name", errno_name(sub.error));
        }
        object.number("length", sub.length);
        object.number("offset", sub.offset);
        object.key("layers");
        layers(sub.first_node + 1, sub.end_node);
        object.close();
    }
    out_ += ']';
}

void JsonView::findings() {
    JsonArray array(out_);
    for (const Judgement* judgement : findings_)
        append_json(array.element(), *judgement);
    array.close();
}

} // namespace

void append_json(std::string& out, const Decoded& decoded) {
    JsonView(out, decoded).message();
}

} // namespace fusewire
