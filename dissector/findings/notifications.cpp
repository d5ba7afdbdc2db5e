// Notifications: what a server tells the kernel unasked, and the NOTIFY_REPLY that one of them asks for.
#include "dissector/findings/families.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr unsigned has_expire_only = 35, has_resend = 39; // INIT flags
constexpr std::uint64_t expire_only = 1;
constexpr std::uint32_t header_size = 16;
constexpr std::uint64_t most_offset = INT64_MAX; // the kernel refuses it and what is above

// How long a notification has to be: `fixed` bytes, and `unit` for each of `count`, and `more`.
struct Size {
    NotifyCode code;
    std::uint32_t fixed;
    const char* count = nullptr;
    std::uint32_t unit = 0;
    std::uint32_t more = 0;           // the NUL of a name
    const char* rule = "notify-size"; // when the counted part is wrong
};

// RESEND and INC_EPOCH are taken whatever follows their header.
constexpr Size sizes[] = {
    {.code = NotifyCode::poll, .fixed = 8},
    {.code = NotifyCode::inval_inode, .fixed = 24},
    {.code = NotifyCode::inval_entry, .fixed = 16, .count = "namelen", .unit = 1, .more = 1},
    {.code = NotifyCode::store,
     .fixed = 24,
     .count = "size",
     .unit = 1,
     .rule = "notify-store-size"},
    {.code = NotifyCode::retrieve, .fixed = 32},
    {.code = NotifyCode::delete_entry, .fixed = 24, .count = "namelen", .unit = 1, .more = 1},
    {.code = NotifyCode::prune,
     .fixed = 16,
     .count = "count",
     .unit = 8,
     .rule = "notify-prune-count"},
};

struct WrongSize {
    const char* rule;
    std::uint64_t length;
    std::uint64_t expected;
};

std::optional<WrongSize> wrong_size(const MessageEvent& event) {
    const Message& message = event.message;
    if (message.kind != MessageKind::notification || !message.has_header ||
        message.length != event.record.wire_length)
        return std::nullopt;
    const auto code = static_cast<NotifyCode>(message.opcode_number);
    const auto* size = std::find_if(std::begin(sizes), std::end(sizes),
                                    [&](const Size& one) { return one.code == code; });
    if (size == std::end(sizes))
        return std::nullopt;
    const std::uint64_t least = header_size + size->fixed;
    if (message.length < least || (size->count == nullptr && message.length != least))
        return WrongSize{"notify-size", message.length, least};
    if (size->count == nullptr)
        return std::nullopt;
    const auto count = Operation(message).number(size->count);
    const std::uint64_t whole = least + count.value_or(0) * size->unit + size->more;
    if (!count || message.length == whole)
        return std::nullopt;
    return WrongSize{size->rule, message.length, whole};
}

void report_size(const MessageEvent& event, std::string_view rule, Report& report) {
    if (event.message.kind != MessageKind::notification)
        return;
    const auto wrong = wrong_size(event);
    if (wrong && wrong->rule == rule)
        report({.object = event.message.opcode_number,
                .observed = fmt::format("{} of {} bytes",
                                        event.message.opcode ? event.message.opcode->name : "",
                                        wrong->length),
                .expected = fmt::to_string(wrong->expected)});
}

constexpr RuleInfo notify_store_size{
    .id = "notify-store-size",
    .area = Area::notifications,
    .severity = Severity::error,
    .text = "STORE whose size or offset is impossible",
    .consequence = "write() fails with EINVAL, nothing is stored",
    .advice = "set size to the number of bytes that follow, and keep offset below 2^63-1"};

constexpr RuleInfo notify_name{
    .id = "notify-name",
    .area = Area::notifications,
    .severity = Severity::error,
    .text = "name in a notification cannot be a name",
    .consequence = "the kernel finds no such name: write() fails with ENOENT",
    .advice = "send one path component; namelen is its length without the NUL behind it"};

bool has_finding(const Message& message, Rule rule) {
    return std::any_of(message.findings.begin(), message.findings.end(),
                       [&](const Finding& finding) { return finding.rule == rule; });
}

// The length is right, but the last byte is something else.
void look_for_nul(const MessageEvent& event, Report& report) {
    const Message& message = event.message;
    if (message.kind == MessageKind::notification && has_finding(message, Rule::name_no_nul) &&
        !wrong_size(event))
        report({.offset = message.length - 1,
                .observed = "no NUL behind the name",
                .severity = Severity::note,
                .consequence = "nothing: the kernel puts a NUL there itself"});
}

