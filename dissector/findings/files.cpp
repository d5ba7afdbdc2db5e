// Open files and directories by fh.
#include "dissector/findings/families.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr std::uint64_t write_cache = 1;
constexpr unsigned atomic_o_trunc = 3, writeback_cache = 16, passthrough_feature = 37;
constexpr std::uint32_t access_bits = 3, write_only = 1, read_only = 0;

std::string_view spelling(FhSpace space) {
    return space == FhSpace::file ? "file" : "directory";
}

bool opens(const Operation& operation) {
    return operation.is(Op::open) || operation.is(Op::opendir) || operation.is(Op::create);
}

// In a compound an operation may use what an earlier one opens, with a number made up by the kernel.
bool follows_open(const Operation& operation) {
    for (std::int16_t i = 0; i < operation.sub(); ++i)
        if (opens(Operation(operation.message(), static_cast<std::size_t>(i))))
            return true;
    return false;
}

// After ENOSYS to OPEN or OPENDIR, and where OPEN does not exist, the kernel uses fh 0 throughout.
bool works_without_open(const FhUseEvent& event) {
    constexpr std::uint32_t open_number = 14, opendir_number = 27;
    if (event.key.fh != 0)
        return false;
    const bool file = event.key.space == FhSpace::file;
    return event.message.dialect == DialectName::fusex_a ||
           event.state.enosys.contains(file ? open_number : opendir_number);
}

bool is_cached_write(const Operation& operation) {
    return operation.is(Op::write) &&
           (operation.number("write_flags").value_or(0) & write_cache) != 0;
}

bool is_resent(const Message& message) {
    return (message.unique & resend_bit) != 0;
}

// What is wrong with the fh of a request.
enum class Fault : std::uint8_t { none, unknown, released, other_space, other_node };

Fault fault_of(const FhUseEvent& event) {
    if (event.file != nullptr && (event.file->opens > 0 || event.file->assumed))
        return Fault::none;
    const bool device = event.key.nodeid == 0; // CUSE
    if (device || works_without_open(event) || is_cached_write(event.operation) ||
        is_resent(event.message) || follows_open(event.operation))
        return Fault::none;
    const bool shared = event.state.shares_fhs(event.key.space);
    if (event.file != nullptr)
        return event.file->released > 0 && !shared ? Fault::released : Fault::none;
    if (event.other_space != nullptr)
        return Fault::other_space;
    return event.other_node != 0 && !shared ? Fault::other_node : Fault::unknown;
}

Sighting sighting_of(const FhUseEvent& event, std::string expected) {
    return {.offset = event.offset,
            .sub = event.operation.sub(),
            .nodeid = event.key.nodeid,
            .object = event.key.fh,
            .observed = fmt::format("fh {:#x} on nodeid {}", event.key.fh, event.key.nodeid),
            .expected = std::move(expected)};
}

void report_released(const FhUseEvent& event, Report& report) {
    Sighting sighting = sighting_of(
        event, fmt::format("nothing after its release in frame {}", event.file->release_frame));
    sighting.related = {event.file->open_frame, event.file->release_frame};
    if (event.file->open_frame == 0)
        sighting.related.erase(sighting.related.begin());
    report(std::move(sighting));
}

constexpr OpSet releases = ops(Op::release, Op::releasedir);
constexpr OpSet late_uses = every_op & ~releases & ~ops(Op::flush);

