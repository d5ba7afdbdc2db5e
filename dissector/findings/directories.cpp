// READDIR and READDIRPLUS.
#include "dissector/findings/families.h"
#include "dissector/message_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr OpSet listings = ops(Op::readdir, Op::readdirplus);
constexpr std::uint32_t fopen_cache_dir = 1u << 3;
constexpr std::uint32_t dirent_head_size = 24;
constexpr std::uint32_t off_in_dirent = 8, namelen_in_dirent = 16, type_in_dirent = 20;

bool is_dot(std::string_view name) {
    return name == "." || name == "..";
}

Sighting at_record(const DirentEvent& event, std::uint32_t field) {
    return {
        .offset = event.offset + field, .sub = event.reply.sub(), .nodeid = event.request.nodeid()};
}

// DT_* for a mode; 0 for none.
std::uint32_t dirent_type_of(std::uint32_t mode) {
    return is_file_type(mode) ? mode >> 12 & 15 : 0;
}

bool is_dirent_type(std::uint32_t type) {
    constexpr std::uint32_t whiteout = 14;
    return type == 0 || type == whiteout || (type < 16 && is_file_type(type << 12));
}

// The same object by its inode number. Servers without inode numbers of their own send others.
bool is_same_object(std::uint64_t ino, std::uint64_t nodeid, const Attributes& attributes) {
    return ino == nodeid || ino == attributes.ino;
}

// Attributes that the kernel has of the listed name: those beside it, or those of an earlier entry.
struct KnownType {
    std::uint32_t type = 0; // DT_*; 0: not known
    std::uint64_t frame = 0;
};

KnownType known_type(const DirentEvent& event) {
    if (event.entry != nullptr && event.entry->nodeid != 0)
        return {event.entry->attributes ? dirent_type_of(event.entry->attributes->mode) : 0, 0};
    const NameState* name = event.state.at(event.request.nodeid(), event.name);
    const NodeState* node = name == nullptr ? nullptr : event.state.find(name->nodeid);
    if (node == nullptr || !node->attributes ||
        !is_same_object(event.ino, node->nodeid, *node->attributes))
        return {};
    return {dirent_type_of(node->type()), node->attributes_frame};
}

void look_at_type(const DirentEvent& event, Report& report) {
    Sighting sighting = at_record(event, type_in_dirent);
    sighting.observed = fmt::format("type {}", event.type);
    if (!is_dirent_type(event.type)) {
        sighting.expected = "one of DT_*";
        return report(std::move(sighting));
    }
    constexpr std::uint32_t whiteout = 14;
    if (event.type == 0 || event.type == whiteout || is_dot(event.name))
        return;
    const KnownType known = known_type(event);
    if (known.type == 0 || known.type == event.type)
        return;
    sighting.expected = fmt::format("type {} by its attributes", known.type);
    if (known.frame != 0)
        sighting.related = {known.frame};
    report(std::move(sighting));
}

// A lookup contradicts what the directory was listed with.
void look_at_listed_type(const EntryEvent& event, Report& report) {
    const Entry& entry = event.entry;
    if (entry.nodeid == 0 || !entry.attributes || is_dot(entry.name))
        return;
    const DirentFact* listed = event.state.directories.dirent_at(entry.parent, entry.name);
    const std::uint32_t type = dirent_type_of(entry.attributes->mode);
    constexpr std::uint32_t whiteout = 14;
    if (listed == nullptr || listed->type == 0 || listed->type == whiteout || type == 0 ||
        !is_dirent_type(listed->type) || listed->type == type ||
        !is_same_object(listed->ino, entry.nodeid, *entry.attributes))
        return;
    report({.offset = entry.attributes->offset,
            .sub = entry.attributes->sub,
            .nodeid = entry.parent,
            .observed = fmt::format("type {} by its attributes", type),
            .expected = fmt::format("type {} as listed in frame {}", listed->type, listed->frame),
            .related = {listed->frame}});
}

constexpr RuleInfo readdir_type{
    .id = "readdir-type",
    .area = Area::directories,
    .severity = Severity::warn,
    .text = "type in a directory entry is wrong",
    .consequence = "the kernel passes it on: find and ls -R take files for directories or skip "
                   "directories",
    .advice = "set type to (mode >> 12) & 15, or to DT_UNKNOWN",
    .doc = "Compared with attributes of the same name and inode number, and only until something "
           "happens to the name."};

