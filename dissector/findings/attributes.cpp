// Attributes, whatever reply brought them, STATX included.
#include "dissector/entry_checks.h"
#include "dissector/findings/families.h"
#include "dissector/message_facts.h"
#include "dissector/quiet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fusewire {

namespace {

constexpr DialectSet not_fusex =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);

constexpr std::uint32_t second_ns = 1'000'000'000;
// STATX_* bits.
constexpr std::uint32_t sx_type = 1 << 0, sx_nlink = 1 << 2, sx_atime = 1 << 5, sx_mtime = 1 << 6,
                        sx_ctime = 1 << 7, sx_ino = 1 << 8, sx_size = 1 << 9, sx_blocks = 1 << 10,
                        sx_btime = 1 << 11, sx_basic = 0x7ff;

Asked asked_of(const Scene& event) {
    return {event.exchange.asked_frame(), event.message.unique};
}

// The kernel reads these attributes: not those of names without a node, nor of "." and "..".
bool are_used(const AttributesEvent& event) {
    return event.entry == nullptr || is_used(*event.entry);
}

// struct fuse_attr, in which every field counts.
bool is_plain(const AttributesEvent& event) {
    return !event.attributes.is_statx && are_used(event);
}

// The field counts: STATX may leave it out.
bool answers(const Attributes& attributes, std::uint32_t bit) {
    return !attributes.is_statx || (attributes.mask & bit) != 0;
}

// What is known of the node was known before this was asked for, and is about the same node.
const Attributes* known_before(const AttributesEvent& event) {
    const NodeState* node = event.node;
    if (!are_used(event) || node == nullptr || !node->attributes ||
        event.exchange.asked_frame() < node->attributes_frame)
        return nullptr;
    const bool same =
        event.entry == nullptr || static_cast<std::uint32_t>(event.entry->generation) ==
                                      static_cast<std::uint32_t>(node->generation);
    return same ? &*node->attributes : nullptr;
}

// Where a field of these attributes is in the reply; where they begin, if they have none of that name.
std::uint32_t place_of(const AttributesEvent& event, std::string_view field) {
    for (const Node& node : event.reply.message().nodes)
        if (node.offset >= event.attributes.offset && node.field->name == field)
            return node.offset;
    return event.attributes.offset;
}

Sighting about(const AttributesEvent& event, std::string_view field, std::string observed,
               std::string expected = {}) {
    return {.offset = place_of(event, field),
            .sub = event.attributes.sub,
            .nodeid = event.nodeid,
            .observed = std::move(observed),
            .expected = std::move(expected)};
}

std::string octal(std::uint32_t mode) {
    return fmt::format("{:#o}", mode);
}

// The first time whose nanoseconds are a second or more; nullptr: none.
const char* bad_time(const Attributes& attributes, std::uint32_t& value) {
    struct Time {
        const char* name;
        std::uint32_t bit;
        std::uint32_t Attributes::*nanoseconds;
    };
    constexpr std::uint32_t always = ~0u;
    constexpr Time times[] = {
        {"atime", sx_atime, &Attributes::atime_ns},    {"mtime", sx_mtime, &Attributes::mtime_ns},
        {"ctime", sx_ctime, &Attributes::ctime_ns},    {"btime", sx_btime, &Attributes::btime_ns},
        {"attr_valid", always, &Attributes::valid_ns},
    };
    for (const Time& time : times) {
        value = attributes.*time.nanoseconds;
        if (value >= second_ns && (time.bit == always || answers(attributes, time.bit)))
            return time.name;
    }
    return nullptr;
}

// struct fuse_attr keeps them apart from the seconds, statx beside them.
std::string nanoseconds_field(const AttributesEvent& event, std::string_view time) {
    return fmt::format("{}{}", time, event.attributes.is_statx ? "" : "nsec");
}

bool is_power_of_two(std::uint32_t value) {
    return (value & (value - 1)) == 0;
}

// fuse_attr.flags that mean nothing on this connection.
std::uint32_t unknown_flags(const AttributesEvent& event) {
    constexpr std::uint32_t submount = 1, dax = 2;
    constexpr unsigned submounts = 27, has_inode_dax = 33; // INIT flags
    const Limits& limits = event.state.limits;
    std::uint32_t known = submount | dax;
    if (limits.known && !limits.has(submounts))
        known &= ~submount;
    if (limits.known && !limits.has(has_inode_dax))
        known &= ~dax;
    return event.attributes.flags & ~known;
}

