#include "dissector/session.h"

#include "dissector/opcodes.h"

#include <algorithm>
#include <cstring>

namespace fusewire {

namespace {

constexpr std::uint64_t resend_bit = std::uint64_t{1} << 63; // FUSE_UNIQUE_RESEND
constexpr std::uint32_t init_opcode = 26;
constexpr std::uint64_t file_ops_flag = std::uint64_t{1}
                                        << 2; // offered by the LOOKUP_HANDLE RFC alone
constexpr std::uint64_t io_uring_flag = std::uint64_t{1} << 41;
constexpr std::uint64_t lookup_handle_flag = std::uint64_t{1} << 43;
constexpr std::uint32_t rfc_minor = 46;
constexpr std::uint32_t first_out_of_tree = 54; // COMPOUND of the RFC; 55 and 56 are its companions
constexpr std::uint32_t last_out_of_tree = 56;

// The value of the first node with this name, 0 when it is not there.
std::uint64_t named(const Message& message, const char* name) {
    for (const Node& node : message.nodes)
        if (std::strcmp(node.field->name, name) == 0)
            return node.value;
    return 0;
}

std::uint64_t init_flags_of(const Message& message) {
    constexpr std::uint64_t init_ext = std::uint64_t{1} << 30; // flags2 counts only with it
    const std::uint64_t low = named(message, "flags");
    return (low & init_ext) != 0 ? low | named(message, "flags2") << 32 : low;
}

// The kernel refuses such a write and goes on waiting for the answer (fuse_dev_do_write()).
bool leaves_request_waiting(const Record& record, const Message& request, const Message& reply) {
    constexpr std::int32_t first_invalid = -512;
    return ((request.unique ^ reply.unique) & resend_bit) != 0 ||
           reply.length != record.wire_length || reply.error > 0 || reply.error <= first_invalid;
}

} // namespace

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
    talk.epoch = learnt_.dialects.size();
    learnt_.dialects.push_back(talk.dialect);
    settle(talk);
}

// Applies what is known better than this pass can: the caller's word, or an earlier pass.
void Session::settle(Talk& talk) {
    if (forced_)
        talk.dialect.name = *forced_;
    else if (survey_ != nullptr && talk.epoch < survey_->dialects.size())
        talk.dialect.name = survey_->dialects[talk.epoch].name;
    learnt_.dialects[talk.epoch] = talk.dialect;
}

void Session::see_request(const Record& record, Talk& talk, Message& message, Exchange&,
                          bool whole) {
    Context context{talk.dialect, nullptr};
    dissect_header(record, context, message);
    const bool is_init = message.opcode_known && message.opcode_number == init_opcode;
    if (is_init) {
        if (talk.dialect.init_known || talk.offered_minor != 0)
            begin_epoch(talk);
        talk.dialect.order = message.order;
        dissect(record, context, message);
        learn_init_request(talk, message);
        context.dialect = talk.dialect;
    } else if (learn_opcode(talk, message)) {
        context.dialect = talk.dialect;
        dissect_header(record, context, message);
    }
    if (whole)
        dissect(record, context, message);
    const bool answered_later =
        message.has_header && !(message.opcode != nullptr && message.opcode->no_reply);
    if (answered_later)
        remember(record, message, whole);
}

void Session::see_reply(const Record& record, Talk& talk, Message& message, Exchange& exchange,
                        bool whole) {
    Context context{talk.dialect, nullptr};
    dissect_header(record, context, message);
    if (message.kind == MessageKind::reply && message.has_header) {
        const auto request = find_request(record, message);
        if (request != pending_.end()) {
            answer(record, request->second, exchange);
            context.request = exchange.request;
            // A node keeps its address when it leaves the map.
            if (!leaves_request_waiting(record, *exchange.request, message))
                answered_ = pending_.extract(request);
        }
    }
    const bool is_init =
        context.request != nullptr && context.request->opcode_number == init_opcode;
    if (whole || is_init)
        dissect(record, context, message);
    else if (context.request != nullptr)
        dissect_header(record, context, message);
    if (is_init && message.error == 0)
        learn_init_reply(talk, message);
}

