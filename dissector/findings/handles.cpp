// Fhandles of LOOKUP_HANDLE: in entries, and in the extension that carries the parent's.
#include "dissector/findings/families.h"
#include "dissector/message_facts.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet v2 = in_dialect(DialectName::lookup_handle_v2);
constexpr DialectSet v3 = in_dialect(DialectName::lookup_handle_v3);
constexpr DialectSet both = v2 | v3;

constexpr unsigned has_lookup_handle = 43; // INIT bit
constexpr std::uint32_t ext_handle = 33;   // FUSE_EXT_HANDLE
constexpr std::uint32_t most_v3 = 128;     // MAX_HANDLE_SZ, the kernel's buffer
constexpr std::uint32_t most_v2 = 127;     // 128 is refused

constexpr std::size_t most_shown = 16; // bytes of an fhandle in a message

constexpr OpSet handle_ops = ops(Op::lookup_handle, Op::mkobj_handle);
constexpr OpSet classic_entries =
    ops(Op::lookup, Op::mknod, Op::mkdir, Op::symlink, Op::link, Op::create, Op::tmpfile);
// Messages whose replies may bring an fhandle: COMPOUND in RFC v3, any entry in v2.
constexpr OpSet carriers = op_bit(Op::compound) | handle_ops | classic_entries;

bool is_v2(const Scene& scene) {
    return scene.message.dialect == DialectName::lookup_handle_v2;
}

// For messages: the first bytes, and how many there are.
std::string shown(std::string_view fhandle) {
    std::string out;
    for (const char c : fhandle.substr(0, most_shown))
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    if (fhandle.size() > most_shown)
        out += "...";
    return fmt::format("{} ({} bytes)", out.empty() ? "nothing" : out, fhandle.size());
}

// Where two fhandles of one length begin to differ may be behind what shown() shows.
std::string difference(std::string_view now, std::string_view before) {
    const auto at = std::mismatch(now.begin(), now.end(), before.begin(), before.end()).first;
    const auto index = static_cast<std::size_t>(at - now.begin());
    if (now.size() != before.size() || index < most_shown || at == now.end())
        return shown(now);
    return fmt::format("{}, byte {} is {:02x}", shown(now), index, static_cast<unsigned char>(*at));
}

bool is_usable(const Scene& scene, const FhandleFact& fhandle) {
    return fhandle.sound() && fhandle.declared <= (is_v2(scene) ? most_v2 : most_v3);
}

bool same_generation(const EntryEvent& event) {
    return static_cast<std::uint32_t>(event.before->generation) ==
           static_cast<std::uint32_t>(event.entry.generation);
}

std::uint32_t limit_of(const Scene& scene) {
    if (!is_v2(scene))
        return most_v3;
    const std::uint32_t asked = scene.state.limits.max_handle_sz;
    return asked == 0 ? most_v2 : std::min(most_v2, asked - 1);
}

// Calls look(entry) for the entries of a reply that should have an fhandle, taken by the kernel or not.
template <class Look>
void each_fhandle(const ExchangeEvent& event, Look look) {
    for (const Entry& entry : event.entries)
        if (entry.fhandle.expected && entry.fhandle.present)
            look(entry, entry.fhandle);
}

constexpr const char* heap_goes_out =
    "the kernel copies as many bytes out of a buffer of 128 and keeps what lies behind it; lookups "
    "below "
    "this node then send that kernel memory to the server, up to 64 KiB in each";
constexpr const char* too_much_for_the_reply = "the reply is longer than the kernel made room for: "
                                               "write() fails with EINVAL and the caller gets EIO";

