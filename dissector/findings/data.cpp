// Reading, writing and what is like it.
#include "dissector/findings/families.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr std::uint32_t in_header = 40, out_header = 16;
constexpr unsigned writeback_cache = 16;
constexpr std::uint64_t write_cache = 1, fopen_direct_io = 1;

std::uint64_t number(const Operation& operation, std::string_view field) {
    return operation.number(field).value_or(0);
}

// At a field of the operation, or at its header when the field is not there.
Sighting at_field(const Operation& operation, std::string_view field) {
    const Node* node = operation.find(field);
    return {.offset = node != nullptr ? node->offset : operation.offset(),
            .sub = operation.sub(),
            .nodeid = operation.nodeid()};
}

Sighting at_reply(const ReplyEvent& event, std::string_view field) {
    Sighting sighting = at_field(event.reply, field);
    sighting.nodeid = event.request.nodeid();
    return sighting;
}

bool succeeded(const ReplyEvent& event) {
    return event.reply.error() == 0;
}

// Bytes of data in a WRITE; nullopt when its fixed part is not whole.
std::optional<std::uint32_t> written_bytes(const Operation& write) {
    constexpr std::uint32_t whole = 40, before_7_9 = 24;
    const std::size_t captured = write.message().bytes.size();
    const bool cut = captured < std::min(write.length(), in_header + whole);
    if (cut || !write.number("write_flags"))
        return std::nullopt;
    const std::uint32_t fixed = write.find("padding") != nullptr ? whole : before_7_9;
    const std::uint32_t body = write.body_length();
    return body < fixed ? std::nullopt : std::optional(body - fixed);
}

void look_at_write_length(const AskEvent& event, Report& report) {
    const Operation& write = event.operation;
    const auto bytes = written_bytes(write);
    const std::uint64_t size = number(write, "size");
    if (!bytes || *bytes == size || !event.has_true_length())
        return;
    Sighting sighting = at_field(write, "size");
    sighting.observed = fmt::format("size {}", size);
    sighting.expected = fmt::format("the {} bytes that follow", *bytes);
    report(std::move(sighting));
}

constexpr std::uint64_t dax_range = std::uint64_t{1} << 21;

void look_at_setupmapping(const Operation& request, Report& report) {
    struct Wrong {
        const char* field;
        bool wrong;
        const char* expected;
    };
    const auto unaligned = [&](const char* field) {
        return number(request, field) % dax_range != 0;
    };
    const Wrong fields[] = {
        {"fh", number(request, "fh") != ~std::uint64_t{0}, "all ones: no open file"},
        {"len", number(request, "len") != dax_range, "2 MiB"},
        {"foffset", unaligned("foffset"), "a multiple of 2 MiB"},
        {"moffset", unaligned("moffset"), "a multiple of 2 MiB"},
    };
    for (const Wrong& field : fields) {
        if (!field.wrong || !request.number(field.field))
            continue;
        Sighting sighting = at_field(request, field.field);
        sighting.observed = fmt::format("{} {:#x}", field.field, number(request, field.field));
        sighting.expected = field.expected;
        return report(std::move(sighting));
    }
}

void look_at_removemapping(const Operation& request, Report& report) {
    constexpr std::uint32_t count_size = 4, record_size = 16;
    const std::uint64_t count = number(request, "count");
    const std::uint32_t body = request.body_length();
    if (!request.number("count") || (count != 0 && body - count_size == count * record_size))
        return;
    Sighting sighting = at_field(request, "count");
    sighting.observed = fmt::format("count {}", count);
    sighting.expected =
        fmt::format("at least 1, and {} bytes of records hold it", body - count_size);
    report(std::move(sighting));
}

constexpr Check<AskEvent> ask_rows[] = {
    {{.id = "write-len-mismatch",
      .area = Area::data,
      .severity = Severity::error,
      .text = "size of a WRITE is not the number of bytes it brings",
      .consequence = "a server that trusts size reads past the end of the message, or writes less",
      .advice = ""},
     look_at_write_length,
     ops(Op::write)},
    {{.id = "dax-args",
      .area = Area::data,
      .severity = Severity::warn,
      .dialects = classic,
      .text = "mapping request that the kernel does not send",
      .consequence = "the kernel maps the DAX window in aligned pieces of 2 MiB, without an fh",
      .advice = ""},
     [](const AskEvent& event, Report& report) {
         if (!event.has_true_length())
             return;
         if (event.operation.is(Op::setupmapping))
             look_at_setupmapping(event.operation, report);
         else
             look_at_removemapping(event.operation, report);
     },
     ops(Op::setupmapping, Op::removemapping)},
};