constexpr Check<MessageEvent> message_rows[] = {
    {notify_name, look_for_nul},
    {{.id = "notify-size",
      .area = Area::notifications,
      .severity = Severity::error,
      .text = "notification has the wrong length for its code",
      .consequence = "write() fails with EINVAL, the notification has no effect",
      .advice =
          "send the struct of this code, and behind it namelen bytes and a NUL where there is a "
          "name",
      .doc = "RESEND and INC_EPOCH are taken whatever follows the header."},
     [](const MessageEvent& event, Report& report) { report_size(event, "notify-size", report); }},
    {notify_store_size, [](const MessageEvent& event,
                           Report& report) { report_size(event, "notify-store-size", report); }},
    {{.id = "notify-prune-count",
      .area = Area::notifications,
      .severity = Severity::error,
      .dialects = classic,
      .text = "PRUNE with more or fewer nodeids than its count",
      .consequence = "write() fails with EINVAL, nothing is pruned",
      .advice = "set count to the number of nodeids that follow"},
     [](const MessageEvent& event, Report& report) {
         report_size(event, "notify-prune-count", report);
     }},
    {{.id = "notify-ring",
      .area = Area::notifications,
      .severity = Severity::error,
      .dialects = classic,
      .text = "notification through io_uring",
      .consequence = "the kernel refuses it: a ring entry takes the answer to its request only",
      .advice = "write notifications to /dev/fuse"},
     [](const MessageEvent& event, Report& report) {
         if (event.message.kind == MessageKind::notification &&
             event.record.transport == Transport::io_uring)
             report(
                 {.object = event.message.opcode_number, .observed = "unique 0 in a ring entry"});
     }},
};

// The nodes that the kernel looks up for a notification. PRUNE skips those that it does not know.
struct Named {
    NotifyCode code;
    const char* field;
};
constexpr Named named_nodes[] = {
    {NotifyCode::inval_inode, "ino"},     {NotifyCode::inval_entry, "parent"},
    {NotifyCode::store, "nodeid"},        {NotifyCode::retrieve, "nodeid"},
    {NotifyCode::delete_entry, "parent"}, {NotifyCode::delete_entry, "child"},
};

template <class Visit>
void each_node(const NotifyEvent& event, Visit visit) {
    for (const Named& named : named_nodes)
        if (named.code == event.code())
            if (const Node* node = event.notification.find(named.field); node && !node->cut)
                visit(*node);
}

bool is_about_name(const NotifyEvent& event) {
    return event.code() == NotifyCode::inval_entry || event.code() == NotifyCode::delete_entry;
}

std::uint32_t type_of(const NodeState* node) {
    return node != nullptr ? node->type() : 0;
}

void look_at_name(const NotifyEvent& event, Report& report) {
    constexpr std::uint32_t most = 4095; // of any kernel
    const Node* node = is_about_name(event) ? event.notification.find("name") : nullptr;
    if (node == nullptr)
        return;
    const std::string_view name = event.message.text_of(*node);
    const Limits& limits = event.state.limits;
    const std::uint32_t limit = limits.known ? limits.name_max : most;
    if (node->width > limit)
        return report({.offset = node->offset,
                       .observed = fmt::format("{} bytes", node->width),
                       .expected = fmt::format("at most {}", limit),
                       .consequence = "write() fails with ENAMETOOLONG"});
    const std::size_t nul = name.find('\0');
    if (nul != std::string_view::npos)
        return report(
            {.offset = node->offset,
             .observed = fmt::format("namelen {}, a NUL after {} bytes", name.size(), nul),
             .expected = "no NUL inside the name"});
    if (name.find('/') != std::string_view::npos)
        return report({.offset = node->offset, .observed = "a slash", .expected = "one component"});
}

// A request in whose course the kernel keeps the directory locked.
constexpr OpSet locks_directory =
    ops(Op::lookup, Op::lookup_handle, Op::mknod, Op::mkdir, Op::symlink, Op::unlink, Op::rmdir,
        Op::rename, Op::rename2, Op::link, Op::create, Op::mkobj_handle, Op::tmpfile, Op::readdir,
        Op::readdirplus, Op::setattr);
// ... or pages of the file.
constexpr OpSet locks_pages = ops(Op::read, Op::write);

