// INIT and what it settles.
#include "dissector/findings/families.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet upstream_based =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr DialectSet with_handles =
    in_dialects(DialectName::lookup_handle_v2, DialectName::lookup_handle_v3);

constexpr std::uint32_t protocol_major = 7;
constexpr std::uint32_t header_size = 16;
constexpr std::uint32_t page = 4096;

// Numbers of INIT flags, those of flags2 from 32 on.
enum InitBit : unsigned {
    posix_locks = 1,
    file_ops = 2,
    big_writes = 5,
    splice_write = 7,
    splice_move = 8,
    splice_read = 9,
    flock_locks = 10,
    has_ioctl_dir = 11,
    do_readdirplus = 13,
    writeback_cache = 16,
    no_open_support = 17,
    posix_acl = 20,
    max_pages_bit = 22,
    no_opendir_support = 24,
    map_alignment_bit = 26,
    handle_killpriv_v2 = 28,
    setxattr_ext = 29,
    init_ext = 30,
    init_reserved = 31,
    has_expire_only = 35,
    passthrough = 37,
    has_resend = 39,
    allow_idmap = 40,
    lookup_handle = 43,
    first_unassigned = 44,
};
constexpr std::uint64_t flag(unsigned number) {
    return std::uint64_t{1} << number;
}
template <class... Numbers>
constexpr std::uint64_t flags(Numbers... numbers) {
    return (flag(numbers) | ...);
}

// "SPLICE_READ, bit 45"; the tables know the names.
std::string names_of(std::uint64_t bits, const Operation& init) {
    const DialectSet dialect = in_dialect(init.message().dialect);
    std::string list;
    for (unsigned number = 0; number < 64; ++number) {
        if ((bits >> number & 1) == 0)
            continue;
        std::string name = fmt::format("bit {}", number);
        if (const Node* word = init.find(number < 32 ? "flags" : "flags2"))
            for (const Value& value : word->field->values)
                if (value.value == flag(number % 32) && (value.dialects & dialect) != 0)
                    name = value.name;
        list += (list.empty() ? "" : ", ") + name;
    }
    return list;
}

std::uint32_t offset_of(const Operation& init, const char* field) {
    const Node* node = init.find(field);
    return node == nullptr ? 0 : node->offset;
}

// With another major the kernel reads no further.
bool is_read(const InitEvent& event) {
    return event.reply.number("major") == protocol_major;
}

// Shows the answers that the kernel reads to the end.
template <void (*look)(const InitEvent&, Report&)>
void when_read(const InitEvent& event, Report& report) {
    if (is_read(event))
        look(event, report);
}

// One field of the reply, as a finding shows it.
Sighting at_field(const InitEvent& event, const char* field, std::string expected) {
    return {.offset = offset_of(event.reply, field),
            .observed = fmt::format("{} {}", field, event.reply.number(field).value_or(0)),
            .expected = std::move(expected)};
}

// The kernel knows these, but does nothing about them in a reply: they tell the server something.
constexpr std::uint64_t without_effect =
    flags(file_ops, splice_write, splice_move, splice_read, has_ioctl_dir, no_open_support,
          no_opendir_support, init_ext, has_expire_only, has_resend);
constexpr std::uint64_t unassigned = flag(init_reserved) | ~(flag(first_unassigned) - 1);

void look_at_unoffered(const InitEvent& event, Report& report) {
    std::uint64_t bits = event.limits.accepted & ~event.limits.offered & ~unassigned;
    // The kernels with LOOKUP_HANDLE mean bit 43 where they offer bit 2.
    if (event.limits.offers(file_ops))
        bits &= ~flag(lookup_handle);
    if (const std::uint64_t effective = bits & ~without_effect; effective != 0)
        report({.offset = offset_of(event.reply, "flags"),
                .object = 1,
                .observed = names_of(effective, event.reply),
                .expected = "only what the request offers"});
    if (const std::uint64_t idle = bits & without_effect; idle != 0)
        report({.offset = offset_of(event.reply, "flags"),
                .object = 2,
                .observed = names_of(idle, event.reply),
                .expected = "only what the request offers",
                .severity = Severity::note,
                .consequence = "the kernel ignores these bits in a reply"});
}

