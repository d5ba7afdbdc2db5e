// Entries handed out, and what becomes of the nodes in them.
#include "dissector/entry_checks.h"
#include "dissector/findings/families.h"
#include "dissector/quiet.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet not_fusex =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr OpSet creators =
    ops(Op::mknod, Op::mkdir, Op::symlink, Op::link, Op::create, Op::tmpfile);
constexpr OpSet entry_ops =
    creators | ops(Op::lookup, Op::lookup_handle, Op::mkobj_handle, Op::readdirplus);

Sighting about(const EntryEvent& event, std::string observed, std::string expected = {}) {
    return {.offset = event.entry.offset,
            .sub = event.entry.sub,
            .nodeid = event.entry.nodeid,
            .observed = std::move(observed),
            .expected = std::move(expected)};
}

std::string_view type_name(std::uint32_t mode) {
    switch (mode & type_mask) {
    case 0010000:
        return "FIFO";
    case 0020000:
        return "character device";
    case type_directory:
        return "directory";
    case 0060000:
        return "block device";
    case type_regular:
        return "regular file";
    case type_symlink:
        return "symbolic link";
    case 0140000:
        return "socket";
    default:
        return "nothing";
    }
}

bool is_lookup(const EntryEvent& event) {
    return event.entry.origin == EntryOrigin::lookup;
}

// "No such name", which the kernel may remember.
bool is_negative(const EntryEvent& event) {
    return is_lookup(event) && event.entry.nodeid == 0 && !event.entry.fhandle.expected;
}

bool is_acceptable(const EntryEvent& event) {
    return is_acceptable(event.entry, event.operation, event.state);
}

std::uint32_t kept_generation(std::uint64_t generation) {
    return static_cast<std::uint32_t>(generation);
}

// The kernel holds the node now, through an entry that it took.
bool is_held(const NodeState* node) {
    return node != nullptr && node->accepted > 0 && node->entry_frame != 0;
}

const char* root_consequence(const EntryEvent& event) {
    switch (event.entry.origin) {
    case EntryOrigin::readdirplus:
        return "the kernel does not link the name and sends FORGET for the root, which a server "
               "that counts takes below zero";
    case EntryOrigin::lookup:
        return event.entry.attributes && event.entry.attributes->type() != type_directory
                   ? "the caller gets EIO and the root itself is made bad: everything below the "
                     "mount point fails with EIO until it is unmounted"
                   : "the caller gets EIO";
    default:
        return "the caller gets EIO, and what was created stays: no FORGET and no RELEASE follow";
    }
}

bool has_payload(const Entry& entry) {
    if (entry.generation != 0)
        return true;
    const auto& a = entry.attributes;
    return a && (a->ino != 0 || a->mode != 0 || a->size != 0 || a->nlink != 0 || a->uid != 0 ||
                 a->gid != 0 || a->ctime != 0 || a->mtime != 0);
}

// Why a node that was forgotten is not the same object again; empty: it may be.
std::string difference(const ForgottenNode& old, const Entry& entry) {
    const bool known = old.type != 0 && entry.attributes && !are_invalid(*entry.attributes);
    if (known && entry.attributes->type() != old.type)
        return fmt::format("{} that was a {}", type_name(entry.attributes->mode),
                           type_name(old.type));
    // Under the name that it had it may well be the same object, with an ino that is made up.
    const bool same_name = old.name.first == entry.parent && old.name.second == entry.name;
    if (known && !same_name && entry.attributes->ino != old.ino)
        return fmt::format("ino {} that was {}", entry.attributes->ino, old.ino);
    if (!old.handle.empty() && entry.fhandle.sound() && !entry.fhandle.bytes.empty() &&
        entry.fhandle.bytes != old.handle)
        return "another fhandle than before";
    return {};
}

// Another name that the kernel still uses for the directory; nullptr: none.
const NameKey* other_name(const EntryEvent& event) {
    if (event.before == nullptr || is_dot(event.entry) || event.entry.op == Op::tmpfile)
        return nullptr;
    for (const NameKey& key : event.before->names) {
        if (key.first == event.entry.parent && key.second == event.entry.name)
            return nullptr;
    }
    for (const NameKey& key : event.before->names) {
        const NameState* name = event.state.at(key.first, key.second);
        if (name != nullptr && name->nodeid == event.entry.nodeid &&
            name->frame < event.exchange.asked_frame() &&
            event.state.cached(*name, event.time_ns()))
            return &key;
    }
    return nullptr;
}

