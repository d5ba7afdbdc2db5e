#include "dissector/escape.h"
#include "dissector/message_facts.h"
#include "dissector/timeline.h"

#include <fmt/format.h>

#include <map>

namespace fusewire {

namespace {

class FhandleTimeline final : public Timeline {
  public:
    FhandleTimeline(ConnId conn, std::string bytes, Describe describe)
        : Timeline({conn, 0, std::move(bytes)}, describe) {}

  private:
    // Nodes that are followed; those beyond are not told of when they lose it.
    static constexpr std::size_t most_bearers = 4096;

    void end_connection(const Sight& sight) override;
    void see_request(const Sight& sight) override;
    void see_reply(const Sight& sight, const Message& request) override;
    void see_notification(const Sight&) override {}
    void see_changes(const Sight& sight) override;
    bool is_about(const Judgement& found) const override;

    void send(const Sight& sight, const Operation& operation, const ExtensionRecord& record);
    void receive(const Sight& sight, const Message& request, const Entry& entry);
    void tell(const Sight& sight, TimelineEvent&& event, std::uint64_t nodeid);
    bool bears(const Sight& sight, std::uint64_t nodeid) const;
    std::string node_text(const Sight& sight, std::uint64_t nodeid) const;

    std::map<std::uint64_t, std::uint64_t> bearers_; // nodeid -> generation
    std::vector<std::uint64_t> touched_; // by the message: bearers that may have lost it
    std::uint64_t told_frame_ = 0;
    std::uint64_t told_nodeid_ = 0; // of the event in that frame
    std::vector<Forgotten> forgets_;
    std::vector<ExtensionRecord> extensions_;
};

bool FhandleTimeline::bears(const Sight& sight, std::uint64_t nodeid) const {
    const NodeState* node = sight.state.find(nodeid);
    return node != nullptr && node->handle_state == HandleState::known &&
           node->handle == subject().fhandle;
}

// What is wrong with a fhandle is said of the node that it was handed out for.
bool FhandleTimeline::is_about(const Judgement& found) const {
    const bool of_fhandles =
        found.rule->area == Area::handles || found.rule->area == Area::extensions;
    const std::uint64_t nodeid = found.sighting.nodeid;
    return of_fhandles &&
           (bearers_.contains(nodeid) || (found.frame == told_frame_ && nodeid == told_nodeid_));
}

std::string FhandleTimeline::node_text(const Sight& sight, std::uint64_t nodeid) const {
    std::string text = fmt::format("nodeid {} ", nodeid);
    append_escaped(text, sight.state.path(nodeid));
    return text;
}

void FhandleTimeline::tell(const Sight& sight, TimelineEvent&& event, std::uint64_t nodeid) {
    event.nodeid = told_nodeid_ = nodeid;
    told_frame_ = sight.record.frame;
    event.sent = event.accepted = bearers_.size();
    add(std::move(event));
}

void FhandleTimeline::end_connection(const Sight& sight) {
    const bool had = !bearers_.empty();
    bearers_.clear();
    if (had)
        tell(sight, event(sight, TimelineKind::ended, nullptr, "the connection began anew"), 0);
}

void FhandleTimeline::see_request(const Sight& sight) {
    each_operation(sight.message, [&](const Operation& operation) {
        forgets(operation, forgets_);
        for (const Forgotten& item : forgets_)
            if (bearers_.contains(item.nodeid))
                touched_.push_back(item.nodeid);
        extension_records(operation, extensions_);
        for (const ExtensionRecord& record : extensions_)
            if (record.type == fhandle_extension && record.fhandle == subject().fhandle)
                send(sight, operation, record);
    });
}

void FhandleTimeline::send(const Sight& sight, const Operation& operation,
                           const ExtensionRecord& record) {
    TimelineEvent sent =
        event(sight, TimelineKind::sent, &operation, "for " + node_text(sight, operation.nodeid()));
    sent.offset = record.offset;
    tell(sight, std::move(sent), operation.nodeid());
}

void FhandleTimeline::see_reply(const Sight& sight, const Message& request) {
    entries_of(request, sight.message, entries_);
    for (const Entry& entry : entries_) {
        if (entry.fhandle.sound() && entry.fhandle.bytes == subject().fhandle)
            receive(sight, request, entry);
        else if (bearers_.contains(entry.nodeid))
            touched_.push_back(entry.nodeid);
    }
}

void FhandleTimeline::receive(const Sight& sight, const Message& request, const Entry& entry) {
    const Operation asked = entry.sub == no_sub || request.subs.empty()
                                ? Operation(request)
                                : Operation(request, static_cast<std::size_t>(entry.sub));
    const auto bearer = bearers_.find(entry.nodeid);
    const bool kept = sight.verdict.keeps_results();
    const bool is_new = kept && bearer == bearers_.end();
    const std::string node = node_text(sight, entry.nodeid);
    if (is_new && bearers_.size() < most_bearers)
        bearers_[entry.nodeid] = entry.generation;
    TimelineEvent returned =
        event(sight, is_new ? TimelineKind::borne : TimelineKind::returned, &asked,
              fmt::format("{}, generation {}", node, entry.generation));
    returned.offset = entry.fhandle.offset;
    returned.refused = !kept;
    tell(sight, std::move(returned), entry.nodeid);
    if (!kept || is_new || bearer->second == entry.generation)
        return;
    tell(sight,
         event(sight, TimelineKind::generation, &asked,
               fmt::format("{}: {} -> {}", node, bearer->second, entry.generation)),
         entry.nodeid);
    bearer->second = entry.generation;
}

void FhandleTimeline::see_changes(const Sight& sight) {
    for (const std::uint64_t nodeid : touched_) {
        if (bears(sight, nodeid) || bearers_.erase(nodeid) == 0)
            continue;
        const Operation operation(sight.exchange.request != nullptr ? *sight.exchange.request
                                                                    : sight.message);
        const bool gone = sight.state.find(nodeid) == nullptr;
        tell(sight,
             event(sight, TimelineKind::dropped, &operation,
                   gone ? fmt::format("nodeid {} was forgotten", nodeid)
                        : node_text(sight, nodeid) + " has another now"),
             nodeid);
    }
    touched_.clear();
}

} // namespace

std::unique_ptr<Timeline> make_fhandle_timeline(ConnId conn, std::string bytes,
                                                Timeline::Describe describe) {
    return std::make_unique<FhandleTimeline>(conn, std::move(bytes), describe);
}

} // namespace fusewire
