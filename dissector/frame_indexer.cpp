#include "dissector/frame_indexer.h"

#include "dissector/dissect.h"
#include "dissector/exchange_rules.h"
#include "dissector/opcodes.h"

#include <algorithm>

namespace fusewire {

namespace {

// See FrameIndex: what was published is written so that a reader who finds it may follow it.
template <class T>
void store_late(T& place, T value) {
    std::atomic_ref<T>(place).store(value, std::memory_order_release);
}

struct FlagRow {
    std::uint32_t record; // any of these
    FrameFlag frame;
};
constexpr FlagRow flag_rows[] = {
    {record_truncated, frame_truncated},
    {record_stale | record_fault | record_gap, frame_damaged},
    {record_lost_before, frame_lost_before},
    {record_in_flight, frame_in_flight},
    {record_unread, frame_unread},
    {record_no_time, frame_no_time},
};

std::uint16_t flags_of(const Record& record) {
    unsigned flags = record.comment.empty() ? 0u : unsigned{frame_comment};
    if (record.flags != 0)
        for (const FlagRow& row : flag_rows)
            flags |= (record.flags & row.record) != 0 ? unsigned{row.frame} : 0u;
    return static_cast<std::uint16_t>(flags);
}

bool is_never_answered(const Message& request) {
    return request.opcode != nullptr && request.opcode->no_reply;
}

// The request has no facts that its reply is decoded by but its opcode.
Message init_request() {
    Message request;
    request.opcode_number = init_opcode_number;
    request.opcode = find_opcode(init_opcode_number, DialectName::upstream);
    request.opcode_known = true;
    return request;
}

} // namespace

FrameIndexer::FrameIndexer(FrameIndex& index) : index_(index), init_request_(init_request()) {}

Result<void> FrameIndexer::add(const Record& record, std::uint64_t position) {
    const std::size_t row = index_.rows_.size();
    if (row > FrameIndex::max_rows || record.frame > std::numeric_limits<std::uint32_t>::max())
        return fail(Errc::unsupported, "the capture has more messages than an index can number; "
                                       "cut it into parts");
    Talk& talk = talk_of(record);
    Slot slot{.position = position,
              .time_ns = record.time_ns,
              .frame = static_cast<std::uint32_t>(record.frame),
              .code = 0,
              .length = record.wire_length,
              .state = 0,
              .partner = no_row,
              .flags = flags_of(record),
              .kind = MessageKind::request};
    if (record.direction == Direction::request)
        add_request(record, talk, static_cast<Row>(row), slot);
    else
        add_reply(record, talk, slot);
    slot.kind = message_.kind;
    index_.rows_.push_back(slot);
    // Now that the reply can be read, its request may name it.
    if (slot.kind == MessageKind::reply && slot.partner != no_row)
        store_late(index_.rows_[slot.partner].partner, static_cast<Row>(row));
    return {};
}

FrameIndexer::Talk& FrameIndexer::talk_of(const Record& record) {
    if (latest_ != nullptr && latest_conn_ == record.conn)
        return *latest_;
    const auto [found, added] = talks_.try_emplace(static_cast<std::uint32_t>(record.conn));
    latest_ = &found->second;
    latest_conn_ = record.conn;
    if (added)
        begin_epoch(*latest_);
    return *latest_;
}

void FrameIndexer::begin_epoch(Talk& talk) {
    const ByteOrder order = talk.dialect.order;
    talk = {
        .dialect = {.order = order}, .epoch = index_.epochs(), .offered_minor = talk.offered_minor};
    index_.epochs_.push_back({});
}

// A file tells of a connection again once it knows more, and a second reader knows that from the
// beginning, so messages before it are put right in the end.
void FrameIndexer::use_facts(const Record& record, Talk& talk) {
    if (talk.dialect.init_known || talk.offered_minor != 0)
        return;
    if (record.about != nullptr && record.about->minor != 0) {
        apply_facts(*record.about, talk.dialect);
        talk.state = no_state;
    } else if (!talk.asked) {
        talk.asked = true;
        talk.state = no_state;
    }
}

void FrameIndexer::apply_facts(const Connection& about, Dialect& dialect) {
    dialect.init_known = true;
    dialect.from_facts = true;
    dialect.minor = about.minor;
    dialect.init_flags = about.init_flags;
}

std::uint32_t FrameIndexer::state_of(Talk& talk, ConnId conn) {
    if (talk.state != no_state)
        return talk.state;
    talk.state = static_cast<std::uint32_t>(index_.states_.size());
    index_.states_.push_back({conn, talk.epoch, talk.dialect, 0});
    if (talk.asked && !talk.dialect.init_known && talk.offered_minor == 0)
        early_.push_back({talk.state, conn});
    return talk.state;
}

// What the detection says now holds for all of the epoch.
void FrameIndexer::settle(Talk& talk) {
    FrameIndex::Epoch& epoch = index_.epochs_[talk.epoch];
    if (epoch.name == talk.detection.name() && epoch.reason == talk.detection.reason())
        return;
    store_late(epoch.name, talk.detection.name());
    store_late(epoch.reason, talk.detection.reason());
    index_.revision_.fetch_add(1, std::memory_order_release);
}

void FrameIndexer::add_request(const Record& record, Talk& talk, Row row, Slot& slot) {
    dissect_header(record, {talk.dialect, nullptr}, message_);
    slot.code = message_.opcode_number;
    if (message_.opcode_known)
        slot.flags |= frame_opcode_known;
    if (came_before(record, talk, slot)) {
        slot.state = state_of(talk, record.conn);
        return;
    }
    if (message_.opcode_known && message_.opcode_number == init_opcode_number) {
        learn_init_request(record, talk);
    } else {
        use_facts(record, talk);
        learn_form(record, talk);
    }
    slot.state = state_of(talk, record.conn);
    if (message_.has_header && !is_never_answered(message_))
        pairing_.wait(record.conn, record.pair_key,
                      {.unique = message_.unique,
                       .nodeid = message_.nodeid,
                       .row = row,
                       .opcode_number = message_.opcode_number,
                       .unread = (record.flags & record_unread) != 0});
}

// See Session: a look lists a request once more, or a server reads what a look had listed as unread.
bool FrameIndexer::came_before(const Record& record, const Talk& talk, Slot& slot) {
    const bool listed = (record.flags & record_in_flight) != 0;
    WaitingRequest* known = pairing_.find(record.conn, message_.unique, record.pair_key);
    if (known != nullptr) {
        const bool same =
            known->opcode_number == message_.opcode_number && known->nodeid == message_.nodeid;
        if (!same || (!listed && !known->unread))
            return false;
        slot.flags |= frame_again;
        slot.partner = known->row;
        known->unread = (record.flags & record_unread) != 0;
        return true;
    }
    if (!listed)
        return false;
    const bool never_paired =
        is_never_answered(message_) || (message_.unique == 0 && record.pair_key == 0);
    const Row* settled = settled_.find(settled_key(record, talk.epoch, message_.unique));
    if (!never_paired && settled == nullptr)
        return false;
    slot.flags |= frame_again | frame_ends_request;
    if (settled != nullptr)
        slot.partner = *settled;
    return true;
}

void FrameIndexer::learn_init_request(const Record& record, Talk& talk) {
    const Context context{talk.dialect, nullptr};
    if (talk.dialect.init_known || talk.offered_minor != 0)
        begin_epoch(talk);
    talk.dialect.order = message_.order;
    dissect(record, context, message_);
    const InitFacts offer = init_facts_of(message_);
    talk.offered_minor = offer.minor;
    talk.state = no_state;
    talk.detection.see_init_request(offer);
    settle(talk);
}

void FrameIndexer::learn_form(const Record& record, Talk& talk) {
    if (!message_.opcode_known)
        return;
    const bool changes = message_.kind == MessageKind::request
                             ? talk.detection.see_request(message_, record.wire_length)
                         : message_.kind == MessageKind::reply
                             ? talk.detection.see_reply(message_, record.wire_length)
                             : false;
    if (changes)
        settle(talk);
}

void FrameIndexer::add_reply(const Record& record, Talk& talk, Slot& slot) {
    use_facts(record, talk);
    dissect_header(record, {talk.dialect, nullptr}, message_);
    slot.state = state_of(talk, record.conn);
    slot.code = message_.kind == MessageKind::notification
                    ? message_.opcode_number
                    : static_cast<std::uint32_t>(message_.error);
    if (message_.kind == MessageKind::notification)
        slot.flags |= frame_opcode_known;
    if (message_.kind == MessageKind::reply && message_.has_header)
        answer(record, talk, slot);
    if (message_.opcode_known && message_.kind == MessageKind::reply &&
        message_.opcode_number == init_opcode_number)
        learn_init_reply(record, talk);
    else
        learn_form(record, talk);
}

void FrameIndexer::answer(const Record& record, const Talk& talk, Slot& slot) {
    const WaitingRequest* request = pairing_.find(record.conn, message_.unique, record.pair_key);
    const bool ends =
        request != nullptr && !leaves_request_waiting(record, request->unique, message_);
    if (request != nullptr) {
        slot.partner = request->row;
        message_.opcode_number = request->opcode_number;
        message_.opcode_known = true;
    }
    if (ends) {
        slot.flags |= frame_ends_request;
        pairing_.settle(*request);
    }
    if (request == nullptr || ends)
        settled_.put(settled_key(record, talk.epoch, message_.unique), slot.partner);
}

void FrameIndexer::learn_init_reply(const Record& record, Talk& talk) {
    dissect(record, {talk.dialect, &init_request_}, message_);
    if (message_.error != 0)
        return;
    const InitFacts answer = init_facts_of(message_);
    talk.dialect.init_known = true;
    talk.dialect.minor = std::min(answer.minor, talk.offered_minor);
    talk.dialect.init_flags = answer.flags;
    talk.state = no_state;
    talk.detection.see_init_reply(answer);
    settle(talk);
}

void FrameIndexer::learn(const About& about) {
    std::erase_if(early_, [&](const Early& early) { return learn(early, about(early.conn)); });
}

bool FrameIndexer::learn(const Early& early, const Connection* about) {
    if (about == nullptr || about->minor == 0)
        return false;
    FrameIndex::State better = index_.states_[early.state];
    apply_facts(*about, better.dialect);
    const auto instead = static_cast<std::uint32_t>(index_.states_.size());
    index_.states_.push_back(better);
    store_late(index_.states_[early.state].instead, instead);
    index_.revision_.fetch_add(1, std::memory_order_release);
    return true;
}

void FrameIndexer::finish(const About& about) {
    learn(about);
    early_.clear();
    index_.complete_.store(true, std::memory_order_release);
}

} // namespace fusewire