bool is_in_way(const NotifyEvent& event, const Outstanding& request, std::uint64_t nodeid) {
    const bool of_node = request.nodeid == nodeid || request.other_nodeid == nodeid;
    const Op op = request.op == Op::compound ? request.first_sub : request.op;
    const OpSet locking = is_about_name(event) ? locks_directory : locks_pages;
    const std::uint32_t mine = event.record.server_tid;
    const bool of_another_thread =
        mine != 0 && request.server_tid != 0 && mine != request.server_tid;
    return of_node && (op_bit(op) & locking) != 0 && !of_another_thread;
}

// More outstanding requests than these are not searched: it would cost too much for a hazard.
constexpr std::size_t searched = 256;

void look_for_deadlock(const NotifyEvent& event, Report& report) {
    const bool of_data =
        event.code() == NotifyCode::inval_inode &&
        static_cast<std::int64_t>(event.notification.number("off").value_or(0)) >= 0;
    if ((!is_about_name(event) && !of_data) || event.state.requests.outstanding_count() > searched)
        return;
    const auto nodeid = event.notification.number(of_data ? "ino" : "parent");
    if (!nodeid)
        return;
    const Outstanding* first = nullptr;
    event.state.requests.each_outstanding([&](const Outstanding& request) {
        if (is_in_way(event, request, *nodeid) &&
            (first == nullptr || request.frame < first->frame))
            first = &request;
    });
    if (first == nullptr)
        return;
    const bool sure = event.record.server_tid != 0 && first->server_tid != 0;
    report({.nodeid = *nodeid,
            .observed = fmt::format("request {} of the same node is unanswered", first->unique),
            .related = {first->frame},
            .severity = sure ? Severity::warn : Severity::note});
}

bool is_busy(const State& state, std::uint64_t directory) {
    bool busy = state.requests.outstanding_count() > searched;
    if (!busy)
        state.requests.each_outstanding([&](const Outstanding& request) {
            busy |= request.nodeid == directory || request.other_nodeid == directory;
        });
    return busy;
}

// What the notification says was true once, or will be in a moment.
bool is_only_late(const State& state, std::uint64_t parent, std::string_view name,
                  std::uint64_t child) {
    const NodeState* node = state.find(child);
    const RemovedName* removed = state.removed(parent, name);
    const bool had_name = node != nullptr && node->parent == parent && node->name == name;
    return had_name || state.forgotten(child) != nullptr ||
           (removed != nullptr && removed->nodeid == child) || is_busy(state, parent);
}

