// References and nodeids: what was handed out, given back, and used in between.
#include "dissector/entry_checks.h"
#include "dissector/findings/families.h"
#include "dissector/message_facts.h"
#include "dissector/quiet.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet fusex = in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr DialectSet not_fusex = all_dialects & ~fusex;

Asked asked_of(const Scene& event) {
    return {event.exchange.asked_frame(), event.message.unique};
}

// The kernel asks for "." of a nodeid that it knows only from an old NFS file handle.
bool is_export_lookup(const NodeUseEvent& event) {
    const bool lookup = event.operation.is(Op::lookup) || event.operation.is(Op::lookup_handle);
    constexpr unsigned export_support = 4;
    return lookup && event.operation.text("name") == "." && event.state.limits.has(export_support);
}

// Nodeid 0 has rules of its own, and some dialects put it where another operation gives the node.
bool is_judged(const NodeUseEvent& event) {
    return event.node == nullptr && event.nodeid != 0 && !is_export_lookup(event);
}

constexpr Check<NodeUseEvent> node_use_rows[] = {
    {{.id = "use-unknown-node",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "request on a nodeid that the server never returned",
      .consequence = "a correct kernel only uses nodeids that the server handed out",
      .advice = "look for a reply that the kernel read differently than it was meant",
      .doc = "With EXPORT_SUPPORT the kernel may look up \".\" of a nodeid out of an old file "
             "handle.",
      .history = History::complete},
     [](const NodeUseEvent& event, Report& report) {
         if (event.forgotten == nullptr && is_judged(event))
             report({.offset = event.offset,
                     .sub = event.operation.sub(),
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nodeid {}", event.nodeid),
                     .expected = "a nodeid out of an earlier reply"});
     }},
    {{.id = "use-after-forget",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "request on a nodeid after its last reference was given back",
      .consequence = "the server may have reused or freed what the nodeid stood for",
      .advice = "free a node only when its lookup count is zero, and count every entry handed out",
      .doc = "The answer to NOTIFY_RETRIEVE may come behind the FORGET. fusex does not count, so "
             "that a FORGET may pass a lookup of the same node: a note there.",
      .history = History::complete},
     [](const NodeUseEvent& event, Report& report) {
         if (event.forgotten == nullptr || !is_judged(event) || event.forgotten->uncertain ||
             event.operation.is(Op::notify_reply))
             return;
         Sighting sighting{.offset = event.offset,
                           .sub = event.operation.sub(),
                           .nodeid = event.nodeid,
                           .observed = fmt::format("nodeid {} forgotten in frame {}", event.nodeid,
                                                   event.forgotten->frame),
                           .expected = "a live nodeid",
                           .related = {event.forgotten->frame}};
         if ((in_dialect(event.message.dialect) & fusex) != 0)
             sighting.severity = Severity::note;
         report(std::move(sighting));
     }},
};

constexpr RuleInfo underflow_rule{
    .id = "forget-underflow",
    .area = Area::lifetime,
    .severity = Severity::error,
    .dialects = not_fusex,
    .text = "more references given back than were handed out",
    .consequence = "a server that counts would go below zero and free a node still in use",
    .advice = "count one reference for every entry in a successful reply",
    .history = History::complete};