// Payload of a successful reply; nullopt for an error, and where it is not certain.
std::optional<std::uint32_t> payload_of(const ExchangeEvent& event) {
    if (event.message.error != 0 || event.message.length < out_header || !event.has_true_length())
        return std::nullopt;
    return event.message.length - out_header;
}

// The reply to `event` is longer than the request allows.
void look_for_more_than(std::optional<std::uint64_t> allowed, const ExchangeEvent& event,
                        Report& report) {
    const auto payload = payload_of(event);
    if (payload && allowed && *payload > *allowed)
        report({.offset = out_header,
                .nodeid = event.request.nodeid,
                .observed = fmt::format("{} bytes", *payload),
                .expected = fmt::format("at most {}", *allowed)});
}

constexpr std::uint32_t ioctl_head = 16;
constexpr std::uint64_t ioctl_unrestricted = 1u << 1, ioctl_retry = 1u << 2;

bool is_retry(const Operation& reply) {
    return (number(reply, "flags") & ioctl_retry) != 0;
}

void look_at_iovecs(const ExchangeEvent& event, Report& report) {
    constexpr std::uint64_t most = 256, iovec_size = 16;
    constexpr std::uint32_t native_before = 16;
    const Operation asked(event.request), answered(event.message);
    const auto payload = payload_of(event);
    const bool restricted = (number(asked, "flags") & ioctl_unrestricted) == 0;
    if (!payload || *payload < ioctl_head || !is_retry(answered) || restricted)
        return;
    const std::uint64_t count = number(answered, "in_iovs") + number(answered, "out_iovs");
    Sighting sighting = at_field(answered, "in_iovs");
    sighting.nodeid = event.request.nodeid;
    sighting.observed = fmt::format("{} areas in {} bytes", count, *payload - ioctl_head);
    if (count > most) {
        sighting.expected = fmt::format("at most {}", most);
        sighting.consequence = "the caller gets ENOMEM";
        return report(std::move(sighting));
    }
    const Limits& limits = event.state.limits;
    const bool native = limits.minor_known && limits.minor < native_before;
    if (native || count * iovec_size == *payload - ioctl_head)
        return;
    sighting.expected = fmt::format("{} bytes", count * iovec_size);
    report(std::move(sighting));
}

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {{.id = "read-too-long",
      .area = Area::data,
      .severity = Severity::error,
      .text = "READ is answered with more than was asked for",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "send at most size bytes"},
     [](const ExchangeEvent& event, Report& report) {
         look_for_more_than(Operation(event.request).number("size"), event, report);
     },
     ops(Op::read)},
    {{.id = "readlink-too-long",
      .area = Area::data,
      .severity = Severity::error,
      .text = "link target is too long",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice = "send at most 4095 bytes, without a NUL"},
     [](const ExchangeEvent& event, Report& report) {
         constexpr std::uint64_t longest = 4095;
         look_for_more_than(longest, event, report);
     },
     ops(Op::readlink)},
    {{.id = "ioctl-out-too-big",
      .area = Area::data,
      .severity = Severity::error,
      .text = "IOCTL is answered with more than there is room for",
      .consequence = "the caller gets EIO",
      .advice = "send at most out_size bytes behind fuse_ioctl_out"},
     [](const ExchangeEvent& event, Report& report) {
         const auto room = Operation(event.request).number("out_size");
         if (room && !is_retry(Operation(event.message)))
             look_for_more_than(ioctl_head + *room, event, report);
     },
     ops(Op::ioctl)},
    {{.id = "ioctl-iovecs",
      .area = Area::data,
      .severity = Severity::error,
      .text = "memory areas of an IOCTL retry do not fit the reply",
      .consequence = "the caller gets EIO",
      .advice = "send 16 bytes for each of in_iovs and out_iovs, 256 in all at most",
      .doc = "Before 7.16 they were struct iovec of the server's machine, which is not checked."},
     look_at_iovecs,
     ops(Op::ioctl)},
};

