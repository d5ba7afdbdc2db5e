#include "dissector/render/json_object.h"
#include "dissector/render/judgement.h"
#include "dissector/render/report.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

void append_findings(std::string& out, const CheckReport& report) {
    JsonArray findings(out);
    for (const FindingGroup& group : report.groups)
        for (const Judgement* judgement : group.judgements) {
            findings.element() += '\n';
            append_json(out, *judgement);
        }
    findings.close();
}

void append_counts(std::string& out, const CheckReport& report) {
    JsonObject counts(out);
    for (const Severity severity : {Severity::error, Severity::warn, Severity::note})
        counts.number(spelling(severity), report.count(severity));
    counts.close();
}

// An object by connection number.
template <class Append>
void append_by_connection(std::string& out, const CheckReport& report, Append append) {
    JsonObject object(out);
    for (const CheckedConnection& connection : report.connections)
        append(object, fmt::to_string(static_cast<std::uint32_t>(connection.conn)), connection);
    object.close();
}

} // namespace

void append_json(std::string& out, const CheckReport& report) {
    JsonObject object(out);
    append_findings(object.key("findings"), report);
    append_counts(object.key("counts"), report);
    object.number("dropped", report.dropped);
    object.number("messages", report.messages);
    object.number("lost", report.lost);
    append_by_connection(
        object.key("dialects"), report,
        [](JsonObject& by_conn, const std::string& conn, const CheckedConnection& connection) {
            by_conn.text(conn, spelling(connection.dialect));
        });
    append_by_connection(
        object.key("init_seen"), report,
        [](JsonObject& by_conn, const std::string& conn, const CheckedConnection& connection) {
            by_conn.boolean(conn, connection.init_seen);
        });
    object.close();
    out += '\n';
}

} // namespace fusewire