constexpr Check<FhUseEvent> use_rows[] = {
    {{.id = "fh-unknown",
      .area = Area::files,
      .severity = Severity::error,
      .text = "request with an fh that the server never returned for this node",
      .consequence = "a server that looks the number up finds nothing, or another open file",
      .advice = "look for an OPEN reply that the kernel read differently than it was meant",
      .doc =
          "Legal with fh 0 once OPEN or OPENDIR was answered ENOSYS, and for writes from the page "
          "cache, which use any open file of the node.",
      .history = History::complete},
     [](const FhUseEvent& event, Report& report) {
         if (fault_of(event) == Fault::unknown)
             report(sighting_of(event, "an fh out of an earlier reply"));
     }},
    {{.id = "fh-wrong-node",
      .area = Area::files,
      .severity = Severity::error,
      .text = "fh is used with another nodeid than it was opened on",
      .consequence = "the server works on a file that the caller did not mean",
      .advice = "look for two OPEN replies with one fh, or a capture that misses an OPEN",
      .doc = "Not judged where the server gives one number to several open files.",
      .history = History::complete},
     [](const FhUseEvent& event, Report& report) {
         if (fault_of(event) == Fault::other_node)
             report(sighting_of(event, fmt::format("nodeid {}", event.other_node)));
     }},
    {{.id = "fh-wrong-space",
      .area = Area::files,
      .severity = Severity::error,
      .text = "fh of a directory is used for a file, or the reverse",
      .consequence = "a server with one table for both takes one object for the other",
      .advice = "",
      .history = History::unbroken},
     [](const FhUseEvent& event, Report& report) {
         if (fault_of(event) != Fault::other_space)
             return;
         Sighting sighting =
             sighting_of(event, fmt::format("the fh of a {}", spelling(event.key.space)));
         if (event.other_space->open_frame != 0)
             sighting.related = {event.other_space->open_frame};
         report(std::move(sighting));
     }},
    {{.id = "fh-after-release",
      .area = Area::files,
      .severity = Severity::error,
      .text = "fh is used after its release",
      .consequence = "the server may have freed what the fh stands for",
      .advice = "",
      .doc =
          "The kernel sends RELEASE last. Not judged where the server gives one number to several "
          "open files.",
      .history = History::unbroken},
     [](const FhUseEvent& event, Report& report) {
         if (fault_of(event) == Fault::released)
             report_released(event, report);
     },
     late_uses},
    {{.id = "flush-after-release",
      .area = Area::files,
      .severity = Severity::error,
      .text = "FLUSH of an fh after its release",
      .consequence = "the server may have freed what the fh stands for",
      .advice = "",
      .doc = "The kernel sends a FLUSH for each close(2), and RELEASE after the last one.",
      .history = History::unbroken},
     [](const FhUseEvent& event, Report& report) {
         if (fault_of(event) == Fault::released)
             report_released(event, report);
     },
     ops(Op::flush)},
    {{.id = "fh-double-release",
      .area = Area::files,
      .severity = Severity::error,
      .text = "fh is released more often than it was opened",
      .consequence = "the server frees the open file twice",
      .advice = "",
      .doc =
          "A request that is sent again after RESEND does not count. Not judged where the server "
          "gives one number to several open files.",
      .history = History::unbroken},
     [](const FhUseEvent& event, Report& report) {
         if (fault_of(event) == Fault::released)
             report_released(event, report);
     },
     releases},
    {{.id = "fh-access-mode",
      .area = Area::files,
      .severity = Severity::error,
      .dialects = classic,
      .text = "READ of a file opened for writing only, or WRITE of one opened for reading only",
      .consequence = "a server that opened its own file with the same flags gets EBADF",
      .advice = "",
      .doc =
          "With the writeback cache the kernel reads the rest of a page through a file opened for "
          "writing only. The flags of OPEN beside MKOBJ_HANDLE say nothing. Not judged where the "
          "server gives one number to several open files.",
      .history = History::unbroken},
     [](const FhUseEvent& event, Report& report) {
         const OpenFile* file = event.file;
         if (file == nullptr || file->opens != 1 || file->assumed || file->from_mkobj ||
             file->doubtful || file->open_frame == 0 || event.state.shares_fhs(FhSpace::file))
             return;
         const bool reads = event.operation.is(Op::read);
         const std::uint32_t access = file->flags & access_bits;
         const bool cached =
             reads ? event.state.limits.has(writeback_cache) : is_cached_write(event.operation);
         if (cached || access != (reads ? write_only : read_only))
             return;
         Sighting sighting =
             sighting_of(event, reads ? "an fh open for reading" : "an fh open for writing");
         sighting.related = {file->open_frame};
         report(std::move(sighting));
     },
     ops(Op::read, Op::write)},
};

constexpr Check<RequestEvent> request_rows[] = {
    {{.id = "fh-open-flags",
      .area = Area::files,
      .severity = Severity::warn,
      .text = "OPEN with flags that the kernel takes out",
      .consequence = "a server that passes them to open(2) creates or empties the file",
      .advice = "",
      .doc = "O_CREAT, O_EXCL and O_NOCTTY never reach OPEN, and O_TRUNC only after ATOMIC_O_TRUNC "
             "was accepted. The numbers are those of x86, arm64 and riscv."},
     [](const RequestEvent& event, Report& report) {
         constexpr std::uint32_t o_creat = 0100, o_excl = 0200, o_noctty = 0400, o_trunc = 01000;
         std::uint32_t never = o_creat | o_excl | o_noctty;
         const Limits& limits = event.state.limits;
         if (limits.known && !limits.has(atomic_o_trunc))
             never |= o_trunc;
         const Node* flags = event.operation.find("flags");
         if (flags != nullptr && (flags->value & never) != 0)
             report({.offset = flags->offset,
                     .sub = event.operation.sub(),
                     .nodeid = event.operation.nodeid(),
                     .observed = fmt::format("flags {:#o}", flags->value),
                     .expected = fmt::format("none of {:#o}", flags->value & never)});
     },
     ops(Op::open, Op::opendir)},
};

