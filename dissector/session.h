// Session: sees every record once, in order, and knows what no frame can say for itself: what INIT
// settled on each connection, and which request a reply answers. State is bounded by what is
// outstanding; see pending_limit.
#pragma once

#include "dissector/dialect_detection.h"
#include "dissector/dissect.h"
#include "dissector/recent_map.h"
#include "dissector/record.h"
#include "dissector/request_key.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace fusewire {

struct StatxReport;
struct Verdict;

// What the session knows of one message beside its bytes. Frames are 0 when unknown; `request` is
// valid until the session sees the next record.
struct Exchange {
    std::uint64_t request_frame = 0;        // of a reply, or of a request that is `again`
    std::uint64_t reply_frame = 0;          // of a request, when it was learnt in an earlier pass
    std::optional<std::int64_t> latency_ns; // of a reply
    const Message* request = nullptr;       // what a reply answers, decoded
    // Of a request: no new one. It is listed as in flight once more, or a server has now read what
    // was listed as unread.
    bool again = false;
    // The request began before request_frame says: it was in flight when it was first seen.
    bool began_unseen = false;
    // Nothing waits any more: of a reply, or of a request that is listed behind its reply.
    bool ends_request = false;
    // Of a request that is `again`: when it was seen to begin.
    std::optional<std::int64_t> began_ns;

    // For comparisons with other frames: 0, if it is not known when the request began.
    std::uint64_t asked_frame() const { return began_unseen ? 0 : request_frame; }
};

struct Judgement; // dissector/checker.h

// A record with everything known about it: what views are given.
struct Decoded {
    const Record& record;
    const Message& message;
    const Exchange& exchange;
    std::span<const Judgement* const> findings{}; // about this message
    std::span<const StatxReport> statx{};         // of a reply, where a checker has seen it
    const Verdict* verdict = nullptr; // of a reply or notification, where a checker has seen it
};

// What a first pass over a capture learnt for the second: one entry a message, and what each
// connection turned out to speak.
struct Survey {
    std::vector<std::uint64_t> reply_frames; // by message, in order; 0: none
    std::vector<Dialect> dialects;           // by connection epoch, in order of appearance
    std::vector<const Recognition*> reasons; // for each of them; nullptr: nothing decided
};

class Session {
  public:
    // Requests remembered while unanswered; beyond this the oldest is given up. The kernel allows
    // 65,535 in the background, and few callers wait at once.
    static constexpr std::size_t pending_limit = std::size_t{1} << 16;
    // Bytes kept of each, enough for every field, name and extension but not for written data.
    static constexpr std::size_t kept_bytes = 8192;

    Session() = default;
    // Continues from a survey of the same records: final dialects and reply frames are known.
    explicit Session(const Survey* survey) : survey_(survey) {}
    // Every connection is taken to speak this, whatever INIT says.
    void force_dialect(DialectName name) { forced_ = name; }

    // Decodes the record and learns from it. With `whole` false only the header is decoded; INIT is
    // always decoded whole.
    void see(const Record& record, Message& message, Exchange& exchange, bool whole = true);

    // After the last record: what was learnt. Empty reply_frames unless keep_survey() was called.
    void keep_survey() { keep_survey_ = true; }
    const Survey& survey() const { return learnt_; }

    // Requests without a reply so far.
    std::size_t outstanding() const { return pending_.size(); }
    const Dialect* dialect_of(ConnId conn) const;
    // How its dialect was recognised; nullptr when nothing told, or it was forced.
    const Recognition* recognition_of(ConnId conn) const;

  private:
    struct Pending {
        Message message;
        std::vector<std::byte> bytes; // what `message` refers to
        std::uint64_t frame = 0;
        std::uint64_t index = 0; // of the message, from 0
        std::int64_t time_ns = 0;
        bool has_time = false; // latencies count from time_ns
        bool began_unseen = false;
        bool unread = false; // by the server, when it was last listed
    };
    struct Waiting {
        RequestKey key;
        std::uint64_t index; // of Pending
    };
    using PendingMap = std::unordered_map<RequestKey, Pending, RequestKeyHash>;
    struct Talk { // one connection
        Dialect dialect;
        DialectDetection detection;
        std::size_t epoch = 0;
        std::uint32_t offered_minor = 0;
        bool detects = true; // nobody knows better
    };

    Talk& talk_of(const Record& record);
    void begin_epoch(Talk& talk);
    void use_facts(const Record& record, Talk& talk);
    void see_request(const Record& record, Talk& talk, Message& message, Exchange& exchange,
                     bool whole);
    void see_reply(const Record& record, Talk& talk, Message& message, Exchange& exchange,
                   bool whole);
    void learn_init_request(Talk& talk, const Message& message);
    bool learn_init_reply(Talk& talk, const Message& message);
    bool learn_form(const Record& record, Talk& talk, const Message& message);
    bool came_before(const Record& record, const Talk& talk, const Message& request,
                     Exchange& exchange);
    void remember(const Record& record, const Message& message, bool whole);
    void note_answered(const Record& record, const Talk& talk, const Message& reply,
                       std::uint64_t request_frame);
    void answer(const Record& record, Pending& request, Exchange& exchange);
    bool is_waiting(const Waiting& request) const;
    Pending& new_pending(const RequestKey& key);
    void settle(Talk& talk);

    const Survey* survey_ = nullptr;
    bool keep_survey_ = false;
    std::optional<DialectName> forced_;
    Survey learnt_;
    std::uint64_t seen_ = 0;
    std::unordered_map<std::uint32_t, Talk> talks_;
    PendingMap pending_;
    std::deque<Waiting> order_; // of pending_, with requests that were answered since
    // Frames of requests that were answered lately. One that was listed as in flight at the same
    // time may come behind its reply.
    RecentMap<std::uint64_t, 4096> settled_;
    // The request of the latest reply, which the view may still look at, and answered ones whose
    // memory serves the next requests.
    PendingMap::node_type answered_;
    std::vector<PendingMap::node_type> spare_;
};

} // namespace fusewire