bool is_fresh_lookup(const AttributesEvent& event) {
    return event.entry != nullptr && event.node == nullptr && event.entry->op != Op::tmpfile &&
           event.entry->origin != EntryOrigin::readdirplus;
}

bool is_later(const Attributes& a, const Attributes& b) {
    return a.ctime != b.ctime ? a.ctime > b.ctime : a.ctime_ns > b.ctime_ns;
}

bool same_ctime(const Attributes& a, const Attributes& b) {
    return a.ctime == b.ctime && a.ctime_ns == b.ctime_ns;
}

bool same_mtime(const Attributes& a, const Attributes& b) {
    return a.mtime == b.mtime && a.mtime_ns == b.mtime_ns;
}

constexpr RuleInfo setattr_rule{
    .id = "setattr-not-applied",
    .area = Area::attributes,
    .severity = Severity::warn,
    .text = "SETATTR succeeded, but its attributes are not those asked for",
    .consequence = "the caller is told that it worked, and the kernel caches the old values",
    .advice = "apply the change and answer with the attributes after it, or fail the request",
    .doc = "Servers that map owners answer with other uids and gids, and special mode bits may be "
           "taken away: owners are a note, and only the permission bits of a mode are compared."};

void compare_setattr(const AttributesEvent& event, Report& report) {
    constexpr std::uint64_t fattr_mode = 1, fattr_uid = 2, fattr_gid = 4, fattr_size = 8;
    constexpr std::uint64_t permissions = 0777;
    struct Change {
        const char* name;
        std::uint64_t bit;
        std::uint64_t got;
        std::uint64_t compared;
        Severity severity;
    };
    const Attributes& now = event.attributes;
    const Change changes[] = {
        {"size", fattr_size, now.size, ~std::uint64_t{0}, Severity::warn},
        {"mode", fattr_mode, now.mode, permissions, Severity::warn},
        {"uid", fattr_uid, now.uid, ~std::uint64_t{0}, Severity::note},
        {"gid", fattr_gid, now.gid, ~std::uint64_t{0}, Severity::note},
    };
    const std::uint64_t valid = event.request.number("valid").value_or(0);
    for (const Change& change : changes) {
        if ((valid & change.bit) == 0)
            continue;
        const std::uint64_t wanted = event.request.number(change.name).value_or(change.got);
        if (((wanted ^ change.got) & change.compared) == 0)
            continue;
        if (event.node == nullptr || !is_quiet(event.state, *event.node, asked_of(event)))
            return;
        const bool mode = change.bit == fattr_mode;
        const auto value = [&](std::uint64_t number) {
            return mode ? octal(static_cast<std::uint32_t>(number & permissions))
                        : fmt::to_string(number);
        };
        Sighting sighting =
            about(event, change.name, fmt::format("{} {}", change.name, value(change.got)),
                  value(wanted));
        sighting.severity = change.severity;
        return report(std::move(sighting));
    }
}

// STATX, alone or beside a lookup.

// The operation that asked for these attributes: beside a lookup it is not the one of the event.
std::uint32_t mask_asked(const AttributesEvent& event) {
    const std::int16_t sub = event.attributes.sub;
    const Message& request = event.request.message();
    const bool beside =
        event.entry != nullptr && sub >= 0 && static_cast<std::size_t>(sub) < request.subs.size();
    const Operation statx =
        beside ? Operation(request, static_cast<std::size_t>(sub)) : event.request;
    return static_cast<std::uint32_t>(statx.number("sx_mask").value_or(0));
}

// A STATX answer that the kernel reads. Parts of a COMPOUND that do not know their node yet are shown
// with the entry that names it.
bool is_statx(const AttributesEvent& event) {
    return event.attributes.is_statx && event.nodeid != 0 && are_used(event);
}

// LOOKUP_HANDLE and MKOBJ_HANDLE have rules of their own for what cannot be.
bool is_beside_fhandle(const AttributesEvent& event) {
    return event.entry != nullptr && event.entry->fhandle.expected;
}

// "TYPE|MODE"
std::string bits(std::uint32_t mask) {
    constexpr std::array<const char*, 12> names = {"TYPE", "MODE",  "NLINK",  "UID",
                                                   "GID",  "ATIME", "MTIME",  "CTIME",
                                                   "INO",  "SIZE",  "BLOCKS", "BTIME"};
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        if ((mask >> i & 1) != 0)
            text += fmt::format("{}{}", text.empty() ? "" : "|", names[i]);
    const std::uint32_t others = mask & ~0xfffu;
    if (others != 0)
        text += fmt::format("{}{:#x}", text.empty() ? "" : "|", others);
    return text;
}