constexpr RuleInfo symlink_rule{
    .id = "entry-symlink-size",
    .area = Area::entries,
    .severity = Severity::note,
    .text = "size of a symbolic link is not the length of its target",
    .consequence = "programs that size a buffer by it cut the target short",
    .advice = "answer the length of the target in bytes, without a NUL",
    .doc = "Legal for links that are made up when they are read; they have size 0."};

constexpr std::uint64_t ten_years = 10ull * 365 * 86400; // seconds
constexpr RuleInfo valid_rule{
    .id = "valid-huge",
    .area = Area::entries,
    .severity = Severity::note,
    .text = "names or attributes valid for more than ten years",
    .consequence = "the kernel asks again only when the server invalidates them",
    .doc = "Usual for servers that are the only writer. Reported once for each connection."};

Sighting long_validity(std::uint32_t offset, std::int16_t sub, std::uint64_t seconds) {
    return {.offset = offset, .sub = sub, .observed = fmt::format("{} s", seconds)};
}

constexpr Check<EntryEvent> entry_rows[] = {
    {{.id = "entry-nodeid-root",
      .area = Area::entries,
      .severity = Severity::error,
      .dialects = not_fusex,
      .text = "nodeid of the root for something that is not the root",
      .consequence = "the caller gets EIO",
      .advice = "give every node but the root a nodeid of its own, never 1",
      .doc = "Lookups of \".\" and \"..\" may lead to the root."},
     [](const EntryEvent& event, Report& report) {
         if (event.entry.nodeid != root_nodeid || is_dot(event.entry))
             return;
         Sighting sighting =
             about(event, fmt::format("nodeid 1 for \"{}\"", event.entry.name), "another nodeid");
         sighting.consequence = root_consequence(event);
         report(std::move(sighting));
     },
     entry_ops},
    {{.id = "entry-nodeid-zero",
      .area = Area::entries,
      .severity = Severity::error,
      .dialects = not_fusex,
      .text = "something was created, but the nodeid is 0",
      .consequence = "the caller gets EIO, and what was created stays",
      .advice = "answer with the nodeid of the new node, or with an error",
      .doc = "From LOOKUP it means that there is no such name, from READDIRPLUS that the record "
             "has no attributes; both are legal."},
     [](const EntryEvent& event, Report& report) {
         if (event.entry.nodeid == 0)
             report(about(event, "nodeid 0", "the new node"));
     },
     creators},
    {{.id = "entry-root-generation",
      .area = Area::entries,
      .severity = Severity::warn,
      .dialects = not_fusex,
      .text = "generation of the root is not 0",
      .consequence = "the kernel logs a warning and takes 0",
      .advice = "answer lookups that lead to the root with generation 0"},
     [](const EntryEvent& event, Report& report) {
         if (event.entry.nodeid == root_nodeid && event.entry.generation != 0)
             report(about(event, fmt::format("generation {}", event.entry.generation), "0"));
     },
     ops(Op::lookup, Op::lookup_handle)},
    {{.id = "entry-generation-width",
      .area = Area::entries,
      .severity = Severity::warn,
      .text = "generation of more than 32 bits",
      .consequence = "the kernel keeps the low 32 bits: two generations may look alike",
      .advice = "count generations in 32 bits"},
     [](const EntryEvent& event, Report& report) {
         if (event.entry.generation > UINT32_MAX && is_used(event.entry))
             report(about(event, fmt::format("generation {:#x}", event.entry.generation),
                          "at most 0xffffffff"));
     },
     entry_ops},
    {{.id = "entry-negative-payload",
      .area = Area::entries,
      .severity = Severity::note,
      .text = "attributes for a name that does not exist",
      .consequence = "the kernel ignores everything but the nodeid and entry_valid",
      .advice = "clear the reply when nodeid is 0"},
     [](const EntryEvent& event, Report& report) {
         if (is_negative(event) && has_payload(event.entry))
             report({.offset = event.entry.offset,
                     .sub = event.entry.sub,
                     .observed = fmt::format("\"{}\"", event.entry.name)});
     },
     ops(Op::lookup)},
    {{.id = "entry-negative-valid-zero",
      .area = Area::entries,
      .severity = Severity::note,
      .text = "a missing name answered with an entry that may not be kept",
      .consequence = "the same as ENOENT, with a bigger reply",
      .advice = "answer ENOENT, or set entry_valid so that the kernel remembers"},
     [](const EntryEvent& event, Report& report) {
         if (is_negative(event) && event.entry.entry_valid_s == 0 &&
             event.entry.entry_valid_ns == 0)
             report({.offset = event.entry.offset,
                     .sub = event.entry.sub,
                     .observed = fmt::format("\"{}\"", event.entry.name)});
     },
     ops(Op::lookup)},
    {{.id = "entry-type-mismatch",
      .area = Area::entries,
      .severity = Severity::error,
      .dialects = not_fusex,
      .text = "what was created is not what was asked for",
      .consequence = "the caller gets EIO, and what was created stays: no FORGET and no RELEASE "
                     "follow",
      .advice = "answer with the attributes of the new node"},
     [](const EntryEvent& event, Report& report) {
         const Entry& entry = event.entry;
         const std::uint32_t asked = type_asked(event.operation, event.state);
         if (asked == 0 || !entry.attributes || entry.nodeid <= root_nodeid ||
             are_invalid(*entry.attributes) || entry.attributes->type() == asked)
             return;
         report(about(event, std::string(type_name(entry.attributes->mode)),
                      std::string(type_name(asked))));
     },
     creators},
    {symlink_rule,
     [](const EntryEvent& event, Report& report) {
         const auto& attributes = event.entry.attributes;
         const std::size_t length = event.operation.text("target").size();
         if (attributes && attributes->type() == type_symlink && attributes->size != length)
             report(about(event, fmt::format("size {}", attributes->size), fmt::to_string(length)));
     },
     ops(Op::symlink)},
    {{.id = "node-generation-changed",
      .area = Area::entries,
      .severity = Severity::warn,
      .text = "another generation for a node that is in use",
      .consequence = "the old inode is made bad: whoever holds it open gets EIO, and the kernel "
                     "builds a new one",
      .advice = "keep nodeid and generation of a node until its last reference is given back",
      .doc = "Legal once the lookup count of the nodeid came to 0. The kernel compares 32 bits.",
      .history = History::complete,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         if (!is_held(event.before) || event.entry.nodeid == root_nodeid || !is_acceptable(event) ||
             kept_generation(event.before->generation) == kept_generation(event.entry.generation))
             return;
         Sighting sighting = about(event, fmt::format("generation {}", event.entry.generation),
                                   fmt::to_string(event.before->generation));
         sighting.related = {event.before->entry_frame};
         report(std::move(sighting));
     },
     entry_ops},
    {{.id = "node-reused-same-generation",
      .area = Area::entries,
      .severity = Severity::warn,
      .text = "nodeid given to another object with the generation that it had",
      .consequence = "file handles of NFS clients and late replies reach the wrong object",
      .advice = "count the generation up whenever a nodeid is used again",
      .doc = "Silent where the capture cannot show FORGETs.",
      .history = History::complete},
     [](const EntryEvent& event, Report& report) {
         const ForgottenNode* old = event.forgotten;
         if (!event.state.sees_forgets || old == nullptr || event.before != nullptr ||
             !is_acceptable(event) ||
             kept_generation(old->generation) != kept_generation(event.entry.generation))
             return;
         std::string what = difference(*old, event.entry);
         if (what.empty())
             return;
         Sighting sighting =
             about(event, fmt::format("{}, generation {}", what, event.entry.generation),
                   "another generation");
         sighting.related = {old->frame};
         report(std::move(sighting));
     },
     entry_ops},
    {{.id = "dir-multiple-parents",
      .area = Area::entries,
      .severity = Severity::warn,
      .text = "one directory under two names",
      .consequence = "the kernel moves the directory in its cache to the latest name, or fails "
                     "with ELOOP",
      .advice = "give each directory one nodeid and one name; there are no hard links to them",
      .doc = "Renames through this mount are followed, and names whose validity is over do not "
             "count. Somebody else may still have moved the directory at the server.",
      .history = History::complete,
      .needs_forgets = true},
     [](const EntryEvent& event, Report& report) {
         const auto& attributes = event.entry.attributes;
         if (!attributes || attributes->type() != type_directory ||
             event.entry.nodeid == root_nodeid || !is_acceptable(event))
             return;
         const NameKey* other = other_name(event);
         if (other == nullptr ||
             !names_are_quiet(event.state, {event.exchange.asked_frame(), event.message.unique}))
             return;
         Sighting sighting =
             about(event, fmt::format("\"{}\" in {}", event.entry.name, event.entry.parent),
                   fmt::format("\"{}\" in {}", other->second, other->first));
         sighting.related = {event.state.at(other->first, other->second)->frame};
         report(std::move(sighting));
     },
     entry_ops},
    {valid_rule,
     [](const EntryEvent& event, Report& report) {
         const bool named = event.entry.nodeid != 0 || is_negative(event);
         if (named && event.entry.entry_valid_s > ten_years)
             report(long_validity(event.entry.offset, event.entry.sub, event.entry.entry_valid_s));
     },
     entry_ops},
};

