#include "dissector/statistics/group_tally.h"

#include "dissector/exchange_rules.h"
#include "dissector/requests.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr GroupKey unknown_group{.kind = GroupKey::Kind::unknown};

std::uint32_t number_of(ConnId conn) {
    return static_cast<std::uint32_t>(conn);
}

// The request that a message is or answers; null for notifications and replies to nothing known.
using KeyOf = GroupKey (*)(const Record& record, const Message* request);

GroupKey by_opcode(const Record&, const Message* request) {
    if (request == nullptr || !request->has_header)
        return unknown_group;
    return {.id = request->opcode_number, .opcode = request->opcode};
}

GroupKey by_nodeid(const Record& record, const Message* request) {
    if (request == nullptr || !request->has_header)
        return unknown_group;
    const bool of_first = request->nodeid == 0 && !request->subs.empty();
    return {.conn = number_of(record.conn),
            .id = of_first ? request->subs.front().nodeid : request->nodeid};
}

GroupKey by_pid(const Record& record, const Message* request) {
    if (request == nullptr || !request->has_header)
        return unknown_group;
    return {.conn = number_of(record.conn), .id = request->pid};
}

GroupKey by_conn(const Record& record, const Message*) {
    return {.conn = number_of(record.conn)};
}

GroupKey by_thread(const Record& record, const Message*) {
    if (record.server_tid == 0)
        return unknown_group;
    return {.conn = number_of(record.conn), .id = record.server_tid};
}

constexpr KeyOf key_functions[] = {by_opcode, by_nodeid, by_pid, by_conn, by_thread};

// A notification is about a node if its body names one first.
GroupKey key_of_notification(GroupBy by, const Record& record, const Message& message) {
    if (by == GroupBy::opcode)
        return {.kind = GroupKey::Kind::notification,
                .id = message.opcode_number,
                .opcode = message.opcode};
    if (by != GroupBy::nodeid)
        return key_functions[static_cast<std::size_t>(by)](record, nullptr);
    for (const Node& node : message.nodes)
        if (node.field->kind == Kind::nodeid && !node.cut)
            return {.conn = number_of(record.conn), .id = node.value};
    return unknown_group;
}

LatencyStart start_of(const Record& request) {
    switch (request.transport) {
    case Transport::tracepoint:
        return LatencyStart::queued;
    case Transport::read_write:
    case Transport::splice:
    case Transport::io_uring:
        return LatencyStart::read;
    default:
        return LatencyStart::unknown;
    }
}

} // namespace

void GroupTally::see(const Decoded& decoded, bool counted) {
    const Record& record = decoded.record;
    switch (decoded.message.kind) {
    case MessageKind::request:
        return decoded.exchange.again ? see_again(decoded) : see_request(decoded, counted);
    case MessageKind::reply:
        return see_reply(decoded, counted);
    case MessageKind::notification:
        if (counted)
            group_at(key_of_notification(by_, record, decoded.message)).tally.add(decoded);
        return;
    default:
        return;
    }
}

void GroupTally::see_request(const Decoded& decoded, bool counted) {
    MessageGroup* group = counted ? &group_of(decoded.record, &decoded.message) : nullptr;
    if (group != nullptr)
        group->tally.add(decoded);
    if (awaits_reply(decoded.message))
        follow(decoded, group);
}

void GroupTally::follow(const Decoded& decoded, MessageGroup* group) {
    const Record& record = decoded.record;
    const Message& request = decoded.message;
    const std::uint64_t id = request.unique == 0 ? record.pair_key : request.unique & ~resend_bit;
    if (id == 0)
        return;
    const RequestKey key{number_of(record.conn), request.unique == 0, id};
    if ((request.unique & resend_bit) != 0)
        if (const auto known = waiting_.find(key); known != waiting_.end())
            return; // the same request, sent once more
    if (waiting_.size() >= 2 * Session::pending_limit)
        forget_oldest();
    if (!spare_.empty() && !waiting_.contains(key)) {
        spare_.key() = key;
        waiting_.insert(std::move(spare_));
        spare_ = {};
    }
    Waiting& waiting = waiting_[key];
    waiting = {.group = group,
               .frame = record.frame,
               .bytes = record.wire_length,
               .start = start_of(record),
               .unread = (record.flags & record_unread) != 0,
               .seen_ns = std::nullopt,
               .queue_ns = std::nullopt};
    if (record.has_time())
        waiting.seen_ns = record.time_ns;
    if (group != nullptr)
        ++group->tally.unanswered;
}

