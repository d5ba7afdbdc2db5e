#include "cli/message_printer.h"

#include <unistd.h>

namespace fusewire {

MessagePrinter::MessagePrinter(std::unique_ptr<View> view)
    : view_(std::move(view)), out_(STDOUT_FILENO) {}

void MessagePrinter::print(const JudgedSession& session, const RecordSource& source,
                           const Decoded& decoded) {
    const ConnId conn = decoded.record.conn;
    if (revised_ < source.revised().size())
        introduce_again(source);
    if (last_conn_ != conn)
        introduce(source, conn);
    if (view_->says_dialect())
        say_dialect(session.session(), conn);
    view_->message(out_.text(), decoded);
    out_.settle();
}

void MessagePrinter::introduce(const RecordSource& source, ConnId conn) {
    last_conn_ = conn;
    if (!introduced_.insert(static_cast<std::uint32_t>(conn)).second)
        return;
    for (const Connection& connection : source.connections())
        if (connection.conn == conn)
            view_->connection(out_.text(), connection);
}

// Those of which more has become known since.
void MessagePrinter::introduce_again(const RecordSource& source) {
    const auto revised = source.revised();
    for (; revised_ < revised.size(); ++revised_) {
        const Connection& connection = source.connections()[revised[revised_]];
        if (introduced_.contains(static_cast<std::uint32_t>(connection.conn)))
            view_->connection(out_.text(), connection);
    }
}

void MessagePrinter::say_dialect(const Session& session, ConnId conn) {
    const Spoken now{session.dialect_of(conn)->name, session.recognition_of(conn)};
    const auto [said, first] = spoken_.try_emplace(static_cast<std::uint32_t>(conn), now);
    if (!first && said->second == now)
        return;
    said->second = now;
    view_->dialect(out_.text(), conn, now.name, now.reason);
}

Result<void> MessagePrinter::end() {
    view_->end(out_.text());
    return out_.finish();
}

} // namespace fusewire