// A node's type cannot change. STATX by itself and links of another type have rules of their own.
constexpr Check<AttributesEvent> attribute_rows[] = {
    {valid_rule,
     [](const AttributesEvent& event, Report& report) {
         if (event.attributes.valid_s > ten_years &&
             (event.entry == nullptr || is_used(*event.entry)))
             report(long_validity(event.attributes.offset, event.attributes.sub,
                                  event.attributes.valid_s));
     }},
    {{.id = "node-type-changed",
      .area = Area::entries,
      .severity = Severity::error,
      .text = "another file type for a node that is in use",
      .consequence = "the inode is made bad: whoever holds it gets EIO",
      .advice = "give a new object a new nodeid, or another generation once the old one is "
                "forgotten",
      .history = History::complete,
      .needs_forgets = true},
     [](const AttributesEvent& event, Report& report) {
         const NodeState* node = event.node;
         const std::uint32_t type = event.attributes.type(), before = node ? node->type() : 0;
         if (before == 0 || type == before || are_invalid(event.attributes) ||
             event.request.is(Op::statx))
             return;
         if (event.entry != nullptr &&
             (!is_acceptable(*event.entry, event.request, event.state) ||
              kept_generation(event.entry->generation) != kept_generation(node->generation)))
             return;
         const bool held = node->accepted > 0 || node->assumed || event.nodeid == root_nodeid;
         if (!held || describe_root(*node->attributes, event.nodeid, event.state) ||
             describe_root(event.attributes, event.nodeid, event.state))
             return;
         report({.offset = event.attributes.offset,
                 .sub = event.attributes.sub,
                 .nodeid = event.nodeid,
                 .observed = std::string(type_name(type)),
                 .expected = std::string(type_name(before)),
                 .related = {node->attributes_frame}});
     }},
};

constexpr Check<ReplyEvent> readlink_rows[] = {
    {symlink_rule,
     [](const ReplyEvent& event, Report& report) {
         const NodeState* node = event.state.find(event.request.nodeid());
         const std::uint32_t length = event.reply.body_length();
         if (event.reply.error() != 0 || node == nullptr || node->type() != type_symlink ||
             node->attributes->size == length ||
             !is_quiet(event.state, *node, {event.exchange.asked_frame(), event.message.unique}))
             return;
         report({.sub = event.reply.sub(),
                 .nodeid = node->nodeid,
                 .observed = fmt::format("target of {} bytes", length),
                 .expected = fmt::format("{} as its size says", node->attributes->size),
                 .related = {node->attributes_frame}});
     },
     ops(Op::readlink)},
};

constexpr OmittedRule left_out[] = {
    {"node-two-inos", Area::entries,
     "attributes do not say which file system below the server an inode number is of, so that "
     "equal numbers of two nodes prove nothing"},
};

} // namespace

constexpr Family entries_family{entry_rows, attribute_rows, readlink_rows, left_out};

} // namespace fusewire
