// GETLK, SETLK, SETLKW.
#include "dissector/findings/families.h"
#include "dissector/lock_update.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

constexpr DialectSet classic =
    all_dialects & ~in_dialects(DialectName::fusex_a, DialectName::fusex_b);
constexpr OpSet lock_ops = ops(Op::getlk, Op::setlk, Op::setlkw);
constexpr OpSet set_lock_ops = ops(Op::setlk, Op::setlkw);
constexpr unsigned posix_locks = 1, flock_locks = 10; // INIT flags
constexpr std::uint32_t minor_of_flock_locks = 17;
constexpr std::uint64_t release_flock_unlock = 2;
constexpr std::int32_t eagain = 11;

// Some big-endian machines number the types from 1.
bool is_lock_type(std::uint64_t type, const Message& message) {
    return type <= 2 || (type == 3 && message.order == ByteOrder::big);
}

std::string range_of(std::uint64_t start, std::uint64_t end) {
    return fmt::format("bytes {} to {}", start, end);
}

bool is_range(std::uint64_t start, std::uint64_t end) {
    return start <= end && end <= Lock::to_eof;
}

std::uint32_t offset_of(const Operation& operation, const char* field) {
    const Node* node = operation.find("lk", field);
    return node != nullptr ? node->offset : 0;
}

constexpr RuleInfo lk_type{
    .id = "lk-type",
    .area = Area::locks,
    .severity = Severity::error,
    .text = "lock type is none of F_RDLCK, F_WRLCK and F_UNLCK",
    .consequence = "in a GETLK reply: the caller of fcntl(F_GETLK) gets EIO",
    .advice = "answer with the type of the lock in the way, or with F_UNLCK when there is none",
    .doc = "The numbers 0, 1 and 2 hold on nearly all machines. Some big-endian ones count from 1, "
           "so 3 is let pass in their traffic."};

constexpr RuleInfo lk_range{
    .id = "lk-range",
    .area = Area::locks,
    .severity = Severity::error,
    .text = "range of the lock is impossible",
    .consequence = "in a GETLK reply: the caller of fcntl(F_GETLK) gets EIO",
    .advice = "give the first and the last byte; a lock up to the end of the file ends at 2^63-1",
    .doc = "The range is not looked at where the type is F_UNLCK, as the kernel does not."};

template <class Event>
void look_at_type(const Event& event, const Operation& operation, Report& report) {
    const auto type = operation.number("lk", "type");
    if (type && !is_lock_type(*type, event.message))
        report({.offset = offset_of(operation, "type"),
                .sub = operation.sub(),
                .observed = fmt::format("type {}", *type),
                .expected = "0, 1 or 2"});
}

void look_at_range(const Operation& operation, Report& report) {
    const auto type = operation.number("lk", "type");
    const auto start = operation.number("lk", "start");
    const auto end = operation.number("lk", "end");
    if (!type || *type > static_cast<std::uint64_t>(LockType::write) || !start || !end)
        return;
    if (!is_range(*start, *end))
        report({.offset = offset_of(operation, "start"),
                .sub = operation.sub(),
                .observed = range_of(*start, *end),
                .expected = "first <= last <= 2^63-1"});
}

// Before 7.17 one flag stood for both kinds.
bool is_negotiated(LockKind kind, const Limits& limits) {
    if (kind == LockKind::flock && limits.minor >= minor_of_flock_locks)
        return limits.has(flock_locks);
    return limits.has(posix_locks);
}

// One fh stands for several open files, and which of them is meant cannot be told.
bool is_shared(std::uint64_t fh, std::uint64_t nodeid, const State& state) {
    const OpenFile* file = state.find(FhKey{FhSpace::file, fh, nodeid});
    return state.shares_fhs(FhSpace::file) || (file != nullptr && file->opens > 1);
}

