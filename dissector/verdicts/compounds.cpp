// COMPOUND, and LOOKUP_HANDLE and MKOBJ_HANDLE inside one. What the kernel does was seen on one with
// RFC v3 on COMPOUND v5, except for the rows about other versions.
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr DialectSet unknown_or_v3 =
    in_dialects(DialectName::unknown, DialectName::lookup_handle_v3);
constexpr DialectSet v6 = in_dialect(DialectName::compound_v6);
constexpr DialectSet v7 = in_dialects(DialectName::compound_v7, DialectName::fusex_b);
constexpr DialectSet v5 =
    unknown_or_v3 |
    in_dialects(DialectName::compound_rfc, DialectName::compound_v4, DialectName::compound_v5);
constexpr OpSet compound = ops(Op::compound);

bool is_lookup(const Answer& answer) {
    return answer.is_compound_of(Op::lookup_handle);
}
bool is_creation(const Answer& answer) {
    return answer.is_compound_of(Op::mkobj_handle);
}
bool is_open(const Answer& answer) {
    return answer.is_compound_of(Op::open) || answer.is_compound_of(Op::opendir);
}
bool is_whole(const Answer& answer) {
    return answer.event.message.bytes.size() >= answer.event.record.wire_length;
}

bool any(const Answer&) {
    return true;
}
bool declines_all(const Answer& answer) {
    return answer.error() == -enosys || answer.error() == -eopnotsupp;
}
bool declines_open(const Answer& answer) {
    return answer.error() == -enosys && is_open(answer);
}
bool declines_handles(const Answer& answer) {
    return answer.error() == -enosys && (is_lookup(answer) || is_creation(answer));
}

bool cut_short(const Answer& answer) {
    return is_whole(answer) && answer.walked() < answer.counted();
}
// Errors are not checked in sub-replies, and the kernel makes pointers of them.
bool sub_error_range(const Answer& answer) {
    constexpr std::int32_t lowest = -4095;
    const auto failed = answer.failed();
    if (!failed)
        return false;
    const std::int32_t error = answer.event.message.subs[*failed].error;
    return error > 0 || error < lowest;
}
bool sub_enosys(const Answer& answer) {
    const auto failed = answer.failed();
    return failed && answer.event.message.subs[*failed].error == -enosys;
}

bool cached_name_fails(const Answer& answer) {
    return is_lookup(answer) && answer.failed() && answer.revalidates();
}
bool no_such_name(const Answer& answer) {
    const auto failed = answer.failed();
    return is_lookup(answer) && failed && *failed == 0 &&
           answer.event.message.subs[0].error == -enoent;
}
bool only_statx_fails(const Answer& answer) {
    const auto failed = answer.failed();
    return is_lookup(answer) && failed && *failed > 0;
}
bool creation_declined(const Answer& answer) {
    return is_creation(answer) && answer.failed() == std::size_t{0} && sub_enosys(answer);
}
bool creation_partial(const Answer& answer) {
    const auto failed = answer.failed();
    return is_creation(answer) && failed && *failed > 0;
}
bool open_declined(const Answer& answer) {
    return is_open(answer) && sub_enosys(answer);
}
bool sub_fails(const Answer& answer) {
    return answer.failed().has_value();
}
bool open_zeroed(const Answer& answer) {
    return is_open(answer) && answer.walked() < answer.event.request.subs.size();
}

// Attributes as the kernel reads them: zeros where the STATX is missing. nullopt when the capture does
// not have them.
std::optional<Attributes> statx(const Answer& answer) {
    const Entry* entry = answer.entry();
    if (entry != nullptr && entry->attributes && answer.walked() > 1)
        return entry->attributes;
    return is_whole(answer) && answer.walked() < 2 ? std::optional(Attributes{}) : std::nullopt;
}
bool has_type(const Answer& answer) {
    const auto attributes = statx(answer);
    return !attributes || is_file_type(attributes->mode);
}
bool has_sound_attributes(const Answer& answer) {
    const auto attributes = statx(answer);
    return !attributes || !are_invalid(*attributes);
}
// A count of 0 leaves even the nodeid zero.
bool is_negative(const Answer& answer) {
    if (!is_lookup(answer))
        return false;
    return answer.counted() == 0 || (answer.entry() != nullptr && answer.entry()->nodeid == 0);
}
bool cached_name_negative(const Answer& answer) {
    return is_negative(answer) && answer.revalidates();
}
bool negative_with_type(const Answer& answer) {
    return is_negative(answer) && has_type(answer);
}