// What the session gave up by now will find no reply either.
void GroupTally::forget_oldest() {
    std::vector<std::uint64_t> frames;
    frames.reserve(waiting_.size());
    for (const auto& [key, waiting] : waiting_)
        frames.push_back(waiting.frame);
    const auto middle = frames.begin() + static_cast<std::ptrdiff_t>(frames.size() / 2);
    std::nth_element(frames.begin(), middle, frames.end());
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second.frame <= *middle; });
}

// A look found it unread still, or a thread has read it now.
void GroupTally::see_again(const Decoded& decoded) {
    const Record& record = decoded.record;
    const auto known = find(record, decoded.message);
    if (known == waiting_.end())
        return;
    Waiting& waiting = known->second;
    const bool listed = (record.flags & record_in_flight) != 0;
    const bool unread = (record.flags & record_unread) != 0;
    const bool waited = unread || (!listed && waiting.unread);
    std::int64_t so_far = 0;
    if (waited && record.has_time() && waiting.seen_ns &&
        !__builtin_sub_overflow(record.time_ns, *waiting.seen_ns, &so_far) && so_far >= 0)
        waiting.queue_ns = static_cast<std::uint64_t>(so_far);
    waiting.unread = unread;
}

void GroupTally::see_reply(const Decoded& decoded, bool counted) {
    const Record& record = decoded.record;
    const Exchange& exchange = decoded.exchange;
    const auto waiting =
        exchange.request == nullptr ? waiting_.end() : find(record, decoded.message);
    const bool known = waiting != waiting_.end();
    if (known && by_ == GroupBy::thread)
        move_to_thread(waiting->second, record);
    if (counted) {
        const bool follows = known && waiting->second.group != nullptr && by_ != GroupBy::thread;
        MessageGroup& group = follows ? *waiting->second.group : group_of(record, exchange.request);
        const LatencyStart start = known ? waiting->second.start : LatencyStart::unknown;
        starts_[static_cast<std::size_t>(start)] += group.tally.add(decoded) ? 1 : 0;
    }
    if (known && exchange.ends_request)
        settle(waiting);
}

// Some captures tell a request's thread only by its reply.
void GroupTally::move_to_thread(Waiting& waiting, const Record& reply) {
    if (waiting.group == nullptr || waiting.group->key.kind != GroupKey::Kind::unknown ||
        reply.server_tid == 0)
        return;
    MessageGroup& group = group_of(reply, nullptr);
    Tally& from = waiting.group->tally;
    --from.requests;
    --from.unanswered;
    from.request_bytes -= waiting.bytes;
    ++group.tally.requests;
    ++group.tally.unanswered;
    group.tally.request_bytes += waiting.bytes;
    waiting.group = &group;
}

void GroupTally::settle(WaitingMap::iterator waiting) {
    const Waiting& request = waiting->second;
    if (request.group != nullptr) {
        --request.group->tally.unanswered;
        if (request.queue_ns)
            request.group->tally.queue.record(*request.queue_ns);
    }
    spare_ = waiting_.extract(waiting);
}

GroupTally::WaitingMap::iterator GroupTally::find(const Record& record, const Message& message) {
    const std::uint32_t conn = number_of(record.conn);
    const auto found = waiting_.find(RequestKey{conn, false, message.unique & ~resend_bit});
    return found != waiting_.end() || record.pair_key == 0
               ? found
               : waiting_.find(RequestKey{conn, true, record.pair_key});
}

MessageGroup& GroupTally::group_of(const Record& record, const Message* request) {
    MessageGroup& group = group_at(key_functions[static_cast<std::size_t>(by_)](record, request));
    if (by_ == GroupBy::thread && group.server_pid == 0 && &group != &others_)
        group.server_pid = record.server_pid;
    return group;
}

MessageGroup& GroupTally::group_at(const GroupKey& key) {
    const auto known = groups_.find(key);
    if (known != groups_.end())
        return known->second;
    if (groups_.size() >= most_)
        return others_;
    MessageGroup& group = groups_[key];
    group.key = key;
    return group;
}

std::vector<const MessageGroup*> GroupTally::groups() const {
    std::vector<const MessageGroup*> list;
    list.reserve(groups_.size());
    for (const auto& [key, group] : groups_)
        if (group.tally.messages() > 0) // some only held requests that moved on
            list.push_back(&group);
    return list;
}

Tally GroupTally::total() const {
    Tally total = others_.tally;
    for (const auto& [key, group] : groups_)
        total.merge(group.tally);
    return total;
}

} // namespace fusewire
