#include "dissector/checker.h"

#include "dissector/opcodes.h"
#include "dissector/state_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fusewire {

namespace {

std::uint16_t number_of(const RuleInfo& info) {
    const auto& rules = all_rules();
    const auto rule = std::find(rules.begin(), rules.end(), find_rule(info.id));
    return static_cast<std::uint16_t>(rule - rules.begin());
}

std::uint16_t number_of(Rule rule) {
    static const auto numbers = [] {
        std::array<std::uint16_t, static_cast<std::size_t>(Rule::count_)> table{};
        for (const RuleRow& row : rule_rows())
            table[static_cast<std::size_t>(row.rule)] = number_of(row.info);
        return table;
    }();
    return numbers[static_cast<std::size_t>(rule)];
}

// The checks for one kind of event, by dialect and operation, each with its rule's number.
template <class Event>
struct Dispatch {
    struct Row {
        const Check<Event>* check;
        std::uint16_t rule;
    };
    using Rows = std::vector<Row>;
    std::array<std::array<Rows, 64>, dialect_count> table;

    Dispatch() {
        for (const Family* family : all_families())
            for (const Check<Event>& check : family->rows<Event>()) {
                const std::uint16_t number = number_of(check.info);
                for (std::size_t dialect = 0; dialect < table.size(); ++dialect)
                    for (std::size_t op = 0; op < table[dialect].size(); ++op)
                        if ((check.info.dialects >> dialect & 1) != 0 &&
                            (check.only >> op & 1) != 0)
                            table[dialect][op].push_back({&check, number});
            }
    }
    static const Rows& rows(DialectName dialect, std::size_t op) {
        static const Dispatch all;
        return all.table[static_cast<std::size_t>(dialect)][op];
    }
};

std::size_t slot(Op op) {
    const auto number = static_cast<std::uint32_t>(op);
    return number < 64 ? number : 0;
}

template <class Event>
std::size_t slot_of(const Event& event) {
    if constexpr (requires { event.operation; })
        return slot(event.operation.op());
    else if constexpr (requires { event.request.op(); })
        return slot(event.request.op());
    else if constexpr (requires { event.request; })
        return slot(Operation(event.request).op());
    else
        return 0;
}

template <class Event>
DialectName dialect_of(const Event& event) {
    if constexpr (requires { event.message; })
        return event.message.dialect;
    else
        return event.state.dialect;
}

// Rules of form whose messages say nothing reliable.
constexpr bool breaks_message(Rule rule) {
    switch (rule) {
    case Rule::frame_short_header:
    case Rule::frame_len_mismatch:
    case Rule::frame_truncated:
    case Rule::frame_gap:
    case Rule::frame_fault:
    case Rule::frame_stale:
    case Rule::body_short:
    case Rule::body_long:
        return true;
    default:
        return false;
    }
}

constexpr bool is_size(Rule rule) {
    return rule == Rule::body_short || rule == Rule::body_long;
}

// The kernel reads a sub-reply of a wrong size all the same, so the others in it count.
bool is_sound(const Message& message) {
    const bool reply = message.kind == MessageKind::reply;
    return message.has_header &&
           std::none_of(message.findings.begin(), message.findings.end(), [&](const Finding& f) {
               return breaks_message(f.rule) && !(reply && is_size(f.rule) && f.sub != no_sub);
           });
}

// Bytes that were not captured may have told of nodes and open files. What only brings data does not.
bool hides_facts(const Message& message) {
    constexpr OpSet data_requests = ops(Op::write, Op::setxattr, Op::ioctl, Op::notify_reply);
    constexpr OpSet data_replies = ops(Op::read, Op::readdir, Op::readlink, Op::getxattr,
                                       Op::listxattr, Op::ioctl, Op::getattr, Op::statx);
    constexpr auto is_cut = [](const Finding& f) {
        return f.rule == Rule::frame_truncated || f.rule == Rule::frame_gap ||
               f.rule == Rule::frame_fault || f.rule == Rule::frame_stale;
    };
    const OpSet harmless = message.kind == MessageKind::request ? data_requests : data_replies;
    return (op_bit(Operation(message).op()) & harmless) == 0 &&
           std::any_of(message.findings.begin(), message.findings.end(), is_cut);
}

Sighting sighting_of(const Finding& finding, const Message& message) {
    Sighting sighting;
    sighting.offset = finding.offset;
    sighting.sub = finding.sub;
    sighting.object = message.opcode_number;
    sighting.severity = severity_of(finding);
    if (finding.rule == Rule::readdir_record_overrun && finding.harmless)
        sighting.consequence = "the kernel drops the record and asks for it again from the offset "
                               "before it: nothing is lost";
    if (finding.observed != 0 || finding.expected != 0)
        sighting.observed = fmt::to_string(finding.observed);
    if (finding.expected != 0)
        sighting.expected = fmt::to_string(finding.expected);
    return sighting;
}

// The capture does not show everything that the rule would have to know.
bool is_unsure(const RuleInfo& rule, const State& state) {
    return (rule.history == History::complete && !state.complete()) ||
           (rule.history == History::unbroken && !state.unbroken()) ||
           (rule.needs_forgets && !state.sees_forgets);
}

std::uint64_t thread_key(const Record& record) {
    return std::uint64_t{static_cast<std::uint32_t>(record.conn)} << 32 | record.server_tid;
}

Operation operation_at(const Message& message, std::int16_t sub) {
    return sub >= 0 && static_cast<std::size_t>(sub) < message.subs.size()
               ? Operation(message, static_cast<std::size_t>(sub))
               : Operation(message);
}

const Entry* entry_at(std::span<const Entry> entries, std::uint64_t offset) {
    for (const Entry& entry : entries)
        if (entry.offset == offset)
            return &entry;
    return nullptr;
}

} // namespace

