// COMPOUND and what is in it, of LOOKUP_HANDLE RFC v3 and on its own.
#include "dissector/errno_names.h"
#include "dissector/findings/families.h"
#include "dissector/group.h"
#include "dissector/message_facts.h"
#include "dissector/opcodes.h"
#include "dissector/statx_root.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusewire {

namespace {

constexpr DialectSet handle_v3 = in_dialect(DialectName::lookup_handle_v3);
constexpr DialectSet v4 = in_dialects(DialectName::compound_rfc, DialectName::compound_v4);
constexpr DialectSet v5 = in_dialects(DialectName::compound_v5, DialectName::lookup_handle_v3);
constexpr DialectSet v6 = in_dialect(DialectName::compound_v6);
constexpr DialectSet v7 = in_dialects(DialectName::compound_v7, DialectName::fusex_b);
constexpr DialectSet fusex = in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr DialectSet counted = v4 | v5 | in_dialect(DialectName::unknown);
constexpr DialectSet sized = counted | v6; // with result_size
constexpr DialectSet every_version = sized | v7;

constexpr OpSet compound = op_bit(Op::compound);
constexpr std::uint32_t out_header_bytes = 16;
constexpr std::int32_t enosys = 38, eopnotsupp = 95;

bool in(const Scene& scene, DialectSet dialects) {
    return (in_dialect(scene.message.dialect) & dialects) != 0;
}

// What a reply to each operation holds. Those whose reply has no fixed size are left out.
struct ResultSize {
    Op op;
    std::uint16_t most;
    bool fixed = true;
};
constexpr ResultSize result_sizes[] = {
    {Op::lookup_handle, 170, false},
    {Op::mkobj_handle, 170, false},
    {Op::statx, 288},
    {Op::open, 16},
    {Op::opendir, 16},
    {Op::getattr, 104},
    {Op::setattr, 104},
    {Op::lookup, 128},
    {Op::mknod, 128},
    {Op::mkdir, 128},
    {Op::symlink, 128},
    {Op::link, 128},
    {Op::create, 144},
    {Op::tmpfile, 144},
};

const ResultSize* result_size_of(Op op) {
    for (const ResultSize& row : result_sizes)
        if (row.op == op)
            return &row;
    return nullptr;
}

// The first operation says what the compound is for.
Op first_of(const Message& request) {
    return request.subs.empty() ? Op{} : Operation(request, 0).op();
}

bool is_lookup(const Message& request) {
    return first_of(request) == Op::lookup_handle;
}

bool is_creation(const Message& request) {
    return first_of(request) == Op::mkobj_handle;
}

bool any_failed(const Message& reply) {
    return std::any_of(reply.subs.begin(), reply.subs.end(),
                       [](const SubMessage& sub) { return sub.error != 0; });
}

// What an operation is known by in messages: its name, or its number.
std::string name_of(const SubMessage& sub) {
    return sub.opcode != nullptr ? sub.opcode->name : fmt::format("opcode {}", sub.opcode_number);
}

std::string error_text(std::int32_t error) {
    const std::string_view name = errno_name(error);
    return name.empty() ? fmt::format("error {}", error) : std::string(name);
}

// Findings on compounds are told apart by what they are for.
Sighting about(const Message& request) {
    return {.object = static_cast<std::uint64_t>(first_of(request))};
}

struct HeaderIds {
    std::uint32_t uid = 0, gid = 0, pid = 0;
    bool operator==(const HeaderIds&) const = default;
};

HeaderIds ids_of(const Operation& operation) {
    for (const Node& node : operation.nodes())
        if (node.field == &field::header) {
            const Group header(operation.message(), node);
            return {header.u32("uid"), header.u32("gid"), header.u32("pid")};
        }
    return {};
}

bool finds_node(Op op) {
    switch (op) {
    case Op::lookup:
    case Op::lookup_handle:
    case Op::lookupx:
    case Op::mknod:
    case Op::mkdir:
    case Op::symlink:
    case Op::link:
    case Op::create:
    case Op::tmpfile:
    case Op::mkobj_handle:
    case Op::mkobjx:
        return true;
    default:
        return false;
    }
}

constexpr std::uint64_t expected_unique(DialectName dialect, std::size_t index) {
    return dialect == DialectName::compound_v6 ? index : 0;
}

std::uint64_t defined_flags(DialectName dialect) {
    switch (dialect) {
    case DialectName::compound_rfc:
    case DialectName::compound_v4:
        return 0;
    case DialectName::compound_v6:
        return 7;
    default:
        return 3;
    }
}

void report_reserved(const Operation& operation, Report& report) {
    for (const char* name : {"padding", "reserved", "reserved2"})
        if (const Node* field = operation.find(name); field != nullptr && field->value != 0)
            report({.offset = field->offset,
                    .sub = operation.sub(),
                    .object = operation.is(Op::compound),
                    .observed = fmt::format("{} {:#x}", name, field->value),
                    .expected = "0"});
}

constexpr RuleInfo sub_unique{
    .id = "compound-sub-unique",
    .area = Area::compounds,
    .severity = Severity::note,
    .dialects = sized,
    .text = "unique of a sub-operation is not the one expected",
    .consequence = "none: the kernel pairs sub-replies by their order and never looks at it",
    .doc = "v5 and LOOKUP_HANDLE RFC v3 send 0, v6 the index; a reply repeats what was asked."};
constexpr RuleInfo flags{.id = "compound-flags",
                         .area = Area::compounds,
                         .severity = Severity::warn,
                         .dialects = sized,
                         .text = "flags that are not defined",
                         .consequence = "nobody looks at them",
                         .advice = "leave the flags of the reply zero",
                         .doc =
                             "The reply has no defined flag in any version. ATOMIC is bit 1 in v5 "
                             "and bit 2 in v6."};
constexpr RuleInfo reserved{.id = "compound-reserved",
                            .area = Area::compounds,
                            .severity = Severity::warn,
                            .dialects = every_version,
                            .text = "reserved bytes are not zero",
                            .consequence =
                                "the kernel ignores them in replies; a later version may not",
                            .advice = "clear the whole reply before filling it in",
                            .doc = "In the flags and spare of an entry it is a note."};

constexpr Check<CompoundEvent> request_rows[] = {
    {{.id = "compound-result-size",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = sized,
      .text = "result_size is not the room that the results need",
      .consequence =
          "replies that are right may be refused as too long; a kernel fills it in from its "
          "own tables, so the capture is damaged or made by hand"},
     [](const CompoundEvent& event, Report& report) {
         const Node* size = event.operation.find("result_size");
         if (size == nullptr || event.message.subs.empty())
             return;
         std::uint64_t sum = 0;
         for (std::size_t i = 0; i < event.message.subs.size(); ++i) {
             const ResultSize* result = result_size_of(Operation(event.message, i).op());
             if (result == nullptr)
                 return; // its room depends on what is asked
             sum += result->most;
         }
         if (size->value != sum)
             report({.offset = size->offset,
                     .observed = fmt::to_string(size->value),
                     .expected = fmt::to_string(sum)});
     },
     compound},
    {sub_unique,
     [](const CompoundEvent& event, Report& report) {
         for (std::size_t i = 0; i < event.message.subs.size(); ++i) {
             const SubMessage& sub = event.message.subs[i];
             const std::uint64_t expected = expected_unique(event.message.dialect, i);
             if (sub.unique != expected)
                 report(
                     {.offset = sub.offset + 8,
                      .sub = static_cast<std::int16_t>(i),
                      .observed = fmt::format("{} asked with unique {}", name_of(sub), sub.unique),
                      .expected = fmt::to_string(expected)});
         }
     },
     compound},
    {{.id = "compound-sub-creds",
      .area = Area::compounds,
      .severity = Severity::note,
      .dialects = v5 | v6,
      .text = "ids of a sub-operation are not the expected ones",
      .consequence = "a server that checks permissions by them decides for the wrong caller",
      .doc = "v5 and LOOKUP_HANDLE RFC v3 repeat those of the COMPOUND, but give the real ones "
             "where that "
             "has 0xffffffff (idmapped mounts); v6 sends zeros."},
     [](const CompoundEvent& event, Report& report) {
         const Message& message = event.message;
         constexpr std::uint32_t unmapped = 0xffffffff;
         const bool zeros = message.dialect == DialectName::compound_v6;
         for (std::size_t i = 0; i < message.subs.size(); ++i) {
             HeaderIds expected{message.uid, message.gid, message.pid};
             const HeaderIds ids = ids_of(Operation(message, i));
             if (zeros)
                 expected = {};
             else if (message.uid == unmapped || message.gid == unmapped)
                 expected = {ids.uid, ids.gid, message.pid};
             if (ids != expected)
                 report({.offset = message.subs[i].offset + 24,
                         .sub = static_cast<std::int16_t>(i),
                         .observed = fmt::format("uid {} gid {} pid {}", ids.uid, ids.gid, ids.pid),
                         .expected = fmt::format("uid {} gid {} pid {}", expected.uid, expected.gid,
                                                 expected.pid)});
         }
     },
     compound},
    {flags,
     [](const CompoundEvent& event, Report& report) {
         const Node* bits = event.operation.find("flags");
         const std::uint64_t defined = defined_flags(event.message.dialect);
         if (bits != nullptr && (bits->value & ~defined) != 0)
             report({.offset = bits->offset,
                     .observed = fmt::format("{:#x} in the request", bits->value),
                     .expected = fmt::format("only bits of {:#x}", defined)});
     },
     compound},
    {reserved,
     [](const CompoundEvent& event, Report& report) { report_reserved(event.operation, report); },
     compound},
    {{.id = "compound-after-enosys",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = v7,
      .text = "COMPOUND from a caller who was told ENOSYS before",
      .consequence = "the kernel never sends another COMPOUND after ENOSYS, so it read that reply "
                     "differently than it was meant",
      .doc = "Only requests of the thread whose COMPOUND was declined count: others may have been "
             "on their "
             "way.",
      .history = History::unbroken},
     [](const CompoundEvent& event, Report& report) {
         const DeclinedCompound& declined = event.state.declined;
         if (declined.frame != 0 && declined.pid != 0 && declined.pid == event.message.pid)
             report({.observed = fmt::format("ENOSYS in frame {}", declined.frame),
                     .related = {declined.frame}});
     },
     compound},
    {{.id = "compound-dep-index",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = v7,
      .text = "operation depends on one that cannot give it a node",
      .consequence =
          "the kernel refuses such a COMPOUND with EINVAL when it sends the operations singly",
      .doc = "dep_index is 0xff or names an earlier operation that returns an entry."},
     [](const CompoundEvent& event, Report& report) {
         for (std::size_t i = 0; i < event.message.subs.size(); ++i) {
             const auto dependency = dependency_of(Operation(event.message, i));
             if (!dependency)
                 continue;
             Sighting sighting{.offset = dependency->offset,
                               .sub = static_cast<std::int16_t>(i),
                               .observed = fmt::format("dep_index {} of {}", dependency->index,
                                                       name_of(event.message.subs[i])),
                               .expected = "an earlier operation that returns an entry"};
             if (dependency->index < i) {
                 if (finds_node(Operation(event.message, dependency->index).op()))
                     continue;
                 sighting.consequence = "the kernel logs a warning: there is no nodeid to take";
             }
             report(std::move(sighting));
         }
     },
     compound},
};

// Operations whose arguments or results are pages, which the kernel's builders refuse, and those
// without an answer.
constexpr OpSet not_in_compounds =
    ops(Op::read, Op::write, Op::readdir, Op::readdirplus, Op::readlink, Op::forget,
        Op::batch_forget, Op::interrupt, Op::notify_reply, Op::init, Op::destroy);

constexpr Check<RequestEvent> operation_rows[] = {
    {{.id = "compound-sub-opcode",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = every_version,
      .text = "operation that has no place in a COMPOUND",
      .consequence =
          "the kernel refuses to put operations with pages or without an answer into one, and a "
          "server cannot tell where the results end"},
     [](const RequestEvent& event, Report& report) {
         if (event.operation.sub() != no_sub)
             report({.offset = event.operation.offset() + 4,
                     .sub = event.operation.sub(),
                     .object = static_cast<std::uint64_t>(event.operation.op()),
                     .observed = event.operation.opcode()->name});
     },
     not_in_compounds},
    {{.id = "compound-statx-nodeid",
      .area = Area::compounds,
      .severity = Severity::note,
      .dialects = handle_v3,
      .text = "STATX or OPEN beside a lookup does not carry the placeholder nodeid 1",
      .consequence = "none; the kernel as posted puts 1 there, so this is another one",
      .doc =
          "The operation is about the node that the first one finds, whatever nodeid it carries."},
     [](const RequestEvent& event, Report& report) {
         if (has_placeholder_node(event.operation) && event.operation.nodeid() != root_nodeid)
             report({.offset = event.operation.offset() + 16,
                     .sub = event.operation.sub(),
                     .observed = fmt::format("nodeid {}", event.operation.nodeid()),
                     .expected = "1"});
     },
     ops(Op::statx, Op::open)},
    {{.id = "mkobj-open-flags",
      .area = Area::compounds,
      .severity = Severity::note,
      .dialects = handle_v3,
      .text = "OPEN beside MKOBJ_HANDLE has flags 2, whatever the file is opened for",
      .consequence = "a server that goes by them opens for reading and writing",
      .advice = "take the access mode from the flags of MKOBJ_HANDLE",
      .doc = "The kernel as posted copies another constant there by mistake."},
     [](const RequestEvent& event, Report& report) {
         constexpr std::uint64_t access_mode = 3, read_write = 2;
         if (!has_placeholder_node(event.operation) || !is_creation(event.message) ||
             event.operation.number("flags") != read_write)
             return;
         const auto wanted = Operation(event.message, 0).number("flags");
         if (wanted && (*wanted & access_mode) != read_write)
             report({.offset = event.operation.offset(),
                     .sub = event.operation.sub(),
                     .observed = "flags 2",
                     .expected = fmt::format("access mode {}", *wanted & access_mode)});
     },
     op_bit(Op::open)},
};

std::string declined_by(const ExchangeEvent& event) {
    return fmt::format("{} to {}", error_text(event.message.error), name_of(event.request.subs[0]));
}

constexpr Check<ExchangeEvent> exchange_rows[] = {
    {{.id = "compound-reply-too-big",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = sized,
      .text = "reply is longer than the kernel made room for",
      .consequence = "write() fails with EINVAL and the caller gets EIO",
      .advice =
          "send at most result_size bytes and 16 for each sub-reply; pad fhandles only up to 130 "
          "bytes with their size"},
     [](const ExchangeEvent& event, Report& report) {
         const auto room = Operation(event.request).number("result_size");
         const bool wrong_length =
             std::any_of(event.message.findings.begin(), event.message.findings.end(),
                         [](const Finding& f) { return f.rule == Rule::frame_len_mismatch; });
         if (!room || event.message.error != 0 || event.message.length < out_header_bytes ||
             wrong_length)
             return;
         const std::uint64_t payload = event.message.length - out_header_bytes;
         const std::uint64_t most =
             out_header_bytes + *room + std::uint64_t{out_header_bytes} * event.request.subs.size();
         if (payload <= most)
             return;
         Sighting sighting = about(event.request);
         sighting.observed = fmt::format("{} bytes", payload);
         sighting.expected = fmt::format("at most {}", most);
         report(std::move(sighting));
     },
     compound},
    {{.id = "compound-sub-fixed-size",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = sized,
      .text = "sub-reply is not as long as its results",
      .consequence =
          "the kernel copies the full size whatever len says, and fills a short one with the "
          "bytes that follow",
      .advice = "send the whole structure of each operation that succeeds"},
     [](const ExchangeEvent& event, Report& report) {
         const std::size_t both = std::min(event.request.subs.size(), event.message.subs.size());
         for (std::size_t i = 0; i < both; ++i) {
             const SubMessage& sub = event.message.subs[i];
             const ResultSize* result = result_size_of(Operation(event.request, i).op());
             const std::uint32_t payload = sub.length - out_header_bytes;
             if (sub.error != 0 || result == nullptr || !result->fixed || payload == result->most)
                 continue;
             report({.offset = sub.offset,
                     .sub = static_cast<std::int16_t>(i),
                     .object = static_cast<std::uint64_t>(result->op),
                     .observed = fmt::format("{} of {} bytes", name_of(sub), payload),
                     .expected = fmt::to_string(result->most)});
         }
     },
     compound},
    {{.id = "compound-outer-error-payload",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = every_version,
      .text = "error reply to a COMPOUND with bytes behind it",
      .consequence = "write() fails with EINVAL and the caller gets EIO instead of the error",
      .advice = "send the header alone with an error; put errors of single operations into their "
                "sub-replies"},
     [](const ExchangeEvent& event, Report& report) {
         if (event.message.error == 0 || event.message.length <= out_header_bytes)
             return;
         Sighting sighting = about(event.request);
         sighting.observed = fmt::format("{} with {} bytes", error_text(event.message.error),
                                         event.message.length - out_header_bytes);
         sighting.expected = "the header alone";
         report(std::move(sighting));
     },
     compound},
    {{.id = "compound-outer-error",
      .area = Area::compounds,
      .severity = Severity::note,
      .dialects = handle_v3 | v6,
      .text = "whole COMPOUND failed with the error of one operation",
      .consequence =
          "the caller gets this error, also where a later operation could have been left out",
      .advice = "answer the COMPOUND without an error, and put the error into the sub-reply",
      .doc = "v6 sends every operation of it again on its own."},
     [](const ExchangeEvent& event, Report& report) {
         const std::int32_t error = event.message.error;
         if (error >= 0 || error == -enosys || error == -eopnotsupp || event.request.subs.empty())
             return;
         Sighting sighting = about(event.request);
         sighting.observed = declined_by(event);
         if (in(event, v6))
             sighting.consequence = "the kernel sends every operation of it again on its own";
         report(std::move(sighting));
     },
     compound},
    {{.id = "compound-declined",
      .area = Area::compounds,
      .severity = Severity::note,
      .dialects = every_version,
      .text = "server has no COMPOUND",
      .consequence =
          "after ENOSYS the kernel opens with a plain OPEN or OPENDIR, and tries the COMPOUND "
          "again at the next open",
      .advice = "answer COMPOUND, or do not accept LOOKUP_HANDLE: its lookups have no other form",
      .doc =
          "LOOKUP_HANDLE has nothing to fall back on, so there it is an error, and a warning for "
          "MKOBJ_HANDLE; ENOSYS in the sub-reply of MKOBJ_HANDLE makes the kernel use MKNOD and "
          "OPEN. v6 "
          "sends the operations singly each time; v7 does so for good after ENOSYS, and this once "
          "after "
          "EOPNOTSUPP."},
     [](const ExchangeEvent& event, Report& report) {
         const std::int32_t error = event.message.error;
         if ((error != -enosys && error != -eopnotsupp) || event.request.subs.empty())
             return;
         Sighting sighting = about(event.request);
         sighting.observed = declined_by(event);
         if (is_lookup(event.request)) {
             sighting.severity = Severity::error;
             sighting.consequence =
                 "the lookup fails with this error: there is no other form of it";
         } else if (is_creation(event.request)) {
             sighting.severity = Severity::warn;
             sighting.consequence =
                 "open() fails with this error; the kernel does not fall back to MKNOD";
         } else if (in(event, v6)) {
             sighting.consequence = "the kernel sends each operation on its own, this time";
         } else if (in(event, v7)) {
             sighting.consequence = error == -enosys
                                        ? "the kernel sends all operations on their own from now on"
                                        : "the kernel sends each operation on its own, this time";
         } else if (error != -enosys) {
             sighting.consequence =
                 "the open fails with this error: only ENOSYS makes the kernel fall back";
         }
         report(std::move(sighting));
     },
     compound},
    {{.id = "negative-as-entry",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = handle_v3,
      .text = "missing name answered with nodeid 0 instead of an error",
      .consequence =
          "the kernel has no negative entries here: with attributes of no valid type it stops in "
          "BUG(), which kills the caller and leaves the directory locked",
      .advice = "answer a missing name with ENOENT in the sub-reply of LOOKUP_HANDLE"},
     [](const ExchangeEvent& event, Report& report) {
         for (const Entry& entry : event.entries) {
             if (entry.op != Op::lookup_handle || entry.nodeid != 0)
                 continue;
             Sighting sighting{.offset = entry.offset,
                               .sub = entry.sub,
                               .observed = fmt::format("nodeid 0 under nodeid {}", entry.parent),
                               .expected = "ENOENT"};
             if (entry.attributes && is_file_type(entry.attributes->mode))
                 sighting.consequence =
                     "the kernel makes an inode with nodeid 0 and uses it: GETATTR, OPEN "
                     "and FORGET of nodeid 0 follow";
             report(std::move(sighting));
         }
     },
     compound | op_bit(Op::lookup_handle)},
    {{.id = "compound-statx-invalid",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = handle_v3,
      .text = "STATX beside a lookup gives attributes that no inode can have",
      .consequence =
          "the kernel warns and stops in BUG() when it makes the inode: the caller is killed and "
          "the directory stays locked",
      .advice = "fill in a mode with one of the seven file types and a size below 2^63, whatever "
                "the mask"},
     [](const ExchangeEvent& event, Report& report) {
         for (const Entry& entry : event.entries) {
             const bool ours = entry.op == Op::lookup_handle || entry.op == Op::mkobj_handle;
             if (!ours || entry.nodeid == 0 || !entry.attributes)
                 continue;
             const bool type = is_file_type(entry.attributes->mode);
             if (type && entry.attributes->size <= INT64_MAX)
                 continue;
             Sighting sighting{.offset = entry.attributes->offset,
                               .sub = entry.attributes->sub,
                               .nodeid = entry.nodeid,
                               .observed = type ? fmt::format("size {}", entry.attributes->size)
                                                : fmt::format("mode {:#o}", entry.attributes->mode),
                               .expected = type ? "at most 2^63-1" : "a file type"};
             if (entry.op == Op::mkobj_handle)
                 sighting.consequence =
                     "open() fails with EIO after the file was made; the kernel never "
                     "gives back the node nor releases the open file";
             else if (type)
                 sighting.consequence =
                     "the inode is made bad: EIO for good, and it is left over at unmount";
             else if (event.state.find(entry.nodeid) != nullptr)
                 sighting.consequence =
                     "the kernel drops the name; the lookup that follows ends in BUG() if it "
                     "gets the same: the caller is killed and the directory stays locked";
             report(std::move(sighting));
         }
     },
     compound | op_bit(Op::lookup_handle) | op_bit(Op::mkobj_handle)},
};

// The kernel looks at as many sub-replies as the smaller of both counts says.
struct Walk {
    std::uint64_t asked, present, claimed;
    bool counts = true; // the reply has a count
};

Walk walk_of(const CompoundReplyEvent& event) {
    const std::uint64_t present = event.message.subs.size();
    Walk walk{event.request.subs.size(), present, present};
    walk.counts = in(event, counted);
    if (walk.counts)
        walk.claimed = event.reply.number("count").value_or(present);
    return walk;
}

// Errors among the sub-replies that the kernel looks at.
bool failure_is_read(const Message& reply, std::uint64_t read) {
    for (std::size_t i = 0; i < read; ++i)
        if (reply.subs[i].error != 0)
            return true;
    return false;
}

// What becomes of operations whose answer the kernel does not see: success, and results of zeros.
const char* missing_results(const Message& request, std::uint64_t read) {
    switch (first_of(request)) {
    case Op::lookup_handle:
        return "what is missing counts as success with results of zeros: on a first lookup the "
               "kernel stops in "
               "BUG(), which kills the caller and leaves the directory locked";
    case Op::mkobj_handle:
        return "what is missing counts as success with results of zeros, and open() fails with EIO "
               "after the "
               "file was made";
    case Op::open:
    case Op::opendir:
        return read == 0 ? "taken as success: the kernel goes on with fh 0 and attributes of zeros"
                         : "taken as success: the kernel goes on with attributes of zeros";
    default:
        return "what is missing counts as success with results of zeros";
    }
}

void look_at_count(const CompoundReplyEvent& event, Report& report) {
    const Walk walk = walk_of(event);
    const bool more = walk.present > walk.asked;
    if (walk.claimed == walk.present && !more)
        return;
    Sighting sighting = about(event.request);
    sighting.offset = out_header_bytes;
    sighting.observed = walk.counts
                            ? fmt::format("count {} and {} sub-replies", walk.claimed, walk.present)
                            : fmt::format("{} sub-replies", walk.present);
    sighting.expected =
        walk.counts ? fmt::format("{0} and {0}", walk.asked) : fmt::to_string(walk.asked);
    const std::uint64_t wanted = std::min(walk.asked, walk.claimed);
    if (!walk.counts) {
        sighting.consequence = "the kernel cannot read more sub-replies than it asked for: EIO";
    } else if (wanted == walk.asked && walk.present >= walk.asked) {
        sighting.severity = Severity::warn;
        sighting.consequence =
            "none as long as the reply is not too long: the kernel stops at the last "
            "operation that it asked for";
    } else if (wanted < walk.present) {
        sighting.consequence = missing_results(event.request, wanted);
        if (failure_is_read(event.message, wanted)) {
            sighting.severity = Severity::warn;
            sighting.consequence =
                "none here: an operation that the kernel does look at has failed";
        }
    }
    report(std::move(sighting));
}

bool first_succeeded(const CompoundReplyEvent& event) {
    return !event.message.subs.empty() && event.message.subs[0].error == 0 &&
           !event.entries.empty() && event.entries.front().nodeid != 0;
}

// The first failed sub-operation behind the first, of those that were asked for; nullptr: none.
const SubMessage* failed_later(const CompoundReplyEvent& event, std::size_t& index) {
    const auto& subs = event.message.subs;
    const std::size_t asked = std::min(event.request.subs.size(), subs.size());
    for (index = 1; index < asked; ++index)
        if (subs[index].error != 0)
            return &subs[index];
    return nullptr;
}

constexpr Check<CompoundReplyEvent> reply_rows[] = {
    {{.id = "compound-reply-count",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = every_version,
      .text = "count of the reply is not that of its sub-replies",
      .consequence =
          "the kernel looks for a sub-reply that is not there: the whole compound fails with EIO",
      .advice = "set count to the number of sub-replies that follow"},
     look_at_count,
     compound},
    {{.id = "compound-reply-short",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = every_version,
      .text = "fewer sub-replies than operations, though none failed",
      .consequence = "what is missing counts as success with results of zeros",
      .advice = "answer every operation, or end with the sub-reply of the one that failed"},
     [](const CompoundReplyEvent& event, Report& report) {
         const Walk walk = walk_of(event);
         if (walk.present >= walk.asked || walk.claimed != walk.present ||
             any_failed(event.message))
             return;
         Sighting sighting = about(event.request);
         sighting.offset = out_header_bytes;
         sighting.observed = fmt::format("{} sub-replies", walk.present);
         sighting.expected = fmt::to_string(walk.asked);
         sighting.consequence = missing_results(event.request, walk.present);
         report(std::move(sighting));
     },
     compound},
    {{.id = "compound-sub-error-payload",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = every_version,
      .text = "sub-reply with an error and results",
      .consequence = "the kernel goes by the error and skips the results; v4 copies them",
      .advice = "send 16 bytes for an operation that failed"},
     [](const CompoundReplyEvent& event, Report& report) {
         for (std::size_t i = 0; i < event.message.subs.size(); ++i) {
             const SubMessage& sub = event.message.subs[i];
             if (sub.error != 0 && sub.length > out_header_bytes)
                 report({.offset = sub.offset,
                         .sub = static_cast<std::int16_t>(i),
                         .object = sub.opcode_number,
                         .observed = fmt::format("{} with {} bytes", error_text(sub.error),
                                                 sub.length - out_header_bytes),
                         .expected = "0 bytes"});
         }
     },
     compound},
    {{.id = "compound-sub-error-range",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = every_version,
      .text = "error of a sub-reply is no errno",
      .consequence = "the kernel takes the number for a pointer: an oops, and the caller is killed",
      .advice = "send errors as negative errno numbers, -1 to -511"},
     [](const CompoundReplyEvent& event, Report& report) {
         constexpr std::int32_t lowest_errno = -4095;
         for (std::size_t i = 0; i < event.message.subs.size(); ++i) {
             const SubMessage& sub = event.message.subs[i];
             if (is_reply_error(sub.error))
                 continue;
             Sighting sighting{.offset = sub.offset + 4,
                               .sub = static_cast<std::int16_t>(i),
                               .object = sub.opcode_number,
                               .observed =
                                   fmt::format("{} answered with {}", name_of(sub), sub.error),
                               .expected = "-511 to 0"};
             if (sub.error < 0 && sub.error >= lowest_errno)
                 sighting.consequence = "the caller gets an errno that user space does not know";
             report(std::move(sighting));
         }
     },
     compound},
    {sub_unique,
     [](const CompoundReplyEvent& event, Report& report) {
         const std::size_t both = std::min(event.request.subs.size(), event.message.subs.size());
         for (std::size_t i = 0; i < both; ++i) {
             const SubMessage& sub = event.message.subs[i];
             const std::uint64_t asked = event.request.subs[i].unique;
             if (sub.unique != asked)
                 report({.offset = sub.offset + 8,
                         .sub = static_cast<std::int16_t>(i),
                         .observed =
                             fmt::format("{} answered with unique {}", name_of(sub), sub.unique),
                         .expected = fmt::to_string(asked)});
         }
     },
     compound},
    {flags,
     [](const CompoundReplyEvent& event, Report& report) {
         const Node* bits = event.reply.find("flags");
         if (bits != nullptr && bits->value != 0)
             report({.offset = bits->offset,
                     .object = 1,
                     .observed = fmt::format("{:#x} in the reply", bits->value),
                     .expected = "0"});
     },
     compound},
    {reserved,
     [](const CompoundReplyEvent& event, Report& report) { report_reserved(event.reply, report); },
     compound},
    {{.id = "compound-lookup-failed-statx-ok",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = handle_v3,
      .text = "STATX succeeded, though the lookup before it failed",
      .consequence =
          "the kernel ignores it; the server described some other node, perhaps the root",
      .advice = "fail STATX with the error of the lookup, or leave it out"},
     [](const CompoundReplyEvent& event, Report& report) {
         const auto& subs = event.message.subs;
         if (subs.size() < 2 || (!is_lookup(event.request) && !is_creation(event.request)) ||
             subs[0].error == 0 || subs[1].error != 0)
             return;
         Sighting sighting = about(event.request);
         sighting.offset = subs[1].offset;
         sighting.sub = 1;
         sighting.observed =
             fmt::format("{} failed with {}", name_of(subs[0]), error_text(subs[0].error));
         report(std::move(sighting));
     },
     compound},
    {{.id = "compound-statx-failed",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = handle_v3,
      .text = "lookup succeeded, but the STATX beside it failed",
      .consequence =
          "the caller gets the error, and the reference that the server counted is never given "
          "back with FORGET",
      .advice = "fail both, and count a reference only when both succeed"},
     [](const CompoundReplyEvent& event, Report& report) {
         std::size_t index = 0;
         const SubMessage* failed = failed_later(event, index);
         if (!is_lookup(event.request) || !first_succeeded(event) || failed == nullptr)
             return;
         report({.offset = failed->offset,
                 .sub = static_cast<std::int16_t>(index),
                 .nodeid = event.entries.front().nodeid,
                 .observed = fmt::format("{} for nodeid {}", error_text(failed->error),
                                         event.entries.front().nodeid)});
     },
     compound},
    {{.id = "mkobj-partial",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = handle_v3,
      .text = "file was made, but a later operation failed",
      .consequence =
          "open() fails though the file exists; the reference is never given back with FORGET, nor "
          "an open file released",
      .advice = "take the file back when an operation behind it fails: the COMPOUND is ATOMIC"},
     [](const CompoundReplyEvent& event, Report& report) {
         std::size_t index = 0;
         const SubMessage* failed = failed_later(event, index);
         if (!is_creation(event.request) || !first_succeeded(event) || failed == nullptr)
             return;
         report({.offset = failed->offset,
                 .sub = static_cast<std::int16_t>(index),
                 .nodeid = event.entries.front().nodeid,
                 .observed = fmt::format("{} failed with {}", name_of(*failed),
                                         error_text(failed->error))});
     },
     compound},
    {{.id = "mkobj-not-regular",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = handle_v3,
      .text = "MKOBJ_HANDLE did not make a regular file",
      .consequence =
          "open() fails with EIO; what was made stays, its reference is never given back and the "
          "open file never released",
      .advice = "return a nodeid above 1 and attributes of a regular file"},
     [](const CompoundReplyEvent& event, Report& report) {
         if (!is_creation(event.request) || event.entries.empty() || any_failed(event.message))
             return;
         const Entry& entry = event.entries.front();
         const bool no_node = entry.nodeid <= root_nodeid;
         const bool other_type = entry.attributes && is_file_type(entry.attributes->mode) &&
                                 entry.attributes->type() != type_regular;
         if (!no_node && !other_type)
             return;
         report({.offset = no_node ? entry.offset : entry.attributes->offset,
                 .sub = no_node ? entry.sub : entry.attributes->sub,
                 .nodeid = entry.nodeid,
                 .observed = no_node ? fmt::format("nodeid {}", entry.nodeid)
                                     : fmt::format("mode {:#o}", entry.attributes->mode),
                 .expected = no_node ? "a nodeid above 1" : "S_IFREG"});
     },
     compound},
    {{.id = "compound-dep-failed-ran",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = v7,
      .text = "operation succeeded, though the one it depends on failed",
      .consequence = "its result is of some other node; the kernel goes by the failure",
      .advice = "fail an operation with the error of the one that it depends on"},
     [](const CompoundReplyEvent& event, Report& report) {
         const auto& subs = event.message.subs;
         const std::size_t both = std::min(event.request.subs.size(), subs.size());
         for (std::size_t i = 0; i < both; ++i) {
             const auto dependency = dependency_of(Operation(event.request, i));
             if (!dependency || dependency->index >= i || subs[i].error != 0 ||
                 subs[dependency->index].error == 0)
                 continue;
             report({.offset = subs[i].offset,
                     .sub = static_cast<std::int16_t>(i),
                     .object = subs[i].opcode_number,
                     .observed = fmt::format("{} failed with {}", name_of(subs[dependency->index]),
                                             error_text(subs[dependency->index].error))});
         }
     },
     compound},
    {{.id = "mkobjx-attr-mismatch",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = fusex,
      .text = "STATX after MKOBJX does not show what was asked for",
      .consequence = "fusex compares mode, owner and device of a new node: EIO for the caller",
      .advice = "make the node with exactly the mode, uid, gid and rdev of the request"},
     [](const CompoundReplyEvent& event, Report& report) {
         if (first_of(event.request) != Op::mkobjx || any_failed(event.message))
             return;
         const Operation asked(event.request, 0);
         for (std::size_t i = 1; i < event.message.subs.size(); ++i) {
             const Operation answer(event.message, i);
             if (!answer.is(Op::statx))
                 continue;
             for (const char* name : {"mode", "uid", "gid", "rdev_major", "rdev_minor"}) {
                 const auto wanted = asked.number("stat", name);
                 const Node* made = answer.find("stat", name);
                 if (wanted && made != nullptr && made->value != *wanted)
                     report({.offset = made->offset,
                             .sub = answer.sub(),
                             .observed = fmt::format("{} {:#o}", name, made->value),
                             .expected = fmt::format("{:#o}", *wanted)});
             }
         }
     },
     compound},
};

constexpr OpSet entryx_ops = ops(Op::lookup_root, Op::lookupx, Op::mkobjx);
constexpr std::uint64_t entryx_negative = 1;

// The set above may stand for other operations as well.
constexpr bool gives_entryx(Op op) {
    return op == Op::lookup_root || op == Op::lookupx || op == Op::mkobjx;
}

constexpr Check<ReplyEvent> entry_rows[] = {
    {reserved,
     [](const ReplyEvent& event, Report& report) {
         if (event.reply.error() != 0)
             return;
         for (const char* name : {"flags", "spare"})
             if (const Node* field = event.reply.find(name); field != nullptr && field->value != 0)
                 report({.offset = field->offset,
                         .sub = event.reply.sub(),
                         .object = 2,
                         .observed = fmt::format("{} {:#x} of the entry", name, field->value),
                         .expected = "0",
                         .severity = Severity::note});
     },
     ops(Op::lookup_handle, Op::mkobj_handle)},
    {{.id = "entryx-zero",
      .area = Area::compounds,
      .severity = Severity::error,
      .dialects = fusex,
      .text = "entry with nodeid 0 that is not flagged as negative",
      .consequence = "EIO for the caller",
      .advice = "set NEGATIVE in the flags of an entry for a missing name, or answer ENOENT"},
     [](const ReplyEvent& event, Report& report) {
         const Node* nodeid = event.reply.find("nodeid");
         const bool negative = (event.reply.number("flags").value_or(0) & entryx_negative) != 0;
         if (gives_entryx(event.request.op()) && event.reply.error() == 0 && nodeid != nullptr &&
             nodeid->value == 0 && !negative)
             report({.offset = nodeid->offset,
                     .sub = event.reply.sub(),
                     .observed = "nodeid 0, flags 0",
                     .expected = "a nodeid, or NEGATIVE"});
     },
     entryx_ops},
    {{.id = "entryx-flags",
      .area = Area::compounds,
      .severity = Severity::warn,
      .dialects = fusex,
      .text = "entry flags that are not defined",
      .consequence = "nobody looks at them",
      .advice = "leave all flags but NEGATIVE zero"},
     [](const ReplyEvent& event, Report& report) {
         const Node* bits = event.reply.find("flags");
         if (gives_entryx(event.request.op()) && event.reply.error() == 0 && bits != nullptr &&
             (bits->value & ~entryx_negative) != 0)
             report({.offset = bits->offset,
                     .sub = event.reply.sub(),
                     .observed = fmt::format("{:#x}", bits->value),
                     .expected = "0 or 1"});
     },
     entryx_ops},
};

constexpr RuleInfo statx_root{
    .id = "compound-statx-root",
    .area = Area::compounds,
    .severity = Severity::error,
    .dialects = handle_v3,
    .text = "STATX beside a lookup describes another directory, as if its nodeid 1 were meant",
    .consequence =
        "the kernel gives the new inode the root's type, size and inode number: files look like "
        "directories, and everything looks like the root",
    .advice =
        "nodeid 1 in this STATX is only a placeholder: describe the node that the lookup found",
    .doc = "Told by the root's attributes, inode number and times included, by two nodes with the "
           "attributes of "
           "one directory but different fhandles, or by a node that turns out to be no directory. "
           "A lookup that "
           "returns the root itself is right.",
    .history = History::unbroken,
    .needs_forgets = true};

constexpr const char* not_root = "the attributes of the node that was looked up";

constexpr Check<EntryEvent> statx_entry_rows[] = {
    {statx_root,
     [](const EntryEvent& event, Report& report) {
         const auto likeness = describes_root(event.entry, event.state);
         if (!likeness)
             return;
         report({.offset = event.entry.attributes->offset,
                 .sub = event.entry.attributes->sub,
                 .nodeid = event.entry.nodeid,
                 .observed = fmt::format("ino {} and everything else as of nodeid {}",
                                         event.entry.attributes->ino, likeness->nodeid),
                 .expected = not_root,
                 .related = {likeness->frame}});
     },
     ops(Op::lookup_handle, Op::mkobj_handle)},
};

bool came_beside_lookup(const NodeState& node) {
    return node.nodeid > root_nodeid && node.attributes &&
           (node.attributes_op == Op::lookup_handle || node.attributes_op == Op::mkobj_handle);
}

// The root's attributes became known only now.
void look_back(const AttributesEvent& event, Report& report) {
    for (const auto& [nodeid, node] : event.state.nodes)
        if (came_beside_lookup(node) && same_directory(*node.attributes, event.attributes))
            report({.frame = node.attributes_frame,
                    .nodeid = nodeid,
                    .observed = fmt::format("ino {} and everything else as of nodeid 1",
                                            event.attributes.ino),
                    .expected = not_root,
                    .related = {event.frame()}});
}

constexpr Check<AttributesEvent> statx_attributes_rows[] = {
    {statx_root,
     [](const AttributesEvent& event, Report& report) {
         const NodeState* node = event.node;
         if (event.nodeid == root_nodeid && (node == nullptr || !node->attributes))
             return look_back(event, report);
         // The node itself is something else than the directory with the root's ino that STATX saw.
         if (event.entry != nullptr || node == nullptr || !came_beside_lookup(*node))
             return;
         const Attributes& before = *node->attributes;
         const NodeState* root = event.state.find(root_nodeid);
         const bool of_root = before.ino == root_nodeid || (root != nullptr && root->attributes &&
                                                            before.ino == root->attributes->ino);
         if (of_root && before.type() == type_directory &&
             event.attributes.type() != type_directory && event.attributes.ino != before.ino)
             report({.frame = node->attributes_frame,
                     .nodeid = event.nodeid,
                     .observed = fmt::format("directory with ino {}", before.ino),
                     .expected = fmt::format("mode {:#o}, ino {}", event.attributes.mode,
                                             event.attributes.ino),
                     .related = {event.frame()}});
     },
     ops(Op::getattr, Op::setattr, Op::statx, Op::lookup_handle)},
};

constexpr OmittedRule left_out[] = {
    {"compound-outer-ok-all-failed", Area::compounds,
     "a COMPOUND without an error whose operations all failed is the right answer to a name that "
     "does not "
     "exist: there is nothing to find fault with"},
};

constexpr Suppression suppressed[] = {
    {.by = "compound-chain-broken", .what = "compound-reply-count"},
    {.by = "compound-chain-broken", .what = "compound-reply-short"},
    {.by = "compound-chain-broken", .what = "compound-result-size"},
    {.by = "negative-as-entry", .what = "handle-missing"},
    {.by = "negative-as-entry", .what = "handle-truncated"},
    {.by = "negative-as-entry", .what = "compound-statx-invalid"},
    {.by = "negative-as-entry", .what = "attr-type-invalid"},
    {.by = "negative-as-entry", .what = "statx-type-invalid"},
    {.by = "negative-as-entry", .what = "statx-mask-missing"},
    {.by = "negative-as-entry", .what = "statx-mask-unfilled"},
    {.by = "negative-as-entry", .what = "entry-nodeid-zero"},
    {.by = "compound-statx-invalid", .what = "attr-type-invalid", .same_object = true},
    {.by = "compound-statx-invalid", .what = "attr-size-invalid", .same_object = true},
    {.by = "compound-statx-invalid", .what = "statx-type-invalid", .same_object = true},
    {.by = "compound-statx-invalid", .what = "statx-mask-unfilled", .same_object = true},
    {.by = "compound-statx-invalid", .what = "node-type-changed", .same_object = true},
    {.by = "compound-statx-root", .what = "node-type-changed", .same_object = true},
    {.by = "compound-statx-root", .what = "statx-getattr-differ", .same_object = true},
    {.by = "mkobj-not-regular", .what = "entry-nodeid-zero"},
    {.by = "mkobj-not-regular", .what = "entry-type-mismatch", .same_object = true},
};

} // namespace

