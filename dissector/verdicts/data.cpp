// Reading, writing and listing, and what is like it: replies whose values the kernel checks.
#include "dissector/dissect.h"
#include "dissector/verdicts/row.h"

#include <algorithm>
#include <optional>

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr OpSet copies = ops(Op::copy_file_range, Op::copy_file_range_64);
constexpr OpSet listings = ops(Op::readdir, Op::readdirplus);

std::uint64_t asked(const Answer& answer, std::string_view field) {
    return answer.asked.number(field).value_or(0);
}

bool wrote_too_much(const Answer& answer) {
    const auto size = answer.answered.number("size");
    return size && *size > asked(answer, "size");
}
bool wrote_nothing(const Answer& answer) {
    const auto size = answer.answered.number("size");
    return size && *size == 0 && asked(answer, "size") != 0;
}
bool copied_too_much(const Answer& answer) {
    const char* field = answer.asked.is(Op::copy_file_range) ? "size" : "bytes_copied";
    const auto copied = answer.answered.number(field);
    return copied && *copied > asked(answer, "len");
}

bool first_record_bad(const Answer& answer) {
    return answer.listing().bad == std::size_t{0};
}
bool later_record_bad(const Answer& answer) {
    return answer.listing().bad.has_value();
}
bool last_record_cut(const Answer& answer) {
    return answer.listing().cut;
}
template <class Holds>
bool any_entry(const Answer& answer, Holds holds) {
    const auto& entries = answer.event.entries;
    return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
        const bool dot = entry.name == "." || entry.name == "..";
        return entry.nodeid != 0 && holds(entry, dot);
    });
}
bool entry_refused(const Answer& answer) {
    return any_entry(answer, [](const Entry& entry, bool dot) {
        const bool broken = entry.attributes && are_invalid(*entry.attributes);
        return !dot && (entry.nodeid == root_nodeid || broken);
    });
}
bool dot_counted(const Answer& answer) {
    return any_entry(answer, [](const Entry&, bool dot) { return dot; });
}

// Names of at least one byte, each with its NUL (fuse_verify_xattr_list()).
bool bad_xattr_list(const Answer& answer) {
    if (asked(answer, "size") == 0)
        return false;
    const Bytes bytes = answer.event.message.bytes;
    const std::size_t end = answer.event.record.wire_length;
    if (bytes.size() < end || end <= out_header_size)
        return false;
    const Bytes list = bytes.subspan(out_header_size);
    constexpr std::byte nul{0};
    const auto empty = std::adjacent_find(
        list.begin(), list.end(), [](std::byte a, std::byte b) { return a == nul && b == nul; });
    return list.front() == nul || list.back() != nul || empty != list.end();
}
bool huge_xattr(const Answer& answer) {
    constexpr std::uint64_t most = 65536; // XATTR_SIZE_MAX, XATTR_LIST_MAX
    return asked(answer, "size") == 0 && answer.answered.number("size").value_or(0) > most;
}
bool bad_offset(const Answer& answer) {
    return answer.answered.number("offset").value_or(0) > INT64_MAX;
}
bool bad_lock(const Answer& answer) {
    constexpr std::uint64_t write_lock = 1, unlocked = 2; // F_WRLCK, F_UNLCK
    const auto type = answer.answered.number("lk", "type");
    if (!type || *type == unlocked)
        return false;
    const std::uint64_t start = answer.answered.number("lk", "start").value_or(0);
    const std::uint64_t end = answer.answered.number("lk", "end").value_or(0);
    return *type > write_lock || start > INT64_MAX || end > INT64_MAX || end < start;
}

