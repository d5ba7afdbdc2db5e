#include "dissector/message_fields.h"

#include "dissector/checker.h"
#include "dissector/comment_mark.h"
#include "dissector/errno_names.h"
#include "dissector/findings/families.h"
#include "dissector/opcodes.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>
#include <vector>

namespace fusewire {

namespace {

constexpr std::uint8_t in_body = need_body | need_survey;
constexpr std::uint8_t in_findings = need_body | need_findings | need_survey;

bool is_operation(const Message& message) {
    return message.kind == MessageKind::request || message.kind == MessageKind::reply;
}

bool is_request(const Decoded& decoded) {
    return decoded.message.kind == MessageKind::request;
}

// The name of an opcode, or its number where it is unknown.
void add_opcode_name(FieldValues& values, const Opcode* opcode, std::uint32_t number) {
    if (opcode != nullptr)
        values.add_text(opcode->name);
    else
        values.keep_text(fmt::to_string(number));
}

// Whether the header was captured up to that byte: what was not is 0 in the message.
bool holds(const Decoded& decoded, std::size_t end) {
    return decoded.message.bytes.size() >= end;
}
constexpr std::size_t error_end = 8, unique_end = 16, uid_end = 28, gid_end = 32, pid_end = 36;

bool is_known(const SubMessage& sub) {
    return sub.opcode != nullptr || sub.opcode_number != 0;
}

std::vector<std::string> direction_names() {
    std::vector<std::string> names;
    for (const MessageKind kind :
         {MessageKind::request, MessageKind::reply, MessageKind::notification,
          MessageKind::write_result, MessageKind::loss})
        names.emplace_back(direction_name(kind));
    return names;
}

std::vector<std::string> dialect_names() {
    std::vector<std::string> names;
    for (int i = 0; i < dialect_count; ++i)
        names.emplace_back(spelling(static_cast<DialectName>(i)));
    return names;
}

std::vector<std::string> transport_names() {
    std::vector<std::string> names;
    for (std::size_t i = 1; i < transport_count; ++i)
        names.emplace_back(transport_name(static_cast<Transport>(i)));
    return names;
}

std::vector<std::string> rule_ids() {
    std::vector<std::string> ids;
    for (const RuleInfo* rule : all_rules())
        ids.emplace_back(rule->id);
    return ids;
}

constexpr Value severity_names[] = {
    one_of(static_cast<std::uint64_t>(Severity::note), "note"),
    one_of(static_cast<std::uint64_t>(Severity::warn), "warn"),
    one_of(static_cast<std::uint64_t>(Severity::error), "error"),
};

constexpr MessageField whole_fields[] = {
    {"fuse", "the bytes of the whole message", ValueType::bytes,
     [](FieldValues& out, const Decoded& d) { out.add_bytes(d.record.bytes); }},
    {"frame", "the same", ValueType::bytes,
     [](FieldValues& out, const Decoded& d) { out.add_bytes(d.record.bytes); }},
    {"frame.number", "number of the message's first packet in the file", ValueType::number,
     [](FieldValues& out, const Decoded& d) { out.add_number(d.record.frame); }},
    {"frame.time_epoch", "seconds since the epoch, with nanoseconds", ValueType::time,
     [](FieldValues& out, const Decoded& d) {
         if (d.record.has_time())
             out.add_number(d.record.time_ns);
     }},
    {"frame.len", "bytes on the wire", ValueType::number,
     [](FieldValues& out, const Decoded& d) { out.add_number(d.record.wire_length); }},
    {"frame.cap_len", "bytes captured", ValueType::number,
     [](FieldValues& out, const Decoded& d) { out.add_number(d.record.bytes.size()); }},
    {"frame.comment", "comment in the capture file", ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         if (std::string text = split_mark(d.record.comment).text; !text.empty())
             out.keep_text(std::move(text));
     }},
    {"frame.marked", "1 where somebody marked the message", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (split_mark(d.record.comment).marked)
             out.add_number(1);
     }},
    {"fuse.time_ns", "nanoseconds since the epoch", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.record.has_time())
             out.add_number(d.record.time_ns);
     }},
    {"fuse.conn", "connection number", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         out.add_number(static_cast<std::uint32_t>(d.record.conn));
     }},
    {"fuse.direction",
     "request, reply, notify, write_result or loss",
     ValueType::text,
     [](FieldValues& out, const Decoded& d) { out.add_text(direction_name(d.message.kind)); },
     0,
     {},
     nullptr,
     false,
     direction_names},
    {"fuse.opcode",
     "opcode number, of the request for a reply",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (is_operation(d.message) && d.message.opcode_known)
             out.add_number(d.message.opcode_number);
     },
     0,
     {},
     "fuse.opcode_name",
     true},
    {"fuse.opcode_name",
     "opcode name, or its number when it is unknown",
     ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         if (is_operation(d.message) && d.message.opcode_known)
             add_opcode_name(out, d.message.opcode, d.message.opcode_number);
     },
     need_survey,
     {},
     nullptr,
     true},
    {"fuse.notify", "name of the notification", ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         if (d.message.kind != MessageKind::notification)
             return;
         if (d.message.opcode != nullptr)
             out.add_text(d.message.opcode->name);
         else
             out.keep_text(fmt::to_string(d.message.error));
     }},
    {"fuse.unique",
     "number of the request, which its reply repeats",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         const bool has_one =
             is_operation(d.message) || d.message.kind == MessageKind::notification;
         if (has_one && holds(d, unique_end))
             out.add_number(d.message.unique);
     },
     0,
     {},
     nullptr,
     true},
    {"fuse.error", "0 or a negative errno, of a reply", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         const bool has_one = d.message.kind == MessageKind::reply && holds(d, error_end);
         if (has_one || d.message.kind == MessageKind::write_result)
             out.add_number(d.message.error);
     }},
    {"fuse.error_name", "name of the errno", ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         if (d.message.kind == MessageKind::reply && d.message.error != 0)
             out.add_text(errno_name(d.message.error));
     }},
    {"fuse.latency_ns", "nanoseconds from request to reply", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.exchange.latency_ns)
             out.add_number(*d.exchange.latency_ns);
     }},
    {"fuse.latency", "seconds from request to reply", ValueType::duration,
     [](FieldValues& out, const Decoded& d) {
         if (d.exchange.latency_ns)
             out.add_number(*d.exchange.latency_ns);
     }},
    {"fuse.request_frame", "frame of the request that a reply answers", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.exchange.request_frame != 0)
             out.add_number(d.exchange.request_frame);
     }},
    {"fuse.reply_frame", "frame of the reply to a request", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.exchange.reply_frame != 0)
             out.add_number(d.exchange.reply_frame);
     },
     need_survey},
    {"fuse.in_flight", "1 for a request that was on its way already when it was seen",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if ((d.record.flags & record_in_flight) != 0)
             out.add_number(1);
     }},
    {"fuse.unread", "1 for a request in flight that no thread of the server has read yet",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if ((d.record.flags & record_unread) != 0)
             out.add_number(1);
     }},
    {"fuse.dialect",
     "dialect that the message was decoded with",
     ValueType::text,
     [](FieldValues& out, const Decoded& d) { out.add_text(spelling(d.message.dialect)); },
     need_survey,
     {},
     nullptr,
     false,
     dialect_names},
    {"fuse.transport",
     "how the message travelled, or how the probe saw it",
     ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         if (d.record.transport != Transport::unknown)
             out.add_text(transport_name(d.record.transport));
     },
     0,
     {},
     nullptr,
     false,
     transport_names},
    {"fuse.length", "bytes on the wire", ValueType::number,
     [](FieldValues& out, const Decoded& d) { out.add_number(d.record.wire_length); }},
    {"fuse.captured", "bytes captured", ValueType::number,
     [](FieldValues& out, const Decoded& d) { out.add_number(d.record.bytes.size()); }},
    {"fuse.uid",
     "user of the caller, of a request",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (is_request(d) && holds(d, uid_end))
             out.add_number(d.message.uid);
     },
     0,
     {},
     nullptr,
     true},
    {"fuse.gid",
     "group of the caller, of a request",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (is_request(d) && holds(d, gid_end))
             out.add_number(d.message.gid);
     },
     0,
     {},
     nullptr,
     true},
    {"fuse.pid",
     "task of the caller, of a request",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (is_request(d) && holds(d, pid_end))
             out.add_number(d.message.pid);
     },
     0,
     {},
     nullptr,
     true},
    {"fuse.server_pid", "process of the server, when the capture knows it", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.record.server_pid != 0)
             out.add_number(d.record.server_pid);
     }},
    {"fuse.server_tid", "thread of the server, when the capture knows it", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.record.server_tid != 0)
             out.add_number(d.record.server_tid);
     }},
    {"fuse.lost", "messages lost just before this one", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.record.lost != 0)
             out.add_number(d.record.lost);
     }},
    {"fuse.sub.opcode",
     "opcode numbers of the sub-operations",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         for (const SubMessage& sub : d.message.subs)
             if (is_known(sub))
                 out.add_number(sub.opcode_number);
     },
     in_body,
     {},
     "fuse.sub.opcode_name",
     true},
    {"fuse.sub.opcode_name",
     "opcode names of the sub-operations",
     ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         for (const SubMessage& sub : d.message.subs)
             if (is_known(sub))
                 add_opcode_name(out, sub.opcode, sub.opcode_number);
     },
     in_body,
     {},
     nullptr,
     true},
    {"fuse.sub.nodeid",
     "nodeids of the sub-requests",
     ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (is_request(d))
             for (const SubMessage& sub : d.message.subs)
                 out.add_number(sub.nodeid);
     },
     in_body,
     {},
     nullptr,
     true},
    {"fuse.sub.error", "errors of the sub-replies", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         if (d.message.kind == MessageKind::reply)
             for (const SubMessage& sub : d.message.subs)
                 out.add_number(sub.error);
     },
     in_body},
    {"fuse.sub.length", "lengths of the sub-operations", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         for (const SubMessage& sub : d.message.subs)
             out.add_number(sub.length);
     },
     in_body},
    {"fuse.finding",
     "ids of the rules that found something in the message",
     ValueType::text,
     [](FieldValues& out, const Decoded& d) {
         for (const Judgement* found : d.findings)
             out.add_text(found->rule->id);
     },
     in_findings,
     {},
     nullptr,
     false,
     rule_ids},
    {"fuse.finding.severity", "how bad each finding is: error, warn or note", ValueType::ranked,
     [](FieldValues& out, const Decoded& d) {
         for (const Judgement* found : d.findings)
             out.add_number(static_cast<int>(found->severity));
     },
     in_findings, severity_names},
    {"fuse.finding.offset", "byte of the message that each finding is at", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         for (const Judgement* found : d.findings)
             out.add_number(found->sighting.offset);
     },
     in_findings},
    {"fuse.finding.nodeid", "the node that each finding is about, 0 for none", ValueType::number,
     [](FieldValues& out, const Decoded& d) {
         for (const Judgement* found : d.findings)
             out.add_number(found->sighting.nodeid);
     },
     in_findings},
    {"fuse.finding.message", "what each finding says", ValueType::prose,
     [](FieldValues& out, const Decoded& d) {
         for (const Judgement* found : d.findings)
             out.keep_text(found->message());
     },
     in_findings},
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

} // namespace

std::span<const MessageField> message_fields() {
    return whole_fields;
}

std::span<const KindField> kind_fields() {
    return by_kind;
}

} // namespace fusewire