constexpr Check<ExchangeEvent> reply_rows[] = {
    {{.id = "handle-empty",
      .area = Area::handles,
      .severity = Severity::warn,
      .dialects = both,
      .text = "fhandle of no bytes",
      .consequence =
          "the kernel keeps an empty fhandle and sends an empty one in lookups below the "
          "node: after a restart the server cannot tell such nodes apart",
      .advice = "return bytes that identify the node, such as its inode number and generation",
      .doc = "LOOKUP_HANDLE v2 refuses it: EIO for the caller."},
     [](const ExchangeEvent& event, Report& report) {
         each_fhandle(event, [&](const Entry& entry, const FhandleFact& fhandle) {
             if (fhandle.declared != 0 || entry.nodeid == 0)
                 return;
             Sighting sighting{.offset = fhandle.offset,
                               .sub = entry.sub,
                               .nodeid = entry.nodeid,
                               .observed = "size 0",
                               .expected = fmt::format("1 to {}", limit_of(event))};
             if (is_v2(event)) {
                 sighting.severity = Severity::error;
                 sighting.consequence = "the kernel refuses the entry: EIO for the caller";
             }
             report(std::move(sighting));
         });
     },
     carriers},
    {{.id = "handle-too-large",
      .area = Area::handles,
      .severity = Severity::error,
      .dialects = both,
      .text = "fhandle size is above what the kernel has room for",
      .consequence = heap_goes_out,
      .advice = "keep fhandles to 128 bytes, and set size to the bytes that really follow"},
     [](const ExchangeEvent& event, Report& report) {
         each_fhandle(event, [&](const Entry& entry, const FhandleFact& fhandle) {
             if (fhandle.declared <= limit_of(event) || entry.nodeid == 0)
                 return;
             Sighting sighting{.offset = fhandle.offset,
                               .sub = entry.sub,
                               .nodeid = entry.nodeid,
                               .observed = fmt::format("size {}", fhandle.declared),
                               .expected = fmt::format("at most {}", limit_of(event))};
             if (is_v2(event))
                 sighting.consequence = "the kernel refuses the entry: EIO for the caller";
             else if (fhandle.bytes.size() > most_v3)
                 sighting.consequence = too_much_for_the_reply;
             report(std::move(sighting));
         });
     },
     carriers},
    {{.id = "handle-trailing",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = v3,
      .text = "bytes behind the fhandle",
      .consequence = "the kernel skips them as long as the whole reply fits; with long fhandles it "
                     "does not, and the lookup fails with EIO",
      .advice =
          "let the fhandle end the sub-reply, or count the padding against the 130 bytes there "
          "are for it",
      .doc =
          "Zeros are a server's padding, to 130 bytes or to an alignment, and legal. Other bytes "
          "are a warning: size is probably wrong."},
     [](const ExchangeEvent& event, Report& report) {
         each_fhandle(event, [&](const Entry& entry, const FhandleFact& fhandle) {
             if (fhandle.trailing == 0 || entry.nodeid == 0)
                 return;
             const char* what =
                 fhandle.trailing_zero ? "zero bytes" : "bytes, not all of them zero,";
             Sighting sighting{.offset = fhandle.offset,
                               .sub = entry.sub,
                               .observed = fmt::format("{} {} behind {} of fhandle",
                                                       fhandle.trailing, what, fhandle.declared)};
             if (!fhandle.trailing_zero)
                 sighting.severity = Severity::warn;
             report(std::move(sighting));
         });
     },
     carriers},
    {{.id = "handle-on-negative",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = both,
      .text = "fhandle in an entry without a node",
      .consequence = "nobody looks at it",
      .advice = "leave the fhandle of a missing name empty"},
     [](const ExchangeEvent& event, Report& report) {
         each_fhandle(event, [&](const Entry& entry, const FhandleFact& fhandle) {
             if (entry.nodeid == 0 && fhandle.declared != 0)
                 report({.offset = fhandle.offset,
                         .sub = entry.sub,
                         .observed = fmt::format("nodeid 0 with an fhandle of {} bytes",
                                                 fhandle.declared)});
         });
     },
     carriers},
    {{.id = "handle-size-varies",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = both,
      .text = "fhandles of several lengths",
      .consequence = "none; the server must find the end of an fhandle by its size"},
     [](const ExchangeEvent& event, Report& report) {
         const auto first = event.state.fhandle_size;
         each_fhandle(event, [&](const Entry& entry, const FhandleFact& fhandle) {
             if (first && entry.nodeid != 0 && is_usable(event, fhandle) &&
                 fhandle.declared != *first)
                 report({.offset = fhandle.offset,
                         .sub = entry.sub,
                         .observed = fmt::format("{} and {} bytes", *first, fhandle.declared)});
         });
     },
     carriers},
};

