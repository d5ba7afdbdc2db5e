#include "dissector/escape.h"
#include "dissector/message_facts.h"
#include "dissector/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace fusewire {

namespace {

// What requests do to the node that they are about; the others are just requests.
struct AskedKind {
    OpSet ops;
    NodeRole role;
    TimelineKind kind;
};
constexpr AskedKind asked_kinds[] = {
    {ops(Op::release, Op::releasedir), NodeRole::target, TimelineKind::released},
    {ops(Op::read, Op::readdir, Op::readdirplus, Op::copy_file_range, Op::copy_file_range_64),
     NodeRole::target, TimelineKind::read},
    {ops(Op::write), NodeRole::target, TimelineKind::written},
    {ops(Op::copy_file_range, Op::copy_file_range_64), NodeRole::copy_destination,
     TimelineKind::written},
};

TimelineKind kind_of(const Operation& asked, NodeRole role) {
    for (const AskedKind& row : asked_kinds)
        if ((op_bit(asked.op()) & row.ops) != 0 && row.role == role)
            return row.kind;
    return TimelineKind::request;
}

// Data that an exchange moved. What was copied from or to the node is counted in the reply, as what was
// written is; else the reply is the data.
std::uint64_t moved(TimelineKind kind, const Operation& answered) {
    const auto size = answered.number("size");
    if (kind == TimelineKind::written || (kind == TimelineKind::read && size))
        return size.value_or(0);
    return kind == TimelineKind::read ? answered.body_length() : 0;
}

// A member of Attributes whose changes are told.
struct TrackedAttribute {
    const char* name;
    const char* format; // for "before" and "now"; nullptr: that it changed is enough
    std::uint64_t (*value)(const Attributes& of);
};
constexpr TrackedAttribute tracked[] = {
    {"ino", "{}", [](const Attributes& of) { return of.ino; }},
    {"mode", "0{:o}", [](const Attributes& of) { return std::uint64_t{of.mode}; }},
    {"size", "{}", [](const Attributes& of) { return of.size; }},
    {"nlink", "{}", [](const Attributes& of) { return std::uint64_t{of.nlink}; }},
    {"uid", "{}", [](const Attributes& of) { return std::uint64_t{of.uid}; }},
    {"gid", "{}", [](const Attributes& of) { return std::uint64_t{of.gid}; }},
    {"mtime", nullptr,
     [](const Attributes& of) {
         return static_cast<std::uint64_t>(of.mtime) * 1'000'000'000 + of.mtime_ns;
     }},
};

std::string changes_between(const Attributes& before, const Attributes& now) {
    std::string text;
    const auto end = std::back_inserter(text);
    for (const TrackedAttribute& attribute : tracked) {
        const std::uint64_t was = attribute.value(before), is = attribute.value(now);
        if (was == is)
            continue;
        fmt::format_to(end, "{}{}", text.empty() ? "" : ", ", attribute.name);
        if (attribute.format == nullptr)
            continue;
        text += ' ';
        fmt::vformat_to(end, attribute.format, fmt::make_format_args(was));
        text += " -> ";
        fmt::vformat_to(end, attribute.format, fmt::make_format_args(is));
    }
    return text;
}

std::string fhandle_text(const std::string& bytes) {
    constexpr std::size_t shown = 32; // bytes
    if (bytes.empty())
        return "none";
    std::string text;
    append_hex(text, std::as_bytes(std::span(bytes)).first(std::min(bytes.size(), shown)));
    return bytes.size() > shown ? text + fmt::format("... ({} bytes)", bytes.size()) : text;
}

std::string references_left(const NodeState& node) {
    return node.accepted == node.sent ? fmt::to_string(node.sent)
                                      : fmt::format("{} to {}", node.accepted, node.sent);
}

class NodeTimeline final : public Timeline {
  public:
    NodeTimeline(ConnId conn, std::uint64_t nodeid, Describe describe)
        : Timeline({conn, nodeid, {}}, describe), nodeid_(nodeid) {}

