#include "dissector/state_update.h"

#include "dissector/message_facts.h"

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
    request.op = whole.op();
    if (!message.subs.empty())
        request.first_sub = Operation(message, 0).op();
    for (const char* field : {"newdir", "oldnodeid", "nodeid_out"})
        if (const auto other = whole.number(field))
            request.other_nodeid = *other;
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
    if (entry.fhandle.sound() && entry.fhandle.declared <= most)
        state.set_handle(node, entry.fhandle.bytes, frame);
    else
        state.drop_handle(node, HandleState::unsound);
}

void apply_attributes(const Attributes& attributes, Op op, std::uint64_t frame, NodeState& node) {
    node.attributes = attributes;
    node.attributes_frame = frame;
    node.attributes_op = op;
    node.modified = false;
}

void apply_entry(const Entry& entry, const Record& record, const Verdict& verdict, State& state) {
    if (entry.nodeid == 0) {
        if (entry.origin == EntryOrigin::lookup)
            state.unname(entry.parent, entry.name);
        return;
    }
    const bool dot = entry.name == "." || entry.name == "..";
    if (entry.origin == EntryOrigin::readdirplus && dot)
        return; // never counted
    const bool kept = verdict.keeps_results();
    if (!kept && state.find(entry.nodeid) == nullptr && state.limits.known)
        return; // the kernel has no such inode, and never says FORGET
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
    if (entry.attributes)
        apply_attributes(*entry.attributes, entry.op, record.frame, node);
    if (entry.op != Op::tmpfile)
        state.name(entry.parent, entry.name,
                   {entry.nodeid, record.frame, entry.op,
                    end_of(record, entry.entry_valid_s, entry.entry_valid_ns)});
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
    if (asked.is(Op::open) && (opening.open_flags & open_truncate) != 0)
        touch(state, opening.key.nodeid, record.frame);
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
void apply_own_attributes(const Operation& asked, const Operation& answered, std::uint64_t frame,
                          State& state) {
    if (has_placeholder_node(asked))
        return;
    const auto attributes = attributes_of(answered);
    NodeState* node = state.find(asked.nodeid());
    if (!attributes || node == nullptr)
        return;
    if (attributes->is_statx && (attributes->mask & statx_basic) != statx_basic)
        return; // not kept
    apply_attributes(*attributes, asked.op(), frame, *node);
    if (asked.is(Op::setattr))
        node->written_end = attributes->size;
}

void apply_success(const Operation& asked, const Operation& answered, const Record& record,
                   State& state) {
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
    case Op::getattr:
    case Op::setattr:
    case Op::statx:
        return apply_own_attributes(asked, answered, frame, state);
    default:
        return;
    }
}

template <class Visit>
void each_pair(const Message& request, const Message& reply, Visit visit) {
    if (request.subs.empty())
        return visit(Operation(request), Operation(reply));
    for (std::size_t i = 0; i < std::min(request.subs.size(), reply.subs.size()); ++i)
        visit(Operation(request, i), Operation(reply, i));
}

void apply_release(const Operation& operation, std::uint64_t frame, State& state) {
    if (!operation.is(Op::release) && !operation.is(Op::releasedir))
        return;
    std::vector<UsedFh> fhs;
    used_fhs(operation, fhs);
    for (const UsedFh& used : fhs)
        state.release(used.key, frame);
}

} // namespace

Limits limits_of(const Operation& request, const Operation& reply) {
    Limits limits;
    limits.known = true;
    limits.offered = flags_of(request);
    limits.accepted = flags_of(reply);
    limits.kernel_minor = static_cast<std::uint32_t>(request.number("minor").value_or(0));
    limits.minor = static_cast<std::uint32_t>(
        std::min(request.number("minor").value_or(0), reply.number("minor").value_or(0)));
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
    if (answered && message.has_header && message.unique != 0)
        state.requests.sent(outstanding_of(message, record));
    each_operation(message, [&](const Operation& operation) {
        std::vector<UsedNode> used;
        used_nodes(operation, used);
        for (const UsedNode& use : used)
            if (use.nodeid != 0 && state.find(use.nodeid) == nullptr)
                state.assume(use.nodeid, record.frame);
        std::vector<Forgotten> gone;
        forgets(operation, gone);
        for (const Forgotten& item : gone)
            state.forget(item.nodeid, item.nlookup, record.frame);
        apply_release(operation, record.frame, state);
        if (operation.is(Op::interrupt))
            state.requests.interrupted(operation.number("unique").value_or(0), record.frame,
                                       time_of(record));
        if (operation.is(Op::destroy))
            state.destroy_frame = record.frame;
    });
}

void apply_reply(const Message& request, const Message& reply, const Record& record,
                 std::span<const Entry> entries, const Verdict& verdict, State& state) {
    if (verdict.keeps_pending()) {
        state.requests.refused(reply.unique, record.frame);
        return;
    }
    state.requests.answered(reply.unique, record.frame, reply.error, digest_of(record.bytes));
    if (reply.error == -enosys)
        state.enosys.try_emplace(request.opcode_number, record.frame);
    for (const Entry& entry : entries)
        apply_entry(entry, record, verdict, state);
    if (verdict.discarded())
        return;
    each_pair(request, reply, [&](const Operation& asked, const Operation& answered) {
        if (answered.error() == 0)
            apply_success(asked, answered, record, state);
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

void apply_notification(const Message& message, const Record&, const Verdict& verdict,
                        State& state) {
    if (verdict.discarded())
        return;
    const Operation notification(message);
    const std::uint64_t parent = notification.number("parent").value_or(0);
    switch (static_cast<NotifyCode>(message.opcode_number)) {
    case NotifyCode::delete_entry:
        return state.unname(parent, notification.text("name"));
    case NotifyCode::resend:
        state.resend_asked = true;
        return;
    default:
        return;
    }
}

} // namespace fusewire
