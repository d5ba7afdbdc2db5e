// Timeline: the history of one node or one fhandle of a capture, event by event: when it was looked
// up, forgotten, opened, read, written, changed and renamed, how many references the kernel held after
// each, and what the rules found there. The ledger says what became of all of them; this says how.
#pragma once

#include "dissector/checker.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// What a timeline is about.
struct TimelineSubject {
    ConnId conn{};
    std::uint64_t nodeid = 0;
    std::string fhandle; // bytes; empty: it is about the node
    bool is_fhandle() const { return !fhandle.empty(); }
    bool operator==(const TimelineSubject&) const = default;
};

// What happened. What an event of a fhandle is about stands in its `nodeid`.
enum class TimelineKind : std::uint8_t {
    introduced, // the first reference
    looked_up,  // one more
    forgotten,  // references were given back
    ended,      // the connection began anew, and had no node any more
    borne,      // a node bears the fhandle from now on
    returned,   // the server returned the fhandle again
    sent,       // the kernel sent it in an extension
    dropped,    // a node does not bear it any more
    opened,
    released,
    read,
    written,
    attributes, // other ones
    generation,
    fhandle,
    linked, // a name more leads to it
    renamed,
    unlinked, // a name less
    bad,      // the kernel gave the inode up
    notified, // a notification named it
    request,  // any other request on it
    error,    // a request on it that was answered with an error
    lost,     // messages are missing here
    finding,  // nothing else happened in this frame
    count_
};
std::string_view spelling(TimelineKind kind);

// Events of one kind of interest, for a picture.
enum class TimelineLane : std::uint8_t { references, fhandles, opens, data, changes, requests };
inline constexpr std::size_t timeline_lanes = 6;
std::string_view title(TimelineLane lane);
TimelineLane lane_of(TimelineKind kind);

struct TimelineFinding {
    const RuleInfo* rule = nullptr;
    Severity severity = Severity::note;
    std::string text;
};

// Something that happened, or the same several times in a row.
struct TimelineEvent {
    static constexpr std::size_t most_text = 512;   // bytes
    static constexpr std::size_t most_findings = 8; // rules

    TimelineKind kind{};
    std::int16_t sub = no_sub;
    bool refused = false;         // the kernel did not take the reply
    std::uint64_t frame = 0;      // of the message that tells it
    std::uint64_t last_frame = 0; // of the latest, where it happened several times
    std::uint64_t request_frame = 0;
    std::uint64_t reply_frame = 0;       // 0: none was seen, or no one request is meant
    std::optional<std::int64_t> time_ns; // absent without a clock
    std::optional<std::int64_t> last_time_ns;
    std::uint32_t offset = 0;       // of what tells it, in the message
    std::uint64_t count = 1;        // how many times
    std::uint64_t bytes = 0;        // of data, in all
    const Opcode* opcode = nullptr; // of the operation or notification; nullptr: none, or unknown
    std::int32_t error = 0;         // of the reply
    std::uint64_t nodeid = 0;
    std::uint64_t fh = 0; // that the request uses; 0 may be none
    // References after it: as many as the server handed out, and those that the kernel certainly took.
    // Of an fhandle: nodes that bear it.
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::string text; // for people; the first, where it happened several times
    std::vector<TimelineFinding> findings;

    std::optional<Severity> worst() const;
};
// `text` with how many times, how much data, and what went wrong.
std::string describe(const TimelineEvent& event);

class Timeline {
  public:
    // Events kept; beyond this they are only counted.
    static constexpr std::size_t most_events = 100'000;

    // Puts the arguments of a request or notification into words, each with a space in front.
    using Describe = void (*)(std::string& out, const Message& message);

    virtual ~Timeline() = default;

    // After the checker has seen the message; it must keep_latest().
    void see(const Record& record, const Message& message, const Exchange& exchange,
             const Checker& checker);
    // After Checker::finish().
    void finish(const Checker& checker);

    const TimelineSubject& subject() const { return subject_; }
    // By frame.
    const std::vector<TimelineEvent>& events() const { return events_; }
    // Events that were too many to be kept.
    std::uint64_t dropped() const { return dropped_; }

  protected:
    // One message, with the state that its connection is in behind it.
    struct Sight {
        const Record& record;
        const Message& message;
        const Exchange& exchange;
        const State& state;
        const Verdict& verdict;
    };

    Timeline(TimelineSubject subject, Describe describe)
        : subject_(std::move(subject)), describe_(describe) {}

    virtual void end_connection(const Sight& sight) = 0;
    virtual void see_request(const Sight& sight) = 0;
    virtual void see_reply(const Sight& sight, const Message& request) = 0;
    virtual void see_notification(const Sight& sight) = 0;
    virtual void see_changes(const Sight& sight) = 0; // after each message
    virtual bool is_about(const Judgement& found) const = 0;

    // An event of the message that is being looked at.
    TimelineEvent event(const Sight& sight, TimelineKind kind, const Operation* operation,
                        std::string text) const;
    std::string described(const Message& message) const;
    // Adds it, or counts the last one on if it says the same.
    void add(TimelineEvent&& event);
    // The event of a request that was seen before; nullptr: none is kept.
    TimelineEvent* asked(std::uint64_t request_frame, std::int16_t sub);
    // The last event turned out to be the same as the one before it.
    void join_last();

    std::vector<Entry> entries_; // kept for its memory

  private:
    TimelineEvent* at(std::uint64_t frame);
    void attach(const Judgement& found, const Record* record, const Exchange* exchange);

    TimelineSubject subject_;
    Describe describe_;
    std::vector<TimelineEvent> events_;
    std::uint64_t dropped_ = 0;
};

std::unique_ptr<Timeline> make_node_timeline(ConnId conn, std::uint64_t nodeid,
                                             Timeline::Describe describe);
std::unique_ptr<Timeline> make_fhandle_timeline(ConnId conn, std::string bytes,
                                                Timeline::Describe describe);
std::unique_ptr<Timeline> make_timeline(const TimelineSubject& subject,
                                        Timeline::Describe describe);

} // namespace fusewire