// Regular files whose size the kernel has from the server, unchanged since. nullptr: not certain.
const NodeState* file_of_known_size(const ReplyEvent& event) {
    const NodeState* node = event.state.find(event.request.nodeid());
    if (node == nullptr || node->type() != type_regular || node->modified ||
        event.state.limits.has(writeback_cache))
        return nullptr;
    return node;
}

bool is_direct(const ReplyEvent& event) {
    const FhKey key{FhSpace::file, number(event.request, "fh"), event.request.nodeid()};
    const OpenFile* file = event.state.find(key);
    return file == nullptr || (file->fopen & fopen_direct_io) != 0;
}

struct ReadRange {
    std::uint64_t end = 0; // of what came
    std::uint64_t asked_end = 0;
    std::uint32_t bytes = 0;
};

std::optional<ReadRange> range_of(const ReplyEvent& event) {
    const std::uint64_t offset = number(event.request, "offset");
    const std::uint64_t size = number(event.request, "size");
    ReadRange range;
    range.bytes = event.reply.body_length();
    if (range.bytes > size || __builtin_add_overflow(offset, range.bytes, &range.end) ||
        __builtin_add_overflow(offset, size, &range.asked_end))
        return std::nullopt;
    return range;
}

void look_for_short_read(const ReplyEvent& event, Report& report) {
    const NodeState* node = succeeded(event) ? file_of_known_size(event) : nullptr;
    const auto range = range_of(event);
    if (node == nullptr || !range || range->end >= node->attributes->size ||
        range->end >= range->asked_end || is_direct(event))
        return;
    Sighting sighting = at_reply(event, "data");
    sighting.observed = fmt::format("{} bytes, up to {}", range->bytes, range->end);
    sighting.expected = fmt::format("{} bytes, or up to the size {}", number(event.request, "size"),
                                    node->attributes->size);
    sighting.related = {node->attributes_frame};
    report(std::move(sighting));
}

void look_beyond_end(const ReplyEvent& event, Report& report) {
    const NodeState* node = succeeded(event) ? file_of_known_size(event) : nullptr;
    const auto range = range_of(event);
    if (node == nullptr || !range || range->bytes == 0 || range->end <= node->attributes->size ||
        is_direct(event))
        return;
    Sighting sighting = at_reply(event, "data");
    sighting.observed = fmt::format("data up to {}", range->end);
    sighting.expected = fmt::format("nothing beyond the size {}", node->attributes->size);
    sighting.related = {node->attributes_frame};
    report(std::move(sighting));
}

void look_at_written(const ReplyEvent& event, Report& report, bool too_big) {
    const auto written = succeeded(event) ? event.reply.number("size") : std::nullopt;
    const auto asked = event.request.number("size");
    if (!written || !asked || (too_big ? *written <= *asked : *written >= *asked))
        return;
    Sighting sighting = at_reply(event, "size");
    sighting.observed = fmt::format("{} bytes", *written);
    sighting.expected = fmt::format("{}{}", too_big ? "at most " : "", *asked);
    report(std::move(sighting));
}

struct StatfsCheck {
    const char* lower; // must be at most the other, or not be 0 where there is no other
    const char* upper;
};
constexpr StatfsCheck statfs_checks[] = {
    {"bsize", nullptr},  {"namelen", nullptr}, {"bfree", "blocks"},
    {"bavail", "bfree"}, {"ffree", "files"},
};

void look_at_statfs(const ReplyEvent& event, Report& report) {
    for (const StatfsCheck& check : statfs_checks) {
        const Node* node = event.reply.find("st", check.lower);
        if (node == nullptr)
            continue;
        const std::uint64_t limit =
            check.upper == nullptr ? 0 : event.reply.number("st", check.upper).value_or(0);
        const bool wrong = check.upper == nullptr ? node->value == 0 : node->value > limit;
        if (!wrong)
            continue;
        report({.offset = node->offset,
                .sub = event.reply.sub(),
                .nodeid = event.request.nodeid(),
                .observed = fmt::format("{} {}", check.lower, node->value),
                .expected = check.upper == nullptr
                                ? "more than 0"
                                : fmt::format("at most {} {}", check.upper, limit)});
        return;
    }
}

constexpr std::uint64_t seek_data = 3, seek_hole = 4;

