// Checker: the judge. One pass over the records of a capture: keeps the state of each connection,
// shows every event to the rules, and gathers what they report, one finding for each rule and object
// with a count. Memory is bounded by live objects and by the number of findings kept.
#pragma once

#include "dissector/entry.h"
#include "dissector/findings/events.h"
#include "dissector/findings/row.h"
#include "dissector/session.h"
#include "dissector/state.h"

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
    Sighting sighting;
    std::uint64_t count = 1;
    std::uint64_t last_frame = 0;
};

class Checker {
  public:
    // Findings kept; beyond this they are only counted.
    static constexpr std::size_t kept_findings = 100'000;

    Checker() = default;
    explicit Checker(const Survey* survey) : session_(survey) {}
    void force_dialect(DialectName name) { session_.force_dialect(name); }

    // Decodes the record and checks it. Message and exchange are as from Session::see().
    void see(const Record& record, Message& message, Exchange& exchange);
    // After the last record: what only the end can tell.
    void finish();

    const std::vector<Judgement>& judgements() const { return judgements_; }
    std::uint64_t messages() const { return messages_; }
    const Session& session() const { return session_; }

  private:
    class Collector;
    struct Key {
        const RuleInfo* rule;
        std::uint32_t conn;
        std::uint64_t nodeid;
        std::uint64_t object;
        auto operator<=>(const Key&) const = default;
    };

    State& state_of(const Record& record, const Message& message);
    void check_request(const Scene& scene, State& state);
    void check_operation(const Scene& scene, const Operation& operation);
    void apply_request(const Scene& scene, State& state);
    void check_reply(const Scene& scene, State& state);
    void apply_reply(const Scene& scene, State& state, bool refused);
    template <class Event>
    void show(const Event& event);
    void judge(const RuleInfo& rule, Sighting&& sighting, const Record& record, const State& state);

    Session session_;
    std::unordered_map<std::uint32_t, State> states_; // by connection
    std::vector<Judgement> judgements_;
    std::map<Key, std::size_t> index_;
    std::vector<Entry> entries_; // of the reply being checked
    std::uint64_t messages_ = 0;
    std::uint64_t dropped_ = 0;
};

// Every rule, by family.
std::vector<const RuleInfo*> all_rules();

} // namespace fusewire