// A file may have lost its last name while it is open.
bool may_be_unlinked(const AttributesEvent& event) {
    const NodeState* node = event.node;
    if (event.entry != nullptr)
        return false;
    return node == nullptr || (node->names.empty() && node->nodeid != root_nodeid) ||
           !is_quiet(event.state, *node, asked_of(event));
}

bool claims(const Attributes& attributes, std::uint32_t bit, std::uint64_t value) {
    return (attributes.mask & bit) != 0 && value == 0;
}

void look_for_unfilled(const AttributesEvent& event, Report& report) {
    const Attributes& got = event.attributes;
    if (!is_statx(event) || are_invalid(got))
        return;
    if (claims(got, sx_ino, got.ino))
        return report(about(event, "ino", "ino 0"));
    if (claims(got, sx_nlink, got.nlink) && !may_be_unlinked(event))
        return report(about(event, "nlink", "nlink 0"));
    if (!claims(got, sx_blocks, got.blocks) || got.size == 0 || got.type() != type_regular)
        return;
    Sighting sighting = about(event, "blocks", fmt::format("blocks 0 with size {}", got.size));
    sighting.severity = Severity::note;
    report(std::move(sighting));
}

// The first reserved field that is not zero; nullptr: none.
const Node* reserved_in(const Operation& reply) {
    const Node* flags = reply.find("flags");
    if (flags != nullptr && flags->value != 0)
        return flags;
    for (const Node& node : reply.nodes()) {
        if (node.field->kind != Kind::padding || node.cut)
            continue;
        const Bytes bytes = reply.message().bytes_of(node);
        if (std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{0}; }))
            return &node;
    }
    return nullptr;
}

// Another type than the node is known to have. Sure only when every FORGET was seen.
bool changes_type(const AttributesEvent& event) {
    const NodeState* node = event.node;
    const std::uint32_t before = node == nullptr ? 0 : node->type();
    return before != 0 && before != event.attributes.type() &&
           !describe_root(*node->attributes, event.nodeid, event.state);
}

// What is wrong with the type or the size of a plain STATX answer; empty: nothing.
std::string statx_fault(const AttributesEvent& event) {
    const Attributes& now = event.attributes;
    if ((now.mask & sx_size) != 0 && now.size > most_size)
        return fmt::format("size {:#x}", now.size);
    if ((now.mask & sx_type) == 0)
        return {};
    if (!is_file_type(now.mode))
        return "mode " + octal(now.mode);
    if (!changes_type(event))
        return {};
    return fmt::format("type {} of a node of type {}", octal(now.type()),
                       octal(event.node->type()));
}

constexpr RuleInfo differ_rule{
    .id = "statx-getattr-differ",
    .area = Area::attributes,
    .severity = Severity::warn,
    .text = "STATX and the attributes before it disagree on an unchanged node",
    .consequence = "what programs see depends on which of the two the kernel happened to ask",
    .advice = "fill both replies from the same source",
    .doc = "A change of content changes mtime and ctime too: a size counts only with equal times, "
           "a mtime only with an equal ctime. An inode number with a later ctime is a note, as "
           "another file may have been put there at the server.",
    .history = History::unbroken,
    .needs_forgets = true};

void compare_statx(const AttributesEvent& event, Report& report) {
    const Attributes& now = event.attributes;
    const Attributes* before = known_before(event);
    constexpr std::uint32_t compared = sx_ino | sx_size | sx_mtime | sx_ctime;
    if (before == nullptr || event.entry != nullptr || (now.mask & compared) != compared ||
        before->is_statx || are_invalid(now) || before->type() != now.type() ||
        event.node->modified)
        return;
    const bool ctime = same_ctime(now, *before), mtime = same_mtime(now, *before);
    Severity severity = Severity::warn;
    std::string_view field;
    std::string observed, expected;
    if (now.ino != before->ino && now.ino != 0 && before->ino != 0) {
        field = "ino";
        observed = fmt::format("ino {}", now.ino);
        expected = fmt::to_string(before->ino);
        if (is_later(now, *before))
            severity = Severity::note;
    } else if (now.size != before->size && ctime && mtime && now.type() == type_regular) {
        field = "size";
        observed = fmt::format("size {}", now.size);
        expected = fmt::to_string(before->size);
    } else if (!mtime && ctime) {
        field = "mtime";
        observed = fmt::format("mtime {}.{:09}", now.mtime, now.mtime_ns);
        expected = fmt::format("{}.{:09}", before->mtime, before->mtime_ns);
    } else {
        return;
    }
    if (!is_quiet(event.state, *event.node, asked_of(event)))
        return;
    if (now.ctime == 0)
        severity = Severity::note; // the server keeps no times
    Sighting sighting = about(event, field, std::move(observed), std::move(expected));
    sighting.related = {event.node->attributes_frame};
    sighting.severity = severity;
    report(std::move(sighting));
}