void look_at_max_pages(const InitEvent& event, Report& report) {
    const std::uint64_t pages = event.reply.number("max_pages").value_or(0);
    const Limits& limits = event.limits;
    if (!limits.has(max_pages_bit)) {
        if (pages != 0) {
            Sighting sighting = at_field(event, "max_pages", "MAX_PAGES in the flags");
            sighting.consequence = "the kernel ignores it and stays at 32 pages a request";
            if (!limits.offers(max_pages_bit))
                sighting.severity = Severity::note;
            report(std::move(sighting));
        }
        return;
    }
    if (pages == 0)
        return report(at_field(event, "max_pages", "at least 1"));
    if (pages * page < limits.max_write)
        report(at_field(event, "max_pages",
                        fmt::format("{} for max_write {}", (limits.max_write + page - 1) / page,
                                    limits.max_write)));
}

void look_at_time_gran(const InitEvent& event, Report& report) {
    constexpr std::uint64_t second = 1'000'000'000;
    const std::uint64_t granularity = event.reply.number("time_gran").value_or(0);
    if (granularity == 0)
        return;
    if (granularity > second)
        return report(at_field(event, "time_gran", "at most 1000000000"));
    std::uint64_t power = 1;
    while (power < granularity)
        power *= 10;
    if (power != granularity) {
        Sighting sighting = at_field(event, "time_gran", "a power of ten");
        sighting.severity = Severity::note;
        sighting.consequence = "times are cut to multiples of it";
        report(std::move(sighting));
    }
}

void look_at_passthrough(const InitEvent& event, Report& report) {
    if (!event.limits.has(passthrough))
        return;
    constexpr std::uint64_t deepest = 2; // FILESYSTEM_MAX_STACK_DEPTH
    const std::uint64_t depth = event.reply.number("max_stack_depth").value_or(0);
    if (event.limits.has(writeback_cache))
        return report({.offset = offset_of(event.reply, "flags"),
                       .observed = "PASSTHROUGH and WRITEBACK_CACHE",
                       .expected = "one of them"});
    if (depth == 0 || depth > deepest)
        report(at_field(event, "max_stack_depth", "1 or 2"));
}

// What the kernel takes where the server says 0 (FUSE_DEFAULT_MAX_BACKGROUND and its threshold).
constexpr std::uint64_t default_background = 12, default_threshold = 9;

void look_at_congestion(const InitEvent& event, Report& report) {
    const auto or_default = [&](const char* field, std::uint64_t otherwise) {
        const std::uint64_t value = event.reply.number(field).value_or(0);
        return value == 0 ? otherwise : value;
    };
    const std::uint64_t background = or_default("max_background", default_background);
    if (or_default("congestion_threshold", default_threshold) > background)
        report(at_field(event, "congestion_threshold",
                        fmt::format("at most max_background, {}", background)));
}

constexpr RuleInfo init_idmap = {
    .id = "init-idmap",
    .area = Area::init,
    .severity = Severity::note,
    .text = "ALLOW_IDMAP without POSIX_ACL",
    .consequence = "unless the mount has default_permissions, every operation fails with "
                   "ECONNREFUSED",
    .advice = "mount with default_permissions, or accept POSIX_ACL",
    .doc = "The mount options are not in the messages. That nothing at all follows the INIT reply "
           "tells that the mount failed: an error then."};

constexpr Check<InitRequestEvent> init_request_rows[] = {
    {{.id = "init-repeated",
      .area = Area::init,
      .severity = Severity::error,
      .text = "second INIT on one connection",
      .consequence = "a server that begins anew forgets nodes that the kernel still holds",
      .doc = "After a reply with a lower major the kernel asks again. A connection number that "
             "comes again for another mount is told by its uniques, which begin anew.",
      .history = History::unbroken},
     [](const InitRequestEvent& event, Report& report) {
         const Limits& limits = event.state.limits;
         const bool downgraded = limits.known && limits.major < protocol_major;
         if (event.state.init_seen && !downgraded)
             report({.observed = fmt::format("unique {}", event.message.unique)});
     }},
    {{.id = "init-file-ops-offered",
      .area = Area::init,
      .severity = Severity::note,
      .dialects = with_handles,
      .text = "offer has bit 2, FILE_OPS, which upstream never offers",
      .consequence =
          "a kernel with LOOKUP_HANDLE: it offers the opcode's number in place of bit 43",
      .doc = "Seen with every kernel that has the RFC as posted."},
     [](const InitRequestEvent& event, Report& report) {
         if ((event.operation.number("flags").value_or(0) & flag(file_ops)) != 0)
             report({.offset = offset_of(event.operation, "flags")});
     }},
};