bool has_bad_padding(const DirentEvent& event) {
    const std::uint32_t name_end = event.offset + dirent_head_size + event.namelen;
    const std::uint32_t record_end = event.offset + (dirent_head_size + event.namelen + 7) / 8 * 8;
    const Bytes bytes = event.message.bytes;
    for (std::size_t at = name_end; at < std::min<std::size_t>(record_end, bytes.size()); ++at)
        if (bytes[at] != std::byte{0})
            return true;
    return false;
}

void look_at_entry(const DirentEvent& event, Report& report) {
    if (event.entry == nullptr || event.entry->nodeid == 0 || is_dot(event.name) ||
        ends_listing({.namelen = event.namelen, .name = event.name}))
        return;
    const Entry& entry = *event.entry;
    Sighting sighting{.offset = entry.offset, .sub = entry.sub, .nodeid = entry.nodeid};
    if (entry.nodeid == root_nodeid) {
        sighting.observed = "nodeid 1";
        sighting.expected = "any other";
        return report(std::move(sighting));
    }
    if (!entry.attributes)
        return;
    constexpr auto largest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    const bool bad_type = !is_file_type(entry.attributes->mode);
    if (!bad_type && entry.attributes->size <= largest)
        return;
    sighting.offset = entry.attributes->offset;
    sighting.observed = bad_type ? fmt::format("mode {:#o}", entry.attributes->mode)
                                 : fmt::format("size {}", entry.attributes->size);
    sighting.expected = bad_type ? "one of the seven file types" : "at most 2^63-1";
    report(std::move(sighting));
}

constexpr RuleInfo readdir_namelen{.id = "readdir-namelen",
                                   .area = Area::directories,
                                   .severity = Severity::error,
                                   .text = "name of a directory entry is empty or too long",
                                   .consequence = "the caller gets the records before it, then EIO",
                                   .advice = "send names of 1 to 4095 bytes"};

constexpr Check<DirentEvent> dirent_rows[] = {
    {readdir_namelen,
     [](const DirentEvent& event, Report& report) {
         if (event.namelen != 0 && event.namelen <= longest_dirent_name)
             return;
         Sighting sighting = at_record(event, namelen_in_dirent);
         sighting.observed = fmt::format("namelen {}", event.namelen);
         sighting.expected = fmt::format("1 to {}", longest_dirent_name);
         report(std::move(sighting));
     }},
    {{.id = "readdir-name-slash",
      .area = Area::directories,
      .severity = Severity::error,
      .text = "name of a directory entry has a slash in it",
      .consequence = "the caller gets the records before it, then EIO; with READDIRPLUS the "
                     "references of it and of all after it are never given back",
      .advice = "send names, not paths"},
     [](const DirentEvent& event, Report& report) {
         const std::size_t slash = event.name.find('/');
         if (slash == std::string_view::npos)
             return;
         Sighting sighting = at_record(event, dirent_head_size + static_cast<std::uint32_t>(slash));
         sighting.observed = fmt::format("slash at {} of {} bytes", slash, event.name.size());
         report(std::move(sighting));
     }},
    {{.id = "readdir-name-nul",
      .area = Area::directories,
      .severity = Severity::warn,
      .text = "name of a directory entry has a NUL in it",
      .consequence = "programs see the name up to the NUL, and cannot open it",
      .advice = "set namelen to the length of the name without a NUL"},
     [](const DirentEvent& event, Report& report) {
         const std::size_t nul = event.name.find('\0');
         if (nul == std::string_view::npos)
             return;
         Sighting sighting = at_record(event, dirent_head_size + static_cast<std::uint32_t>(nul));
         sighting.observed = fmt::format("NUL after {} of {} bytes", nul, event.name.size());
         report(std::move(sighting));
     }},
    {{.id = "readdir-padding",
      .area = Area::directories,
      .severity = Severity::note,
      .text = "padding behind a directory entry is not zero",
      .consequence = "nobody looks at it; it may be memory of the server",
      .advice = "clear the buffer before filling it"},
     [](const DirentEvent& event, Report& report) {
         if (has_bad_padding(event))
             report(at_record(event, dirent_head_size + event.namelen));
     }},
    {readdir_type, look_at_type},
    {{.id = "readdir-ino-zero",
      .area = Area::directories,
      .severity = Severity::warn,
      .text = "directory entry with inode number 0",
      .consequence = "libc skips it: the name does not show in listings",
      .advice = "send the inode number, or any number but 0"},
     [](const DirentEvent& event, Report& report) {
         if (event.ino == 0)
             report(at_record(event, 0));
     }},
    {{.id = "readdirplus-dot-node",
      .area = Area::directories,
      .severity = Severity::warn,
      .dialects = classic,
      .text = "\".\" or \"..\" in READDIRPLUS with a nodeid",
      .consequence = "the kernel neither counts it nor gives it back: a server that counts a "
                     "reference leaks it",
      .advice = "set nodeid to 0 for these two and count nothing"},
     [](const DirentEvent& event, Report& report) {
         if (event.entry == nullptr || event.entry->nodeid == 0 || !is_dot(event.name))
             return;
         report({.offset = event.entry->offset,
                 .sub = event.reply.sub(),
                 .nodeid = event.request.nodeid(),
                 .observed = fmt::format("nodeid {} for {}", event.entry->nodeid, event.name),
                 .expected = "nodeid 0"});
     },
     ops(Op::readdirplus)},
    {{.id = "readdirplus-attr-invalid",
      .area = Area::directories,
      .severity = Severity::error,
      .dialects = classic,
      .text = "READDIRPLUS entry that the kernel cannot use",
      .consequence = "the name is listed without a node, and FORGET comes for it at once, even for "
                     "the root",
      .advice = "send the node's mode and size; nodeid 0 when only the name is to be listed"},
     look_at_entry,
     ops(Op::readdirplus)},
};