Sighting fopen_sighting(const OpenEvent& event) {
    constexpr std::uint32_t behind_fh = 8;
    return {.offset = event.offset + behind_fh,
            .sub = event.reply.sub(),
            .nodeid = event.key.nodeid,
            .observed = fmt::format("open_flags {:#x}", event.fopen)};
}

constexpr std::uint32_t direct_io = 1u << 0, parallel_direct_writes = 1u << 6,
                        passthrough = 1u << 7;

std::int64_t backing_id(const OpenEvent& event) {
    return static_cast<std::int64_t>(event.reply.number("backing_id").value_or(0));
}

constexpr Check<OpenEvent> open_rows[] = {
    {{.id = "fopen-unknown-bits",
      .area = Area::files,
      .severity = Severity::warn,
      .dialects = classic,
      .text = "open_flags of the reply has bits that the kernel does not know",
      .consequence = "they have no effect, or another one in a later kernel",
      .advice = "set only FOPEN_* flags of the negotiated minor, and clear the reply first"},
     [](const OpenEvent& event, Report& report) {
         constexpr std::uint32_t known = 0x1ff, known_before_46 = 0xff;
         const Limits& limits = event.state.limits;
         const std::uint32_t mask = limits.known && limits.minor < 46 ? known_before_46 : known;
         if ((event.fopen & ~mask) == 0)
             return;
         Sighting sighting = fopen_sighting(event);
         sighting.expected = fmt::format("bits of {:#x}", mask);
         report(std::move(sighting));
     }},
    {{.id = "fopen-passthrough",
      .area = Area::files,
      .severity = Severity::error,
      .dialects = classic,
      .text = "FOPEN_PASSTHROUGH cannot work here",
      .consequence = "open fails with EIO, and a RELEASE follows",
      .advice =
          "accept PASSTHROUGH in INIT with max_stack_depth 1 or 2 and without WRITEBACK_CACHE, "
          "and put the number from FUSE_DEV_IOC_BACKING_OPEN into backing_id",
      .doc =
          "Another open of the same node without passthrough is refused as well, but whether one "
          "is still open in the kernel a capture cannot tell.",
      .history = History::unbroken},
     [](const OpenEvent& event, Report& report) {
         if ((event.fopen & passthrough) == 0 || event.key.space != FhSpace::file)
             return;
         const Limits& limits = event.state.limits;
         const bool negotiated =
             !limits.known || (limits.has(passthrough_feature) && !limits.has(writeback_cache));
         if (negotiated && backing_id(event) > 0)
             return;
         Sighting sighting = fopen_sighting(event);
         if (negotiated)
             sighting.observed = fmt::format("backing_id {}", backing_id(event));
         sighting.expected = negotiated ? "a backing_id above 0" : "PASSTHROUGH accepted in INIT";
         report(std::move(sighting));
     }},
    {{.id = "fopen-backing-id",
      .area = Area::files,
      .severity = Severity::note,
      .dialects = classic,
      .text = "backing_id without FOPEN_PASSTHROUGH",
      .consequence = "the kernel does not look at it",
      .advice = "set FOPEN_PASSTHROUGH with it, or leave it 0"},
     [](const OpenEvent& event, Report& report) {
         if ((event.fopen & passthrough) != 0 || backing_id(event) == 0)
             return;
         Sighting sighting = fopen_sighting(event);
         sighting.observed = fmt::format("backing_id {}", backing_id(event));
         report(std::move(sighting));
     }},
    {{.id = "fopen-parallel-without-direct",
      .area = Area::files,
      .severity = Severity::note,
      .dialects = classic,
      .text = "FOPEN_PARALLEL_DIRECT_WRITES without FOPEN_DIRECT_IO",
      .consequence = "the kernel clears it: writes of one file go one after another",
      .advice = "set FOPEN_DIRECT_IO as well, or neither"},
     [](const OpenEvent& event, Report& report) {
         if ((event.fopen & parallel_direct_writes) != 0 && (event.fopen & direct_io) == 0 &&
             event.key.space == FhSpace::file)
             report(fopen_sighting(event));
     }},
    {{.id = "fopen-on-dir",
      .area = Area::files,
      .severity = Severity::note,
      .dialects = classic,
      .text = "FOPEN_DIRECT_IO for a directory",
      .consequence = "the kernel clears it",
      .advice = "leave it out of OPENDIR replies; without FOPEN_CACHE_DIR nothing is cached"},
     [](const OpenEvent& event, Report& report) {
         if ((event.fopen & direct_io) != 0 && event.key.space == FhSpace::directory)
             report(fopen_sighting(event));
     }},
};

