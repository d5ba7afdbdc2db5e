#include "dissector/state_update.h"

#include "dissector/dissect.h"
#include "dissector/entry_checks.h"
#include "dissector/lock_update.h"
#include "dissector/message_facts.h"
#include "dissector/statx_root.h"

#include <algorithm>

namespace fusewire {

namespace {

constexpr std::uint64_t init_ext = std::uint64_t{1} << 30;
constexpr unsigned max_pages_bit = 22;
constexpr std::uint32_t page = 4096;
constexpr std::uint32_t most_name = 1024, most_name_of_many_pages = 4095;
constexpr std::uint32_t rename_exchange = 2;
constexpr std::uint32_t statx_basic = 0x7ff;
constexpr std::uint32_t open_truncate = 01000; // O_TRUNC
constexpr std::uint32_t poll_notify = 1;       // FUSE_POLL_SCHEDULE_NOTIFY
constexpr std::int32_t enoent = 2, enosys = 38;

std::optional<std::int64_t> time_of(const Record& record) {
    return record.has_time() ? std::optional(record.time_ns) : std::nullopt;
}

// When a validity that begins now ends; absent without a clock, the far future for huge ones.
std::optional<std::int64_t> end_of(const Record& record, std::uint64_t seconds,
                                   std::uint32_t nanoseconds) {
    if (!record.has_time())
        return std::nullopt;
    constexpr std::uint64_t century = 100ull * 366 * 86400;
    const auto valid =
        static_cast<std::int64_t>(std::min(seconds, century)) * 1'000'000'000 + nanoseconds;
    std::int64_t end = 0;
    return __builtin_add_overflow(record.time_ns, valid, &end) ? INT64_MAX : end;
}

std::uint64_t flags_of(const Operation& init) {
    const std::uint64_t low = init.number("flags").value_or(0);
    return (low & init_ext) == 0 ? low : low | init.number("flags2").value_or(0) << 32;
}

Outstanding outstanding_of(const Message& message, const Record& record) {
    const Operation whole(message);
    Outstanding request;
    request.frame = record.frame;
    request.unique = message.unique;
    request.nodeid = message.nodeid;
    request.time_ns = time_of(record);
    request.opcode = message.opcode_number;
    request.server_tid = record.server_tid;
    request.began_unseen = (record.flags & record_in_flight) != 0;
    request.op = whole.op();
    if (!message.subs.empty())
        request.first_sub = Operation(message, 0).op();
    for (const UsedNode& used : used_nodes(whole))
        if (used.role != NodeRole::target)
            request.other_nodeid = used.nodeid;
    return request;
}

// The node may have other attributes from now on.
void touch(State& state, std::uint64_t nodeid, std::uint64_t frame) {
    if (NodeState* node = state.find(nodeid)) {
        node->modified = true;
        node->modified_frame = frame;
    }
}

void apply_handle(const Entry& entry, std::uint64_t frame, NodeState& node, State& state) {
    constexpr std::uint32_t most = 128;
    node.classic_entry = !entry.fhandle.expected;
    if (!entry.fhandle.expected) {
        // The kernel keeps what it has for READDIRPLUS of a cached name, and replaces it otherwise.
        if (entry.origin != EntryOrigin::readdirplus && node.handle_state != HandleState::none)
            state.drop_handle(node, HandleState::none);
        return;
    }
    if (!entry.fhandle.sound() || entry.fhandle.declared > most)
        return state.drop_handle(node, HandleState::unsound);
    state.set_handle(node, entry.fhandle.bytes, frame);
    if (!state.fhandle_size)
        state.fhandle_size = entry.fhandle.declared;
}

// The kernel keeps no attributes that were asked for before the node was changed.
bool is_stale(const NodeState& node, std::uint64_t asked_frame) {
    return node.attributes && asked_frame != 0 && asked_frame < node.modified_frame;
}

void apply_attributes(const Attributes& attributes, Op op, std::uint64_t frame, NodeState& node) {
    if (are_invalid(attributes))
        return;
    node.attributes = attributes;
    node.attributes_frame = frame;
    node.attributes_op = op;
    node.modified = false;
}

// LOOKUP_HANDLE RFC v3 has no negative entries: the kernel makes an inode with nodeid 0 and uses it.
void introduce_nodeid_zero(std::uint64_t frame, State& state) {
    NodeState& node = state.introduce(0, frame);
    ++node.sent;
    ++node.accepted;
}

// The name was taken away while the lookup was on its way.
bool is_gone(const Entry& entry, std::uint64_t asked_frame, const State& state) {
    const RemovedName* removed = state.removed(entry.parent, entry.name);
    const bool found = entry.origin == EntryOrigin::lookup;
    return found && removed != nullptr && asked_frame != 0 && asked_frame < removed->frame;
}

// Every reference at once.
void forget_wholly(std::uint64_t nodeid, std::uint64_t frame, State& state) {
    state.forget(nodeid, ~std::uint64_t{0}, frame);
    state.locks.release_node(nodeid);
}

// The kernel builds a new inode for another generation or type, or the old one was forgotten unseen.
bool is_another(const NodeState& node, const Entry& entry) {
    const bool other_type = node.type() != 0 && entry.attributes &&
                            !are_invalid(*entry.attributes) &&
                            entry.attributes->type() != node.type();
    return other_type || static_cast<std::uint32_t>(node.generation) !=
                             static_cast<std::uint32_t>(entry.generation);
}

void apply_entry(const Entry& entry, const Record& record, std::uint64_t asked_frame,
                 const Verdict& verdict, State& state) {
    if (entry.nodeid == 0) {
        if (entry.op == Op::lookup_handle)
            state.course.zero_entry_frame = record.frame;
        if (entry.origin == EntryOrigin::lookup)
            state.unname(entry.parent, entry.name);
        if (entry.op == Op::lookup_handle && state.dialect == DialectName::lookup_handle_v3)
            introduce_nodeid_zero(record.frame, state);
        return;
    }
    const bool dot = entry.name == "." || entry.name == "..";
    if (entry.origin == EntryOrigin::readdirplus && dot)
        return; // never counted
    const bool kept = verdict.keeps_results();
    if (!kept && state.find(entry.nodeid) == nullptr && state.limits.known)
        return; // the kernel has no such inode, and never says FORGET
    const NodeState* before = state.find(entry.nodeid);
    if (kept && !state.sees_forgets && entry.nodeid != root_nodeid && before != nullptr &&
        before->accepted > 0 && is_another(*before, entry))
        forget_wholly(entry.nodeid, record.frame, state);
    NodeState& node = state.introduce(entry.nodeid, record.frame);
    ++node.sent;
    if (!kept)
        return;
    ++node.accepted;
    const bool another =
        static_cast<std::uint32_t>(node.generation) != static_cast<std::uint32_t>(entry.generation);
    if (another && node.accepted > 1)
        state.drop_handle(node, HandleState::none);
    node.generation = entry.generation;
    node.entry_frame = record.frame;
    apply_handle(entry, record.frame, node, state);
    // Attributes of the root by mistake say nothing of the node.
    if (entry.attributes && !is_stale(node, asked_frame) && !describes_root(entry, state))
        apply_attributes(*entry.attributes, entry.op, record.frame, node);
    remember_directory(entry, record.frame, state);
    if (entry.op == Op::create)
        node.written_end = 0; // it may have been there, and is empty now
    if (entry.op != Op::tmpfile && !is_gone(entry, asked_frame, state))
        state.name(entry.parent, entry.name,
                   {entry.nodeid, record.frame, entry.op,
                    end_of(record, entry.entry_valid_s, entry.entry_valid_ns)});
}

bool has_failed_part(const Message& reply) {
    return std::any_of(reply.subs.begin(), reply.subs.end(),
                       [](const SubMessage& sub) { return sub.error != 0; });
}

// Parts of a COMPOUND that the reply lacks, or does not count, read as zero: an open file 0.
void apply_missing_opens(const Message& request, const Message& reply, std::uint64_t frame,
                         State& state) {
    const bool broken =
        std::any_of(reply.findings.begin(), reply.findings.end(),
                    [](const Finding& f) { return f.rule == Rule::compound_chain_broken; });
    if (request.subs.empty() || reply.error != 0 || broken || has_failed_part(reply))
        return;
    constexpr DialectSet counting = in_dialects(DialectName::lookup_handle_v3,
                                                DialectName::compound_v4, DialectName::compound_v5);
    std::size_t there = reply.subs.size();
    if ((in_dialect(reply.dialect) & counting) != 0)
        there = std::min<std::size_t>(there, Operation(reply).number("count").value_or(there));
    for (std::size_t i = there; i < request.subs.size(); ++i) {
        const Operation asked(request, i);
        if (has_placeholder_node(asked))
            continue;
        if (asked.is(Op::open) || asked.is(Op::opendir))
            state.open({asked.is(Op::open) ? FhSpace::file : FhSpace::directory, 0, asked.nodeid()},
                       frame);
    }
}

void apply_open(const Operation& asked, const Operation& answered, std::span<const Entry> entries,
                const Record& record, State& state) {
    Opened opening;
    const Entry* entry = entries.empty() ? nullptr : &entries.front();
    if (!opened(asked, answered, entry, opening))
        return;
    OpenFile& file = state.open(opening.key, record.frame);
    file.flags = opening.open_flags;
    file.fopen = opening.fopen;
    file.from_mkobj = opening.from_mkobj;
    file.doubtful = has_failed_part(answered.message());
    if (!asked.is(Op::open) || (opening.open_flags & open_truncate) == 0)
        return;
    touch(state, opening.key.nodeid, record.frame);
    if (NodeState* node = state.find(opening.key.nodeid))
        node->written_end = 0;
}

void apply_rename(const Operation& asked, const Record& record, State& state) {
    const std::uint64_t from = asked.nodeid();
    const std::uint64_t to = asked.number("newdir").value_or(0);
    const std::string_view old_name = asked.text("name");
    const std::string_view new_name = asked.text("newname");
    const NameState* moved = state.at(from, old_name);
    const NameState* replaced = state.at(to, new_name);
    const std::optional<NameState> first = moved ? std::optional(*moved) : std::nullopt;
    const std::optional<NameState> second = replaced ? std::optional(*replaced) : std::nullopt;
    const bool exchange =
        asked.is(Op::rename2) && (asked.number("flags").value_or(0) & rename_exchange) != 0;
    state.unname(from, old_name, {0, record.frame, asked.op()});
    state.unname(to, new_name);
    const auto put = [&](std::uint64_t parent, std::string_view name,
                         const std::optional<NameState>& what) {
        if (!what)
            return;
        touch(state, what->nodeid, record.frame);
        state.name(parent, name, {what->nodeid, record.frame, asked.op(), what->expires_ns});
    };
    put(to, new_name, first);
    if (exchange)
        put(from, old_name, second);
    else if (second)
        touch(state, second->nodeid, record.frame);
    touch(state, from, record.frame);
    touch(state, to, record.frame);
}

void apply_removal(const Operation& asked, const Record& record, State& state) {
    const std::string_view name = asked.text("name");
    if (const NameState* gone = state.at(asked.nodeid(), name))
        touch(state, gone->nodeid, record.frame);
    state.unname(asked.nodeid(), name, {0, record.frame, asked.op()});
    touch(state, asked.nodeid(), record.frame);
}

void apply_write(const Operation& asked, const Operation& answered, State& state,
                 std::uint64_t frame) {
    NodeState* node = state.find(asked.nodeid());
    if (node == nullptr)
        return;
    const std::uint64_t written = answered.number("size").value_or(0);
    const std::uint64_t offset = asked.number("offset").value_or(0);
    std::uint64_t end = 0;
    if (!__builtin_add_overflow(offset, written, &end))
        node->written_end = std::max(node->written_end, end);
    touch(state, asked.nodeid(), frame);
}

// Attributes of a node by itself; those of entries come with apply_entry().
void apply_own_attributes(const Operation& asked, const Operation& answered,
                          std::uint64_t asked_frame, std::uint64_t frame, State& state) {
    if (has_placeholder_node(asked))
        return;
    const auto attributes = attributes_of(answered);
    NodeState* node = state.find(asked.nodeid());
    if (!attributes || node == nullptr)
        return;
    if (attributes->is_statx && (attributes->mask & statx_basic) != statx_basic)
        return; // not kept
    if (are_invalid(*attributes) || (node->type() != 0 && node->type() != attributes->type())) {
        node->made_bad = true;
        return;
    }
    if (asked.is(Op::setattr)) {
        node->modified_frame = frame;
        node->written_end = attributes->size;
    } else if (is_stale(*node, asked_frame)) {
        return;
    }
    apply_attributes(*attributes, asked.op(), frame, *node);
}

void apply_success(const Operation& asked, const Operation& answered, const Record& record,
                   std::uint64_t asked_frame, State& state) {
    const std::uint64_t frame = record.frame;
    switch (asked.op()) {
    case Op::rename:
    case Op::rename2:
        return apply_rename(asked, record, state);
    case Op::unlink:
    case Op::rmdir:
        return apply_removal(asked, record, state);
    case Op::write:
        return apply_write(asked, answered, state, frame);
    case Op::fallocate:
    case Op::setxattr:
    case Op::removexattr:
    case Op::ioctl:
        return touch(state, asked.nodeid(), frame);
    case Op::copy_file_range:
    case Op::copy_file_range_64:
        return touch(state, asked.number("nodeid_out").value_or(0), frame);
    case Op::link:
    case Op::mknod:
    case Op::mkdir:
    case Op::symlink:
    case Op::create:
    case Op::mkobj_handle:
        return touch(state, asked.nodeid(), frame);
    case Op::setlk:
    case Op::setlkw:
        return apply_lock_reply(asked, answered, frame, state);
    case Op::getattr:
    case Op::setattr:
    case Op::statx:
        return apply_own_attributes(asked, answered, asked_frame, frame, state);
    default:
        return;
    }
}

// The server tells that somebody else changed what a name leads to.
void apply_changed_name(std::uint64_t parent, const Operation& notification, std::uint64_t frame,
                        State& state) {
    touch(state, parent, frame);
    state.directories.changed(parent, notification.text("name"));
}

// fusex does not count: one FORGET gives back everything.
std::uint64_t references(const Forgotten& item, DialectName dialect) {
    const bool counts = dialect != DialectName::fusex_a && dialect != DialectName::fusex_b;
    return counts ? item.nlookup : ~std::uint64_t{0};
}

void apply_release(const Operation& operation, std::uint64_t frame, State& state) {
    if (!operation.is(Op::release) && !operation.is(Op::releasedir))
        return;
    const Outstanding* sent = state.requests.outstanding(operation.message().unique);
    if (sent != nullptr && sent->copies > 1)
        return; // sent again, not released again
    for (const UsedFh& used : used_fhs(operation)) {
        state.release(used.key, frame);
        const OpenFile* file = state.find(used.key);
        if (used.key.space == FhSpace::directory && (file == nullptr || file->opens == 0))
            state.directories.closed(used.key.nodeid, used.key.fh);
    }
}

// A reply longer than asked for is refused, whatever is in it.
bool is_refused_listing(const Operation& asked, const Operation& answered) {
    return answered.sub() == no_sub && answered.body_length() > asked.number("size").value_or(0);
}

void apply_listing(const Operation& asked, const Operation& answered, std::uint64_t request_frame,
                   const Record& record, State& state) {
    const bool lists = asked.is(Op::readdir) || asked.is(Op::readdirplus);
    if (!lists || answered.error() != 0 || is_refused_listing(asked, answered))
        return;
    std::vector<DirentRecord> records;
    dirents(answered, records);
    const auto end = std::find_if(records.begin(), records.end(), ends_listing);
    const NodeState* node = state.find(asked.nodeid());
    Listing listing{asked.nodeid(), asked.number("fh").value_or(0),
                    asked.number("offset").value_or(0), request_frame, record.frame};
    listing.records = {records.begin(), end};
    listing.whole = answered.message().bytes.size() >= answered.message().length;
    listing.stable = node == nullptr || node->modified_frame < request_frame;
    state.directories.listed(listing);
}

// GETXATTR and LISTXATTR with size 0 ask how long the answer is.
void apply_xattr_size(const Operation& asked, const Operation& answered,
                      std::uint64_t request_frame, State& state) {
    if (!asked.is(Op::getxattr) && !asked.is(Op::listxattr))
        return;
    const auto size = answered.number("size");
    if (size && asked.number("size") == 0u)
        state.xattr_sizes.put(xattr_key(asked.nodeid(), asked.text("name")),
                              {static_cast<std::uint32_t>(*size), request_frame});
}

// Names that were made, moved or removed are no longer what a listing said of them.
void apply_to_listings(const Operation& asked, State& state) {
    constexpr OpSet renames = ops(Op::rename, Op::rename2);
    constexpr OpSet changes = renames | ops(Op::unlink, Op::rmdir, Op::create, Op::mknod, Op::mkdir,
                                            Op::symlink, Op::link, Op::mkobj_handle, Op::mkobjx);
    const OpSet op = op_bit(asked.op());
    if ((op & changes) == 0)
        return;
    state.directories.changed(asked.nodeid(), asked.text("name"));
    if ((op & renames) != 0)
        state.directories.changed(asked.number("newdir").value_or(0), asked.text("newname"));
}

// The target may have been recorded after its INTERRUPT.
void apply_sent(const Message& message, const Record& record, State& state) {
    state.requests.sent(outstanding_of(message, record));
    if (const auto early = state.interrupts.arrived(message.unique))
        state.requests.interrupted(message.unique, early->frame, early->time_ns);
}

void apply_interrupt(const Operation& operation, const Record& record, State& state) {
    const auto target = operation.number("unique");
    if (!target)
        return;
    if (state.requests.outstanding(*target) != nullptr)
        state.requests.interrupted(*target, record.frame, time_of(record));
    else if (state.requests.settled(*target) == nullptr)
        state.interrupts.early({*target & ~resend_bit, record.frame, time_of(record)});
}

// Also one that the kernel is thought to refuse: should it answer, the answer has its question.
void apply_retrieve(const Operation& notification, const Record& record, const Verdict& verdict,
                    State& state) {
    const auto notify_unique = notification.number("notify_unique");
    if (!notify_unique)
        return;
    const std::uint64_t nodeid = notification.number("nodeid").value_or(0);
    const NodeState* node = state.find(nodeid);
    state.retrieves.asked({*notify_unique, nodeid, notification.number("offset").value_or(0),
                           static_cast<std::uint32_t>(notification.number("size").value_or(0)),
                           record.frame, node != nullptr && node->live() && !verdict.discarded()});
}

// The entry is about a new object, whatever its nodeid stood for before. CREATE may open a file that
// is there.
bool is_newly_made(const Entry& entry, const State& state) {
    constexpr OpSet makers = ops(Op::mkdir, Op::mknod, Op::symlink, Op::tmpfile);
    if ((op_bit(entry.op) & makers) != 0)
        return true;
    const NameState* name = state.at(entry.parent, entry.name);
    return entry.op == Op::create && (name == nullptr || name->nodeid != entry.nodeid);
}

} // namespace

void apply_unseen_forgets(std::span<const Entry> entries, std::uint64_t frame, State& state) {
    if (state.sees_forgets)
        return;
    for (const Entry& entry : entries)
        if (entry.nodeid != root_nodeid && state.find(entry.nodeid) != nullptr &&
            is_newly_made(entry, state))
            forget_wholly(entry.nodeid, frame, state);
}

Limits limits_of(const Operation& request, const Operation& reply) {
    Limits limits;
    limits.known = true;
    limits.offered = flags_of(request);
    limits.accepted = flags_of(reply);
    limits.major = static_cast<std::uint32_t>(reply.number("major").value_or(0));
    limits.set_minor(static_cast<std::uint32_t>(
        std::min(request.number("minor").value_or(0), reply.number("minor").value_or(0))));
    limits.kernel_minor = static_cast<std::uint32_t>(request.number("minor").value_or(0));
    constexpr std::uint64_t least_write = 4096;
    limits.max_write = static_cast<std::uint32_t>(
        std::max(reply.number("max_write").value_or(least_write), least_write));
    if (limits.has(max_pages_bit)) {
        constexpr std::uint64_t most_pages = 0xffff;
        limits.max_pages = static_cast<std::uint32_t>(
            std::clamp<std::uint64_t>(reply.number("max_pages").value_or(0), 1, most_pages));
    }
    const bool many_pages = limits.has(max_pages_bit) && limits.max_pages > 1;
    limits.name_max = many_pages ? most_name_of_many_pages : most_name;
    limits.max_handle_sz = static_cast<std::uint16_t>(reply.number("max_handle_sz").value_or(0));
    return limits;
}

void apply_request(const Message& message, const Record& record, State& state) {
    const bool answered = message.opcode == nullptr || !message.opcode->no_reply;
    state.course.request(message, record, state.requests);
    if (answered && message.has_header && message.unique != 0)
        apply_sent(message, record, state);
    else if (message.has_header && message.unique != 0)
        state.requests.sent({message.unique, record.frame, Operation(message).op()});
    each_operation(message, [&](const Operation& operation) {
        for (const UsedNode& use : used_nodes(operation))
            if (use.nodeid != 0 && state.find(use.nodeid) == nullptr)
                state.assume(use.nodeid, record.frame);
        std::vector<Forgotten> gone;
        forgets(operation, gone);
        for (const Forgotten& item : gone) {
            state.forget(item.nodeid, references(item, message.dialect), record.frame);
            if (state.find(item.nodeid) == nullptr)
                state.locks.release_node(item.nodeid);
        }
        apply_release(operation, record.frame, state);
        apply_lock_request(operation, state);
        if (operation.is(Op::interrupt))
            apply_interrupt(operation, record, state);
        if (operation.is(Op::notify_reply))
            state.retrieves.answered(message.unique);
        if (operation.is(Op::poll) && (operation.number("flags").value_or(0) & poll_notify) != 0)
            state.poll_handles.put(operation.number("kh").value_or(0), record.frame);
        if (operation.is(Op::destroy))
            state.destroy_frame = record.frame;
    });
}

void apply_reply(const Message& request, const Message& reply, const Record& record,
                 std::span<const Entry> entries, const Verdict& verdict, State& state) {
    state.course.reply(record);
    if (verdict.keeps_pending()) {
        state.requests.refused(reply.unique, record.frame);
        return;
    }
    const Outstanding* outstanding = state.requests.outstanding(reply.unique);
    const std::uint64_t asked_frame = outstanding == nullptr ? 0 : outstanding->began_by();
    state.requests.answered(reply.unique, record.frame, reply.error, digest_of(record.bytes));
    // With a payload behind it the write is refused, and the kernel learns of no ENOSYS.
    if (reply.error == -enosys && record.wire_length == out_header_size)
        state.enosys.try_emplace(request.opcode_number, record.frame);
    if (reply.error == -enosys && state.declined.frame == 0 && Operation(request).is(Op::compound))
        state.declined = {record.frame, request.pid};
    if (reply.error == -enosys && Operation(request).is(Op::interrupt))
        state.interrupts.declined(record.frame, time_of(record));
    for (const Entry& entry : entries)
        apply_entry(entry, record, asked_frame, verdict, state);
    if (verdict.discarded())
        return;
    if (verdict.keeps_results())
        apply_missing_opens(request, reply, record.frame, state);
    each_pair(request, reply, [&](const Operation& asked, const Operation& answered) {
        apply_listing(asked, answered, asked_frame, record, state);
        if (answered.error() == 0) {
            apply_to_listings(asked, state);
            apply_xattr_size(asked, answered, asked_frame, state);
            apply_success(asked, answered, record, asked_frame, state);
        }
        if (answered.error() == -enoent && (asked.is(Op::lookup) || asked.is(Op::lookup_handle)))
            state.unname(asked.nodeid(), asked.text("name"));
        if (verdict.keeps_results())
            apply_open(asked, answered, entries, record, state);
        if (asked.is(Op::init) && answered.error() == 0) {
            state.limits = limits_of(asked, answered);
            state.init_frame = record.frame;
        }
    });
}

void apply_notification(const Message& message, const Record& record, const Verdict& verdict,
                        State& state) {
    const Operation notification(message);
    const auto code = static_cast<NotifyCode>(message.opcode_number);
    if (code == NotifyCode::retrieve)
        apply_retrieve(notification, record, verdict, state);
    if (verdict.discarded())
        return;
    const std::uint64_t parent = notification.number("parent").value_or(0);
    switch (code) {
    case NotifyCode::inval_entry:
        apply_changed_name(parent, notification, record.frame, state);
        return state.expire(parent, notification.text("name"));
    case NotifyCode::delete_entry:
        apply_changed_name(parent, notification, record.frame, state);
        return state.unname(parent, notification.text("name"));
    case NotifyCode::inc_epoch:
        state.epoch_frame = record.frame;
        return;
    case NotifyCode::inval_inode:
        return touch(state, notification.number("ino").value_or(0), record.frame);
    case NotifyCode::store:
        return touch(state, notification.number("nodeid").value_or(0), record.frame);
    case NotifyCode::resend:
        state.resend_asked = true;
        return;
    default:
        return;
    }
}

} // namespace fusewire