bool is_root_below(const Answer& answer) {
    const Entry* entry = answer.entry();
    return is_lookup(answer) && entry != nullptr && entry->nodeid == root_nodeid && !is_dot(*entry);
}
bool root_as_other(const Answer& answer) {
    if (!is_root_below(answer))
        return false;
    const auto attributes = statx(answer);
    const NodeState* root = answer.state().find(root_nodeid);
    const FhandleFact& fhandle = answer.entry()->fhandle;
    const bool other_handle = root != nullptr && root->handle_state == HandleState::known &&
                              fhandle.sound() && root->handle != fhandle.bytes;
    return other_handle || (attributes && attributes->type() != type_directory);
}

bool creation_refused(const Answer& answer) {
    const Entry* entry = answer.entry();
    if (!is_creation(answer))
        return false;
    const auto attributes = statx(answer);
    const bool not_regular = attributes && attributes->type() != type_regular;
    return answer.counted() == 0 || (entry != nullptr && entry->nodeid <= root_nodeid) ||
           not_regular || !has_sound_attributes(answer);
}
bool cached_name_unsound(const Answer& answer) {
    return is_lookup(answer) && !has_sound_attributes(answer) && answer.revalidates();
}
bool no_type_for_new_node(const Answer& answer) {
    return is_lookup(answer) && !has_type(answer) && answer.known_node() == nullptr;
}
bool unsound_attributes(const Answer& answer) {
    return is_lookup(answer) && !has_sound_attributes(answer);
}