constexpr Check<InitEvent> init_rows[] = {
    {{.id = "init-major",
      .area = Area::init,
      .severity = Severity::error,
      .text = "major version of the reply is not 7",
      .consequence = "every operation on the mount fails with ECONNREFUSED",
      .advice = "answer 7 to a kernel that speaks 7"},
     [](const InitEvent& event, Report& report) {
         if (!is_read(event))
             report(at_field(event, "major", "7"));
     }},
    {{.id = "init-minor-high",
      .area = Area::init,
      .severity = Severity::note,
      .text = "minor of the reply is higher than the kernel's",
      .consequence = "the kernel takes it as it is; both have to keep to the lower one",
      .advice = "answer with the lower of both minors"},
     when_read<[](const InitEvent& event, Report& report) {
         const std::uint64_t offered = event.request.number("minor").value_or(0);
         if (offered < event.reply.number("minor").value_or(0))
             report(at_field(event, "minor", fmt::format("at most {}", offered)));
     }>},
    {{.id = "init-flag-not-offered",
      .area = Area::init,
      .severity = Severity::warn,
      .text = "reply has flags that were not offered",
      .consequence = "the kernel does not compare: a feature that it knows is switched on",
      .advice = "answer with no more than the offered flags",
      .doc = "Kernels with LOOKUP_HANDLE do not offer bit 43 and still need it in the reply; they "
             "are told by bit 2 in the offer. Flags that only tell the server something have no "
             "effect in a reply and are notes."},
     when_read<look_at_unoffered>},
    {{.id = "init-flags2-without-ext",
      .area = Area::init,
      .severity = Severity::error,
      .text = "flags2 is set without INIT_EXT",
      .consequence = "the kernel ignores flags2: none of its features is on",
      .advice = "set bit 30, INIT_EXT, in flags"},
     when_read<[](const InitEvent& event, Report& report) {
         const std::uint64_t low = event.reply.number("flags").value_or(0);
         const std::uint64_t high = event.reply.number("flags2").value_or(0);
         if (high != 0 && (low & flag(init_ext)) == 0)
             report({.offset = offset_of(event.reply, "flags2"),
                     .observed = names_of(high << 32, event.reply),
                     .expected = "INIT_EXT in flags"});
     }>},
    {{.id = "init-reserved-bit",
      .area = Area::init,
      .severity = Severity::warn,
      .text = "reply has flags that mean nothing",
      .consequence = "a later kernel may read something into them",
      .advice = "answer with no more than the offered flags"},
     when_read<[](const InitEvent& event, Report& report) {
         if (const std::uint64_t bits = event.limits.accepted & unassigned; bits != 0)
             report({.offset = offset_of(event.reply, "flags"),
                     .observed = names_of(bits, event.reply)});
     }>},
    {{.id = "init-max-write-small",
      .area = Area::init,
      .severity = Severity::note,
      .text = "max_write is less than a page",
      .consequence = "the kernel raises it to 4096",
      .advice = "be ready for writes of 4096 bytes"},
     when_read<[](const InitEvent& event, Report& report) {
         const Node* size = event.reply.find("max_write");
         if (size != nullptr && size->value < page)
             report(at_field(event, "max_write", "at least 4096"));
     }>},
    {{.id = "init-max-write-big-writes",
      .area = Area::init,
      .severity = Severity::warn,
      .text = "max_write is more than a page, but BIG_WRITES is not set",
      .consequence = "buffered writes come one page at a time",
      .advice = "set BIG_WRITES",
      .doc = "With WRITEBACK_CACHE the flag is not looked at."},
     when_read<[](const InitEvent& event, Report& report) {
         const Limits& limits = event.limits;
         if (page < limits.max_write && !limits.has(big_writes) && !limits.has(writeback_cache))
             report(at_field(event, "max_write", "BIG_WRITES in the flags"));
     }>},
    {{.id = "init-max-pages",
      .area = Area::init,
      .severity = Severity::warn,
      .text = "max_pages does not fit",
      .consequence = "requests are cut at max_pages pages, at least one, whatever max_write says",
      .advice = "set MAX_PAGES, and max_pages to max_write in pages"},
     when_read<look_at_max_pages>},
    {{.id = "init-time-gran",
      .area = Area::init,
      .severity = Severity::warn,
      .text = "time_gran does not fit",
      .consequence = "the kernel ignores it and keeps nanoseconds",
      .advice = "answer with 1 to 1000000000 nanoseconds, or 0 for the default"},
     when_read<look_at_time_gran>},
    {{.id = "init-passthrough",
      .area = Area::init,
      .severity = Severity::error,
      .dialects = upstream_based,
      .text = "PASSTHROUGH cannot work",
      .consequence = "it stays off without a word, and opens that ask for it fail with EIO",
      .advice = "leave WRITEBACK_CACHE off and set max_stack_depth to 1 or 2"},
     when_read<look_at_passthrough>},
    {init_idmap, when_read<[](const InitEvent& event, Report& report) {
         if (event.limits.has(allow_idmap) && !event.limits.has(posix_acl))
             report({.offset = offset_of(event.reply, "flags2")});
     }>},
    {{.id = "init-map-alignment",
      .area = Area::init,
      .severity = Severity::error,
      .dialects = upstream_based,
      .text = "map_alignment is more than the DAX window allows",
      .consequence = "the mount fails",
      .advice = "answer with 21 or less, the log2 of 2 MiB",
      .doc = "Kernels offer MAP_ALIGNMENT with DAX alone; without the offer nothing comes of it."},
     when_read<[](const InitEvent& event, Report& report) {
         constexpr std::uint64_t window_shift = 21;
         const bool dax = event.limits.offers(map_alignment_bit);
         if (dax && event.limits.has(map_alignment_bit) &&
             window_shift < event.reply.number("map_alignment").value_or(0))
             report(at_field(event, "map_alignment", "at most 21"));
     }>},
    {{.id = "init-congestion",
      .area = Area::init,
      .severity = Severity::note,
      .text = "congestion_threshold is above max_background",
      .consequence = "the kernel never takes the connection for congested",
      .advice = "set it below max_background"},
     when_read<look_at_congestion>},
    {{.id = "init-readahead",
      .area = Area::init,
      .severity = Severity::note,
      .text = "max_readahead is higher than offered",
      .consequence = "the kernel keeps to its own"},
     when_read<[](const InitEvent& event, Report& report) {
         const Node* offered = event.request.find("max_readahead");
         if (offered != nullptr && offered->value < event.reply.number("max_readahead").value_or(0))
             report(at_field(event, "max_readahead", fmt::format("at most {}", offered->value)));
     }>},
    {{.id = "handle-enabled-not-offered",
      .area = Area::init,
      .severity = Severity::note,
      .dialects = with_handles,
      .text = "reply sets bit 43, HAS_LOOKUP_HANDLE, which was not offered",
      .consequence = "the kernel switches the feature on all the same",
      .doc = "There is no other way with kernels that have the RFC as posted."},
     when_read<[](const InitEvent& event, Report& report) {
         if (event.limits.has(lookup_handle) && !event.limits.offers(lookup_handle))
             report({.offset = offset_of(event.reply, "flags2")});
     }>},
    {{.id = "init-handle-size",
      .area = Area::init,
      .severity = Severity::error,
      .dialects = in_dialect(DialectName::lookup_handle_v2),
      .text = "max_handle_sz does not fit",
      .consequence = "LOOKUP_HANDLE stays off",
      .advice = "answer with the longest fhandle of the server, 1 to 128 bytes"},
     when_read<[](const InitEvent& event, Report& report) {
         constexpr std::uint16_t most = 128;
         const std::uint16_t size = event.limits.max_handle_sz;
         if (event.limits.has(lookup_handle) && (size == 0 || size > most))
             report(at_field(event, "max_handle_sz", "1 to 128"));
     }>},
};