constexpr RuleInfo nsec_rule{.id = "attr-nsec",
                             .area = Area::attributes,
                             .severity = Severity::warn,
                             .text = "nanoseconds of a time are a second or more",
                             .consequence = "the kernel takes 999999999 in their place",
                             .advice = "carry whole seconds over into the field for seconds"};

constexpr Check<AttributesEvent> attribute_rows[] = {
    {{.id = "attr-type-invalid",
      .area = Area::attributes,
      .severity = Severity::error,
      .text = "mode without a valid file type",
      .consequence = "the caller gets EIO; after GETATTR and SETATTR the inode is made bad, and "
                     "everything on it fails until it is forgotten",
      .advice = "set one of the S_IF* types in mode",
      .doc = "STATX has rules of its own for this, as have lookups by LOOKUP_HANDLE."},
     [](const AttributesEvent& event, Report& report) {
         if (is_plain(event) && !is_file_type(event.attributes.mode))
             report(about(event, "mode", "mode " + octal(event.attributes.mode),
                          "one of seven types"));
     }},
    {{.id = "attr-size-invalid",
      .area = Area::attributes,
      .severity = Severity::error,
      .text = "size above 2^63-1",
      .consequence = "the caller gets EIO; after GETATTR and SETATTR the inode is made bad, and "
                     "everything on it fails until it is forgotten",
      .advice = "sizes are signed 64-bit numbers that are not negative"},
     [](const AttributesEvent& event, Report& report) {
         if (is_plain(event) && event.attributes.size > most_size)
             report(about(event, "size", fmt::format("size {:#x}", event.attributes.size)));
     }},
    {nsec_rule,
     [](const AttributesEvent& event, Report& report) {
         std::uint32_t value = 0;
         if (const char* name = bad_time(event.attributes, value))
             if (are_used(event))
                 report(about(event, nanoseconds_field(event, name),
                              fmt::format("{} with {} ns", name, value), "less than 1000000000"));
     }},
    {{.id = "attr-ino-zero",
      .area = Area::attributes,
      .severity = Severity::warn,
      .text = "inode number 0",
      .consequence = "programs take such a file for deleted, or for the same as others",
      .advice = "give each file a number of its own, for example its nodeid"},
     [](const AttributesEvent& event, Report& report) {
         if (event.attributes.ino == 0 && is_plain(event))
             report(about(event, "ino", "ino 0"));
     }},
    {{.id = "attr-nlink-zero",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "a name was found, but its file has no links",
      .consequence = "programs take it for deleted; the kernel refuses to link to it",
      .advice = "count at least one link while there is a name"},
     [](const AttributesEvent& event, Report& report) {
         if (event.attributes.nlink == 0 && is_plain(event) && is_fresh_lookup(event))
             report(about(event, "nlink", "nlink 0", "at least 1"));
     }},
    {{.id = "attr-blksize",
      .area = Area::attributes,
      .severity = Severity::warn,
      .text = "block size is not a power of two",
      .consequence = "the kernel rounds it down to one, and stat(2) shows that",
      .advice = "use a power of two, or 0 for the default"},
     [](const AttributesEvent& event, Report& report) {
         if (!is_power_of_two(event.attributes.blksize) && are_used(event))
             report(about(event, "blksize", fmt::format("blksize {}", event.attributes.blksize)));
     }},
    {{.id = "attr-flags-unknown",
      .area = Area::attributes,
      .severity = Severity::warn,
      .dialects = not_fusex,
      .text = "attribute flags that mean nothing here",
      .consequence = "the kernel ignores them",
      .advice = "clear fuse_attr.flags; SUBMOUNT needs FUSE_SUBMOUNTS, DAX needs "
                "FUSE_HAS_INODE_DAX"},
     [](const AttributesEvent& event, Report& report) {
         if (event.attributes.flags != 0 && is_plain(event))
             if (const std::uint32_t unknown = unknown_flags(event))
                 report(about(event, "flags", fmt::format("{:#x}", unknown)));
     }},
    {{.id = "attr-mode-bits",
      .area = Area::attributes,
      .severity = Severity::warn,
      .text = "mode has bits that no mode has",
      .consequence = "the kernel keeps 16 bits; programs may see the others",
      .advice = "a mode is a type and 12 permission bits"},
     [](const AttributesEvent& event, Report& report) {
         if ((event.attributes.mode & ~0177777u) != 0 && is_plain(event))
             report(about(event, "mode", octal(event.attributes.mode), "at most 0177777"));
     }},
    {{.id = "attr-size-shrank",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "file is smaller than what was written to it",
      .consequence = "what lies behind the size can no longer be read",
      .advice = "count written bytes into the size before the WRITE is answered",
      .doc = "Legal when somebody else truncated the file at the server.",
      .history = History::unbroken,
      .needs_forgets = true},
     [](const AttributesEvent& event, Report& report) {
         const NodeState* node = event.node;
         if (node != nullptr && event.attributes.size < node->written_end && are_used(event) &&
             answers(event.attributes, sx_size) && !event.request.is(Op::setattr) &&
             event.entry == nullptr && is_quiet(event.state, *node, asked_of(event)))
             report(about(event, "size", fmt::format("size {}", event.attributes.size),
                          fmt::format("at least {}", node->written_end)));
     },
     ops(Op::getattr, Op::statx)},
    {{.id = "attr-time-backwards",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "change time went back",
      .consequence = "programs that compare times miss the change",
      .advice = "let ctime only grow",
      .doc = "Legal when the server's clock was set, or the file was replaced. Servers without a "
             "change time answer the time of modification, which utimes(2) sets back."},
     [](const AttributesEvent& event, Report& report) {
         const Attributes* before = known_before(event);
         if (before == nullptr || !answers(event.attributes, sx_ctime) ||
             !answers(*before, sx_ctime) || !is_later(*before, event.attributes) ||
             before->ino != event.attributes.ino)
             return;
         Sighting sighting =
             about(event, "ctime",
                   fmt::format("{}.{:09}", event.attributes.ctime, event.attributes.ctime_ns),
                   fmt::format("{}.{:09} or later", before->ctime, before->ctime_ns));
         sighting.related = {event.node->attributes_frame};
         report(std::move(sighting));
     }},
    {{.id = "node-ino-changed",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "inode number of a node changed",
      .consequence = "programs that hold it open or walk the tree take it for another file",
      .advice = "keep a node's inode number for as long as the node lives",
      .doc = "Legal where a nodeid stands for a path, and another file was moved there.",
      .needs_forgets = true},
     [](const AttributesEvent& event, Report& report) {
         const Attributes* before = known_before(event);
         if (before == nullptr || before->ino == event.attributes.ino || before->ino == 0 ||
             event.attributes.ino == 0 || !answers(event.attributes, sx_ino) ||
             !answers(*before, sx_ino))
             return;
         Sighting sighting = about(event, "ino", fmt::format("ino {}", event.attributes.ino),
                                   fmt::to_string(before->ino));
         sighting.related = {event.node->attributes_frame};
         report(std::move(sighting));
     }},
    {{.id = "ino-64bit",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "inode numbers of more than 32 bits",
      .consequence = "32-bit programs get a number folded to 32 bits, or EOVERFLOW",
      .doc = "Reported once for each connection."},
     [](const AttributesEvent& event, Report& report) {
         if (event.attributes.ino > UINT32_MAX && are_used(event))
             report({.offset = place_of(event, "ino"),
                     .sub = event.attributes.sub,
                     .observed = fmt::format("ino {:#x}", event.attributes.ino)});
     }},
    {setattr_rule, compare_setattr, ops(Op::setattr)},
    {{.id = "statx-mask-missing",
      .area = Area::attributes,
      .severity = Severity::warn,
      .text = "STATX leaves out fields that were asked for",
      .consequence = "the kernel does not refresh its attributes unless all basic fields are there",
      .advice = "fill all basic fields and set their bits (STATX_BASIC_STATS) in the mask",
      .doc = "STATX_BTIME is optional. Beside LOOKUP_HANDLE every field is used whatever the mask "
             "says."},
     [](const AttributesEvent& event, Report& report) {
         std::uint32_t missing = sx_basic & ~event.attributes.mask;
         if (missing == 0 || !is_statx(event))
             return;
         missing &= mask_asked(event);
         if (missing == 0)
             return;
         Sighting sighting = about(event, "mask", "without " + bits(missing));
         if (event.entry != nullptr)
             sighting.consequence = "the kernel uses every field all the same, even those that "
                                    "the mask leaves out";
         report(std::move(sighting));
     }},
    {{.id = "statx-mask-unrequested",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "STATX answers fields that were not asked for",
      .consequence = "the kernel ignores them",
      .doc = "Usual for servers that pass on what statx(2) gave them."},
     [](const AttributesEvent& event, Report& report) {
         if (!is_statx(event))
             return;
         const std::uint32_t asked = mask_asked(event);
         if (asked != 0 && (event.attributes.mask & ~asked) != 0)
             report(
                 about(event, "mask", bits(event.attributes.mask & ~asked), "only " + bits(asked)));
     }},
    {{.id = "statx-mask-unfilled",
      .area = Area::attributes,
      .severity = Severity::warn,
      .text = "STATX claims a field that is not filled in",
      .consequence = "the kernel and the caller take the zero for the truth",
      .advice = "set a bit of the mask only when its field was filled",
      .doc = "A file without a name has no links, and one with holes or inline data no blocks: "
             "blocks are a note, and links count only while the node has a name."},
     look_for_unfilled},
    {{.id = "statx-spare",
      .area = Area::attributes,
      .severity = Severity::note,
      .text = "reserved fields of a STATX reply are not zero",
      .consequence = "the kernel ignores them today and may give them a meaning",
      .advice = "clear the whole reply before filling it"},
     [](const AttributesEvent& event, Report& report) {
         const Node* bad = is_statx(event) ? reserved_in(event.reply) : nullptr;
         if (bad == nullptr)
             return;
         Sighting sighting = about(event, bad->field->name, bad->field->name, "zero");
         sighting.offset = bad->offset;
         report(std::move(sighting));
     }},
    {{.id = "statx-type-invalid",
      .area = Area::attributes,
      .severity = Severity::error,
      .text = "STATX answers a type or size that this node cannot have",
      .consequence = "the caller gets EIO and the inode is made bad: everything on it fails until "
                     "it is forgotten",
      .advice = "answer with the node's own type, and sizes up to 2^63-1"},
     [](const AttributesEvent& event, Report& report) {
         if (!event.attributes.is_statx || is_beside_fhandle(event) || !are_used(event))
             return;
         std::string fault = statx_fault(event);
         if (fault.empty())
             return;
         const char* field = fault.starts_with("size") ? "size" : "mode";
         Sighting sighting = about(event, field, std::move(fault));
         const bool sure = event.state.complete() && event.state.sees_forgets;
         if (!are_invalid(event.attributes) && !sure)
             sighting.severity = Severity::note;
         report(std::move(sighting));
     }},
    {differ_rule, compare_statx, ops(Op::statx)},
};