void look_at_whence(const RequestEvent& event, Report& report) {
    const std::uint64_t whence = number(event.operation, "whence");
    if (whence == seek_data || whence == seek_hole)
        return;
    Sighting sighting = at_field(event.operation, "whence");
    sighting.observed = fmt::format("whence {}", whence);
    sighting.expected = "SEEK_DATA or SEEK_HOLE";
    sighting.text = "LSEEK that the kernel does not send";
    sighting.consequence = "the kernel works out all other positions by itself";
    report(std::move(sighting));
}

void look_at_seek(const ReplyEvent& event, Report& report) {
    const auto result = succeeded(event) ? event.reply.number("offset") : std::nullopt;
    if (!result)
        return;
    const auto found = static_cast<std::int64_t>(*result);
    const auto asked = static_cast<std::int64_t>(number(event.request, "offset"));
    Sighting sighting = at_reply(event, "offset");
    sighting.observed = fmt::format("offset {}", found);
    if (found < asked) {
        sighting.expected = fmt::format("at least the {} that was asked from", asked);
        return report(std::move(sighting));
    }
    const NodeState* node = file_of_known_size(event);
    if (node == nullptr || *result <= node->attributes->size)
        return;
    sighting.expected = fmt::format("at most the size {}", node->attributes->size);
    sighting.related = {node->attributes_frame};
    sighting.severity = Severity::note; // others may have written
    report(std::move(sighting));
}

constexpr RuleInfo lseek_result{
    .id = "lseek-result",
    .area = Area::data,
    .severity = Severity::error,
    .text = "LSEEK is answered with a position that cannot be",
    .consequence = "the caller gets it as it is; programs that copy holes loop or skip data",
    .advice = "answer with the first data or hole at or after the offset, ENXIO behind the end",
    .doc = "A position beyond the size that the server told last is only a note: others may have "
           "written to the file."};

void look_at_copy_length(const RequestEvent& event, Report& report) {
    constexpr std::uint64_t most = 0xfffff000;
    const std::uint64_t length = number(event.operation, "len");
    if (length <= most)
        return;
    Sighting sighting = at_field(event.operation, "len");
    sighting.observed = fmt::format("len {}", length);
    sighting.expected = fmt::format("at most {}", most);
    sighting.text = "COPY_FILE_RANGE is asked for more than it can answer";
    sighting.consequence = "the kernel caps the length; the reply holds 32 bits";
    report(std::move(sighting));
}

void look_at_copied(const ReplyEvent& event, Report& report) {
    const char* field = event.request.is(Op::copy_file_range) ? "size" : "bytes_copied";
    const auto copied = succeeded(event) ? event.reply.number(field) : std::nullopt;
    const auto asked = event.request.number("len");
    if (!copied || !asked || *copied <= *asked)
        return;
    Sighting sighting = at_reply(event, field);
    sighting.observed = fmt::format("{} bytes", *copied);
    sighting.expected = fmt::format("at most {}", *asked);
    report(std::move(sighting));
}

constexpr RuleInfo copy_result{.id = "copy-result",
                               .area = Area::data,
                               .severity = Severity::error,
                               .text = "more was copied than was asked for",
                               .consequence = "the caller gets EIO",
                               .advice = "copy at most len bytes and answer with their number"};

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "write-direct-flags",
      .area = Area::data,
      .severity = Severity::note,
      .text = "WRITE from the page cache though the writeback cache is off",
      .consequence = "uid, gid and fh are those of any writer",
      .advice = "do not check permissions by the fh or the uid of such a WRITE",
      .doc = "Memory mappings that are written to make it normal. Reported once for each "
             "connection."},
     [](const RequestEvent& event, Report& report) {
         const Limits& limits = event.state.limits;
         if (!limits.known || limits.has(writeback_cache) ||
             (number(event.operation, "write_flags") & write_cache) == 0)
             return;
         Sighting sighting = at_field(event.operation, "write_flags");
         sighting.nodeid = 0;
         report(std::move(sighting));
     },
     ops(Op::write)},
    {{.id = "fallocate-mode",
      .area = Area::data,
      .severity = Severity::warn,
      .text = "FALLOCATE with a mode that the kernel does not pass on",
      .consequence = "the kernel refuses other modes with EOPNOTSUPP before it asks the server",
      .advice = "",
      .doc = "Only KEEP_SIZE, PUNCH_HOLE with KEEP_SIZE, and ZERO_RANGE reach a server."},
     [](const RequestEvent& event, Report& report) {
         constexpr std::uint64_t keep_size = 1, punch_hole = 2, zero_range = 16;
         const std::uint64_t mode = number(event.operation, "mode");
         const bool unknown = (mode & ~(keep_size | punch_hole | zero_range)) != 0;
         const bool bare_hole = (mode & punch_hole) != 0 && (mode & keep_size) == 0;
         if (!unknown && !bare_hole)
             return;
         Sighting sighting = at_field(event.operation, "mode");
         sighting.observed = fmt::format("mode {:#x}", mode);
         sighting.expected = unknown ? "bits of 0x13" : "KEEP_SIZE with PUNCH_HOLE";
         report(std::move(sighting));
     },
     ops(Op::fallocate)},
    {lseek_result, look_at_whence, ops(Op::lseek)},
    {copy_result, look_at_copy_length, ops(Op::copy_file_range)},
};