// The size that INIT replies of this minor have (FUSE_COMPAT_INIT_OUT_SIZE and …_22_…).
constexpr std::uint32_t whole_init_out = 64;
std::uint32_t init_out_size(std::uint64_t minor) {
    if (minor < 5)
        return 8;
    return minor < 23 ? 24 : whole_init_out;
}

void look_at_init_size(const ExchangeEvent& event, Report& report) {
    const Message& reply = event.message;
    const std::uint32_t wire = event.record.wire_length;
    if (reply.error != 0 || wire != reply.length || wire < header_size)
        return;
    const std::uint32_t payload = wire - header_size;
    const Operation answer(reply);
    const std::uint64_t minor = std::min(answer.number("minor").value_or(0),
                                         Operation(event.request).number("minor").value_or(0));
    const std::uint32_t wanted = init_out_size(minor);
    if (payload == wanted)
        return;
    Sighting sighting{.observed = fmt::format("{} bytes", payload),
                      .expected = fmt::format("{} for minor {}", wanted, minor)};
    constexpr std::uint32_t sizes[] = {8, 24, whole_init_out};
    if (std::find(std::begin(sizes), std::end(sizes), payload) != std::end(sizes)) {
        sighting.severity = Severity::note;
        sighting.consequence = payload < wanted ? "the fields that are missing count as zero"
                                                : "the kernel reads only the fields of the minor";
    } else if (payload < whole_init_out) {
        sighting.consequence = "the kernel takes it, and what is missing counts as zero";
    }
    report(std::move(sighting));
}

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {{.id = "init-reply-size",
      .area = Area::init,
      .severity = Severity::error,
      .text = "INIT reply does not have the size of its minor",
      .consequence = "write() fails with EINVAL and every operation with ECONNREFUSED",
      .advice = "send 8 bytes below minor 5, 24 below 23, 64 from there on",
      .doc = "The kernel takes any reply of up to 64 bytes. One of the three sizes that belongs to "
             "another minor is a note."},
     look_at_init_size,
     ops(Op::init)},
    {{.id = "init-error",
      .area = Area::init,
      .severity = Severity::error,
      .text = "INIT was answered with an error",
      .consequence = "every operation on the mount fails with ECONNREFUSED",
      .advice = "answer INIT with the versions and features that the server has"},
     [](const ExchangeEvent& event, Report& report) {
         const std::int32_t error = event.message.error;
         if (error != 0 && is_reply_error(error))
             report({.offset = 4, .observed = fmt::to_string(error), .expected = "0"});
     },
     ops(Op::init)},
};