constexpr Check<ForgetEvent> forget_rows[] = {
    {{.id = "forget-zero",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "FORGET of no references",
      .consequence = "the kernel never sends it; the capture is damaged or made by hand",
      .advice = ""},
     [](const ForgetEvent& event, Report& report) {
         if (event.nlookup == 0)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = "nlookup 0",
                     .expected = "at least 1"});
     }},
    {underflow_rule,
     [](const ForgetEvent& event, Report& report) {
         if (event.node != nullptr && !event.node->assumed && event.nodeid != root_nodeid &&
             event.nlookup > event.node->sent)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nlookup {}", event.nlookup),
                     .expected = fmt::format("at most {}", event.node->sent),
                     .related = {event.node->entry_frame}});
     }},
    {underflow_rule,
     [](const ForgetEvent& event, Report& report) {
         if (event.node == nullptr && event.forgotten != nullptr && event.nlookup != 0 &&
             !event.forgotten->uncertain)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nlookup {}", event.nlookup),
                     .expected = fmt::format("none: the last was given back in frame {}",
                                             event.forgotten->frame),
                     .related = {event.forgotten->frame}});
     }},
    {{.id = "forget-unknown-node",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "FORGET of a nodeid that the server never returned",
      .consequence = "a server that looks the node up without checking reads foreign memory",
      .advice = "look for a reply that the kernel read differently than it was meant; ignore "
                "FORGET of unknown nodes",
      .doc = "Nodeid 0 follows a missing name that was answered as an entry: a note.",
      .history = History::complete},
     [](const ForgetEvent& event, Report& report) {
         if (event.node != nullptr || event.forgotten != nullptr || event.nlookup == 0)
             return;
         Sighting sighting{.offset = event.offset,
                           .nodeid = event.nodeid,
                           .observed = fmt::format("nodeid {}", event.nodeid),
                           .expected = "a nodeid out of an earlier reply"};
         if (event.nodeid == 0)
             sighting.severity = Severity::note;
         report(std::move(sighting));
     }},
    {{.id = "forget-root",
      .area = Area::lifetime,
      .severity = Severity::warn,
      .dialects = not_fusex,
      .text = "FORGET of the root",
      .consequence = "a server that counts references of the root takes them below zero and frees "
                     "it",
      .advice = "never hand out nodeid 1 for an entry; keep the root whatever is forgotten",
      .doc = "The kernel holds the root as long as the file system is mounted. It sends this only "
             "for an entry with nodeid 1 that it could not use."},
     [](const ForgetEvent& event, Report& report) {
         if (event.nodeid == root_nodeid)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nlookup {}", event.nlookup)});
     }},
    {{.id = "forget-mixed",
      .area = Area::lifetime,
      .severity = Severity::note,
      .dialects = in_dialects(DialectName::fusex_a, DialectName::fusex_b),
      .text = "FORGET of several references, though fusex does not count them",
      .consequence = "none for a server that drops the node at its first FORGET",
      .doc = "fusex sends one FORGET with nlookup 1 when it lets go of an inode."},
     [](const ForgetEvent& event, Report& report) {
         if (event.nlookup > 1)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nlookup {}", event.nlookup),
                     .expected = "1"});
     }},
};

// Requests that say which object they mean by the nodeid alone.
constexpr OpSet by_nodeid = ops(Op::getattr, Op::setattr, Op::statx, Op::open, Op::opendir,
                                Op::read, Op::write, Op::readdir, Op::readdirplus, Op::readlink,
                                Op::access, Op::statfs, Op::fsync, Op::fsyncdir, Op::listxattr);

// A name that the kernel may still reach the node by; without one it may be deleted.
bool has_name(const NodeState& node, const State& state) {
    if (node.nodeid == root_nodeid)
        return true;
    return std::any_of(node.names.begin(), node.names.end(), [&](const NameKey& key) {
        const NameState* name = state.at(key.first, key.second);
        return name != nullptr && name->nodeid == node.nodeid && !name->expired &&
               name->frame >= state.epoch_frame;
    });
}

constexpr Check<ReplyEvent> reply_rows[] = {
    {{.id = "live-node-enoent",
      .area = Area::lifetime,
      .severity = Severity::warn,
      .text = "ENOENT for a nodeid that the kernel holds",
      .consequence = "the caller gets ENOENT for a path that exists, and the kernel does not look "
                     "it up again",
      .advice = "answer ESTALE for nodeids that the server does not know, as after a restart: the "
                "kernel then walks the path again",
      .doc = "Only while the node has a name that was neither removed nor invalidated.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const ReplyEvent& event, Report& report) {
         constexpr std::int32_t enoent = -2;
         if (event.reply.error() != enoent || has_placeholder_node(event.request))
             return;
         const NodeState* node = event.state.find(event.request.nodeid());
         if (node == nullptr || !has_name(*node, event.state) ||
             !is_quiet(event.state, *node, asked_of(event)))
             return;
         constexpr std::uint32_t error_at = 4;
         report({.offset = event.reply.offset() + error_at,
                 .sub = event.reply.sub(),
                 .nodeid = node->nodeid,
                 .observed = fmt::format("ENOENT for {}", event.state.path(node->nodeid)),
                 .expected = "ESTALE",
                 .related = {node->entry_frame}});
     },
     by_nodeid},
};

// Why the kernel drops an entry without giving its reference back; nullptr: it does not.
const char* why_dropped(const ExchangeEvent& event, const Entry& entry) {
    if (event.verdict != nullptr && event.verdict->discarded())
        return "the whole reply is refused";
    if (entry.origin == EntryOrigin::readdirplus)
        return nullptr;
    const Operation request = entry.sub == no_sub
                                  ? Operation(event.request)
                                  : Operation(event.request, static_cast<std::size_t>(entry.sub));
    const bool known = event.state.find(entry.nodeid) != nullptr;
    if (entry.fhandle.expected) {
        if (!entry.attributes)
            return "the STATX beside it failed";
        for (std::size_t i = 0; i < event.message.subs.size(); ++i)
            if (event.message.subs[i].error != 0)
                return "another part of the COMPOUND failed";
    }
    if (entry.origin == EntryOrigin::lookup)
        return !known && entry.attributes && are_invalid(*entry.attributes)
                   ? "its attributes are invalid"
                   : nullptr;
    return is_acceptable(entry, request, event.state) ? nullptr : "the kernel refuses the entry";
}

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {{.id = "node-leak-uncertain",
      .area = Area::lifetime,
      .severity = Severity::note,
      .dialects = not_fusex,
      .text = "reference that will never be given back",
      .consequence = "the kernel drops the entry without FORGET: a server that counts keeps the "
                     "node for good",
      .advice = "correct what makes the kernel drop the entry"},
     [](const ExchangeEvent& event, Report& report) {
         for (const Entry& entry : event.entries) {
             if (entry.nodeid <= root_nodeid || !is_used(entry))
                 continue;
             if (const char* why = why_dropped(event, entry))
                 report({.offset = entry.offset,
                         .sub = entry.sub,
                         .nodeid = entry.nodeid,
                         .observed = why});
         }
     },
     ops(Op::lookup, Op::mknod, Op::mkdir, Op::symlink, Op::link, Op::create, Op::tmpfile,
         Op::readdirplus, Op::lookup_handle, Op::mkobj_handle, Op::compound)},
};