constexpr Check<ReplyEvent> reply_rows[] = {
    {{.id = "write-reply-too-big",
      .area = Area::data,
      .severity = Severity::error,
      .text = "more was written than was asked for",
      .consequence = "the caller gets EIO, though the data may have been written",
      .advice = "answer with the number of bytes taken from this request"},
     [](const ReplyEvent& event, Report& report) { look_at_written(event, report, true); },
     ops(Op::write)},
    {{.id = "write-short",
      .area = Area::data,
      .severity = Severity::note,
      .text = "less was written than was asked for",
      .consequence = "write(2) returns the smaller number; data out of the page cache is lost and "
                     "fsync(2) reports EIO",
      .advice = "write everything, or answer with an error such as ENOSPC"},
     [](const ReplyEvent& event, Report& report) { look_at_written(event, report, false); },
     ops(Op::write)},
    {{.id = "read-short",
      .area = Area::data,
      .severity = Severity::note,
      .text = "READ is answered with less than there is",
      .consequence =
          "the kernel takes it for the end of the file, fills the page with zeros and may "
          "make the file shorter",
      .advice = "fill the buffer up to the end of the file; FOPEN_DIRECT_IO allows short reads",
      .doc =
          "By the size that the server told last. Files with FOPEN_DIRECT_IO and connections with "
          "the writeback cache are not judged.",
      .history = History::unbroken},
     look_for_short_read,
     ops(Op::read)},
    {{.id = "read-beyond-eof",
      .area = Area::data,
      .severity = Severity::note,
      .text = "READ is answered with data beyond the end of the file",
      .consequence = "the caller sees only what lies within the size that the kernel knows",
      .advice = "report the size with the data: INVAL_INODE when a file grows behind the kernel's "
                "back, FOPEN_DIRECT_IO when the size is not known",
      .doc =
          "By the size that the server told last. Files with FOPEN_DIRECT_IO and connections with "
          "the writeback cache are not judged.",
      .history = History::unbroken},
     look_beyond_end,
     ops(Op::read)},
    {{.id = "readlink-empty",
      .area = Area::data,
      .severity = Severity::warn,
      .text = "link target is empty",
      .consequence = "readlink(2) returns 0, and opening through the link opens the directory that "
                     "holds it",
      .advice = "send the target without a NUL; ENOENT when the link is gone, EINVAL when it is no "
                "link"},
     [](const ReplyEvent& event, Report& report) {
         if (succeeded(event) && event.reply.body_length() == 0)
             report(at_reply(event, "target"));
     },
     ops(Op::readlink)},
    {{.id = "readlink-nul",
      .area = Area::data,
      .severity = Severity::warn,
      .text = "link target has a NUL in it",
      .consequence = "the target ends there for the caller",
      .advice = "send the target alone: its length is that of the reply"},
     [](const ReplyEvent& event, Report& report) {
         const std::string_view target = event.reply.text("target");
         const std::size_t nul = target.find('\0');
         if (!succeeded(event) || nul == std::string_view::npos)
             return;
         Sighting sighting = at_reply(event, "target");
         sighting.offset += static_cast<std::uint32_t>(nul);
         sighting.observed = fmt::format("NUL after {} of {} bytes", nul, target.size());
         report(std::move(sighting));
     },
     ops(Op::readlink)},
    {{.id = "statfs-values",
      .area = Area::data,
      .severity = Severity::warn,
      .text = "STATFS is answered with values that cannot be",
      .consequence = "df and programs that look for free space divide by zero or go wrong",
      .advice = "fill in bsize and namelen, and keep bavail <= bfree <= blocks, ffree <= files"},
     [](const ReplyEvent& event, Report& report) {
         if (succeeded(event))
             look_at_statfs(event, report);
     },
     ops(Op::statfs)},
    {lseek_result, look_at_seek, ops(Op::lseek)},
    {copy_result, look_at_copied, ops(Op::copy_file_range, Op::copy_file_range_64)},
    {{.id = "poll-revents",
      .area = Area::data,
      .severity = Severity::note,
      .text = "POLL is answered with events that nobody asked for",
      .consequence = "poll(2) leaves them out; the kernel passes them on as they are",
      .advice = "answer with bits of events, POLLERR and POLLHUP",
      .doc = "Before 7.21 the request has no events, and it is not checked."},
     [](const ReplyEvent& event, Report& report) {
         constexpr std::uint64_t always = 8 | 16 | 32; // POLLERR, POLLHUP, POLLNVAL
         constexpr std::uint32_t with_events = 21;
         const Limits& limits = event.state.limits;
         const auto asked = event.request.number("events");
         const std::uint64_t events = asked.value_or(0);
         const auto got = succeeded(event) ? event.reply.number("revents") : std::nullopt;
         if (!got || !asked || (*got & ~(events | always)) == 0 ||
             (limits.minor_known ? limits.minor < with_events : events == 0))
             return;
         Sighting sighting = at_reply(event, "revents");
         sighting.observed = fmt::format("revents {:#x}", *got);
         sighting.expected = fmt::format("bits of {:#x}", events | always);
         report(std::move(sighting));
     },
     ops(Op::poll)},
    {{.id = "ioctl-retry-restricted",
      .area = Area::data,
      .severity = Severity::error,
      .text = "IOCTL retry for a request that may not be retried",
      .consequence = "the caller gets EIO",
      .advice = "use the sizes that the command's number tells; only CUSE with UNRESTRICTED_IOCTL "
                "may ask for other memory"},
     [](const ReplyEvent& event, Report& report) {
         const auto flags = event.request.number("flags");
         if (succeeded(event) && is_retry(event.reply) && flags &&
             (*flags & ioctl_unrestricted) == 0)
             report(at_reply(event, "flags"));
     },
     ops(Op::ioctl)},
};