constexpr Check<EntryEvent> entry_rows[] = {
    {{.id = "handle-changed",
      .area = Area::handles,
      .severity = Severity::error,
      .dialects = both,
      .text = "other fhandle for a live node",
      .consequence = "the kernel drops the name, gives the reference back and looks it up again; "
                     "then it makes the "
                     "old inode bad: EIO for whoever holds it open or works in it, while new opens "
                     "succeed; nothing "
                     "is logged",
      .advice = "return the same bytes as long as the node lives, also after a restart",
      .doc =
          "Not after a reply whose fhandle was missing, cut short or too large, and not when the "
          "generation changed as well.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         const NodeState* node = event.before;
         if (node == nullptr || node->handle_state != HandleState::known || !node->live() ||
             !is_usable(event, event.entry.fhandle) || !same_generation(event) ||
             event.entry.fhandle.bytes == node->handle)
             return;
         const FhandleFact& fhandle = event.entry.fhandle;
         const bool same_size = fhandle.bytes.size() == node->handle.size();
         report({.offset = same_size ? fhandle.bytes_at : fhandle.offset,
                 .sub = event.entry.sub,
                 .nodeid = event.entry.nodeid,
                 .observed = difference(fhandle.bytes, node->handle),
                 .expected = difference(node->handle, fhandle.bytes),
                 .related = {node->handle_frame}});
     },
     carriers},
    {{.id = "handle-shared",
      .area = Area::handles,
      .severity = Severity::error,
      .dialects = both,
      .text = "one fhandle for two live nodes",
      .consequence =
          "the kernel does not notice; a server that is started again finds the wrong one of "
          "them, and reads and writes go to another file",
      .advice =
          "make fhandles of something that no two nodes share, such as inode number and generation",
      .doc = "Legal when the other node was forgotten.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         const FhandleFact& fhandle = event.entry.fhandle;
         if (event.entry.nodeid == 0 || fhandle.declared == 0 || !is_usable(event, fhandle))
             return;
         const std::uint64_t owner = event.state.handle_owner(fhandle.bytes, event.entry.nodeid);
         const NodeState* other = owner == 0 ? nullptr : event.state.find(owner);
         if (other != nullptr && other->live())
             report({.offset = fhandle.bytes_at,
                     .sub = event.entry.sub,
                     .nodeid = event.entry.nodeid,
                     .observed =
                         fmt::format("{} is also that of nodeid {}", shown(fhandle.bytes), owner),
                     .related = {other->handle_frame}});
     },
     carriers},
    {{.id = "handle-reused-after-forget",
      .area = Area::handles,
      .severity = Severity::warn,
      .dialects = both,
      .text = "fhandle of a forgotten node for another object",
      .consequence =
          "whoever kept the fhandle, an NFS client or the server itself, reaches the wrong "
          "object with it",
      .advice = "put a generation into the fhandle that changes when the rest is used again",
      .doc =
          "The same object may come back under another nodeid: told by its type and inode number, "
          "the latter only where it is not the nodeid.",
      .history = History::unbroken},
     [](const EntryEvent& event, Report& report) {
         const Entry& entry = event.entry;
         if (entry.nodeid == 0 || entry.fhandle.declared == 0 || !entry.attributes ||
             !is_usable(event, entry.fhandle) ||
             event.state.handle_owner(entry.fhandle.bytes, entry.nodeid) != 0)
             return;
         const ForgottenHandle* old = event.state.forgotten_handle(entry.fhandle.bytes);
         if (old == nullptr || old->nodeid == entry.nodeid || old->type == 0)
             return;
         const bool ino_is_nodeid =
             old->ino == old->nodeid || entry.attributes->ino == entry.nodeid;
         const bool other_ino = !ino_is_nodeid && old->ino != 0 && entry.attributes->ino != 0 &&
                                old->ino != entry.attributes->ino;
         if (other_ino || old->type != entry.attributes->type())
             report({.offset = entry.fhandle.bytes_at,
                     .sub = entry.sub,
                     .nodeid = entry.nodeid,
                     .observed =
                         fmt::format("{} was that of nodeid {}, type {:o}, ino {}",
                                     shown(entry.fhandle.bytes), old->nodeid, old->type, old->ino),
                     .expected = "the same type and ino, or other bytes",
                     .related = {old->frame}});
     },
     carriers},
    {{.id = "handle-lost",
      .area = Area::handles,
      .severity = Severity::warn,
      .dialects = v3,
      .text = "entry without an fhandle for a node that has one",
      .consequence =
          "the request succeeds, but the kernel takes no fhandle for another one: it makes the "
          "live inode bad and replaces it, so that whoever holds it gets EIO, and logs \"NULL "
          "file handle\"",
      .advice =
          "nothing in the server: the reply of this request has no place for an fhandle in RFC v3",
      .doc = "LINK cannot avoid it in the RFC as posted. A READDIRPLUS record is a note: it is "
             "harmless "
             "while the name is cached.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         const Entry& entry = event.entry;
         if (entry.fhandle.expected || entry.nodeid == 0 || entry.nodeid == root_nodeid ||
             event.before == nullptr || event.before->handle_state == HandleState::none)
             return;
         Sighting sighting{.offset = entry.offset,
                           .sub = entry.sub,
                           .nodeid = entry.nodeid,
                           .observed = fmt::format("nodeid {} without an fhandle", entry.nodeid),
                           .related = {event.before->handle_frame}};
         if (entry.origin == EntryOrigin::readdirplus) {
             sighting.severity = Severity::note;
             sighting.consequence =
                 "none while the name is in the kernel's cache; otherwise the live "
                 "inode is made bad and replaced";
         }
         report(std::move(sighting));
     },
     classic_entries | op_bit(Op::readdirplus)},
    {{.id = "handle-none",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = v3,
      .text = "new node from an entry that has no place for an fhandle",
      .consequence =
          "the kernel logs \"NULL file handle for nodeid\" once for each and keeps the node "
          "without one; the next revalidation drops the name and looks it up again",
      .doc = "MKNOD, MKDIR, SYMLINK, LINK and READDIRPLUS keep their classic entries in RFC v3."},
     [](const EntryEvent& event, Report& report) {
         const bool dot = event.entry.name == "." || event.entry.name == "..";
         if (!event.entry.fhandle.expected && event.entry.nodeid > root_nodeid && !dot &&
             event.before == nullptr && event.state.limits.has(has_lookup_handle))
             report({.offset = event.entry.offset,
                     .sub = event.entry.sub,
                     .nodeid = event.entry.nodeid,
                     .observed = fmt::format("nodeid {}", event.entry.nodeid)});
     },
     classic_entries | op_bit(Op::readdirplus)},
};

