// Checker: the judge. One pass over the records of a capture: keeps the state of each connection,
// shows every event to the rules, and gathers what they report, one finding for each rule and object
// with a count. Memory is bounded by live objects and by the number of findings kept.
#pragma once

#include "dissector/findings/families.h"
#include "dissector/message_facts.h"
#include "dissector/session.h"
#include "dissector/state.h"
#include "dissector/statx_view.h"
#include "dissector/verdict.h"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace fusewire {

// A rule that fired on one object, the first time in full and later only counted.
struct Judgement {
    const RuleInfo* rule = nullptr;
    Severity severity = Severity::note;
    std::uint64_t frame = 0;
    ConnId conn{};
    DialectName dialect = DialectName::unknown;
    std::uint64_t unique = 0;       // of the message
    const Opcode* opcode = nullptr; // of the message or sub-operation; nullptr: none or unknown
    Sighting sighting;
    std::string path; // of the node that it is about, as it was called then; "" or "?…": not known
    std::uint64_t count = 1;
    std::uint64_t last_frame = 0;
    bool unseen_forget = false; // it is true only if no FORGET came that the capture cannot show

    // "text: observed, expected ..." in one line.
    std::string message() const;
    const char* consequence() const {
        return sighting.consequence != nullptr ? sighting.consequence : rule->consequence;
    }
};

class Checker {
  public:
    // Findings kept; beyond this they are only counted.
    static constexpr std::size_t kept_findings = 100'000;

    Checker() = default;
    explicit Checker(const Survey* survey) : session_(survey) {}
    void force_dialect(DialectName name) { session_.force_dialect(name); }
    // For another pass over the same records; see Session.
    void keep_survey() { session_.keep_survey(); }
    // From now on latest() is filled.
    void keep_latest() { keep_latest_ = true; }

    // Decodes the record and checks it. Message and exchange are as from Session::see().
    void see(const Record& record, Message& message, Exchange& exchange);
    // After the last record: what only the end can tell.
    void finish();

    const std::vector<Judgement>& judgements() const { return judgements_; }
    // What the last see() or finish() found, each time in full. It may be about an earlier frame.
    const std::vector<Judgement>& latest() const { return latest_; }
    // What becomes of the fields of each STATX in the message seen last; filled with latest().
    const std::vector<StatxReport>& statx() const { return statx_; }
    // How many findings there were beyond those kept.
    std::uint64_t dropped() const { return dropped_; }
    std::uint64_t messages() const { return messages_; }
    std::uint64_t lost() const { return lost_; }
    // Some messages were judged in another dialect than the one that their connection turned out to
    // speak: another pass, with the survey of this session, knows better.
    bool dialect_settled_late() const;
    // What the kernel does with the message seen last; row is nullptr for requests.
    const Verdict& verdict() const { return verdict_; }
    const Session& session() const { return session_; }
    // By connection number.
    const std::map<std::uint32_t, State>& states() const { return states_; }

  private:
    template <class Event>
    class Collector;
    struct Key {
        std::uint16_t rule;
        std::uint32_t conn;
        std::uint64_t nodeid;
        std::uint64_t object;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };
    struct Seen { // by one message, before suppression
        const RuleInfo* rule;
        std::uint16_t number;
        Sighting sighting;
    };
    struct Written { // the last reply of a server thread
        std::uint64_t frame = 0;
        Verdict verdict;
    };

    void see_again(const Record& record, const Message& message);
    State& state_of(const Record& record, const Message& message);
    void end(std::uint32_t conn, const State& state);
    void see_decoding(const Message& message, const Message* request);
    void see_request(const Scene& scene, State& state, bool sound);
    void see_operation(const Scene& scene, const Operation& operation);
    void note_written(const Record& record, const Verdict& verdict);
    void see_reply(const Scene& scene, State& state, bool sound);
    void see_answer(const ExchangeEvent& event, const Operation& asked, const Operation& answered);
    void see_listing(const Scene& scene, const Operation& asked, const Operation& answered);
    void see_entries(const ExchangeEvent& event);
    void see_notification(const Scene& scene, State& state, bool sound);
    void see_write_result(const Scene& scene);
    template <class Event>
    void show(const Event& event);
    void suppress();
    void judge(const Record& record, const Message& message, const State& state);
    void judge(Seen&& seen, Judgement&& judgement, const State& state);
    void keep(const Key& key, Judgement&& judgement);
    void name_nodes(std::size_t first, const State& state);
    static void count(Judgement& known, Judgement&& again);

    Session session_;
    std::map<std::uint32_t, State> states_; // by connection
    std::vector<Judgement> judgements_;
    std::vector<Judgement> latest_;
    std::vector<StatxReport> statx_;
    bool keep_latest_ = false;
    bool dialect_changed_ = false;
    std::unordered_map<Key, std::size_t, KeyHash> index_;
    std::vector<Seen> seen_;
    Verdict verdict_;
    std::map<std::uint64_t, Written> written_; // by connection and thread
    std::uint64_t messages_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t frame_ = 0;
    std::optional<std::int64_t> time_ns_;

    // Kept for their memory.
    std::vector<Entry> entries_;
    std::vector<Forgotten> forgets_;
    std::vector<ExtensionRecord> extensions_;
    std::vector<DirentRecord> dirents_;
};

} // namespace fusewire