constexpr Check<MessageEvent> message_rows[] = {
    {{.id = "init-missing",
      .area = Area::init,
      .severity = Severity::note,
      .text = "capture does not begin with INIT",
      .consequence = "versions and features are guessed, and nodes and open files may be older "
                     "than the capture",
      .advice = "start the capture before the mount",
      .doc = "Rules that need to know everything only give notes then."},
     [](const MessageEvent& event, Report& report) {
         if (event.frame() != event.state.first_frame)
             return;
         const Message& first = event.message;
         const Operation operation(first);
         const bool opens = operation.is(Op::init) || operation.is(Op::cuse_init);
         if (first.kind == MessageKind::request && opens)
             return;
         Sighting sighting;
         if (event.state.limits.minor_known)
             sighting.consequence = "the minor is known from the kernel, but limits are not, and "
                                    "nodes and open files may be older than the capture";
         report(std::move(sighting));
     }},
};

constexpr RuleInfo request_exceeds_negotiated = {
    .id = "request-exceeds-negotiated",
    .area = Area::init,
    .severity = Severity::error,
    .text = "request is beyond what INIT settled",
    .consequence = "a server that keeps to the INIT exchange does not expect it",
    .doc = "The kernel keeps to what the server accepted, so the INIT exchange or the request is "
           "not what the capture shows."};

Sighting exceeding(const RequestEvent& event, std::string observed, std::string expected,
                   std::uint32_t offset = 0) {
    const Operation& asked = event.operation;
    return {.offset = offset != 0 ? offset : asked.offset(),
            .sub = asked.sub(),
            .object = static_cast<std::uint64_t>(asked.op()),
            .observed = std::move(observed),
            .expected = std::move(expected)};
}

void look_at_write_size(const RequestEvent& event, Report& report) {
    const Node* size = event.operation.find("size");
    const Limits& limits = event.state.limits;
    if (limits.known && size != nullptr && size->value > limits.max_write)
        report(exceeding(event, fmt::format("WRITE of {} bytes", size->value),
                         fmt::format("max_write {}", limits.max_write), size->offset));
}