constexpr Check<ReplyEvent> reply_rows[] = {
    {{.id = "release-error",
      .area = Area::files,
      .severity = Severity::note,
      .text = "RELEASE is answered with an error",
      .consequence = "nobody gets to see it: close(2) was over before",
      .advice = "report errors of writing back from FLUSH or FSYNC"},
     [](const ReplyEvent& event, Report& report) {
         if (event.reply.error() != 0)
             report({.offset = event.reply.offset(),
                     .sub = event.reply.sub(),
                     .nodeid = event.request.nodeid(),
                     .observed = fmt::format("error {}", event.reply.error())});
     },
     releases},
};

// An open file that the kernel does not keep, because another part of its compound failed.
void look_for_lost_open(const CompoundReplyEvent& event, Report& report) {
    constexpr DialectSet all_or_nothing =
        in_dialects(DialectName::lookup_handle_v3, DialectName::compound_v4,
                    DialectName::compound_v5, DialectName::compound_v6);
    const Message& request = event.request;
    const Message& reply = event.message;
    if ((in_dialect(reply.dialect) & all_or_nothing) == 0)
        return;
    const std::size_t size = std::min(request.subs.size(), reply.subs.size());
    const auto failed = std::find_if(reply.subs.begin(), reply.subs.end(),
                                     [](const SubMessage& sub) { return sub.error != 0; });
    if (failed == reply.subs.end())
        return;
    for (std::size_t i = 0; i < size; ++i) {
        const Operation asked(request, i), answered(reply, i);
        const Node* fh = answered.find("fh");
        if (answered.error() == 0 && opens(asked) && fh != nullptr)
            report(
                {.offset = fh->offset,
                 .sub = answered.sub(),
                 .nodeid = asked.nodeid(),
                 .object = fh->value,
                 .observed = fmt::format("fh {:#x}, and error {} in another part of the compound",
                                         fh->value, failed->error),
                 .consequence = "the kernel forgets the fh and never sends RELEASE for it",
                 .text = "open file that nobody will release"});
    }
}

constexpr RuleInfo not_released{
    .id = "fh-not-released",
    .area = Area::files,
    .severity = Severity::note,
    .text = "open files were not released",
    .consequence = "RELEASE comes after the last use: they were still in use, or the capture ended "
                   "first",
    .advice = "",
    .doc =
        "Normal at the end of a capture. After DESTROY nothing can be open any more, and it is a "
        "warning. In a compound whose later part failed the kernel drops the open file at once.",
    .history = History::complete};

constexpr Check<CompoundReplyEvent> compound_rows[] = {{not_released, look_for_lost_open}};

constexpr Check<EndEvent> end_rows[] = {
    {not_released,
     [](const EndEvent& event, Report& report) {
         std::size_t files = 0, directories = 0;
         std::vector<std::uint64_t> frames;
         constexpr std::size_t most_frames = 8;
         for (const auto& [key, file] : event.state.files) {
             if (file.opens == 0 || file.doubtful)
                 continue;
             ++(key.space == FhSpace::file ? files : directories);
             if (frames.size() < most_frames && file.open_frame != 0)
                 frames.push_back(file.open_frame);
         }
         if (files + directories == 0)
             return;
         const bool destroyed = event.state.destroy_frame != 0;
         const bool shared =
             event.state.shares_fhs(FhSpace::file) || event.state.shares_fhs(FhSpace::directory);
         Sighting sighting{.observed =
                               fmt::format("{} files and {} directories", files, directories),
                           .related = std::move(frames)};
         if (destroyed && !shared)
             sighting.severity = Severity::warn;
         if (destroyed)
             sighting.consequence = "DESTROY ends the file system: their RELEASE never came";
         report(std::move(sighting));
     }},
};

} // namespace

constexpr Family files_family{use_rows,   request_rows,  open_rows,
                              reply_rows, compound_rows, end_rows};

} // namespace fusewire