Session::PendingMap::iterator Session::find_request(const Record& record, const Message& reply) {
    const auto conn = static_cast<std::uint32_t>(record.conn);
    const auto found = pending_.find(Key{conn, false, reply.unique & ~resend_bit});
    return found != pending_.end() || record.pair_key == 0
               ? found
               : pending_.find(Key{conn, true, record.pair_key});
}

void Session::answer(const Record& record, Pending& request, Exchange& exchange) {
    request.message.bytes = request.bytes;
    exchange.request = &request.message;
    exchange.request_frame = request.frame;
    std::int64_t latency = 0; // a damaged file can hold times that are too far apart
    const bool overflows = __builtin_sub_overflow(record.time_ns, request.time_ns, &latency);
    if (record.has_time() && request.has_time && !overflows)
        exchange.latency_ns = latency;
    if (keep_survey_ && request.index < learnt_.reply_frames.size())
        learnt_.reply_frames[request.index] = record.frame;
}

void Session::learn_init_request(Talk& talk, const Message& message) {
    talk.offered_minor = static_cast<std::uint32_t>(named(message, "minor"));
    talk.offered_flags = init_flags_of(message);
    const bool rfc = talk.offered_minor == rfc_minor && (talk.offered_flags & file_ops_flag) != 0;
    talk.dialect.name = rfc ? DialectName::lookup_handle_v3 : DialectName::upstream;
    settle(talk);
}

void Session::learn_init_reply(Talk& talk, const Message& message) {
    const auto minor = static_cast<std::uint32_t>(named(message, "minor"));
    talk.dialect.init_known = true;
    talk.dialect.minor = std::min(minor, talk.offered_minor);
    talk.dialect.init_flags = init_flags_of(message);
    const bool handles = (talk.dialect.init_flags & lookup_handle_flag) != 0 &&
                         talk.offered_minor == rfc_minor &&
                         (talk.offered_flags & io_uring_flag) == 0;
    if (handles)
        talk.dialect.name = DialectName::lookup_handle_v3;
    settle(talk);
}

// Upstream has no opcode above 53, so these settle it where INIT was not seen or said nothing.
bool Session::learn_opcode(Talk& talk, const Message& message) {
    const bool open_question =
        talk.dialect.name == DialectName::unknown || talk.dialect.name == DialectName::upstream;
    if (!open_question || !message.opcode_known || message.opcode_number < first_out_of_tree ||
        message.opcode_number > last_out_of_tree)
        return false;
    talk.dialect.name = DialectName::lookup_handle_v3;
    settle(talk);
    return true;
}

// An entry for the key with the memory of an answered one where there is any.
Session::Pending& Session::new_pending(const Key& key) {
    if (spare_.empty() || pending_.contains(key))
        return pending_[key];
    PendingMap::node_type node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = key;
    return pending_.insert(std::move(node)).position->second;
}

void Session::remember(const Record& record, const Message& message, bool whole) {
    const bool by_address = message.unique == 0;
    const std::uint64_t id = by_address ? record.pair_key : message.unique & ~resend_bit;
    if (id == 0)
        return;
    const Key key{static_cast<std::uint32_t>(record.conn), by_address, id};
    while (pending_.size() >= pending_limit && !order_.empty()) {
        pending_.erase(order_.front());
        order_.pop_front();
    }
    // Answered keys leave the queue in bulk, so that it stays within twice the outstanding requests.
    if (order_.size() > 2 * pending_.size() + 1024)
        std::erase_if(order_, [&](const Key& old) { return !pending_.contains(old); });
    order_.push_back(key);
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
    pending.has_time = record.has_time();
}

} // namespace fusewire
