#include "dissector/outstanding.h"

#include "dissector/exchange_rules.h"
#include "dissector/operation.h"
#include "dissector/requests.h"

#include <algorithm>
#include <tuple>

namespace fusewire {

namespace {

// What the record says of its reader; device tiers see a request when a thread reads it.
ReadBy reader_of(const Record& record) {
    if ((record.flags & record_unread) != 0)
        return ReadBy::nobody;
    if (record.server_tid != 0)
        return ReadBy::thread;
    return (record.flags & record_in_flight) != 0 ? ReadBy::somebody : ReadBy::unknown;
}

// Not in the middle of a character.
void shorten(std::string& text, std::size_t most) {
    if (text.size() <= most)
        return;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most;
    text.resize(most);
    text += "...";
}

} // namespace

void OutstandingRequests::see(const Decoded& decoded) {
    if (decoded.message.kind == MessageKind::request)
        see_request(decoded);
    else if (decoded.message.kind == MessageKind::reply && decoded.message.has_header)
        see_reply(decoded);
}

void OutstandingRequests::see_request(const Decoded& decoded) {
    const Operation request(decoded.message);
    if (request.is(Op::interrupt))
        return see_interrupt(decoded);
    if (!awaits_reply(decoded.message) || decoded.exchange.ends_request)
        return;
    if (request.is(Op::init) && !decoded.exchange.again)
        erase_all(decoded.record.conn); // of an earlier mount with this number
    const auto known = find_request(requests_, decoded.record, decoded.message);
    if (known != requests_.end())
        refresh(known->second, decoded.record, decoded.message);
    else
        add(decoded);
}

void OutstandingRequests::see_reply(const Decoded& decoded) {
    const Message* asked = decoded.exchange.request;
    const auto known = find_request(requests_, decoded.record, decoded.message);
    if (asked != nullptr && !decoded.exchange.ends_request) {
        if (known != requests_.end())
            known->second.refused_frame = decoded.record.frame;
        return;
    }
    if (known != requests_.end())
        erase(known);
    // The kernel ends whatever is left with the connection.
    if (asked != nullptr && Operation(*asked).is(Op::destroy))
        erase_all(decoded.record.conn);
}

void OutstandingRequests::see_interrupt(const Decoded& decoded) {
    const auto target = Operation(decoded.message).number("unique");
    if (!target)
        return;
    const auto known = requests_.find(RequestKey::by_unique(decoded.record.conn, *target));
    if (known != requests_.end())
        known->second.interrupt_frame = decoded.record.frame;
}

void OutstandingRequests::add(const Decoded& decoded) {
    const Record& record = decoded.record;
    const Message& message = decoded.message;
    const RequestKey key = RequestKey::of(record.conn, message.unique, record.pair_key);
    if (key.id == 0)
        return;
    if (requests_.size() >= kept) {
        ++dropped_;
        return;
    }
    OutstandingRequest& request = requests_[key];
    ++counts_[key.conn];
    request.conn = record.conn;
    request.frame = decoded.exchange.again ? decoded.exchange.request_frame : record.frame;
    request.unique = message.unique & ~resend_bit;
    request.opcode = message.opcode;
    request.opcode_number = message.opcode_number;
    for (const SubMessage& sub : message.subs)
        if (request.operations.size() < OutstandingRequest::most_operations)
            request.operations.push_back({sub.opcode, sub.opcode_number});
    request.nodeid =
        message.subs.empty() || message.nodeid != 0 ? message.nodeid : message.subs.front().nodeid;
    request.pid = message.pid;
    request.uid = message.uid;
    describe_(request.text, message);
    shorten(request.text, OutstandingRequest::most_text);
    const bool listed = (record.flags & record_in_flight) != 0;
    request.since_ns = decoded.exchange.began_ns;
    if (!request.since_ns && record.has_time())
        request.since_ns = record.time_ns;
    request.began_unseen = listed && !decoded.exchange.began_ns;
    request.read_by = reader_of(record);
    request.server_pid = record.server_pid;
    request.server_tid = record.server_tid;
    request.look = look_;
}

void OutstandingRequests::refresh(OutstandingRequest& request, const Record& record,
                                  const Message& message) {
    request.look = look_;
    request.missed = 0;
    if (message.unique != 0)
        request.unique = message.unique & ~resend_bit;
    const ReadBy now = reader_of(record);
    // A look knows whether somebody has read it; who that was is known from the reading alone.
    if (now == ReadBy::unknown || (now == ReadBy::somebody && request.read_by == ReadBy::thread))
        return;
    request.read_by = now;
    request.server_pid = now == ReadBy::thread ? record.server_pid : 0;
    request.server_tid = now == ReadBy::thread ? record.server_tid : 0;
}

void OutstandingRequests::erase(Map::iterator request) {
    const auto count = counts_.find(request->first.conn);
    if (--count->second == 0)
        counts_.erase(count);
    requests_.erase(request);
}

void OutstandingRequests::erase_all(ConnId conn) {
    counts_.erase(static_cast<std::uint32_t>(conn));
    std::erase_if(requests_, [&](const auto& entry) { return entry.second.conn == conn; });
}

void OutstandingRequests::end_look(bool complete) {
    if (!complete)
        return;
    for (auto at = requests_.begin(); at != requests_.end();) {
        const auto request = at++;
        if (request->second.look == look_ || ++request->second.missed < looks_to_miss)
            continue;
        erase(request);
        ++answered_unseen_;
    }
}

std::size_t OutstandingRequests::count_on(ConnId conn) const {
    const auto found = counts_.find(static_cast<std::uint32_t>(conn));
    return found == counts_.end() ? 0 : found->second;
}

std::vector<const OutstandingRequest*> OutstandingRequests::oldest(std::size_t most) const {
    std::vector<const OutstandingRequest*> list;
    list.reserve(requests_.size());
    for (const auto& [key, request] : requests_)
        list.push_back(&request);
    const auto shown = list.begin() + static_cast<std::ptrdiff_t>(std::min(most, list.size()));
    // What began before the capture is older than all that began in it.
    const auto age = [](const OutstandingRequest* request) {
        return std::tuple(!request->began_unseen, request->since_ns.value_or(0), request->frame,
                          request->unique);
    };
    std::partial_sort(list.begin(), shown, list.end(),
                      [&](const auto* a, const auto* b) { return age(a) < age(b); });
    list.erase(shown, list.end());
    return list;
}

} // namespace fusewire