constexpr Check<NotifyEvent> notify_rows[] = {
    {{.id = "notify-code",
      .area = Area::notifications,
      .severity = Severity::error,
      .dialects = classic,
      .text = "notify code is not known",
      .consequence = "write() fails with EINVAL",
      .advice = "send only codes that the kernel's minor has"},
     [](const NotifyEvent& event, Report& report) {
         const Opcode* code = event.notification.opcode();
         const Limits& limits = event.state.limits;
         if (code != nullptr && limits.known && code->since > limits.kernel_minor)
             report({.offset = 4,
                     .object = event.message.opcode_number,
                     .observed =
                         fmt::format("{} to a kernel of 7.{}", code->name, limits.kernel_minor),
                     .expected = fmt::format("a kernel of at least 7.{}", code->since)});
     }},
    {{.id = "notify-before-init",
      .area = Area::notifications,
      .severity = Severity::warn,
      .text = "notification before INIT was answered",
      .consequence = "write() fails with EINVAL; some kernels take those about the root",
      .advice = "send notifications only after the INIT reply",
      .history = History::unbroken},
     [](const NotifyEvent& event, Report& report) {
         bool waits = false;
         if (event.state.init_frame == 0 && event.state.requests.outstanding_count() <= searched)
             event.state.requests.each_outstanding(
                 [&](const Outstanding& request) { waits |= request.op == Op::init; });
         if (waits)
             report({.observed = "INIT is still unanswered"});
     }},
    {notify_name, look_at_name},
    {{.id = "notify-unknown-node",
      .area = Area::notifications,
      .severity = Severity::note,
      .text = "notification for a nodeid that the kernel does not hold",
      .consequence = "write() fails with ENOENT, which is harmless",
      .doc = "Common: many servers tell of every change, whether the kernel has the node or not."},
     [](const NotifyEvent& event, Report& report) {
         if (!event.state.complete() || event.state.init_frame == 0)
             return;
         each_node(event, [&](const Node& field) {
             const NodeState* node = event.state.find(field.value);
             if (node == nullptr || !node->live())
                 report({.offset = field.offset,
                         .nodeid = field.value,
                         .observed = fmt::format("nodeid {}", field.value)});
         });
     }},
    {{.id = "notify-parent-not-dir",
      .area = Area::notifications,
      .severity = Severity::warn,
      .text = "notification about a name in a node that is no directory",
      .consequence = "write() fails with ENOTDIR",
      .advice = "give the nodeid of the directory that holds the name",
      .history = History::unbroken},
     [](const NotifyEvent& event, Report& report) {
         const auto parent = event.notification.number("parent");
         if (!is_about_name(event) || !parent)
             return;
         const NodeState* node = event.state.find(*parent);
         const std::uint32_t type = type_of(node);
         if (type != 0 && type != type_directory)
             report({.offset = header_size,
                     .nodeid = *parent,
                     .observed = fmt::format("nodeid {} of type {:#o}", *parent, type),
                     .expected = "a directory",
                     .related = {node->attributes_frame}});
     }},
    {{.id = "notify-delete-child",
      .area = Area::notifications,
      .severity = Severity::warn,
      .text = "DELETE names another child than the one that the name leads to",
      .consequence = "write() fails with ENOENT and the stale name stays cached",
      .advice = "send the nodeid that the latest entry for this name had",
      .doc = "Silent for a child that had this name or was forgotten, and while the directory is "
             "being changed: then the notification only comes late.",
      .history = History::complete},
     [](const NotifyEvent& event, Report& report) {
         if (event.code() != NotifyCode::delete_entry)
             return;
         const std::uint64_t parent = event.notification.number("parent").value_or(0);
         const std::uint64_t child = event.notification.number("child").value_or(0);
         const std::string_view name = event.notification.text("name");
         const NameState* known = event.state.at(parent, name);
         if (known == nullptr || known->expired || known->nodeid == child ||
             is_only_late(event.state, parent, name, child))
             return;
         report({.offset = header_size + 8,
                 .nodeid = parent,
                 .object = child,
                 .observed = fmt::format("child {}", child),
                 .expected = fmt::to_string(known->nodeid),
                 .related = {known->frame}});
     }},
    {{.id = "notify-store-nonreg",
      .area = Area::notifications,
      .severity = Severity::error,
      .text = "STORE or RETRIEVE for what is no regular file",
      .consequence =
          "write() fails with EINVAL; older kernels put the data into a cache that nobody "
          "reads",
      .advice = "only regular files have data in the kernel's cache",
      .history = History::unbroken},
     [](const NotifyEvent& event, Report& report) {
         if (event.code() != NotifyCode::store && event.code() != NotifyCode::retrieve)
             return;
         each_node(event, [&](const Node& field) {
             const NodeState* node = event.state.find(field.value);
             const std::uint32_t type = field.value == root_nodeid ? type_directory : type_of(node);
             if (type != 0 && type != type_regular)
                 report({.offset = field.offset,
                         .nodeid = field.value,
                         .observed = fmt::format("nodeid {} of type {:#o}", field.value, type),
                         .expected = "a regular file"});
         });
     }},
    {notify_store_size,
     [](const NotifyEvent& event, Report& report) {
         const auto offset = event.notification.number("offset");
         if (event.code() == NotifyCode::store && offset && *offset >= most_offset)
             report({.offset = header_size + 8,
                     .object = event.message.opcode_number,
                     .observed = fmt::format("offset {}", *offset),
                     .expected = "below 2^63-1"});
     }},
    {{.id = "notify-deadlock-hazard",
      .area = Area::notifications,
      .severity = Severity::warn,
      .text = "invalidation while a request of the same node waits for this thread",
      .consequence = "the write() may wait for a lock that is held until the request is answered: "
                     "both wait for ever",
      .advice = "answer first, or notify from a thread that answers no requests",
      .doc =
          "A directory is locked while a request changes or searches it, pages while they are read "
          "or written. Where the capture does not have the server's threads it is a note."},
     look_for_deadlock},
    {{.id = "notify-expire-flag",
      .area = Area::notifications,
      .severity = Severity::warn,
      .text = "INVAL_ENTRY with flags that the kernel does not have",
      .consequence = "the kernel ignores them and drops the name altogether",
      .advice = "send EXPIRE_ONLY only to kernels that offer HAS_EXPIRE_ONLY",
      .doc = "It is the offer in the INIT request that counts."},
     [](const NotifyEvent& event, Report& report) {
         if (event.code() != NotifyCode::inval_entry || !event.state.limits.known)
             return;
         const std::uint64_t flags = event.notification.number("flags").value_or(0);
         const std::uint64_t known = event.state.limits.offers(has_expire_only) ? expire_only : 0;
         if ((flags & ~known) != 0)
             report({.offset = header_size + 12,
                     .object = flags,
                     .observed = fmt::format("flags {:#x}", flags),
                     .expected = known != 0 ? "EXPIRE_ONLY or 0" : "0"});
     }},
    {{.id = "notify-resend-not-negotiated",
      .area = Area::notifications,
      .severity = Severity::warn,
      .text = "RESEND to a kernel that does not offer it",
      .consequence = "write() fails with EINVAL: requests of a dead server stay unanswered",
      .advice = "look for HAS_RESEND in the INIT request first",
      .doc = "It is the offer in the INIT request that counts."},
     [](const NotifyEvent& event, Report& report) {
         if (event.code() == NotifyCode::resend && event.state.limits.known &&
             !event.state.limits.offers(has_resend))
             report({.observed = "RESEND without HAS_RESEND"});
     }},
};