constexpr Check<EntryEvent> entry_rows[] = {
    {nsec_rule,
     [](const EntryEvent& event, Report& report) {
         const Entry& entry = event.entry;
         if (entry.entry_valid_ns < second_ns ||
             (!is_used(entry) && entry.origin != EntryOrigin::lookup))
             return;
         report({.offset = entry.offset,
                 .sub = entry.sub,
                 .nodeid = entry.nodeid,
                 .observed = fmt::format("entry_valid with {} ns", entry.entry_valid_ns),
                 .expected = "less than 1000000000"});
     }},
};

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "getattr-fh-dir",
      .area = Area::attributes,
      .severity = Severity::warn,
      .dialects = not_fusex,
      .text = "attributes of a directory asked for through an open file",
      .consequence = "open directories have numbers of their own; the kernel never does this",
      .history = History::complete},
     [](const RequestEvent& event, Report& report) {
         constexpr std::uint64_t by_fh = 1;
         if ((event.operation.number("getattr_flags").value_or(0) & by_fh) == 0 ||
             has_placeholder_node(event.operation))
             return;
         const NodeState* node = event.state.find(event.operation.nodeid());
         if (node != nullptr && node->type() == type_directory)
             report({.offset = event.operation.find("fh") ? event.operation.find("fh")->offset : 0,
                     .sub = event.operation.sub(),
                     .nodeid = event.operation.nodeid(),
                     .observed = "GETATTR_FH"});
     },
     ops(Op::getattr, Op::statx)},
};

constexpr Suppression suppressed[] = {{.by = "getattr-fh-dir", .what = "fh-wrong-space"}};

} // namespace

constexpr Family attributes_family{attribute_rows, entry_rows, request_rows, suppressed};

} // namespace fusewire
