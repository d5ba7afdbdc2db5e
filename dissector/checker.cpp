#include "dissector/checker.h"

#include "dissector/findings/families.h"
#include "dissector/opcodes.h"

#include <algorithm>
#include <array>

namespace fusewire {

namespace {

// The families that look at each kind of event.
template <class Event>
std::span<const Checks<Event>> families_for() {
    return {};
}
template <>
std::span<const Checks<NodeUseEvent>> families_for() {
    static const std::array families = {lifetime_node_use_checks()};
    return families;
}
template <>
std::span<const Checks<ForgetEvent>> families_for() {
    static const std::array families = {lifetime_forget_checks()};
    return families;
}

// Requests whose header nodeid is no object: classic.md's table, and the outer COMPOUND.
bool names_no_node(const Operation& operation) {
    switch (operation.op()) {
    case Op::init:
    case Op::destroy:
    case Op::batch_forget:
    case Op::interrupt:
    case Op::compound:
    case Op::cuse_init:
        return true;
    default:
        return false;
    }
}

// In a RFC compound the operations after the first carry a placeholder for the node it finds.
bool has_placeholder_node(const Message& message, const Operation& operation) {
    if (operation.sub() <= 0)
        return false;
    const Op first = static_cast<Op>(message.subs.front().opcode_number);
    return first == Op::lookup_handle || first == Op::mkobj_handle;
}

std::uint32_t header_nodeid_offset(const Operation& operation) {
    constexpr std::uint32_t in_header = 16;
    return operation.offset() + in_header;
}

// Nodes that a request names beside the one in its header.
struct NamedNode {
    Op op;
    const char* field;
    NodeRole role;
};
constexpr NamedNode named_nodes[] = {
    {Op::rename, "newdir", NodeRole::new_parent},
    {Op::rename2, "newdir", NodeRole::new_parent},
    {Op::link, "oldnodeid", NodeRole::old_node},
    {Op::copy_file_range, "nodeid_out", NodeRole::copy_destination},
    {Op::copy_file_range_64, "nodeid_out", NodeRole::copy_destination},
};

template <class Visit>
void each_used_node(const Message& message, const Operation& operation, Visit visit) {
    if (operation.opcode() == nullptr || names_no_node(operation) || operation.is(Op::forget) ||
        has_placeholder_node(message, operation))
        return;
    visit(NodeRole::target, operation.nodeid(), header_nodeid_offset(operation));
    for (const NamedNode& named : named_nodes)
        if (operation.is(named.op))
            if (const Node* node = operation.find(named.field))
                visit(named.role, node->value, node->offset);
}

template <class Visit>
void each_forget(const Operation& operation, Visit visit) {
    if (operation.is(Op::forget)) {
        if (const Node* count = operation.find("nlookup"))
            visit(operation.nodeid(), count->value, count->offset);
        return;
    }
    if (!operation.is(Op::batch_forget))
        return;
    const std::span<const Node> nodes = operation.nodes();
    for (std::size_t i = 0; i + 2 < nodes.size(); ++i)
        if (std::string_view(nodes[i].field->name) == "forgets" && !nodes[i].cut)
            visit(nodes[i + 1].value, nodes[i + 2].value, nodes[i + 1].offset);
}

} // namespace

// Gives what a predicate reports to the checker, with the rule and the place it happened.
class Checker::Collector : public Report {
  public:
    Collector(Checker& checker, const Record& record, const State& state)
        : checker_(checker), record_(record), state_(state) {}
    void use(const RuleInfo& rule) { rule_ = &rule; }
    void operator()(Sighting sighting) override {
        checker_.judge(*rule_, std::move(sighting), record_, state_);
    }