// IOCTL.
constexpr std::uint64_t unrestricted = 1u << 1, retry = 1u << 2;
constexpr std::uint64_t iovec_size = 16, most_iovecs = 256, ioctl_head = 16;
bool wants_retry(const Answer& answer) {
    return (answer.answered.number("flags").value_or(0) & retry) != 0;
}
bool retry_forbidden(const Answer& answer) {
    return wants_retry(answer) && (asked(answer, "flags") & unrestricted) == 0;
}
std::uint64_t iovecs(const Answer& answer) {
    return answer.answered.number("in_iovs").value_or(0) +
           answer.answered.number("out_iovs").value_or(0);
}
bool too_many_iovecs(const Answer& answer) {
    return wants_retry(answer) && iovecs(answer) > most_iovecs;
}
bool iovecs_missing(const Answer& answer) {
    return wants_retry(answer) && answer.payload() - ioctl_head != iovecs(answer) * iovec_size;
}
bool output_too_long(const Answer& answer) {
    return !wants_retry(answer) && answer.payload() - ioctl_head > asked(answer, "out_size");
}
bool ioctl_fails(const Answer& answer) {
    return static_cast<std::int64_t>(answer.answered.number("result").value_or(0)) < 0;
}

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "write-too-much",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "more bytes than were to be written: EIO",
      .evidence = Evidence::live},
     wrote_too_much,
     ops(Op::write),
     When::succeeded},
    {{.id = "write-nothing",
      .outcome = Outcome::accepted,
      .caller_errno = VerdictRow::undefined,
      .text = "nothing was written: the caller sees 0 bytes with direct I/O, and EIO through the "
              "page cache",
      .evidence = Evidence::live},
     wrote_nothing,
     ops(Op::write),
     When::succeeded},
    {{.id = "copy-too-much",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "more bytes than were to be copied: EIO",
      .evidence = Evidence::live},
     copied_too_much,
     copies,
     When::succeeded},
    {{.id = "dirent-bad",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "the first record has a name of 0 or above 4095 bytes, or a slash in it: EIO",
      .evidence = Evidence::live},
     first_record_bad,
     listings,
     When::succeeded},
    {{.id = "dirent-bad-later",
      .outcome = Outcome::fields_ignored,
      .text = "a later record has a name of 0 or above 4095 bytes, or a slash in it: the records "
              "before it "
              "are delivered, the next call starts there and fails if the record comes again; "
              "references "
              "of READDIRPLUS from there on are never given back",
      .evidence = Evidence::live},
     later_record_bad,
     listings,
     When::succeeded},
    {{.id = "dirent-cut",
      .outcome = Outcome::fields_ignored,
      .text = "the last record is cut short: it is left out without an error, and its READDIRPLUS "
              "reference is "
              "never given back",
      .evidence = Evidence::live},
     last_record_cut,
     listings,
     When::succeeded},
    {{.id = "direntplus-forgotten",
      .outcome = Outcome::dropped,
      .text = "nodeid 1, no valid file type, or a size above 2^63-1: the name is listed, but its "
              "entry is not "
              "kept, and FORGET 1 is sent at once, for nodeid 1 too",
      .evidence = Evidence::live},
     entry_refused,
     ops(Op::readdirplus),
     When::succeeded},
    {{.id = "direntplus-dot",
      .outcome = Outcome::fields_ignored,
      .text = "a nodeid for \".\" or \"..\": never counted and never forgotten",
      .evidence = Evidence::live},
     dot_counted,
     ops(Op::readdirplus),
     When::succeeded},
    {{.id = "xattr-list-bad",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "an empty name, or no NUL at the end: EIO",
      .evidence = Evidence::live},
     bad_xattr_list,
     ops(Op::listxattr),
     When::succeeded},
    {{.id = "xattr-size-clamped",
      .outcome = Outcome::fields_ignored,
      .text = "a size above 65536 counts as that",
      .evidence = Evidence::live},
     huge_xattr,
     ops(Op::getxattr, Op::listxattr),
     When::succeeded},
    {{.id = "lseek-out-of-range",
      .outcome = Outcome::caller_error,
      .caller_errno = einval,
      .text = "an offset above 2^63-1: EINVAL",
      .evidence = Evidence::live},
     bad_offset,
     ops(Op::lseek),
     When::succeeded},
    {{.id = "lock-bad",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "no valid type of lock, or a range that ends before it starts or beyond 2^63-1: EIO",
      .evidence = Evidence::live},
     bad_lock,
     ops(Op::getlk),
     When::succeeded},
    {{.id = "ioctl-retry-forbidden",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "RETRY for an ioctl that is not unrestricted: EIO",
      .evidence = Evidence::live},
     retry_forbidden,
     ops(Op::ioctl),
     When::succeeded},
    {{.id = "ioctl-too-many-areas",
      .outcome = Outcome::caller_error,
      .caller_errno = enomem,
      .text = "more than 256 areas to retry with: ENOMEM"},
     too_many_iovecs,
     ops(Op::ioctl),
     When::succeeded},
    {{.id = "ioctl-areas-missing",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "the payload is not as many areas as the reply says: EIO"},
     iovecs_missing,
     ops(Op::ioctl),
     When::succeeded},
    {{.id = "ioctl-too-long",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "more bytes than the caller has room for, within one page: EIO",
      .evidence = Evidence::live},
     output_too_long,
     ops(Op::ioctl),
     When::succeeded},
    {{.id = "ioctl-result",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::as_sent,
      .text = "a negative result is the caller's error",
      .evidence = Evidence::live},
     ioctl_fails,
     ops(Op::ioctl),
     When::succeeded},
};

} // namespace

constexpr VerdictFamily verdicts::data{"Data and directories", answers};

} // namespace fusewire