constexpr std::uint32_t longest = 128; // fhandle bytes that the kernel has room for
bool hands_out_handle(const Answer& answer) {
    return (is_lookup(answer) || is_creation(answer)) && answer.entry() != nullptr;
}
bool handle_missing(const Answer& answer) {
    return hands_out_handle(answer) && is_whole(answer) && !answer.entry()->fhandle.present;
}
bool handle_too_large(const Answer& answer) {
    return hands_out_handle(answer) && answer.entry()->fhandle.declared > longest;
}
bool handle_runs_on(const Answer& answer) {
    const Entry* entry = answer.entry();
    return hands_out_handle(answer) && is_whole(answer) &&
           entry->fhandle.declared > entry->fhandle.bytes.size();
}
bool is_other_object(const Answer& answer) {
    const NodeState* node = answer.known_node();
    if (node == nullptr)
        return false;
    const Entry& entry = *answer.entry();
    const bool other_handle = entry.fhandle.sound() && node->handle_state == HandleState::known &&
                              node->handle != entry.fhandle.bytes;
    const bool other_generation = static_cast<std::uint32_t>(node->generation) !=
                                  static_cast<std::uint32_t>(entry.generation);
    const auto attributes = statx(answer);
    return other_handle || other_generation ||
           (attributes && node->type() != 0 && attributes->type() != node->type());
}
bool cached_name_differs(const Answer& answer) {
    if (!is_lookup(answer) || answer.entry() == nullptr || !answer.revalidates())
        return false;
    const Entry& entry = *answer.entry();
    const NodeState* node = answer.known_node();
    const bool handle_is_news = node != nullptr && node->handle_state == HandleState::none;
    return answer.cached_name()->nodeid != entry.nodeid || handle_is_news ||
           is_other_object(answer);
}
bool replaces_node(const Answer& answer) {
    return hands_out_handle(answer) && is_other_object(answer);
}

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "compound-split",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .dialects = v6,
      .text = "any error for a COMPOUND: unless it is ATOMIC, its operations are sent again one by "
              "one"},
     any,
     compound,
     When::failed},
    {{.id = "compound-declined",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .dialects = v7,
      .text = "ENOSYS or EOPNOTSUPP for a COMPOUND: its operations are sent one by one, after "
              "ENOSYS for good"},
     declines_all,
     compound,
     When::failed},
    {{.id = "compound-open-declined",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .dialects = v5,
      .text = "ENOSYS for a COMPOUND of OPEN or OPENDIR: a plain one follows, and the COMPOUND is "
              "tried again "
              "at the next open",
      .evidence = Evidence::seen},
     declines_open,
     compound,
     When::failed},
    {{.id = "compound-no-fallback",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::as_sent,
      .dialects = unknown_or_v3,
      .text = "ENOSYS for a COMPOUND of LOOKUP_HANDLE or MKOBJ_HANDLE: the caller gets it, there "
              "is no other "
              "way to look a name up or to create it",
      .evidence = Evidence::seen},
     declines_handles,
     compound,
     When::failed},
    {{.id = "compound-cut",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .dialects = v5,
      .text = "fewer sub-replies than the reply counts, or a len in one of them that cannot be: "
              "EIO, and "
              "nothing that the reply hands out is known to the kernel",
      .evidence = Evidence::seen},
     cut_short,
     compound,
     When::succeeded},
    {{.id = "compound-cut-split",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .dialects = v6,
      .text = "sub-replies that cannot be walked: unless it is ATOMIC, the operations are sent "
              "again one by "
              "one",
      .results = Results::lost},
     cut_short,
     compound,
     When::succeeded},
    {{.id = "sub-error-out-of-range",
      .outcome = Outcome::crash,
      .caller_errno = VerdictRow::undefined,
      .dialects = v5,
      .text = "an error above 0 or below -4095 in a sub-reply is used as a pointer: kernel oops, "
              "the caller is "
              "killed",
      .evidence = Evidence::seen},
     sub_error_range,
     compound,
     When::succeeded},
    {{.id = "handle-name-dropped",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "a sub-error for a cached name: the name is dropped and looked up again at once",
      .results = Results::lost},
     cached_name_fails,
     compound,
     When::succeeded},
    {{.id = "handle-negative",
      .outcome = Outcome::negative,
      .caller_errno = VerdictRow::as_sent,
      .dialects = unknown_or_v3,
      .text = "no such name, and it is not remembered",
      .evidence = Evidence::seen},
     no_such_name,
     compound,
     When::succeeded},
    {{.id = "handle-statx-failed",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::as_sent,
      .dialects = unknown_or_v3,
      .text = "the name was found, but not its attributes: the caller gets STATX's error, and no "
              "FORGET is "
              "sent for the reference",
      .evidence = Evidence::seen},
     only_statx_fails,
     compound,
     When::succeeded},
    {{.id = "mkobj-declined",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "ENOSYS for MKOBJ_HANDLE in its sub-reply: MKNOD and OPEN take its place from now on",
      .evidence = Evidence::seen},
     creation_declined,
     compound,
     When::succeeded},
    {{.id = "mkobj-partial",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::as_sent,
      .dialects = unknown_or_v3,
      .text = "the file was created, but STATX or OPEN failed: the caller gets that error, and no "
              "FORGET and "
              "no RELEASE follow"},
     creation_partial,
     compound,
     When::succeeded},
    {{.id = "compound-open-refused",
      .outcome = Outcome::unsupported,
      .caller_errno = VerdictRow::undefined,
      .dialects = v5 | v6,
      .text = "ENOSYS in a sub-reply of OPEN and GETATTR: a plain OPEN follows, and no RELEASE for "
              "what this "
              "one opened",
      .results = Results::lost},
     open_declined,
     compound,
     When::succeeded},
    {{.id = "compound-sub-failed",
      .outcome = Outcome::caller_error,
      .caller_errno = VerdictRow::as_sent,
      .dialects = v5 | v6,
      .text = "the caller gets the first sub-error; what the others opened is never released"},
     sub_fails,
     compound,
     When::succeeded},
    {{.id = "compound-open-zeroed",
      .outcome = Outcome::fields_ignored,
      .dialects = v5 | v6,
      .text = "sub-replies are missing, and none has failed: they count as success with zeros, fh "
              "0 and "
              "attributes of nothing",
      .evidence = Evidence::seen},
     open_zeroed,
     compound,
     When::succeeded},
    {{.id = "handle-name-gone",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "nodeid 0 for a cached name counts as ENOENT: it is dropped, and the lookup that "
              "follows at once "
              "must not say the same"},
     cached_name_negative,
     compound,
     When::succeeded},
    {{.id = "negative-becomes-node",
      .outcome = Outcome::warning,
      .dialects = unknown_or_v3,
      .text = "nodeid 0 without an error and attributes with a type: an inode with nodeid 0 is "
              "made, with a "
              "warning, and GETATTR and FORGET for nodeid 0 follow; answer ENOENT instead",
      .evidence = Evidence::seen},
     negative_with_type,
     compound,
     When::succeeded},
    {{.id = "negative-crashes",
      .outcome = Outcome::crash,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "nodeid 0 without an error and attributes without a type: a warning, then BUG() in "
              "fuse_init_inode(); the caller is killed and the directory stays locked; answer "
              "ENOENT instead",
      .evidence = Evidence::seen},
     is_negative,
     compound,
     When::succeeded},
    {{.id = "handle-root-made-bad",
      .outcome = Outcome::inode_bad,
      .caller_errno = eio,
      .dialects = unknown_or_v3,
      .text = "nodeid 1 for a name below the root, and not as a directory or with another fhandle: "
              "the root "
              "inode itself is made bad, and everything below the mount point fails with EIO, "
              "without a "
              "request, until it is unmounted",
      .evidence = Evidence::seen,
      .results = Results::lost},
     root_as_other,
     compound,
     When::succeeded},
    {{.id = "handle-root-as-child",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .dialects = unknown_or_v3,
      .text = "nodeid 1 for a name below the root: EIO"},
     is_root_below,
     compound,
     When::succeeded},
    {{.id = "mkobj-refused",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .dialects = unknown_or_v3,
      .text = "what was created has nodeid 0 or 1, is no regular file or has a size above 2^63-1: "
              "EIO, with a "
              "warning if it has no type; no FORGET and no RELEASE follow",
      .evidence = Evidence::seen},
     creation_refused,
     compound,
     When::succeeded},
    {{.id = "handle-name-unsound",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "a cached name comes back with attributes that cannot be: it is dropped, and the "
              "lookup that "
              "follows at once must not say the same"},
     cached_name_unsound,
     compound,
     When::succeeded},
    {{.id = "statx-crashes",
      .outcome = Outcome::crash,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "no valid file type for a new node, whatever the mask says: a warning, then BUG() in "
              "fuse_init_inode(); the caller is killed and the directory stays locked",
      .evidence = Evidence::seen},
     no_type_for_new_node,
     compound,
     When::succeeded},
    {{.id = "statx-size-bad",
      .outcome = Outcome::inode_bad,
      .caller_errno = eio,
      .dialects = unknown_or_v3,
      .text = "a size above 2^63-1, or no valid type for a node that is known: a warning, EIO for "
              "good, and "
              "the inode leaks at unmount",
      .evidence = Evidence::seen},
     unsound_attributes,
     compound,
     When::succeeded},
    {{.id = "handle-missing",
      .outcome = Outcome::disclosure,
      .dialects = unknown_or_v3,
      .text =
          "no fhandle behind the entry: the bytes that follow, the len of the next sub-reply, "
          "count as its "
          "size, and every lookup below the node sends reply bytes and kernel memory to the server",
      .evidence = Evidence::seen},
     handle_missing,
     compound,
     When::succeeded},
    {{.id = "handle-too-large",
      .outcome = Outcome::disclosure,
      .dialects = unknown_or_v3,
      .text = "an fhandle that claims more than 128 bytes: taken as it says, and every lookup "
              "below the node "
              "sends as much kernel memory to the server, up to 64 KiB",
      .evidence = Evidence::seen},
     handle_too_large,
     compound,
     When::succeeded},
    {{.id = "handle-name-changed",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .dialects = unknown_or_v3,
      .text = "a cached name comes back with another nodeid, generation, type or fhandle, or with "
              "the first "
              "fhandle of a node that had none: FORGET 1, the name is dropped and looked up again "
              "at once; then "
              "the old inode is made bad, and descriptors on it get EIO",
      .evidence = Evidence::seen},
     cached_name_differs,
     compound,
     When::succeeded},
    {{.id = "handle-node-replaced",
      .outcome = Outcome::inode_bad,
      .dialects = unknown_or_v3,
      .text =
          "another generation, type or fhandle for a live node: its old inode is made bad, so that "
          "descriptors on it get EIO, and a new inode takes its place; nothing in the log",
      .evidence = Evidence::seen},
     replaces_node,
     compound,
     When::succeeded},
    {{.id = "handle-runs-on",
      .outcome = Outcome::accepted,
      .dialects = unknown_or_v3,
      .text = "an fhandle that claims more bytes than it has, up to 128: the rest is taken from "
              "the header of "
              "the next sub-reply",
      .evidence = Evidence::seen},
     handle_runs_on,
     compound,
     When::succeeded},
};

} // namespace

constexpr VerdictFamily verdicts::compounds{"COMPOUND and LOOKUP_HANDLE", answers};

} // namespace fusewire