constexpr Check<RequestEvent> request_rows[] = {
    {lk_type,
     [](const RequestEvent& event, Report& report) {
         look_at_type(event, event.operation, report);
     },
     lock_ops},
    {lk_range,
     [](const RequestEvent& event, Report& report) { look_at_range(event.operation, report); },
     lock_ops},
    {{.id = "lk-not-negotiated",
      .area = Area::locks,
      .severity = Severity::warn,
      .dialects = classic,
      .text = "lock request of a kind that INIT did not settle",
      .consequence = "a correct kernel keeps such locks to itself and never sends them",
      .doc = "Before 7.17 POSIX_LOCKS stands for both kinds of locks."},
     [](const RequestEvent& event, Report& report) {
         const auto asked = lock_request(event.operation);
         if (!asked || !event.state.limits.known ||
             is_negotiated(asked->lock.kind, event.state.limits))
             return;
         const bool flock = asked->lock.kind == LockKind::flock;
         report({.sub = event.operation.sub(),
                 .object = static_cast<std::uint64_t>(asked->lock.kind),
                 .observed = flock ? "a flock(2) lock without FLOCK_LOCKS"
                                   : "an fcntl(2) lock without POSIX_LOCKS"});
     },
     lock_ops},
    {{.id = "lk-flock-range",
      .area = Area::locks,
      .severity = Severity::note,
      .text = "flock(2) lock of a part of the file",
      .consequence = "flock(2) always locks the whole file; the range means nothing"},
     [](const RequestEvent& event, Report& report) {
         const auto asked = lock_request(event.operation);
         if (asked && asked->lock.kind == LockKind::flock &&
             (asked->lock.start != 0 || asked->lock.end != Lock::to_eof))
             report({.offset = offset_of(event.operation, "start"),
                     .sub = event.operation.sub(),
                     .nodeid = event.operation.nodeid(),
                     .observed = range_of(asked->lock.start, asked->lock.end),
                     .expected = "bytes 0 to 2^63-1"});
     },
     lock_ops},
    {{.id = "lk-owner-zero",
      .area = Area::locks,
      .severity = Severity::note,
      .text = "lock owner is 0",
      .consequence = "a server that takes 0 for \"no owner\" mixes up whose lock it is"},
     [](const RequestEvent& event, Report& report) {
         const auto asked = lock_request(event.operation);
         if (asked && asked->lock.owner == 0)
             report({.sub = event.operation.sub(), .observed = "owner 0"});
     },
     lock_ops},
    {{.id = "flock-release-unlock",
      .area = Area::locks,
      .severity = Severity::note,
      .text = "RELEASE of an open file with a flock(2) lock lacks FLOCK_UNLOCK",
      .consequence = "a server that goes by the flag keeps the lock for ever",
      .doc = "Silent where one fh stands for several open files.",
      .history = History::unbroken},
     [](const RequestEvent& event, Report& report) {
         const auto flags = event.operation.number("release_flags");
         const auto fh = event.operation.number("fh");
         const std::uint64_t nodeid = event.operation.nodeid();
         if (!flags || (*flags & release_flock_unlock) != 0 || !fh ||
             is_shared(*fh, nodeid, event.state))
             return;
         if (const Lock* lock = event.state.locks.held(nodeid, LockKind::flock, *fh))
             report({.sub = event.operation.sub(),
                     .nodeid = nodeid,
                     .object = *fh,
                     .observed = fmt::format("release_flags {}", *flags),
                     .expected = "FLOCK_UNLOCK",
                     .related = {lock->frame}});
     },
     ops(Op::release)},
};

constexpr Check<ReplyEvent> reply_rows[] = {
    {lk_type,
     [](const ReplyEvent& event, Report& report) {
         if (event.reply.error() == 0)
             look_at_type(event, event.reply, report);
     },
     ops(Op::getlk)},
    {lk_range,
     [](const ReplyEvent& event, Report& report) {
         if (event.reply.error() == 0)
             look_at_range(event.reply, report);
     },
     ops(Op::getlk)},
    {{.id = "lk-conflict-granted",
      .area = Area::locks,
      .severity = Severity::warn,
      .text = "write lock granted over a lock of another owner",
      .consequence = "two callers both believe that they are alone with these bytes",
      .advice = "answer SETLK with EAGAIN, and SETLKW once the other lock is gone",
      .doc =
          "A lock counts as given up as soon as the server read an unlock, a FLUSH of its owner "
          "or the RELEASE of the file it was taken through. Nothing tells when fcntl(2) locks end "
          "after FLUSH was answered with ENOSYS, so they are not compared then. A server that "
          "shares its files with "
          "other machines may have lost the first lock in ways that no message shows.",
      .history = History::unbroken},
     [](const ReplyEvent& event, Report& report) {
         const auto asked = lock_request(event.request);
         if (event.reply.error() != 0 || !asked || asked->type != LockType::write ||
             !shows_unlocking(asked->lock.kind, event.state))
             return;
         const std::uint64_t nodeid = event.request.nodeid();
         if (const Lock* other = event.state.locks.conflict(nodeid, asked->lock))
             report({.sub = event.reply.sub(),
                     .nodeid = nodeid,
                     .observed = fmt::format("owner {:#x} got {} while owner {:#x} has {}",
                                             asked->lock.owner,
                                             range_of(asked->lock.start, asked->lock.end),
                                             other->owner, range_of(other->start, other->end)),
                     .related = {other->frame}});
     },
     set_lock_ops},
    {{.id = "lk-setlkw-eagain",
      .area = Area::locks,
      .severity = Severity::warn,
      .text = "SETLKW answered with EAGAIN",
      .consequence = "a caller that asked to wait for the lock gets an error at once",
      .advice = "hold the answer back until the lock is free, or answer EINTR after an INTERRUPT"},
     [](const ReplyEvent& event, Report& report) {
         if (event.reply.error() == -eagain)
             report({.sub = event.reply.sub(),
                     .nodeid = event.request.nodeid(),
                     .observed = "EAGAIN",
                     .expected = "an answer once the lock is free"});
     },
     ops(Op::setlkw)},
    {{.id = "lk-unlock-error",
      .area = Area::locks,
      .severity = Severity::note,
      .text = "unlocking failed",
      .consequence = "the caller believes that the lock is gone, or ends without looking"},
     [](const ReplyEvent& event, Report& report) {
         const auto asked = lock_request(event.request);
         if (event.reply.error() != 0 && asked && asked->type == LockType::unlock)
             report({.sub = event.reply.sub(),
                     .nodeid = event.request.nodeid(),
                     .observed = fmt::format("error {}", event.reply.error()),
                     .expected = "success"});
     },
     set_lock_ops},
};

constexpr Suppression suppressed[] = {
    {.by = "lk-not-negotiated", .what = "request-exceeds-negotiated", .same_sub = true},
};

} // namespace

constexpr Family locks_family{request_rows, reply_rows, suppressed};

} // namespace fusewire