constexpr Check<EntryEvent> entry_rows[] = {
    {readdir_type, look_at_listed_type, ops(Op::lookup, Op::lookup_handle)},
};

Sighting at_listed(const ListingEvent& event, const DirentRecord& record, std::uint32_t field) {
    return {.offset = record.offset + field,
            .sub = event.reply.sub(),
            .nodeid = event.request.nodeid()};
}

// Readers of one open directory cannot be told apart.
bool is_shared(const ListingEvent& event) {
    constexpr std::uint32_t opendir_number = 27;
    return event.state.shares_fhs(FhSpace::directory) ||
           event.state.enosys.contains(opendir_number) ||
           event.state.dialect == DialectName::fusex_a;
}

// The running pass; nullptr at its beginning, or when it is not known from there on.
const DirectoryRead* pass_of(const ListingEvent& event) {
    const bool known = event.read != nullptr && event.read->pass != 0 && event.offset != 0;
    return known && !is_shared(event) ? event.read : nullptr;
}

bool changes_names(Op op) {
    constexpr OpSet changes =
        ops(Op::unlink, Op::rmdir, Op::rename, Op::rename2, Op::create, Op::mknod, Op::mkdir,
            Op::symlink, Op::link, Op::mkobj_handle, Op::mkobjx, Op::compound);
    return (op_bit(op) & changes) != 0;
}

// Names in the directory may have changed since the pass began.
bool changed_meanwhile(const ListingEvent& event, const DirectoryRead& read) {
    const std::uint64_t nodeid = event.request.nodeid();
    const NodeState* node = event.state.find(nodeid);
    constexpr std::size_t too_many = 1024; // to look at each time
    bool changed = node == nullptr || node->modified_frame >= read.pass_frame ||
                   event.state.requests.outstanding_count() > too_many;
    if (changed)
        return true;
    event.state.requests.each_outstanding([&](const Outstanding& request) {
        const bool here = request.nodeid == nodeid || request.other_nodeid == nodeid ||
                          request.op == Op::compound;
        changed |= here && changes_names(request.op);
    });
    return changed;
}

// Each off is greater than the one before it, and the first than `offset`.
bool ascends(std::uint64_t offset, std::span<const DirentRecord> records) {
    for (const DirentRecord& record : records) {
        if (record.off <= offset)
            return false;
        offset = record.off;
    }
    return true;
}

// The first record whose `off` an earlier one of the reply has; nullptr: none.
const DirentRecord* repeated_in(std::span<const DirentRecord> records) {
    std::vector<const DirentRecord*> by_off;
    for (const DirentRecord& record : records)
        by_off.push_back(&record);
    std::stable_sort(by_off.begin(), by_off.end(),
                     [](const auto* a, const auto* b) { return a->off < b->off; });
    const auto twice =
        std::adjacent_find(by_off.begin(), by_off.end(),
                           [](const auto* a, const auto* b) { return a->off == b->off; });
    return twice == by_off.end() ? nullptr : *(twice + 1);
}

void report_off(const ListingEvent& event, const DirentRecord& record, std::string expected,
                Report& report) {
    Sighting sighting = at_listed(event, record, off_in_dirent);
    sighting.observed = fmt::format("off {:#x}", record.off);
    sighting.expected = std::move(expected);
    report(std::move(sighting));
}