std::string Judgement::message() const {
    std::string line = sighting.text != nullptr ? sighting.text : rule->text;
    if (!sighting.observed.empty())
        line += fmt::format(": {}", sighting.observed);
    if (!sighting.expected.empty())
        line += fmt::format(", expected {}", sighting.expected);
    if (unseen_forget)
        line += ", unless a FORGET that this capture cannot show came between";
    return line;
}

std::size_t Checker::KeyHash::operator()(const Key& key) const {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
    std::uint64_t hash = std::uint64_t{key.conn} << 16 ^ key.rule;
    hash = (hash ^ key.nodeid) * odd;
    return (hash ^ hash >> 29 ^ key.object) * odd;
}

// Gives what a predicate reports to the checker, with the rule it came from.
template <class Event>
class Checker::Collector : public Report {
  public:
    explicit Collector(std::vector<Seen>& seen) : seen_(seen) {}
    void use(const typename Dispatch<Event>::Row& row) { row_ = &row; }
    void operator()(Sighting sighting) override {
        seen_.push_back({&row_->check->info, row_->rule, std::move(sighting)});
    }

  private:
    std::vector<Seen>& seen_;
    const typename Dispatch<Event>::Row* row_ = nullptr;
};

template <class Event>
void Checker::show(const Event& event) {
    Collector<Event> collector(seen_);
    for (const auto& row : Dispatch<Event>::rows(dialect_of(event), slot_of(event))) {
        collector.use(row);
        row.check->look(event, collector);
    }
}

void Checker::see(const Record& record, Message& message, Exchange& exchange) {
    latest_.clear();
    statx_.clear();
    session_.see(record, message, exchange);
    frame_ = record.frame;
    time_ns_ = record.has_time() ? std::optional(record.time_ns) : std::nullopt;
    lost_ += record.lost;
    verdict_ = {};
    if (exchange.again)
        return see_again(record, message);
    State& state = state_of(record, message);
    state.gap |= record.lost != 0 || record.direction == Direction::loss;
    if (record.transport == Transport::tracepoint)
        state.sees_forgets = false; // they have no tracepoint
    const Scene scene{record, message, exchange, state};
    see_decoding(message, exchange.request);
    show(MessageEvent{scene});
    const bool sound = is_sound(message);
    switch (message.kind) {
    case MessageKind::request:
        see_request(scene, state, sound);
        break;
    case MessageKind::reply:
        see_reply(scene, state, sound);
        break;
    case MessageKind::notification:
        see_notification(scene, state, sound);
        break;
    case MessageKind::write_result:
        see_write_result(scene);
        break;
    case MessageKind::loss:
        break;
    }
    const std::size_t judged = judgements_.size();
    judge(record, message, state);
    name_nodes(judged, state);
    state.gap |= hides_facts(message);
    if (keep_latest_ && message.kind == MessageKind::reply && exchange.request != nullptr)
        view_statx_replies(*exchange.request, message, entries_, state, statx_);
    if (message.kind == MessageKind::request)
        apply_request(message, record, state);
    else if (message.kind == MessageKind::notification)
        apply_notification(message, record, verdict_, state);
    else if (message.kind == MessageKind::reply && exchange.request != nullptr)
        apply_reply(*exchange.request, message, record, entries_, verdict_, state);
    name_nodes(judged, state);
}