  private:
    // What was known of the node after the message before.
    struct Known {
        bool live = false;
        bool bad = false;
        std::uint64_t introduced_frame = 0;
        std::optional<std::uint64_t> generation; // also of the node that had the nodeid before
        std::string fhandle;
        std::optional<Attributes> attributes;
        std::uint64_t attributes_frame = 0;
        std::vector<NameKey> names;
    };

    void end_connection(const Sight& sight) override;
    void see_request(const Sight& sight) override;
    void see_reply(const Sight& sight, const Message& request) override;
    void see_notification(const Sight& sight) override;
    void see_changes(const Sight& sight) override;
    bool is_about(const Judgement& found) const override {
        return found.sighting.nodeid == nodeid_;
    }

    void ask(const Sight& sight, const Operation& operation, const UsedNode& used);
    void forget(const Sight& sight, const Operation& operation, const Forgotten& item);
    void answer(const Sight& sight, const Operation& asked, const Operation* answered);
    void open(const Sight& sight, const Operation& asked, const Operation& answered,
              TimelineEvent* event);
    void introduce(const Sight& sight, const Message& request, const Entry& entry);
    void see_generation(const Sight& sight, const NodeState& node);
    void see_fhandle(const Sight& sight, const NodeState& node);
    void see_attributes(const Sight& sight, const NodeState& node);
    void see_names(const Sight& sight, const NodeState& node);
    void tell(const Sight& sight, TimelineEvent&& event);
    void change(const Sight& sight, TimelineKind kind, std::string text);
    std::string name_text(const Sight& sight, const NameKey& name) const;

