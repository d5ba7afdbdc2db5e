// FrameIndexer: sees every record once, in order, and fills a FrameIndex. Looks at headers, at INIT, and
// at the first messages that tell a dialect; pairs and settles as Session does.
#pragma once

#include "dissector/frame_index.h"
#include "dissector/pairing.h"
#include "dissector/recent_map.h"
#include "dissector/result.h"

#include <functional>
#include <unordered_map>
#include <vector>

namespace fusewire {

class FrameIndexer {
  public:
    explicit FrameIndexer(FrameIndex& index);
    FrameIndexer(const FrameIndexer&) = delete;
    FrameIndexer& operator=(const FrameIndexer&) = delete;

    // The record becomes the next row. An error when no index can hold it.
    [[nodiscard]] Result<void> add(const Record& record, std::uint64_t position);

    // While more records come: the same as finish() for the connections of which something is known now.
    using About = std::function<const Connection*(ConnId)>;
    void learn(const About& about);

    // After the last record: `about` tells of a connection what is known in the end, nullptr for nothing.
    void finish(const About& about);

  private:
    using Slot = FrameIndex::Slot;

    static constexpr std::uint32_t no_state = ~std::uint32_t{0};

    struct Talk { // one connection
        Dialect dialect;
        DialectDetection detection;
        std::uint32_t epoch = 0;
        std::uint32_t offered_minor = 0;
        std::uint32_t state = no_state; // of `dialect`; none yet
        bool asked = false;             // what the source knows, which was nothing
    };
    // Messages that came before their connection's facts did.
    struct Early {
        std::uint32_t state;
        ConnId conn;
    };

    Talk& talk_of(const Record& record);
    void begin_epoch(Talk& talk);
    void use_facts(const Record& record, Talk& talk);
    bool learn(const Early& early, const Connection* about);
    static void apply_facts(const Connection& about, Dialect& dialect);
    void settle(Talk& talk);
    std::uint32_t state_of(Talk& talk, ConnId conn);

    void add_request(const Record& record, Talk& talk, Row row, Slot& slot);
    void add_reply(const Record& record, Talk& talk, Slot& slot);
    bool came_before(const Record& record, const Talk& talk, Slot& slot);
    void answer(const Record& record, const Talk& talk, Slot& slot);
    void learn_init_request(const Record& record, Talk& talk);
    void learn_init_reply(const Record& record, Talk& talk);
    void learn_form(const Record& record, Talk& talk);

    FrameIndex& index_;
    std::unordered_map<std::uint32_t, Talk> talks_;
    Talk* latest_ = nullptr; // of talks_, with latest_conn_
    ConnId latest_conn_{};
    Pairing pairing_;
    // Rows of requests that were answered lately, see Session.
    RecentMap<Row, 4096> settled_;
    std::vector<Early> early_;
    Message message_;            // the record's, as far as it was decoded
    const Message init_request_; // stands for the one that an INIT reply answers
};

} // namespace fusewire