// Rules have seen the request when it came first; here is only what is new about it.
void Checker::see_again(const Record& record, const Message& message) {
    State& state = states_[static_cast<std::uint32_t>(record.conn)];
    state.gap |= record.lost != 0;
    state.requests.seen_again(message.unique, record);
}

// A connection number comes again when a file system is unmounted and another one mounted. Its
// uniques then begin anew, which tells it from a second INIT on one connection.
State& Checker::state_of(const Record& record, const Message& message) {
    State& state = states_[static_cast<std::uint32_t>(record.conn)];
    const bool init = message.kind == MessageKind::request && Operation(message).is(Op::init);
    if (init && state.messages > 0 && message.unique <= state.requests.highest()) {
        end(static_cast<std::uint32_t>(record.conn), state);
        state = State{};
    }
    if (record.direction == Direction::request || record.direction == Direction::reply) {
        ++messages_;
        if (state.messages++ == 0)
            state.first_frame = record.frame;
    }
    const bool asks = !init && !state.init_seen && !state.limits.minor_known;
    if (asks && record.about != nullptr && record.about->minor != 0)
        state.limits.set_minor(record.about->minor);
    dialect_changed_ |= !init && state.messages > 1 && state.dialect != message.dialect;
    state.dialect = message.dialect;
    if (state.nodes.empty())
        state.introduce(root_nodeid, record.frame);
    return state;
}

// A reply or notification of the wrong size is a rule of its own, which knows what was asked for, or
// which sizes the kernel looks at.
void Checker::see_decoding(const Message& message, const Message* request) {
    for (const Finding& finding : message.findings) {
        if (message.kind != MessageKind::request && is_size(finding.rule))
            continue;
        Sighting sighting = sighting_of(finding, message);
        qualify(finding, message, request, sighting);
        seen_.push_back({&row_of(finding.rule), number_of(finding.rule), std::move(sighting)});
    }
}

void Checker::see_request(const Scene& scene, State& state, bool sound) {
    entries_.clear();
    const Operation whole(scene.message);
    if (scene.message.has_header)
        show(AskEvent{scene, whole, state.requests.outstanding(scene.message.unique),
                      state.requests.settled(scene.message.unique)});
    if (!sound)
        return;
    if (whole.is(Op::init)) {
        show(InitRequestEvent{scene, whole});
        state.init_seen = true;
    }
    if (whole.is(Op::compound))
        show(CompoundEvent{scene, whole});
    each_operation(scene.message,
                   [&](const Operation& operation) { see_operation(scene, operation); });
}

void Checker::see_operation(const Scene& scene, const Operation& operation) {
    const State& state = scene.state;
    show(RequestEvent{scene, operation});
    for (const UsedNode& use : used_nodes(operation))
        show(NodeUseEvent{scene, operation, use.role, use.nodeid, use.offset,
                          state.find(use.nodeid), state.forgotten(use.nodeid)});
    for (const UsedFh& use : used_fhs(operation)) {
        FhKey other = use.key;
        other.space = use.key.space == FhSpace::file ? FhSpace::directory : FhSpace::file;
        show(FhUseEvent{scene, operation, use.key, use.offset, state.find(use.key),
                        state.find(other),
                        state.other_node(use.key.space, use.key.fh, use.key.nodeid)});
    }
    for (const UsedName& use : used_names(operation))
        show(NameEvent{scene, operation, use.role, use.name, use.offset});
    forgets(operation, forgets_);
    for (const Forgotten& item : forgets_)
        show(ForgetEvent{scene, item.nodeid, item.nlookup, item.offset, state.find(item.nodeid),
                         state.forgotten(item.nodeid)});
    extension_records(operation, extensions_);
    std::vector<std::uint32_t> earlier;
    for (const ExtensionRecord& record : extensions_) {
        show(ExtensionEvent{scene, operation, record.type, record.size, record.offset,
                            record.fhandle, record.fhandle_size, state.find(operation.nodeid()),
                            earlier});
        earlier.push_back(record.type);
    }
}

void Checker::note_written(const Record& record, const Verdict& verdict) {
    verdict_ = verdict;
    written_[thread_key(record)] = {record.frame, verdict};
}