void look_at_read_size(const RequestEvent& event, Report& report) {
    const Node* size = event.operation.find("size");
    const Limits& limits = event.state.limits;
    const std::uint64_t most = std::uint64_t{limits.max_pages} * page;
    if (limits.known && size != nullptr && size->value > most)
        report(exceeding(event, fmt::format("READ of {} bytes", size->value),
                         fmt::format("at most {} bytes, {} pages", most, limits.max_pages),
                         size->offset));
}

// Opcodes that need a minor.
struct NeedsMinor {
    Op op;
    std::uint32_t minor;
};
constexpr NeedsMinor minors[] = {{Op::rename2, 23}, {Op::batch_forget, 16}};

void look_at_minor(const RequestEvent& event, Report& report) {
    const Limits& limits = event.state.limits;
    for (const NeedsMinor& row : minors)
        if (event.operation.is(row.op) && limits.minor_known && limits.minor < row.minor)
            report(exceeding(event, fmt::format("minor {}", limits.minor),
                             fmt::format("at least {}", row.minor)));
}

// Fields that need an accepted flag as soon as they have one of `bits`.
struct NeedsFlag {
    Op op;
    const char* field; // nullptr: the opcode needs it
    std::uint64_t bits;
    unsigned flag;
    const char* name;
};
constexpr std::uint64_t any = ~std::uint64_t{0};
constexpr std::uint64_t fattr_kill_suidgid = 1u << 11, open_kill_suidgid = 1;
constexpr NeedsFlag needs_flag[] = {
    {Op::readdirplus, nullptr, any, do_readdirplus, "DO_READDIRPLUS"},
    {Op::setattr, "valid", fattr_kill_suidgid, handle_killpriv_v2, "HANDLE_KILLPRIV_V2"},
    {Op::open, "open_flags", open_kill_suidgid, handle_killpriv_v2, "HANDLE_KILLPRIV_V2"},
    {Op::create, "open_flags", open_kill_suidgid, handle_killpriv_v2, "HANDLE_KILLPRIV_V2"},
};

void look_at_flag(const RequestEvent& event, Report& report) {
    const Limits& limits = event.state.limits;
    if (!limits.known)
        return;
    for (const NeedsFlag& row : needs_flag) {
        const Operation& asked = event.operation;
        if (!asked.is(row.op) || limits.has(row.flag))
            continue;
        const Node* field = row.field == nullptr ? nullptr : asked.find(row.field);
        if (row.field == nullptr || (field != nullptr && (field->value & row.bits) != 0))
            report(exceeding(
                event, field == nullptr ? "" : fmt::format("{} {:#x}", row.field, field->value),
                fmt::format("{} accepted", row.name), field == nullptr ? 0 : field->offset));
    }
}

void look_at_setxattr(const RequestEvent& event, Report& report) {
    const Limits& limits = event.state.limits;
    const Node* added = event.operation.find("setxattr_flags");
    if (limits.known && !limits.has(setxattr_ext) && added != nullptr)
        report(exceeding(event, "struct of 16 bytes", "8 without SETXATTR_EXT", added->offset));
}

void look_at_lock(const RequestEvent& event, Report& report) {
    const Limits& limits = event.state.limits;
    if (!limits.known)
        return;
    const bool flock = (event.operation.number("lk_flags").value_or(0) & 1) != 0;
    constexpr std::uint32_t first_with_flag = 17; // before it one flag stood for both kinds
    const unsigned needed = flock && limits.minor >= first_with_flag ? flock_locks : posix_locks;
    if (!limits.has(needed))
        report(exceeding(
            event, flock ? "flock(2) lock" : "POSIX lock",
            fmt::format("{} accepted", needed == flock_locks ? "FLOCK_LOCKS" : "POSIX_LOCKS")));
}

constexpr Check<RequestEvent> request_rows[] = {
    {request_exceeds_negotiated, look_at_write_size, ops(Op::write)},
    {request_exceeds_negotiated, look_at_read_size, ops(Op::read)},
    {request_exceeds_negotiated, look_at_minor, ops(Op::rename2, Op::batch_forget)},
    {request_exceeds_negotiated, look_at_flag,
     ops(Op::readdirplus, Op::setattr, Op::open, Op::create)},
    {request_exceeds_negotiated, look_at_setxattr, ops(Op::setxattr)},
    {request_exceeds_negotiated, look_at_lock, ops(Op::getlk, Op::setlk, Op::setlkw)},
};