    std::uint64_t nodeid_;
    Known known_;
    std::vector<Forgotten> forgets_;
};

void NodeTimeline::tell(const Sight& sight, TimelineEvent&& event) {
    if (const NodeState* node = sight.state.find(nodeid_)) {
        event.sent = node->sent;
        event.accepted = node->accepted;
    }
    add(std::move(event));
}

void NodeTimeline::change(const Sight& sight, TimelineKind kind, std::string text) {
    const Message* request = sight.exchange.request;
    std::optional<Operation> asked;
    if (request != nullptr || sight.message.kind != MessageKind::reply)
        asked.emplace(request != nullptr ? *request : sight.message);
    TimelineEvent changed = event(sight, kind, nullptr, std::move(text));
    changed.opcode = asked ? asked->opcode() : nullptr;
    tell(sight, std::move(changed));
}

void NodeTimeline::end_connection(const Sight& sight) {
    if (known_.live)
        tell(sight, event(sight, TimelineKind::ended, nullptr, "the connection began anew"));
    known_ = {};
}

void NodeTimeline::see_request(const Sight& sight) {
    each_operation(sight.message, [&](const Operation& operation) {
        forgets(operation, forgets_);
        for (const Forgotten& item : forgets_)
            if (item.nodeid == nodeid_)
                forget(sight, operation, item);
        for (const UsedNode& used : used_nodes(operation))
            if (used.nodeid == nodeid_)
                ask(sight, operation, used);
    });
}

void NodeTimeline::forget(const Sight& sight, const Operation& operation, const Forgotten& item) {
    const NodeState* node = sight.state.find(nodeid_);
    std::string text = fmt::format("{} given back, ", item.nlookup);
    text += node == nullptr ? "none left" : references_left(*node) + " left";
    TimelineEvent forgotten = event(sight, TimelineKind::forgotten, &operation, std::move(text));
    forgotten.offset = item.offset;
    tell(sight, std::move(forgotten));
    if (node == nullptr)
        known_.live = false;
}

void NodeTimeline::ask(const Sight& sight, const Operation& operation, const UsedNode& used) {
    TimelineEvent asked =
        event(sight, kind_of(operation, used.role), &operation, described(sight.message));
    asked.offset = used.offset;
    for (const UsedFh& fh : used_fhs(operation))
        if (fh.key.nodeid == nodeid_)
            asked.fh = fh.key.fh;
    tell(sight, std::move(asked));
}

void NodeTimeline::see_reply(const Sight& sight, const Message& request) {
    entries_of(request, sight.message, entries_);
    for (const Entry& entry : entries_)
        if (entry.nodeid == nodeid_)
            introduce(sight, request, entry);
    const std::size_t answers = sight.message.subs.size();
    std::size_t index = 0;
    each_operation(request, [&](const Operation& asked) {
        if (request.subs.empty()) {
            const Operation answered(sight.message);
            answer(sight, asked, &answered);
        } else if (index < answers) {
            const Operation answered(sight.message, index);
            answer(sight, asked, &answered);
        } else {
            answer(sight, asked, nullptr);
        }
        ++index;
    });
}

// One operation of the reply; nullptr: it was not answered by itself.
void NodeTimeline::answer(const Sight& sight, const Operation& asked_for,
                          const Operation* answered) {
    TimelineEvent* event = nullptr;
    for (const UsedNode& used : used_nodes(asked_for))
        if (used.nodeid == nodeid_)
            event = asked(sight.exchange.request_frame, asked_for.sub());
    const std::int32_t error =
        answered == nullptr || sight.message.error != 0 ? sight.message.error : answered->error();
    if (event == nullptr || event->count > 1) {
        if (event != nullptr && error == 0 && answered != nullptr)
            event->bytes += moved(event->kind, *answered);
        if (event != nullptr && error != 0) {
            TimelineEvent failed = this->event(sight, TimelineKind::error, &asked_for, event->text);
            failed.offset = 0;
            failed.error = error;
            tell(sight, std::move(failed));
        }
        if (answered != nullptr)
            open(sight, asked_for, *answered, nullptr);
        return;
    }
    event->reply_frame = sight.record.frame;
    event->refused = sight.verdict.discarded();
    event->error = error;
    if (error != 0)
        event->kind = TimelineKind::error;
    else if (answered != nullptr)
        event->bytes += moved(event->kind, *answered);
    if (answered != nullptr)
        open(sight, asked_for, *answered, event);
    join_last();
}

void NodeTimeline::open(const Sight& sight, const Operation& asked, const Operation& answered,
                        TimelineEvent* event) {
    Opened opening;
    const Entry* entry = entries_.empty() ? nullptr : &entries_.front();
    if (!sight.verdict.keeps_results() || !opened(asked, answered, entry, opening) ||
        opening.key.nodeid != nodeid_)
        return;
    const std::string fh = fmt::format("fh {}", opening.key.fh);
    if (event != nullptr) {
        event->kind = TimelineKind::opened;
        event->fh = opening.key.fh;
        event->text += event->text.empty() ? fh : ", " + fh;
        return;
    }
    TimelineEvent alone = this->event(sight, TimelineKind::opened, &asked, fh);
    alone.fh = opening.key.fh;
    alone.offset = opening.offset;
    tell(sight, std::move(alone));
}

void NodeTimeline::introduce(const Sight& sight, const Message& request, const Entry& entry) {
    if (entry.origin == EntryOrigin::readdirplus && (entry.name == "." || entry.name == ".."))
        return; // not counted
    if (nodeid_ == 0)
        return; // "no such name", not a node
    const NodeState* node = sight.state.find(nodeid_);
    const bool first = node != nullptr && node->introduced_frame == sight.record.frame;
    const Operation asked = entry.sub == no_sub || request.subs.empty()
                                ? Operation(request)
                                : Operation(request, static_cast<std::size_t>(entry.sub));
    std::string text = name_text(sight, {entry.parent, std::string(entry.name)});
    fmt::format_to(std::back_inserter(text), ", generation {}", entry.generation);
    if (entry.fhandle.sound())
        text += ", fhandle " + fhandle_text(std::string(entry.fhandle.bytes));
    TimelineEvent seen =
        event(sight, first ? TimelineKind::introduced : TimelineKind::looked_up, &asked, text);
    seen.offset = entry.offset;
    // A reply that is not whole gives the kernel no node either.
    seen.refused = !sight.verdict.keeps_results() || node == nullptr;
    tell(sight, std::move(seen));
}

void NodeTimeline::see_notification(const Sight& sight) {
    for (const Node& node : sight.message.nodes) {
        if (node.field->kind != Kind::nodeid || node.cut || node.value != nodeid_)
            continue;
        const Operation notification(sight.message);
        TimelineEvent notified =
            event(sight, TimelineKind::notified, &notification, described(sight.message));
        notified.offset = node.offset;
        notified.refused = sight.verdict.discarded();
        return tell(sight, std::move(notified));
    }
}

void NodeTimeline::see_changes(const Sight& sight) {
    const NodeState* node = sight.state.find(nodeid_);
    if (node == nullptr) {
        known_.live = false;
        return;
    }
    if (!known_.live || known_.introduced_frame != node->introduced_frame) {
        // Another node: only the generation is told against that of the one before.
        known_ = {.live = true,
                  .introduced_frame = node->introduced_frame,
                  .generation = known_.generation,
                  .fhandle = node->handle,
                  .names = node->names};
    }
    see_generation(sight, *node);
    see_fhandle(sight, *node);
    see_attributes(sight, *node);
    if (known_.names != node->names)
        see_names(sight, *node);
    if (node->made_bad && !known_.bad)
        change(sight, TimelineKind::bad, "the kernel gave the inode up");
    known_.bad = node->made_bad;
}

void NodeTimeline::see_generation(const Sight& sight, const NodeState& node) {
    if (node.accepted == 0 || known_.generation == node.generation)
        return;
    if (known_.generation)
        change(sight, TimelineKind::generation,
               fmt::format("{} -> {}", *known_.generation, node.generation));
    known_.generation = node.generation;
}

void NodeTimeline::see_fhandle(const Sight& sight, const NodeState& node) {
    if (known_.fhandle == node.handle)
        return;
    change(sight, TimelineKind::fhandle,
           fhandle_text(known_.fhandle) + " -> " + fhandle_text(node.handle));
    known_.fhandle = node.handle;
}

void NodeTimeline::see_attributes(const Sight& sight, const NodeState& node) {
    if (!node.attributes || known_.attributes_frame == node.attributes_frame)
        return;
    known_.attributes_frame = node.attributes_frame;
    std::string text;
    if (known_.attributes)
        text = changes_between(*known_.attributes, *node.attributes);
    known_.attributes = node.attributes;
    if (!text.empty())
        change(sight, TimelineKind::attributes, std::move(text));
}

void NodeTimeline::see_names(const Sight& sight, const NodeState& node) {
    const auto missing_in = [](const std::vector<NameKey>& names, const NameKey& name) {
        return std::ranges::find(names, name) == names.end();
    };
    const NameKey* gone = nullptr;
    const NameKey* added = nullptr;
    for (const NameKey& name : known_.names)
        gone = missing_in(node.names, name) ? &name : gone;
    for (const NameKey& name : node.names)
        added = missing_in(known_.names, name) ? &name : added;
    if (gone != nullptr && added != nullptr)
        change(sight, TimelineKind::renamed,
               name_text(sight, *gone) + " -> " + name_text(sight, *added));
    else if (added != nullptr)
        change(sight, TimelineKind::linked, name_text(sight, *added));
    else if (gone != nullptr)
        change(sight, TimelineKind::unlinked, name_text(sight, *gone));
    known_.names = node.names;
}

// A name in the folder as it is called now.
std::string NodeTimeline::name_text(const Sight& sight, const NameKey& name) const {
    std::string path = sight.state.path(name.first);
    if (path.empty() || path.back() != '/')
        path += '/';
    path += name.second;
    std::string text;
    append_escaped(text, path);
    return text;
}

} // namespace

std::unique_ptr<Timeline> make_node_timeline(ConnId conn, std::uint64_t nodeid,
                                             Timeline::Describe describe) {
    return std::make_unique<NodeTimeline>(conn, nodeid, describe);
}

} // namespace fusewire