void look_for_repeated_off(const ListingEvent& event, Report& report) {
    if (ascends(event.offset, event.records))
        return;
    for (const DirentRecord& record : event.records)
        if (record.off == event.offset)
            return report_off(event, record, "another off than was asked from", report);
    if (const DirentRecord* twice = repeated_in(event.records))
        return report_off(event, *twice, "another off for each record", report);
    const DirectoryRead* read = pass_of(event);
    if (read != nullptr && event.offset == read->highest)
        for (const DirentRecord& record : event.records)
            if (record.off < event.offset && read->returned_in_pass(record.off))
                return report_off(event, record, "an off that was not returned before", report);
    Sighting sighting = at_listed(event, event.records.front(), off_in_dirent);
    sighting.severity = Severity::note;
    sighting.text = "off of directory entries does not ascend";
    sighting.consequence = "legal: the kernel hands it back as it is";
    report(std::move(sighting));
}

struct HashedName {
    std::uint64_t hash;
    const DirentRecord* record;
};

std::vector<HashedName> hashed_names(std::span<const DirentRecord> records) {
    std::vector<HashedName> names;
    names.reserve(records.size());
    for (const DirentRecord& record : records)
        names.push_back({DirectoryReads::hash_of(record.name), &record});
    std::stable_sort(names.begin(), names.end(),
                     [](const auto& a, const auto& b) { return a.hash < b.hash; });
    return names;
}

// A name of the reply that comes twice, or that this pass listed under another off.
const DirentRecord* duplicate_name(const ListingEvent& event, const DirectoryRead* read,
                                   std::uint64_t& other_off) {
    const std::vector<HashedName> names = hashed_names(event.records);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const DirentRecord& record = *names[i].record;
        const auto* before = read == nullptr ? nullptr : read->listed_in_pass(names[i].hash);
        if (before != nullptr && before->other != record.off) {
            other_off = before->other;
            return &record;
        }
        if (i > 0 && names[i - 1].hash == names[i].hash &&
            names[i - 1].record->name == record.name && names[i - 1].record->off != record.off) {
            other_off = names[i - 1].record->off;
            return &record;
        }
    }
    return nullptr;
}

void look_for_duplicate_name(const ListingEvent& event, Report& report) {
    const DirectoryRead* read = pass_of(event);
    std::uint64_t other_off = 0;
    const DirentRecord* record = duplicate_name(event, read, other_off);
    if (record == nullptr || repeated_in(event.records) != nullptr)
        return;
    if (read != nullptr && (read->looped || changed_meanwhile(event, *read)))
        return;
    Sighting sighting = at_listed(event, *record, dirent_head_size);
    sighting.observed = fmt::format("off {:#x} and off {:#x}", other_off, record->off);
    sighting.expected = "one record";
    report(std::move(sighting));
}

void look_after_end(const ListingEvent& event, Report& report) {
    const DirectoryRead* read = pass_of(event);
    if (read == nullptr || event.records.empty() || read->end_offset != event.offset ||
        changed_meanwhile(event, *read))
        return;
    Sighting sighting = at_listed(event, event.records.front(), 0);
    sighting.observed =
        fmt::format("{} records at offset {:#x}", event.records.size(), event.offset);
    sighting.expected = fmt::format("none, as in frame {}", read->end_frame);
    sighting.related = {read->end_frame};
    report(std::move(sighting));
}

// The record behind the last whole one claims a name longer than any: the kernel looks at that first.
void look_at_last_namelen(const ListingEvent& event, Report& report) {
    for (const Finding& finding : event.message.findings) {
        if (finding.rule != Rule::readdir_record_overrun || finding.sub != event.reply.sub())
            continue;
        const std::uint32_t entry_size = event.request.is(Op::readdirplus) ? 128 : 0;
        const std::uint32_t head = entry_size + dirent_head_size;
        if (finding.observed < head || finding.expected - head <= longest_dirent_name)
            continue;
        report({.offset = finding.offset + entry_size + namelen_in_dirent,
                .sub = event.reply.sub(),
                .nodeid = event.request.nodeid(),
                .observed = fmt::format("namelen {}", finding.expected - head),
                .expected = fmt::format("1 to {}", longest_dirent_name)});
    }
}