// What the kernel knew of the name until it asked.
const RemovedName* removed_before(const EntryEvent& event) {
    const RemovedName* removed = event.removed;
    const bool found = event.entry.origin == EntryOrigin::lookup && event.entry.nodeid != 0;
    return found && removed != nullptr && removed->frame < event.exchange.asked_frame() ? removed
                                                                                        : nullptr;
}

Sighting about_name(const EntryEvent& event, std::uint64_t related) {
    return {.offset = event.entry.offset,
            .sub = event.entry.sub,
            .nodeid = event.entry.nodeid,
            .observed = fmt::format("\"{}\" in {}", event.entry.name, event.entry.parent),
            .related = {related}};
}

constexpr Check<EntryEvent> entry_rows[] = {
    {{.id = "ref-after-unlink",
      .area = Area::lifetime,
      .severity = Severity::note,
      .text = "a name that was removed is found again",
      .consequence = "programs see a file that they have just deleted",
      .advice = "drop the name from the server's own cache when it is removed",
      .doc = "Legal when somebody else made it anew.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         const RemovedName* removed = removed_before(event);
         const bool same_folder = removed != nullptr && event.parent != nullptr &&
                                  (event.entry.parent == root_nodeid ||
                                   event.parent->introduced_frame <= removed->frame);
         if (same_folder && (removed->op == Op::unlink || removed->op == Op::rmdir))
             report(about_name(event, removed->frame));
     },
     ops(Op::lookup, Op::lookup_handle)},
    {{.id = "rename-stale-name",
      .area = Area::lifetime,
      .severity = Severity::note,
      .text = "the old name of a renamed node still leads to it",
      .consequence = "programs see the file under both names",
      .advice = "drop the old name from the server's own cache when it is renamed",
      .history = History::unbroken},
     [](const EntryEvent& event, Report& report) {
         const RemovedName* removed = removed_before(event);
         if (removed != nullptr && (removed->op == Op::rename || removed->op == Op::rename2) &&
             removed->nodeid == event.entry.nodeid)
             report(about_name(event, removed->frame));
     },
     ops(Op::lookup, Op::lookup_handle)},
    {{.id = "create-existing",
      .area = Area::lifetime,
      .severity = Severity::warn,
      .text = "something was created under a name that exists",
      .consequence = "two programs may both believe that they made the file, and what was there "
                     "is lost",
      .advice = "fail with EEXIST when the name exists",
      .doc = "The name must be known and its validity not over. Somebody else may still have "
             "removed it at the server.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         constexpr std::uint64_t exclusive = 0200; // O_EXCL
         const bool opens = event.operation.is(Op::create) || event.operation.is(Op::mkobj_handle);
         if (opens && (event.operation.number("flags").value_or(0) & exclusive) == 0)
             return;
         const NameState* name = event.name;
         if (name == nullptr || name->nodeid == 0 || event.entry.nodeid == 0 ||
             name->frame >= event.exchange.asked_frame() ||
             !event.state.cached(*name, event.time_ns()))
             return;
         Sighting sighting = about_name(event, name->frame);
         sighting.expected = "EEXIST";
         report(std::move(sighting));
     },
     ops(Op::mknod, Op::mkdir, Op::symlink, Op::link, Op::create, Op::mkobj_handle)},
};

constexpr OmittedRule left_out[] = {
    {"node-live-at-end", Area::lifetime,
     "normal: the kernel sends no FORGET when it unmounts; `nodes` shows what is live"},
    {"lookup-count-huge", Area::lifetime,
     "no fault by itself: a busy directory collects references; `nodes` shows the counts"},
};

} // namespace

constexpr Family lifetime_family{node_use_rows, forget_rows, reply_rows,
                                 exchange_rows, entry_rows,  left_out};

} // namespace fusewire