// What does not agree with the RETRIEVE that it answers; empty: nothing.
std::string disagreement(const RequestEvent& event, const Retrieve& asked) {
    const std::uint64_t nodeid = event.operation.nodeid();
    const std::uint64_t offset = event.operation.number("offset").value_or(asked.offset);
    const std::uint64_t size = event.operation.number("size").value_or(0);
    if (nodeid != asked.nodeid)
        return fmt::format("nodeid {} where {} was asked for", nodeid, asked.nodeid);
    if (offset != asked.offset)
        return fmt::format("offset {} where {} was asked for", offset, asked.offset);
    if (size > asked.size)
        return fmt::format("{} bytes where {} were asked for", size, asked.size);
    return {};
}

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "notify-reply-unsolicited",
      .area = Area::notifications,
      .severity = Severity::error,
      .text = "NOTIFY_REPLY answers no RETRIEVE",
      .consequence = "the kernel sends one for each RETRIEVE that it takes, and no other",
      .doc =
          "Its unique is the notify_unique of the RETRIEVE, and shares no numbers with requests.",
      .history = History::complete},
     [](const RequestEvent& event, Report& report) {
         const std::uint64_t unique = event.message.unique;
         const Retrieve* asked = event.state.retrieves.find(unique);
         if (asked == nullptr) {
             const bool sees_notifications = event.record.transport != Transport::tracepoint;
             if (sees_notifications && !event.state.retrieves.gave_up())
                 report({.nodeid = event.operation.nodeid(),
                         .object = unique,
                         .observed = fmt::format("unique {}", unique),
                         .expected = "the notify_unique of a RETRIEVE"});
             return;
         }
         std::string wrong = disagreement(event, *asked);
         if (!wrong.empty())
             report({.nodeid = event.operation.nodeid(),
                     .object = unique,
                     .observed = std::move(wrong),
                     .related = {asked->frame}});
     },
     ops(Op::notify_reply)},
};

constexpr Check<EndEvent> end_rows[] = {
    {{.id = "notify-retrieve-unanswered",
      .area = Area::notifications,
      .severity = Severity::note,
      .text = "RETRIEVE without a NOTIFY_REPLY",
      .consequence = "the server waits for data that does not come",
      .doc = "None comes for a node that the kernel does not hold; these are not reported."},
     [](const EndEvent& event, Report& report) {
         if (!event.state.unbroken())
             return;
         for (const Retrieve& asked : event.state.retrieves.waiting())
             if (asked.expected)
                 report({.frame = asked.frame,
                         .nodeid = asked.nodeid,
                         .object = asked.notify_unique,
                         .observed = fmt::format("notify_unique {}", asked.notify_unique)});
     }},
};

constexpr Suppression suppressed[] = {
    {.by = "notify-size", .what = "name-no-nul"},
    {.by = "notify-size", .what = "name-empty"},
    {.by = "notify-name", .what = "name-no-nul"},
    {.by = "notify-prune-count", .what = "array-count"},
    {.by = "notify-size", .what = "array-count"},
    {.by = "notify-code", .what = "notify-resend-not-negotiated"},
};

} // namespace

constexpr Family notifications_family{message_rows, notify_rows, request_rows, end_rows,
                                      suppressed};

} // namespace fusewire