constexpr Check<ListingEvent> listing_rows[] = {
    {readdir_namelen, look_at_last_namelen},
    {{.id = "readdir-off-repeat",
      .area = Area::directories,
      .severity = Severity::warn,
      .text = "off of a directory entry leads back",
      .consequence = "the kernel goes on from there: the listing never ends, or skips names",
      .advice = "give each entry another off, from which the next READDIR continues behind it",
      .doc =
          "When the caller's buffer is small the kernel asks again from the middle of a reply and "
          "gets the same records, which is normal. An off that is only lower than the one before "
          "is a note: off may be any number."},
     look_for_repeated_off},
    {{.id = "readdir-duplicate-name",
      .area = Area::directories,
      .severity = Severity::warn,
      .text = "name is listed twice in one pass",
      .consequence = "programs see it twice",
      .advice = "keep offsets stable while a directory is open",
      .doc =
          "Silent when names in the directory were changed meanwhile, and where one fh stands for "
          "several readers."},
     look_for_duplicate_name},
    {{.id = "readdir-after-end",
      .area = Area::directories,
      .severity = Severity::note,
      .text = "directory goes on where it had ended",
      .consequence = "programs that stopped at the end miss these names",
      .advice = "",
      .doc = "Silent when names in the directory were changed meanwhile.",
      .history = History::unbroken},
     look_after_end},
};

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "readdir-offset-unknown",
      .area = Area::directories,
      .severity = Severity::note,
      .text = "READDIR from an offset that this open directory never returned",
      .consequence = "the server decides what it means",
      .advice = "",
      .doc = "seekdir(3) with an offset of an earlier session is legal. With FOPEN_CACHE_DIR the "
             "kernel goes on from what another open file read, and nothing is said.",
      .history = History::complete},
     [](const RequestEvent& event, Report& report) {
         const Node* offset = event.operation.find("offset");
         if (offset == nullptr || offset->value == 0)
             return;
         const std::uint64_t nodeid = event.operation.nodeid();
         const std::uint64_t fh = event.operation.number("fh").value_or(0);
         const OpenFile* file = event.state.find(FhKey{FhSpace::directory, fh, nodeid});
         const DirectoryRead* read = event.state.directories.find(nodeid, fh);
         if (file != nullptr && (file->fopen & fopen_cache_dir) != 0)
             return;
         if (read != nullptr && (!read->whole || read->returned(offset->value)))
             return;
         report({.offset = offset->offset,
                 .sub = event.operation.sub(),
                 .nodeid = nodeid,
                 .observed = fmt::format("offset {:#x}", offset->value)});
     },
     listings},
    {{.id = "readdirplus-not-negotiated",
      .area = Area::directories,
      .severity = Severity::error,
      .dialects = classic,
      .text = "READDIRPLUS though DO_READDIRPLUS was not accepted",
      .consequence = "the kernel sends READDIR then; a server may not know this one",
      .advice = ""},
     [](const RequestEvent& event, Report& report) {
         constexpr unsigned do_readdirplus = 13;
         const Limits& limits = event.state.limits;
         if (limits.known && !limits.has(do_readdirplus))
             report({.offset = event.operation.offset(),
                     .sub = event.operation.sub(),
                     .observed = fmt::format("flags {:#x} accepted", limits.accepted),
                     .expected = "bit 13 among them"});
     },
     ops(Op::readdirplus)},
};

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {{.id = "readdir-too-long",
      .area = Area::directories,
      .severity = Severity::error,
      .text = "directory is answered with more than was asked for",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "send only records that fit into size whole"},
     [](const ExchangeEvent& event, Report& report) {
         constexpr std::uint32_t header = 16;
         const auto size = Operation(event.request).number("size");
         const Message& reply = event.message;
         if (reply.error == 0 && size && reply.length > header && reply.length - header > *size &&
             event.has_true_length())
             report({.offset = header,
                     .nodeid = event.request.nodeid,
                     .observed = fmt::format("{} bytes", reply.length - header),
                     .expected = fmt::format("at most {}", *size)});
     },
     listings},
};

constexpr Suppression suppressed[] = {
    {"readdir-namelen", "readdir-record-overrun", true},
    {"readdir-too-long", "reply-size-over"},
    {"readdirplus-not-negotiated", "request-exceeds-negotiated", true},
    {"readdirplus-attr-invalid", "attr-type-invalid", true, true},
    {"readdirplus-attr-invalid", "attr-size-invalid", true, true},
    {"readdirplus-attr-invalid", "entry-nodeid-root", true, true},
};

} // namespace

constexpr Family directories_family{dirent_rows,  entry_rows,    listing_rows,
                                    request_rows, exchange_rows, suppressed};

} // namespace fusewire
