#include "dissector/timeline.h"

#include "dissector/errno_names.h"
#include "dissector/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace fusewire {

namespace {

struct KindRow {
    TimelineKind kind;
    std::string_view word;
    TimelineLane lane;
    bool joins; // several in a row are one event
};

constexpr KindRow kind_rows[] = {
    {TimelineKind::introduced, "introduced", TimelineLane::references, false},
    {TimelineKind::looked_up, "looked up", TimelineLane::references, true},
    {TimelineKind::forgotten, "forgotten", TimelineLane::references, false},
    {TimelineKind::ended, "ended", TimelineLane::references, false},
    {TimelineKind::borne, "borne", TimelineLane::fhandles, false},
    {TimelineKind::returned, "returned", TimelineLane::fhandles, true},
    {TimelineKind::sent, "sent", TimelineLane::fhandles, true},
    {TimelineKind::dropped, "dropped", TimelineLane::fhandles, false},
    {TimelineKind::opened, "opened", TimelineLane::opens, false},
    {TimelineKind::released, "released", TimelineLane::opens, false},
    {TimelineKind::read, "read", TimelineLane::data, true},
    {TimelineKind::written, "written", TimelineLane::data, true},
    {TimelineKind::attributes, "attributes", TimelineLane::changes, false},
    {TimelineKind::generation, "generation", TimelineLane::changes, false},
    {TimelineKind::fhandle, "fhandle", TimelineLane::fhandles, false},
    {TimelineKind::linked, "name added", TimelineLane::changes, false},
    {TimelineKind::renamed, "renamed", TimelineLane::changes, false},
    {TimelineKind::unlinked, "name gone", TimelineLane::changes, false},
    {TimelineKind::bad, "made bad", TimelineLane::changes, false},
    {TimelineKind::notified, "notified", TimelineLane::changes, true},
    {TimelineKind::request, "request", TimelineLane::requests, true},
    {TimelineKind::error, "error", TimelineLane::requests, true},
    {TimelineKind::lost, "messages lost", TimelineLane::requests, false},
    {TimelineKind::finding, "finding", TimelineLane::requests, false},
};

constexpr bool in_order_of_the_enum() {
    for (std::size_t i = 0; i < std::size(kind_rows); ++i)
        if (kind_rows[i].kind != static_cast<TimelineKind>(i))
            return false;
    return std::size(kind_rows) == static_cast<std::size_t>(TimelineKind::count_);
}
static_assert(in_order_of_the_enum());

const KindRow& row_of(TimelineKind kind) {
    return kind_rows[static_cast<std::size_t>(kind)];
}

std::optional<std::int64_t> time_of(const Record& record) {
    return record.has_time() ? std::optional(record.time_ns) : std::nullopt;
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

// A row of these is one event. A request and what another request answered are not told apart by their
// arguments: reading a file is one event, whatever the offsets.
bool says_the_same(const TimelineEvent& a, const TimelineEvent& b) {
    return a.kind == b.kind && row_of(a.kind).joins && a.opcode == b.opcode && a.fh == b.fh &&
           a.nodeid == b.nodeid && a.error == b.error && a.refused == b.refused;
}

void add_finding(TimelineEvent& event, const TimelineFinding& found) {
    const auto known = std::ranges::find(event.findings, found.rule, &TimelineFinding::rule);
    if (known == event.findings.end() && event.findings.size() < TimelineEvent::most_findings)
        event.findings.push_back(found);
    else if (known != event.findings.end())
        known->severity = std::max(known->severity, found.severity);
}

void add_finding(TimelineEvent& event, const Judgement& found) {
    add_finding(event, TimelineFinding{found.rule, found.severity, found.message()});
}

void count_on(TimelineEvent& event, const TimelineEvent& next) {
    event.count += next.count;
    event.bytes += next.bytes;
    event.last_frame = next.last_frame;
    event.last_time_ns = next.last_time_ns;
    event.sent = next.sent;
    event.accepted = next.accepted;
    for (const TimelineFinding& found : next.findings)
        add_finding(event, found);
}

} // namespace

std::string_view spelling(TimelineKind kind) {
    return row_of(kind).word;
}

std::string_view title(TimelineLane lane) {
    constexpr std::string_view titles[timeline_lanes] = {"References", "fhandle", "Opens",
                                                         "Data",       "Changes", "Requests"};
    return titles[static_cast<std::size_t>(lane)];
}

TimelineLane lane_of(TimelineKind kind) {
    return row_of(kind).lane;
}

std::optional<Severity> TimelineEvent::worst() const {
    const auto found = std::ranges::max_element(findings, {}, &TimelineFinding::severity);
    return found == findings.end() ? std::nullopt : std::optional(found->severity);
}

std::string describe(const TimelineEvent& event) {
    std::string text = event.text;
    const auto end = std::back_inserter(text);
    if (event.bytes > 0)
        fmt::format_to(end, ", {} bytes", event.bytes);
    if (event.count > 1)
        fmt::format_to(end, ", {} times", event.count);
    if (event.error != 0) {
        const std::string_view name = errno_name(event.error);
        fmt::format_to(end, ": {}", name.empty() ? fmt::to_string(event.error) : std::string(name));
    }
    if (event.refused)
        text += " (the kernel did not take the reply)";
    return text;
}

void Timeline::see(const Record& record, const Message& message, const Exchange& exchange,
                   const Checker& checker) {
    if (record.conn != subject_.conn)
        return;
    const auto state = checker.states().find(static_cast<std::uint32_t>(record.conn));
    if (state != checker.states().end() && !exchange.again) {
        const Sight sight{record, message, exchange, state->second, checker.verdict()};
        if (sight.state.first_frame == record.frame)
            end_connection(sight);
        if (record.lost > 0 && !events_.empty())
            add(event(sight, TimelineKind::lost, nullptr,
                      fmt::format("{} messages of the connection", record.lost)));
        if (message.kind == MessageKind::request)
            see_request(sight);
        else if (message.kind == MessageKind::reply && exchange.request != nullptr)
            see_reply(sight, *exchange.request);
        else if (message.kind == MessageKind::notification)
            see_notification(sight);
        see_changes(sight);
    }
    for (const Judgement& found : checker.latest())
        attach(found, &record, &exchange);
}

void Timeline::finish(const Checker& checker) {
    for (const Judgement& found : checker.latest())
        attach(found, nullptr, nullptr);
}

TimelineEvent Timeline::event(const Sight& sight, TimelineKind kind, const Operation* operation,
                              std::string text) const {
    TimelineEvent event;
    event.kind = kind;
    event.frame = event.last_frame = sight.record.frame;
    event.time_ns = event.last_time_ns = time_of(sight.record);
    event.nodeid = subject_.nodeid;
    event.text = std::move(text);
    shorten(event.text, TimelineEvent::most_text);
    if (sight.message.kind == MessageKind::request)
        event.request_frame = sight.record.frame;
    else if (sight.message.kind == MessageKind::reply)
        event.request_frame = sight.exchange.request_frame, event.reply_frame = sight.record.frame;
    if (operation != nullptr) {
        event.opcode = operation->opcode();
        event.sub = operation->sub();
        event.offset = operation->offset();
    }
    return event;
}

std::string Timeline::described(const Message& message) const {
    std::string text;
    describe_(text, message);
    if (text.starts_with(' '))
        text.erase(0, 1);
    return text;
}

void Timeline::add(TimelineEvent&& event) {
    if (!events_.empty() && says_the_same(events_.back(), event))
        return count_on(events_.back(), event);
    if (events_.size() >= most_events) {
        ++dropped_;
        return;
    }
    events_.push_back(std::move(event));
}

void Timeline::join_last() {
    if (events_.size() < 2 || !says_the_same(events_[events_.size() - 2], events_.back()))
        return;
    count_on(events_[events_.size() - 2], events_.back());
    events_.pop_back();
}

// The last event that is in this frame, or that began before it and went on behind it.
TimelineEvent* Timeline::at(std::uint64_t frame) {
    const auto next = std::ranges::upper_bound(events_, frame, {}, &TimelineEvent::frame);
    if (next == events_.begin())
        return nullptr;
    TimelineEvent& event = *std::prev(next);
    return event.last_frame >= frame ? &event : nullptr;
}

TimelineEvent* Timeline::asked(std::uint64_t request_frame, std::int16_t sub) {
    auto next = std::ranges::upper_bound(events_, request_frame, {}, &TimelineEvent::frame);
    while (request_frame != 0 && next != events_.begin()) {
        TimelineEvent& event = *--next;
        if (event.last_frame < request_frame && event.kind != TimelineKind::finding)
            return nullptr;
        const bool is_request = event.request_frame == event.frame;
        if (is_request && event.last_frame >= request_frame && event.sub == sub)
            return &event;
    }
    return nullptr;
}

// A finding about a reply belongs to the event that its request is; one that comes with nothing else
// is an event of its own.
void Timeline::attach(const Judgement& found, const Record* record, const Exchange* exchange) {
    const bool mine = found.conn == subject_.conn && is_about(found);
    const bool about_message = found.conn == subject_.conn && found.sighting.nodeid == 0;
    if (!mine && !about_message)
        return;
    const bool now = record != nullptr && record->frame == found.frame;
    TimelineEvent* event = at(found.frame);
    if (event == nullptr && now && exchange->request_frame != 0)
        event = at(exchange->request_frame);
    if (event != nullptr)
        return add_finding(*event, found);
    if (!mine)
        return;
    if (events_.size() >= most_events) {
        ++dropped_;
        return;
    }
    TimelineEvent alone;
    alone.kind = TimelineKind::finding;
    alone.frame = alone.last_frame = found.frame;
    alone.opcode = found.opcode;
    alone.sub = found.sighting.sub;
    alone.offset = found.sighting.offset;
    alone.nodeid = found.sighting.nodeid;
    alone.text = found.rule->id;
    if (now)
        alone.time_ns = alone.last_time_ns = time_of(*record);
    const auto place = std::ranges::upper_bound(events_, found.frame, {}, &TimelineEvent::frame);
    if (place != events_.begin()) {
        alone.sent = std::prev(place)->sent;
        alone.accepted = std::prev(place)->accepted;
    }
    add_finding(alone, found);
    events_.insert(place, std::move(alone));
}

std::unique_ptr<Timeline> make_timeline(const TimelineSubject& subject,
                                        Timeline::Describe describe) {
    return subject.is_fhandle() ? make_fhandle_timeline(subject.conn, subject.fhandle, describe)
                                : make_node_timeline(subject.conn, subject.nodeid, describe);
}

} // namespace fusewire