bool carries_parent(const ExtensionEvent& event) {
    return event.type == ext_handle && event.parent != nullptr;
}

bool never_had_fhandle(const NodeState& node) {
    return node.handle_state == HandleState::none && node.older_handles.empty() &&
           !node.foreign_handle;
}

constexpr Check<ExtensionEvent> extension_rows[] = {
    {{.id = "handle-parent-mismatch",
      .area = Area::handles,
      .severity = Severity::error,
      .dialects = both,
      .text = "parent's fhandle is none that the server returned for it",
      .consequence =
          "the kernel sends what it stored: a reply was read differently than it was meant, or "
          "the capture pairs replies wrongly",
      .doc =
          "Silent for a node whose fhandle was once missing, cut short or too large: the kernel "
          "then "
          "sends bytes of its own. An older fhandle of the node may appear while a change settles.",
      .history = History::complete,
      .needs_forgets = true},
     [](const ExtensionEvent& event, Report& report) {
         if (carries_parent(event) && !event.parent->assumed && !never_had_fhandle(*event.parent) &&
             !event.parent->may_hold(event.fhandle))
             report({.offset = event.offset,
                     .sub = event.operation.sub(),
                     .nodeid = event.parent->nodeid,
                     .observed = shown(event.fhandle),
                     .expected = shown(event.parent->handle),
                     .related = {event.parent->handle_frame}});
     },
     handle_ops | classic_entries},
    {{.id = "handle-parent-unexpected",
      .area = Area::handles,
      .severity = Severity::warn,
      .dialects = v3,
      .text = "parent's fhandle, though the server never returned one",
      .consequence =
          "the kernel sends what it stored: a reply was read differently than it was meant",
      .history = History::complete},
     [](const ExtensionEvent& event, Report& report) {
         if (carries_parent(event) && event.parent->nodeid != root_nodeid &&
             !event.parent->assumed && never_had_fhandle(*event.parent))
             report({.offset = event.offset,
                     .sub = event.operation.sub(),
                     .nodeid = event.parent->nodeid,
                     .observed = shown(event.fhandle),
                     .expected = "no extension"});
     },
     handle_ops},
    {{.id = "handle-parent-root",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = v3,
      .text = "fhandle of the root, though no lookup returned it",
      .consequence =
          "none; the kernel makes the root without an fhandle and learns it only from a lookup "
          "of \"..\" or \".\" that returns the root"},
     [](const ExtensionEvent& event, Report& report) {
         if (carries_parent(event) && event.parent->nodeid == root_nodeid &&
             never_had_fhandle(*event.parent))
             report({.offset = event.offset,
                     .sub = event.operation.sub(),
                     .nodeid = root_nodeid,
                     .observed = shown(event.fhandle)});
     },
     handle_ops},
};