  private:
    Checker& checker_;
    const Record& record_;
    const State& state_;
    const RuleInfo* rule_ = nullptr;
};

template <class Event>
void Checker::show(const Event& event) {
    Collector collector(*this, event.record, event.state);
    for (const Checks<Event>& family : families_for<Event>())
        for (const Check<Event>& check : family) {
            if ((check.info.dialects & in_dialect(event.message.dialect)) == 0)
                continue;
            collector.use(check.info);
            check.look(event, collector);
        }
}

void Checker::judge(const RuleInfo& rule, Sighting&& sighting, const Record& record,
                    const State& state) {
    const Key key{&rule, static_cast<std::uint32_t>(record.conn), sighting.nodeid, sighting.object};
    const auto [found, added] = index_.try_emplace(key, judgements_.size());
    if (!added) {
        Judgement& known = judgements_[found->second];
        ++known.count;
        known.last_frame = record.frame;
        return;
    }
    if (judgements_.size() >= kept_findings) {
        index_.erase(found);
        ++dropped_;
        return;
    }
    Judgement judgement;
    judgement.rule = &rule;
    judgement.severity = sighting.severity.value_or(rule.severity);
    if (rule.needs_history && !state.complete())
        judgement.severity = Severity::note;
    judgement.frame = judgement.last_frame = record.frame;
    judgement.conn = record.conn;
    judgement.dialect = state.dialect;
    judgement.sighting = std::move(sighting);
    judgements_.push_back(std::move(judgement));
}

void Checker::see(const Record& record, Message& message, Exchange& exchange) {
    session_.see(record, message, exchange);
    ++messages_;
    State& state = state_of(record, message);
    state.gap |= record.lost != 0 || record.direction == Direction::loss;
    const Scene scene{record, message, exchange, state};
    show(MessageEvent{scene});
    if (message.kind == MessageKind::request) {
        check_request(scene, state);
        apply_request(scene, state);
    } else if (message.kind == MessageKind::reply && exchange.request != nullptr) {
        check_reply(scene, state);
    }
}

State& Checker::state_of(const Record& record, const Message& message) {
    State& state = states_[static_cast<std::uint32_t>(record.conn)];
    const bool init = message.kind == MessageKind::request && Operation(message).is(Op::init);
    if (init && state.init_seen)
        state = State{};
    if (state.messages++ == 0)
        state.first_frame = record.frame;
    state.init_seen |= init;
    state.dialect = message.dialect;
    if (!state.nodes.contains(root_nodeid))
        state.introduce(root_nodeid, record.frame);
    return state;
}

void Checker::check_request(const Scene& scene, State&) {
    each_operation(scene.message,
                   [&](const Operation& operation) { check_operation(scene, operation); });
}

void Checker::check_operation(const Scene& scene, const Operation& operation) {
    show(RequestEvent{scene, operation});
    each_used_node(scene.message, operation,
                   [&](NodeRole role, std::uint64_t nodeid, std::uint32_t offset) {
                       show(NodeUseEvent{scene, operation, role, nodeid, offset,
                                         scene.state.find(nodeid), scene.state.forgotten(nodeid)});
                   });
    each_forget(operation, [&](std::uint64_t nodeid, std::uint64_t nlookup, std::uint32_t offset) {
        show(ForgetEvent{scene, nodeid, nlookup, offset, scene.state.find(nodeid),
                         scene.state.forgotten(nodeid)});
    });
}

void Checker::apply_request(const Scene& scene, State& state) {
    const std::uint64_t frame = scene.record.frame;
    each_operation(scene.message, [&](const Operation& operation) {
        each_used_node(scene.message, operation,
                       [&](NodeRole, std::uint64_t nodeid, std::uint32_t) {
                           if (nodeid != 0 && state.find(nodeid) == nullptr)
                               state.assume(nodeid, frame);
                       });
        each_forget(operation, [&](std::uint64_t nodeid, std::uint64_t nlookup, std::uint32_t) {
            state.forget(nodeid, nlookup, frame);
        });
    });
}

void Checker::check_reply(const Scene& scene, State& state) {
    const bool refused = scene.message.error > 0 || scene.message.error <= -512;
    entries_of(*scene.exchange.request, scene.message, entries_);
    for (const Entry& entry : entries_)
        show(EntryEvent{scene, *scene.exchange.request, entry, state.find(entry.nodeid),
                        state.forgotten(entry.nodeid)});
    apply_reply(scene, state, refused);
}

void Checker::apply_reply(const Scene& scene, State& state, bool refused) {
    for (const Entry& entry : entries_) {
        if (entry.nodeid == 0)
            continue;
        NodeState& node = state.introduce(entry.nodeid, scene.record.frame);
        ++node.sent;
        if (!refused)
            ++node.accepted;
        node.generation = entry.generation;
        node.entry_frame = scene.record.frame;
        node.attributes = entry.attributes;
        state.name(entry.nodeid, entry.parent, entry.name);
    }
}

void Checker::finish() {}

std::vector<const RuleInfo*> all_rules() {
    std::vector<const RuleInfo*> rules;
    const auto add = [&](auto families) {
        for (const auto& family : families)
            for (const auto& check : family)
                rules.push_back(&check.info);
    };
    add(families_for<NodeUseEvent>());
    add(families_for<ForgetEvent>());
    return rules;
}

} // namespace fusewire
