#include "dissector/session.h"

#include "dissector/exchange_rules.h"
#include "dissector/opcodes.h"
#include "dissector/requests.h"

#include <algorithm>

namespace fusewire {

void Session::see(const Record& record, Message& message, Exchange& exchange, bool whole) {
    exchange = {};
    if (!answered_.empty())
        spare_.push_back(std::move(answered_));
    Talk& talk = talk_of(record);
    if (record.direction == Direction::request)
        see_request(record, talk, message, exchange, whole);
    else
        see_reply(record, talk, message, exchange, whole);
    if (survey_ != nullptr && seen_ < survey_->reply_frames.size())
        exchange.reply_frame = survey_->reply_frames[seen_];
    if (keep_survey_)
        learnt_.reply_frames.resize(seen_ + 1);
    ++seen_;
}

const Dialect* Session::dialect_of(ConnId conn) const {
    const auto found = talks_.find(static_cast<std::uint32_t>(conn));
    return found == talks_.end() ? nullptr : &found->second.dialect;
}

const Recognition* Session::recognition_of(ConnId conn) const {
    const auto found = talks_.find(static_cast<std::uint32_t>(conn));
    return found == talks_.end() ? nullptr : learnt_.reasons[found->second.epoch];
}

Session::Talk& Session::talk_of(const Record& record) {
    const auto [found, added] = talks_.try_emplace(static_cast<std::uint32_t>(record.conn));
    if (added)
        begin_epoch(found->second);
    return found->second;
}

// A connection number can come again for another mount, so each INIT begins anew.
void Session::begin_epoch(Talk& talk) {
    const ByteOrder order = talk.dialect.order;
    talk.dialect = {};
    talk.dialect.order = order;
    talk.detection = {};
    talk.epoch = learnt_.dialects.size();
    learnt_.dialects.push_back(talk.dialect);
    learnt_.reasons.push_back(nullptr);
    settle(talk);
}

// What the source knows of an INIT that was not captured. One that is captured wins.
void Session::use_facts(const Record& record, Talk& talk) {
    const bool asks = !talk.dialect.init_known && talk.offered_minor == 0;
    if (!asks || record.about == nullptr || record.about->minor == 0)
        return;
    talk.dialect.init_known = true;
    talk.dialect.from_facts = true;
    talk.dialect.minor = record.about->minor;
    talk.dialect.init_flags = record.about->init_flags;
    settle(talk);
}

// Applies what is known better than this pass can: the caller's word, or an earlier pass.
void Session::settle(Talk& talk) {
    const bool surveyed = survey_ != nullptr && talk.epoch < survey_->dialects.size();
    talk.detects = !forced_ && !surveyed;
    const Recognition* reason = talk.detects ? talk.detection.reason() : nullptr;
    talk.dialect.name = talk.detection.name();
    if (forced_) {
        talk.dialect.name = *forced_;
    } else if (surveyed) {
        talk.dialect.name = survey_->dialects[talk.epoch].name;
        reason = talk.epoch < survey_->reasons.size() ? survey_->reasons[talk.epoch] : nullptr;
    }
    learnt_.dialects[talk.epoch] = talk.dialect;
    learnt_.reasons[talk.epoch] = reason;
}

void Session::see_request(const Record& record, Talk& talk, Message& message, Exchange& exchange,
                          bool whole) {
    Context context{talk.dialect, nullptr};
    dissect_header(record, context, message);
    if (came_before(record, talk, message, exchange)) {
        if (whole)
            dissect_rest(record, context, message);
        return;
    }
    const bool is_init = message.opcode_known && message.opcode_number == init_opcode_number;
    if (!is_init) {
        use_facts(record, talk);
        context.dialect = talk.dialect;
    }
    if (is_init) {
        if (talk.dialect.init_known || talk.offered_minor != 0)
            begin_epoch(talk);
        talk.dialect.order = message.order;
        dissect(record, context, message);
        learn_init_request(talk, message);
        context.dialect = talk.dialect;
    } else if (learn_form(record, talk, message)) {
        context.dialect = talk.dialect;
        dissect_header(record, context, message);
    }
    if (whole && (is_init || message.dialect != context.dialect.name))
        dissect(record, context, message);
    else if (whole)
        dissect_rest(record, context, message);
    const bool answered_later =
        message.has_header && !(message.opcode != nullptr && message.opcode->no_reply);
    if (answered_later)
        remember(record, message, whole);
}

void Session::see_reply(const Record& record, Talk& talk, Message& message, Exchange& exchange,
                        bool whole) {
    use_facts(record, talk);
    Context context{talk.dialect, nullptr};
    dissect_header(record, context, message);
    Pending* asked = nullptr;
    if (message.kind == MessageKind::reply && message.has_header) {
        const auto request = find_request(pending_, record, message);
        if (request != pending_.end()) {
            asked = &request->second;
            answer(record, *asked, exchange);
            context.request = exchange.request;
            exchange.ends_request =
                !leaves_request_waiting(record, exchange.request->unique, message);
            // A node keeps its address when it leaves the map.
            if (exchange.ends_request)
                answered_ = pending_.extract(request);
        }
        if (request == pending_.end() || exchange.ends_request)
            note_answered(record, talk, message, exchange.request_frame);
    }
    const bool is_init =
        context.request != nullptr && context.request->opcode_number == init_opcode_number;
    if (whole || is_init)
        dissect_rest(record, context, message);
    else
        name_reply(context, message);
    const bool learns = is_init ? message.error == 0 && learn_init_reply(talk, message)
                                : learn_form(record, talk, message);
    if (!learns)
        return;
    context.dialect = talk.dialect;
    if (asked != nullptr)
        asked->message.opcode = find_opcode(asked->message.opcode_number, talk.dialect.name);
    if (whole)
        dissect(record, context, message);
    else
        dissect_header(record, context, message);
}

// Whether the record is about a request that is known already: a look lists it as in flight, or a
// server reads what a look had listed as unread.
bool Session::came_before(const Record& record, const Talk& talk, const Message& request,
                          Exchange& exchange) {
    const bool listed = (record.flags & record_in_flight) != 0;
    const auto known = find_request(pending_, record, request);
    if (known != pending_.end()) {
        Pending& pending = known->second;
        const bool same = pending.message.opcode_number == request.opcode_number &&
                          pending.message.nodeid == request.nodeid;
        if (!same || (!listed && !pending.unread))
            return false;
        exchange.again = true;
        exchange.request_frame = pending.frame;
        exchange.began_unseen = pending.began_unseen;
        if (pending.has_time)
            exchange.began_ns = pending.time_ns;
        pending.unread = (record.flags & record_unread) != 0;
        return true;
    }
    if (!listed)
        return false;
    // What cannot be paired would count once with each look. It comes again when a server reads it.
    const bool never_paired = (request.opcode != nullptr && request.opcode->no_reply) ||
                              (request.unique == 0 && record.pair_key == 0);
    const std::uint64_t* settled = settled_.find(settled_key(record, talk.epoch, request.unique));
    exchange.again = never_paired || settled != nullptr;
    exchange.ends_request = exchange.again;
    if (settled != nullptr)
        exchange.request_frame = *settled;
    return exchange.again;
}

void Session::note_answered(const Record& record, const Talk& talk, const Message& reply,
                            std::uint64_t request_frame) {
    settled_.put(settled_key(record, talk.epoch, reply.unique), request_frame);
}

void Session::answer(const Record& record, Pending& request, Exchange& exchange) {
    request.message.bytes = request.bytes;
    exchange.request = &request.message;
    exchange.request_frame = request.frame;
    exchange.began_unseen = request.began_unseen;
    std::int64_t latency = 0; // a damaged file can hold times that are too far apart
    const bool overflows = __builtin_sub_overflow(record.time_ns, request.time_ns, &latency);
    if (record.has_time() && request.has_time && !overflows)
        exchange.latency_ns = latency;
    if (keep_survey_ && request.index < learnt_.reply_frames.size())
        learnt_.reply_frames[request.index] = record.frame;
}

void Session::learn_init_request(Talk& talk, const Message& message) {
    const InitFacts offer = init_facts_of(message);
    talk.offered_minor = offer.minor;
    if (talk.detects)
        talk.detection.see_init_request(offer);
    settle(talk);
}

// Whether the dialect is another one now.
bool Session::learn_init_reply(Talk& talk, const Message& message) {
    const InitFacts answer = init_facts_of(message);
    talk.dialect.init_known = true;
    talk.dialect.minor = std::min(answer.minor, talk.offered_minor);
    talk.dialect.init_flags = answer.flags;
    const bool changes = talk.detects && talk.detection.see_init_reply(answer);
    settle(talk);
    return changes;
}

bool Session::learn_form(const Record& record, Talk& talk, const Message& message) {
    if (!talk.detects || !message.opcode_known)
        return false;
    const bool is_request = message.kind == MessageKind::request;
    const bool changes = is_request ? talk.detection.see_request(message, record.wire_length)
                         : message.kind == MessageKind::reply
                             ? talk.detection.see_reply(message, record.wire_length)
                             : false;
    if (changes)
        settle(talk);
    return changes;
}

// An entry for the key with the memory of an answered one where there is any.
// Not answered, and its key not taken by a later one.
bool Session::is_waiting(const Waiting& request) const {
    const auto found = pending_.find(request.key);
    return found != pending_.end() && found->second.index == request.index;
}

Session::Pending& Session::new_pending(const RequestKey& key) {
    if (spare_.empty() || pending_.contains(key))
        return pending_[key];
    PendingMap::node_type node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = key;
    return pending_.insert(std::move(node)).position->second;
}

void Session::remember(const Record& record, const Message& message, bool whole) {
    const RequestKey key = RequestKey::of(record.conn, message.unique, record.pair_key);
    if (key.id == 0)
        return;
    for (; pending_.size() >= pending_limit && !order_.empty(); order_.pop_front())
        if (is_waiting(order_.front()))
            pending_.erase(order_.front().key);
    // Answered requests leave the queue in bulk, so that it stays within twice the outstanding ones.
    if (order_.size() > 2 * pending_.size() + 1024)
        std::erase_if(order_, [this](const Waiting& old) { return !is_waiting(old); });
    order_.push_back({key, seen_});
    Pending& pending = new_pending(key);
    pending.message = message;
    pending.message.bytes = {};
    pending.bytes.clear();
    if (whole)
        pending.bytes.assign(record.bytes.begin(),
                             record.bytes.begin() + static_cast<std::ptrdiff_t>(
                                                        std::min(record.bytes.size(), kept_bytes)));
    pending.frame = record.frame;
    pending.index = seen_;
    pending.time_ns = record.time_ns;
    pending.began_unseen = (record.flags & record_in_flight) != 0;
    pending.has_time = record.has_time() && !pending.began_unseen;
    pending.unread = (record.flags & record_unread) != 0;
}

} // namespace fusewire
