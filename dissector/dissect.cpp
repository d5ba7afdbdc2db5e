#include "dissector/dissect.h"

#include "dissector/decoder.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr std::uint32_t len_offset = 0;

// The len field repeats the length that the capture knows, which settles the byte order for each
// message alone. Where it fits neither way the connection's order is the best guess.
ByteOrder order_of(const Record& record, const Dialect& dialect) {
    const auto little = Cursor(record.bytes, ByteOrder::little).u32(len_offset);
    if (!little || *little == record.wire_length)
        return little ? ByteOrder::little : dialect.order;
    const auto big = Cursor(record.bytes, ByteOrder::big).u32(len_offset);
    return *big == record.wire_length ? ByteOrder::big : dialect.order;
}

void clear(Message& out) {
    std::vector<Node> nodes = std::move(out.nodes);
    std::vector<SubMessage> subs = std::move(out.subs);
    std::vector<Finding> findings = std::move(out.findings);
    nodes.clear();
    subs.clear();
    findings.clear();
    out = Message{};
    out.nodes = std::move(nodes);
    out.subs = std::move(subs);
    out.findings = std::move(findings);
}

void request_header(const Cursor& cursor, DialectName dialect, Message& out) {
    out.kind = MessageKind::request;
    out.opcode_number = cursor.u32(4).value_or(0);
    out.unique = cursor.u64(8).value_or(0);
    out.nodeid = cursor.u64(16).value_or(0);
    out.uid = cursor.u32(24).value_or(0);
    out.gid = cursor.u32(28).value_or(0);
    out.pid = cursor.u32(32).value_or(0);
    std::uint64_t extlen = 0;
    cursor.read(36, 2, extlen);
    out.total_extlen = static_cast<std::uint32_t>(extlen);
    out.has_header = cursor.size() >= in_header_size;
    out.opcode = cursor.holds(4, 4) ? find_opcode(out.opcode_number, dialect) : nullptr;
    out.opcode_known = cursor.holds(4, 4);
}

void reply_header(const Cursor& cursor, Message& out) {
    out.error = static_cast<std::int32_t>(cursor.u32(4).value_or(0));
    out.unique = cursor.u64(8).value_or(0);
    out.has_header = cursor.size() >= out_header_size;
    if (out.has_header && out.unique == 0) {
        out.kind = MessageKind::notification;
        out.opcode_number = static_cast<std::uint32_t>(out.error);
        out.opcode = find_notification(out.opcode_number);
        out.opcode_known = true;
        return;
    }
    out.kind = MessageKind::reply;
}

void report_capture_state(const Record& record, Message& out) {
    const auto held = static_cast<std::uint32_t>(record.bytes.size());
    const auto note = [&](Rule rule, std::uint64_t observed, std::uint64_t expected) {
        out.findings.push_back({rule, no_sub, held, observed, expected});
    };
    if ((record.flags & record_gap) != 0)
        note(Rule::frame_gap, held, record.wire_length);
    else if (held < record.wire_length)
        note(Rule::frame_truncated, held, record.wire_length);
    if ((record.flags & record_stale) != 0)
        note(Rule::frame_stale, held, record.wire_length);
    if ((record.flags & record_fault) != 0)
        note(Rule::frame_fault, held, record.wire_length);
    // Over io_uring nothing maintains the len field.
    const bool len_counts =
        record.transport != Transport::io_uring && (record.flags & record_stale) == 0;
    const std::size_t needed =
        record.direction == Direction::request ? in_header_size : out_header_size;
    if (record.wire_length < needed)
        out.findings.push_back({Rule::frame_short_header, no_sub, 0, record.wire_length, needed});
    else if (held >= 4 && out.length != record.wire_length && len_counts)
        out.findings.push_back(
            {Rule::frame_len_mismatch, no_sub, 0, out.length, record.wire_length});
}

} // namespace

void dissect_header(const Record& record, const Context& context, Message& out) {
    clear(out);
    out.bytes = record.bytes;
    out.dialect = context.dialect.name;
    out.order = order_of(record, context.dialect);
    if (record.direction == Direction::write_result || record.direction == Direction::loss) {
        out.kind =
            record.direction == Direction::loss ? MessageKind::loss : MessageKind::write_result;
        out.error = record.result;
        return;
    }
    const Cursor cursor(record.bytes, out.order);
    out.length = cursor.u32(len_offset).value_or(0);
    if (record.direction == Direction::request)
        request_header(cursor, context.dialect.name, out);
    else
        reply_header(cursor, out);
    name_reply(context, out);
    report_capture_state(record, out);
}

void name_reply(const Context& context, Message& out) {
    if (out.kind != MessageKind::reply || context.request == nullptr)
        return;
    out.opcode = context.request->opcode;
    out.opcode_number = context.request->opcode_number;
    out.opcode_known = true;
}

void dissect(const Record& record, const Context& context, Message& out) {
    dissect_header(record, context, out);
    dissect_rest(record, context, out);
}

void dissect_rest(const Record& record, const Context& context, Message& out) {
    name_reply(context, out);
    Decoder decoder(record, context, out, out.order);
    switch (out.kind) {
    case MessageKind::request:
        return decoder.request();
    case MessageKind::reply:
        return decoder.reply();
    case MessageKind::notification:
        return decoder.notification();
    case MessageKind::write_result:
    case MessageKind::loss:
        return;
    }
}

void Decoder::request() {
    if (wire_end_ < in_header_size)
        rest(field::payload, 0, wire_end_);
    else
        request_at(0, wire_end_, nullptr);
}

void Decoder::reply() {
    if (wire_end_ < out_header_size) {
        rest(field::payload, 0, wire_end_);
        return;
    }
    const std::size_t header = open(field::header, 0);
    ++depth_;
    fields(out_header, 0, out_header_size, wire_end_);
    --depth_;
    close(header, out_header_size);
    if (out_.error != 0 || !out_.has_header) {
        rest(field::payload, out_header_size, wire_end_);
        return;
    }
    const Message* request = context_.request;
    const Operation answered =
        request != nullptr ? operation(request->opcode, 0, request->nodes.size()) : Operation{};
    reply_payload(answered, out_header_size, wire_end_);
}

void Decoder::notification() {
    const std::size_t header = open(field::header, 0);
    ++depth_;
    fields(notify_header, 0, out_header_size, wire_end_);
    --depth_;
    close(header, out_header_size);
    if (out_.opcode == nullptr) {
        report(Rule::notify_code, 4,
               static_cast<std::uint64_t>(static_cast<std::int64_t>(out_.error)));
        rest(field::payload, out_header_size, wire_end_);
        return;
    }
    body(*out_.opcode, out_.opcode->reply, out_header_size, wire_end_, false);
}

std::uint32_t asked_size(const Message& request, const Opcode& opcode, std::size_t first_node,
                         std::size_t end_node) {
    if (opcode.asked == nullptr)
        return 0;
    for (std::size_t i = first_node; i < end_node; ++i)
        if (request.nodes[i].field == opcode.asked)
            return static_cast<std::uint32_t>(request.nodes[i].value);
    return 0;
}

} // namespace fusewire