// Operations whose ENOSYS the kernel remembers for as long as the connection lives.
constexpr OpSet remembered =
    ops(Op::open, Op::opendir, Op::flush, Op::fsync, Op::fsyncdir, Op::syncfs, Op::access,
        Op::create, Op::tmpfile, Op::fallocate, Op::copy_file_range, Op::copy_file_range_64,
        Op::setxattr, Op::getxattr, Op::listxattr, Op::removexattr, Op::statx, Op::rename2,
        Op::lseek, Op::poll, Op::bmap, Op::link);

// Not every kernel remembers it for these; the ones that do say so, or are new enough.
bool remembers(const AskEvent& event) {
    constexpr std::uint32_t remembers_link = 45;
    const Limits& limits = event.state.limits;
    switch (event.operation.op()) {
    case Op::open:
        return limits.known && limits.offers(no_open_support);
    case Op::opendir:
        return limits.known && limits.offers(no_opendir_support);
    case Op::link:
        return limits.minor_known && limits.minor >= remembers_link;
    default:
        return true;
    }
}

void look_at_enosys(const AskEvent& event, Report& report) {
    const State& state = event.state;
    const auto answered = state.enosys.find(event.message.opcode_number);
    if (answered == state.enosys.end() || (event.message.unique & resend_bit) != 0 ||
        !remembers(event) || event.was_in_flight() ||
        !state.course.lull_since(answered->second, event.record, state.requests))
        return;
    report({.object = event.message.opcode_number,
            .observed = fmt::format("ENOSYS in frame {}", answered->second),
            .expected = "never again on this connection",
            .related = {answered->second}});
}

constexpr Check<AskEvent> ask_rows[] = {
    {{.id = "init-not-first",
      .area = Area::init,
      .severity = Severity::error,
      .text = "request before the INIT reply",
      .consequence = "the kernel holds everything back until INIT is answered",
      .history = History::unbroken},
     [](const AskEvent& event, Report& report) {
         const State& state = event.state;
         if (state.init_frame == 0 && state.init_seen &&
             state.requests.outstanding(state.course.init_unique) != nullptr)
             report({.object = event.message.opcode_number,
                     .observed = fmt::format("unique {}", event.message.unique)});
     },
     every_op & ~ops(Op::init, Op::interrupt)},
    {request_exceeds_negotiated,
     [](const AskEvent& event, Report& report) {
         const Limits& limits = event.state.limits;
         if ((event.message.unique & resend_bit) != 0 && limits.known && !limits.has(has_resend) &&
             !limits.offers(has_resend))
             report(
                 {.offset = 8,
                  .object = resend_bit,
                  .observed = fmt::format("unique {:#x} with the resend bit", event.message.unique),
                  .expected = "HAS_RESEND offered"});
     },
     every_op & ~ops(Op::notify_reply)},
    {{.id = "enosys-resent",
      .area = Area::init,
      .severity = Severity::warn,
      .dialects = upstream_based,
      .text = "opcode is sent again after ENOSYS",
      .consequence = "the kernel remembers ENOSYS and does without the operation",
      .advice = "",
      .doc = "A request that was in the kernel's queue when ENOSYS came is still sent, so this is "
             "told only when the server had nothing to do in between. ENOSYS to IOCTL, to locks "
             "and inside a COMPOUND is not remembered.",
      .history = History::unbroken},
     look_at_enosys,
     remembered},
};

constexpr Check<EndEvent> end_rows[] = {
    {init_idmap,
     [](const EndEvent& event, Report& report) {
         const State& state = event.state;
         const Limits& limits = state.limits;
         const bool nothing_followed = state.requests.highest() == state.course.init_unique;
         if (state.init_frame != 0 && limits.has(allow_idmap) && !limits.has(posix_acl) &&
             limits.major == protocol_major && nothing_followed)
             report({.frame = state.init_frame,
                     .severity = Severity::error,
                     .consequence = "nothing followed: the mount failed"});
     }},
};

} // namespace

constexpr Family init_family{message_rows, init_request_rows, init_rows, exchange_rows,
                             request_rows, ask_rows,          end_rows};

} // namespace fusewire