constexpr Family compounds_family{request_rows, operation_rows,   exchange_rows,         reply_rows,
                                  entry_rows,   statx_entry_rows, statx_attributes_rows, left_out,
                                  suppressed};

namespace {

// Which node it is about, for findings on the same one to be counted.
std::uint64_t node_of(const Finding& finding, const Message& message) {
    const bool in_sub =
        finding.sub >= 0 && static_cast<std::size_t>(finding.sub) < message.subs.size();
    const Operation operation =
        in_sub ? Operation(message, static_cast<std::size_t>(finding.sub)) : Operation(message);
    return operation.number("nodeid").value_or(0);
}

void qualify_chain(const Message& message, const Message* request, Sighting& sighting) {
    if (message.kind == MessageKind::request) {
        sighting.consequence =
            "a server cannot tell where the next operation begins; the capture is damaged "
            "or made by hand";
        return;
    }
    // v5 stops at the last operation that it asked for.
    const bool stops = (in_dialect(message.dialect) & counted) != 0 && request != nullptr &&
                       message.subs.size() >= request->subs.size();
    if (!stops)
        return;
    sighting.severity = Severity::warn;
    sighting.text = "bytes behind the last sub-reply";
    sighting.observed = fmt::format("{} bytes", message.length - sighting.offset);
    sighting.expected.clear();
    sighting.consequence =
        "the kernel does not look at what follows the last sub-reply, as long as the whole "
        "reply is not too long";
}

} // namespace

void qualify(const Finding& finding, const Message& message, const Message* request,
             Sighting& sighting) {
    if (finding.rule == Rule::compound_chain_broken)
        qualify_chain(message, request, sighting);
    else if (finding.rule == Rule::handle_missing || finding.rule == Rule::handle_truncated)
        sighting.nodeid = node_of(finding, message);
}

} // namespace fusewire