void Checker::see_reply(const Scene& scene, State& state, bool sound) {
    entries_.clear();
    if (!scene.message.has_header) {
        if (scene.record.wire_length < out_header_size)
            note_written(scene.record, verdict_of(StrayReplyEvent{scene}));
        return;
    }
    const Message* request = scene.exchange.request;
    if (request == nullptr) {
        const StrayReplyEvent stray{scene, state.requests.settled(scene.message.unique)};
        note_written(scene.record, verdict_of(stray));
        return show(stray);
    }
    if (sound) {
        entries_of(*request, scene.message, entries_);
        apply_unseen_forgets(entries_, scene.frame(), state);
    }
    ExchangeEvent event{scene, *request, entries_,
                        state.requests.outstanding(scene.message.unique)};
    if (scene.message.error == 0)
        event.room = reply_size(Operation(*request), state.limits);
    note_written(scene.record, verdict_of(event));
    event.verdict = &verdict_;
    show(event);
    if (!sound)
        return;
    if (Operation(*request).is(Op::compound) && scene.message.error == 0)
        show(CompoundReplyEvent{scene, *request, Operation(scene.message), entries_, verdict_});
    each_pair(*request, scene.message, [&](const Operation& asked, const Operation& answered) {
        show(ReplyEvent{scene, asked, answered, verdict_});
        if (verdict_.write_errno == 0)
            see_answer(event, asked, answered);
    });
    if (verdict_.write_errno == 0)
        see_entries(event);
}

// What the kernel read of one operation's answer, but for the entries.
void Checker::see_answer(const ExchangeEvent& event, const Operation& asked,
                         const Operation& answered) {
    const Scene& scene = event;
    const State& state = scene.state;
    if (answered.error() != 0)
        return;
    if (asked.is(Op::init))
        show(InitEvent{scene, asked, answered, limits_of(asked, answered)});
    if (asked.is(Op::readdir) || asked.is(Op::readdirplus))
        see_listing(scene, asked, answered);
    Opened opening;
    const Entry* entry = entries_.empty() ? nullptr : &entries_.front();
    if (opened(asked, answered, entry, opening) && verdict_.keeps_results())
        show(OpenEvent{scene, asked, answered, opening.key, opening.open_flags, opening.fopen,
                       opening.offset, opening.from_mkobj, state.find(opening.key)});
    const bool own = asked.is(Op::getattr) || asked.is(Op::setattr) || asked.is(Op::statx);
    if (!own || has_placeholder_node(asked))
        return;
    if (const auto attributes = attributes_of(answered))
        show(AttributesEvent{scene, asked, answered, asked.nodeid(), *attributes,
                             state.find(asked.nodeid())});
}

void Checker::see_listing(const Scene& scene, const Operation& asked, const Operation& answered) {
    dirents(answered, dirents_);
    std::size_t good = 0;
    for (const DirentRecord& record : dirents_) {
        constexpr std::uint32_t entry_size = 128; // stands before the dirent of READDIRPLUS
        const Entry* entry =
            asked.is(Op::readdirplus) ? entry_at(entries_, record.offset - entry_size) : nullptr;
        show(DirentEvent{scene, asked, answered, record.ino, record.off, record.type,
                         record.namelen, record.name, record.offset, good, entry});
        if (ends_listing(record))
            break;
        ++good;
    }
    const DirectoryReads& directories = scene.state.directories;
    show(ListingEvent{scene, asked, answered, asked.number("offset").value_or(0),
                      std::span(dirents_).first(good),
                      directories.find(asked.nodeid(), asked.number("fh").value_or(0))});
}

void Checker::see_entries(const ExchangeEvent& event) {
    const Scene& scene = event;
    const State& state = scene.state;
    for (const Entry& entry : entries_) {
        const Operation asked = operation_at(event.request, entry.sub);
        const NodeState* before = entry.nodeid == 0 ? nullptr : state.find(entry.nodeid);
        show(EntryEvent{scene, event.request, asked, entry, verdict_, before,
                        state.forgotten(entry.nodeid), state.find(entry.parent),
                        state.at(entry.parent, entry.name),
                        state.removed(entry.parent, entry.name)});
        if (entry.attributes)
            show(AttributesEvent{scene, asked, operation_at(scene.message, entry.attributes->sub),
                                 entry.nodeid, *entry.attributes, before, &entry});
    }
}

void Checker::see_notification(const Scene& scene, State&, bool sound) {
    entries_.clear();
    if (!scene.message.has_header)
        return;
    const NotifyEvent event{scene, Operation(scene.message)};
    note_written(scene.record, verdict_of(event));
    if (sound)
        show(event);
}

void Checker::see_write_result(const Scene& scene) {
    const auto found = written_.find(thread_key(scene.record));
    if (found == written_.end())
        return;
    show(WriteResultEvent{scene, found->second.frame, found->second.verdict, scene.record.result});
    written_.erase(found); // another result would be that of a message that was not captured
}