constexpr Check<NotifyEvent> notify_rows[] = {
    {{.id = "poll-kh-unknown",
      .area = Area::data,
      .severity = Severity::note,
      .text = "NOTIFY_POLL with a kh that no POLL asked to be told about",
      .consequence = "the kernel ignores it without a word",
      .advice = "keep the kh of a POLL with SCHEDULE_NOTIFY, and forget it after RELEASE",
      .history = History::complete},
     [](const NotifyEvent& event, Report& report) {
         const auto kh = event.notification.number("kh");
         const auto& known = event.state.poll_handles;
         if (event.code() != NotifyCode::poll || !kh || known.find(*kh) != nullptr ||
             known.dropped())
             return;
         Sighting sighting = at_field(event.notification, "kh");
         sighting.nodeid = 0;
         sighting.object = *kh;
         sighting.observed = fmt::format("kh {:#x}", *kh);
         sighting.expected = "the kh of an earlier POLL";
         report(std::move(sighting));
     }},
};

constexpr Suppression suppressed[] = {
    {"write-len-mismatch", "body-short"},
    {"write-len-mismatch", "body-long"},
    {"dax-args", "array-count"},
    {"dax-args", "body-long"},
    {"ioctl-iovecs", "array-count"},
    {"ioctl-retry-restricted", "array-count"},
    {"read-too-long", "reply-size-over"},
    {"readlink-too-long", "reply-size-over"},
    {"ioctl-out-too-big", "reply-size-over"},
    {"readlink-too-long", "readlink-nul"},
};

constexpr OmittedRule left_out[] = {
    {"data-mismatch", Area::data,
     "what a READ should return cannot be told from earlier WRITEs: the file may be written "
     "through "
     "other mounts, by the server itself or by COPY_FILE_RANGE, and requests overtake each other"},
    {"bmap-non-blk", Area::data,
     "the messages do not say whether the mount is fuseblk, and kernels send BMAP only for those"},
};

} // namespace

constexpr Family data_family{ask_rows,    exchange_rows, request_rows, reply_rows,
                             notify_rows, suppressed,    left_out};

} // namespace fusewire