bool has_parent_fhandle(const Operation& operation) {
    std::vector<ExtensionRecord> records;
    extension_records(operation, records);
    return std::any_of(records.begin(), records.end(),
                       [](const ExtensionRecord& record) { return record.type == ext_handle; });
}

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "handle-parent-missing",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = v3,
      .text = "lookup of a new name without its parent's fhandle",
      .consequence = "a server that was started again can find the parent by its nodeid only",
      .doc = "Revalidations never carry it, nor do lookups of \".\" and lookups in a directory "
             "that the "
             "kernel knows through MKDIR or READDIRPLUS, so this is no sign of anything wrong."},
     [](const RequestEvent& event, Report& report) {
         const Operation& asked = event.operation;
         const NodeState* parent = event.state.find(asked.nodeid());
         if (parent == nullptr || parent->nodeid == root_nodeid || parent->assumed ||
             parent->handle_state != HandleState::known || !event.state.complete())
             return;
         const std::string_view name = asked.text("name");
         if (name == "." || name == ".." || event.state.at(asked.nodeid(), name) != nullptr ||
             has_parent_fhandle(asked))
             return;
         report({.offset = asked.offset(),
                 .sub = asked.sub(),
                 .nodeid = parent->nodeid,
                 .observed = "no extension",
                 .expected = shown(parent->handle),
                 .related = {parent->handle_frame}});
     },
     handle_ops},
    {{.id = "lookup-handle-not-negotiated",
      .area = Area::handles,
      .severity = Severity::error,
      .dialects = both,
      .text = "LOOKUP_HANDLE, though the INIT reply does not set bit 43",
      .consequence =
          "a kernel sends it only after bit 43 (HAS_LOOKUP_HANDLE) was accepted; the capture "
          "is damaged or made by hand",
      .history = History::complete},
     [](const RequestEvent& event, Report& report) {
         const Limits& limits = event.state.limits;
         if (limits.known && !limits.has(has_lookup_handle))
             report({.offset = event.operation.offset(),
                     .sub = event.operation.sub(),
                     .observed = fmt::format("INIT reply flags {:#x}", limits.accepted),
                     .expected = "bit 43",
                     .related = {event.state.init_frame}});
     },
     handle_ops},
    {{.id = "lookup-classic-while-enabled",
      .area = Area::handles,
      .severity = Severity::warn,
      .dialects = v3,
      .text = "classic LOOKUP or CREATE, though LOOKUP_HANDLE was accepted",
      .consequence = "the kernel with RFC v3 sends LOOKUP_HANDLE and MKOBJ_HANDLE instead; this is "
                     "another kernel, or the capture mixes connections",
      .doc = "MKNOD and OPEN in place of MKOBJ_HANDLE are expected once that was answered with "
             "ENOSYS."},
     [](const RequestEvent& event, Report& report) {
         if (event.state.limits.has(has_lookup_handle))
             report(
                 {.offset = event.operation.offset(),
                  .sub = event.operation.sub(),
                  .object = event.message.opcode_number,
                  .observed = event.operation.is(Op::lookup) ? "LOOKUP" : "CREATE",
                  .expected = event.operation.is(Op::lookup) ? "LOOKUP_HANDLE" : "MKOBJ_HANDLE"});
     },
     ops(Op::lookup, Op::create)},
    {{.id = "lookup-handle-toplevel",
      .area = Area::handles,
      .severity = Severity::note,
      .dialects = v3,
      .text = "LOOKUP_HANDLE or MKOBJ_HANDLE outside a COMPOUND",
      .consequence =
          "the kernel as posted always sends STATX with it in one COMPOUND; this is another "
          "one"},
     [](const RequestEvent& event, Report& report) {
         if (event.operation.sub() == no_sub)
             report({.object = event.message.opcode_number,
                     .observed =
                         event.operation.is(Op::lookup_handle) ? "LOOKUP_HANDLE" : "MKOBJ_HANDLE"});
     },
     handle_ops},
};

constexpr Suppression suppressed[] = {
    {.by = "handle-too-large", .what = "handle-truncated", .same_sub = true},
    {.by = "handle-too-large", .what = "handle-trailing", .same_sub = true},
    {.by = "node-generation-changed", .what = "handle-shared", .same_object = true},
};

} // namespace

constexpr Family handles_family{reply_rows, entry_rows, extension_rows, request_rows, suppressed};

} // namespace fusewire