void Checker::suppress() {
    if (seen_.size() < 2)
        return;
    const auto said = [&](const Suppression& row, const Seen& what) {
        return std::any_of(seen_.begin(), seen_.end(), [&](const Seen& by) {
            return &by != &what && std::string_view(by.rule->id) == row.by &&
                   (!row.same_sub || by.sighting.sub == what.sighting.sub) &&
                   (!row.same_object || by.sighting.nodeid == what.sighting.nodeid);
        });
    };
    std::vector<bool> silent(seen_.size());
    for (const Suppression& row : suppressions())
        for (std::size_t i = 0; i < seen_.size(); ++i)
            if (row.what == std::string_view(seen_[i].rule->id) && said(row, seen_[i]))
                silent[i] = true;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < seen_.size(); ++i)
        if (!silent[i] && kept++ != i)
            seen_[kept - 1] = std::move(seen_[i]);
    seen_.resize(kept);
}

void Checker::judge(const Record& record, const Message& message, const State& state) {
    if (seen_.empty())
        return;
    suppress();
    for (Seen& seen : seen_) {
        Judgement judgement;
        judgement.frame = seen.sighting.frame != 0 ? seen.sighting.frame : record.frame;
        judgement.conn = record.conn;
        judgement.unique = message.unique;
        judgement.opcode = operation_at(message, seen.sighting.sub).opcode();
        judge(std::move(seen), std::move(judgement), state);
    }
    seen_.clear();
}

void Checker::judge(Seen&& seen, Judgement&& judgement, const State& state) {
    judgement.rule = seen.rule;
    judgement.severity = seen.sighting.severity.value_or(seen.rule->severity);
    if (is_unsure(*seen.rule, state))
        judgement.severity = Severity::note;
    judgement.last_frame = judgement.frame;
    judgement.dialect = state.dialect;
    judgement.unseen_forget = seen.rule->needs_forgets && !state.sees_forgets;
    const Key key{seen.number, static_cast<std::uint32_t>(judgement.conn), seen.sighting.nodeid,
                  seen.sighting.object};
    judgement.sighting = std::move(seen.sighting);
    if (keep_latest_)
        latest_.push_back(judgement);
    keep(key, std::move(judgement));
}

void Checker::keep(const Key& key, Judgement&& judgement) {
    const auto [found, added] = index_.try_emplace(key, judgements_.size());
    if (!added)
        return count(judgements_[found->second], std::move(judgement));
    if (judgements_.size() >= kept_findings) {
        index_.erase(found);
        ++dropped_;
        return;
    }
    judgements_.push_back(std::move(judgement));
}

// A node may get its name by the message that is judged, or lose it.
void Checker::name_nodes(std::size_t first, const State& state) {
    const auto name = [&](Judgement& judgement) {
        const std::uint64_t nodeid = judgement.sighting.nodeid;
        if (judgement.path.empty() && state.find(nodeid) != nullptr)
            judgement.path = state.path(nodeid);
    };
    std::for_each(judgements_.begin() + static_cast<std::ptrdiff_t>(first), judgements_.end(),
                  name);
    std::for_each(latest_.begin(), latest_.end(), name);
}

// The first one stands for all, unless a later one is worse.
void Checker::count(Judgement& known, Judgement&& again) {
    again.count = known.count + 1;
    if (again.severity > known.severity) {
        again.path = std::move(known.path);
        known = std::move(again);
        return;
    }
    known.count = again.count;
    known.last_frame = again.frame;
}

void Checker::end(std::uint32_t conn, const State& state) {
    show(EndEvent{state, static_cast<ConnId>(conn), frame_, time_ns_});
    suppress();
    const std::size_t judged = judgements_.size();
    for (Seen& seen : seen_) {
        Judgement judgement;
        judgement.frame = seen.sighting.frame != 0 ? seen.sighting.frame : frame_;
        judgement.conn = static_cast<ConnId>(conn);
        judge(std::move(seen), std::move(judgement), state);
    }
    seen_.clear();
    name_nodes(judged, state);
}

bool Checker::dialect_settled_late() const {
    return dialect_changed_ || std::ranges::any_of(states_, [&](const auto& entry) {
               const Dialect* known = session_.dialect_of(static_cast<ConnId>(entry.first));
               return known != nullptr && known->name != entry.second.dialect;
           });
}

void Checker::finish() {
    latest_.clear();
    for (const auto& [conn, state] : states_)
        end(conn, state);
}

} // namespace fusewire
