// Entries that LOOKUP and the creating operations hand out: fuse_lookup_name(), fuse_iget(),
// fuse_dentry_revalidate(), create_new_entry(), fuse_create_open().
#include "dissector/verdicts/row.h"

namespace fusewire {

namespace {

using namespace verdict_errno;

constexpr OpSet lookups = ops(Op::lookup, Op::lookup_handle);
constexpr OpSet creations =
    ops(Op::mknod, Op::mkdir, Op::symlink, Op::create, Op::tmpfile, Op::link);
constexpr DialectSet handle_v2 = in_dialect(DialectName::lookup_handle_v2);
constexpr DialectSet handle_v3 = in_dialect(DialectName::lookup_handle_v3);

bool is_broken(const Entry& entry) {
    return entry.attributes && are_invalid(*entry.attributes);
}
// The kernel keeps 32 bits of the generation.
bool is_other_object(const Entry& entry, const NodeState& node) {
    const bool other_generation =
        static_cast<std::uint32_t>(node.generation) != static_cast<std::uint32_t>(entry.generation);
    const bool other_type =
        entry.attributes && node.type() != 0 && entry.attributes->type() != node.type();
    return other_generation || other_type;
}
bool negative(const Answer& answer) {
    return answer.entry() != nullptr && answer.entry()->nodeid == 0;
}
bool name_gone(const Answer& answer) {
    return negative(answer) && answer.revalidates();
}
bool name_moved(const Answer& answer) {
    const Entry* entry = answer.entry();
    return entry != nullptr && answer.revalidates() &&
           answer.cached_name()->nodeid != entry->nodeid;
}
bool name_stale(const Answer& answer) {
    const Entry* entry = answer.entry();
    if (entry == nullptr)
        return false;
    const NodeState* node = answer.known_node();
    const bool stale = is_broken(*entry) || (node != nullptr && is_other_object(*entry, *node));
    return stale && answer.revalidates();
}
bool broken(const Answer& answer) {
    return answer.entry() != nullptr && is_broken(*answer.entry());
}
bool is_root_below(const Answer& answer) {
    const Entry* entry = answer.entry();
    return entry != nullptr && entry->nodeid == root_nodeid && !is_dot(*entry);
}
bool root_as_file(const Answer& answer) {
    if (!is_root_below(answer) || !answer.entry()->attributes)
        return false;
    const NodeState* root = answer.state().find(root_nodeid);
    const std::uint32_t type = root != nullptr && root->type() != 0 ? root->type() : type_directory;
    return answer.entry()->attributes->type() != type;
}
bool no_nodeid(const Answer& answer) {
    return answer.entry() != nullptr && answer.entry()->nodeid <= root_nodeid;
}

// The type that was asked for; 0: not known.
std::uint32_t asked_type(const Answer& answer) {
    switch (answer.asked.op()) {
    case Op::mkdir:
        return type_directory;
    case Op::symlink:
        return type_symlink;
    case Op::create:
    case Op::tmpfile:
        return type_regular;
    case Op::mknod:
        return static_cast<std::uint32_t>(answer.asked.number("mode").value_or(0)) & type_mask;
    case Op::link: {
        const NodeState* old = answer.state().find(answer.asked.number("oldnodeid").value_or(0));
        return old == nullptr ? 0 : old->type();
    }
    default:
        return 0;
    }
}
bool other_type(const Answer& answer) {
    const Entry* entry = answer.entry();
    if (entry == nullptr || !entry->attributes)
        return false;
    const std::uint32_t asked = asked_type(answer);
    return asked != 0 && entry->attributes->type() != asked;
}
bool replaces_node(const Answer& answer) {
    const NodeState* node = answer.known_node();
    return node != nullptr && is_other_object(*answer.entry(), *node);
}

// LOOKUP_HANDLE v1 and v2, which refuse an fhandle as long as their own limit.
constexpr std::uint32_t v2_limit = 128;
bool bad_size_v2(const Answer& answer) {
    const Entry* entry = answer.entry();
    if (entry == nullptr || entry->nodeid == 0 || !entry->fhandle.expected)
        return false;
    const std::uint32_t size = entry->fhandle.declared;
    const std::uint16_t most = answer.limits().max_handle_sz;
    return size == 0 || size >= v2_limit || (most != 0 && size >= most);
}
bool other_fhandle_v2(const Answer& answer) {
    const NodeState* node = answer.known_node();
    return node != nullptr && answer.entry()->fhandle.sound() &&
           node->handle_state == HandleState::known &&
           node->handle != answer.entry()->fhandle.bytes;
}
bool lookup_handle_is_on(const Answer& answer) {
    constexpr unsigned bit = 43;
    return answer.limits().has(bit);
}
bool loses_fhandle(const Answer& answer) {
    const NodeState* node = answer.known_node();
    return node != nullptr && node->handle_state == HandleState::known &&
           lookup_handle_is_on(answer);
}
bool has_no_fhandle(const Answer& answer) {
    return answer.entry() != nullptr && answer.entry()->nodeid > root_nodeid &&
           answer.known_node() == nullptr && lookup_handle_is_on(answer);
}
bool wide_generation(const Answer& answer) {
    return answer.entry() != nullptr && answer.entry()->generation > UINT32_MAX;
}
bool root_generation(const Answer& answer) {
    const Entry* entry = answer.entry();
    return entry != nullptr && entry->nodeid == root_nodeid && entry->generation != 0;
}
bool too_many_nanoseconds(const Answer& answer) {
    constexpr std::uint32_t second = 1'000'000'000;
    const Entry* entry = answer.entry();
    if (entry == nullptr || !entry->attributes)
        return false;
    const Attributes& attributes = *entry->attributes;
    return entry->entry_valid_ns >= second || attributes.valid_ns >= second ||
           attributes.atime_ns >= second || attributes.mtime_ns >= second ||
           attributes.ctime_ns >= second;
}

constexpr VerdictCheck<Answer> answers[] = {
    {{.id = "name-gone",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .text = "nodeid 0 for a cached name: the name is dropped and looked up again at once, and "
              "that reply "
              "counts",
      .evidence = Evidence::live},
     name_gone,
     lookups,
     When::succeeded},
    {{.id = "negative-cached",
      .outcome = Outcome::negative,
      .caller_errno = enoent,
      .text = "nodeid 0: no such name, remembered for entry_valid; ENOENT unless the caller is "
              "about to "
              "create it",
      .evidence = Evidence::live},
     negative,
     lookups,
     When::succeeded},
    {{.id = "name-moved",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .text = "another nodeid for a cached name: FORGET 1 for it, the name is dropped and looked "
              "up again "
              "at once",
      .evidence = Evidence::live},
     name_moved,
     lookups,
     When::succeeded},
    {{.id = "name-stale",
      .outcome = Outcome::dropped,
      .caller_errno = VerdictRow::undefined,
      .text = "a cached name comes back with another generation or type, or with attributes that "
              "cannot be: "
              "it is dropped and looked up again at once, and if that says the same while somebody "
              "holds the "
              "old inode, that one is made bad",
      .evidence = Evidence::live},
     name_stale,
     lookups,
     When::succeeded},
    {{.id = "entry-attributes-bad",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "no valid file type in mode, or a size above 2^63-1: EIO, and no FORGET for the "
              "reference",
      .evidence = Evidence::live},
     broken,
     lookups,
     When::succeeded},
    {{.id = "root-made-bad",
      .outcome = Outcome::inode_bad,
      .caller_errno = eio,
      .text = "nodeid 1, and not a directory, for a name below the root: the root inode itself is "
              "made bad, "
              "and everything below the mount point fails with EIO, without a request, until it is "
              "unmounted",
      .evidence = Evidence::live,
      .results = Results::lost},
     root_as_file,
     lookups,
     When::succeeded},
    {{.id = "root-as-child",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "nodeid 1 for a name below the root: EIO",
      .evidence = Evidence::live},
     is_root_below,
     lookups,
     When::succeeded},
    {{.id = "created-nodeid-bad",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text =
          "nodeid 0 or 1 for what was created: EIO, but it exists at the server; no FORGET and no "
          "RELEASE follow",
      .evidence = Evidence::live},
     no_nodeid,
     creations,
     When::succeeded},
    {{.id = "created-attributes-bad",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "no valid file type in mode, or a size above 2^63-1, for what was created: EIO, but "
              "it exists at "
              "the server; no FORGET and no RELEASE follow",
      .evidence = Evidence::live},
     broken,
     creations,
     When::succeeded},
    {{.id = "created-type-wrong",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .text = "another file type than was asked for: EIO, but it exists at the server; no FORGET "
              "and no "
              "RELEASE follow",
      .evidence = Evidence::live},
     other_type,
     creations,
     When::succeeded},
    {{.id = "handle-size-refused",
      .outcome = Outcome::caller_error,
      .caller_errno = eio,
      .dialects = handle_v2,
      .text = "an fhandle of size 0, of 128 and more, or of max_handle_sz and more: EIO"},
     bad_size_v2,
     lookups | creations,
     When::succeeded},
    {{.id = "handle-changed-v2",
      .outcome = Outcome::inode_bad,
      .dialects = handle_v2,
      .text = "another fhandle for a live node: the old inode is made bad, and a new one takes its "
              "place"},
     other_fhandle_v2,
     lookups | creations,
     When::succeeded},
    {{.id = "handle-lost",
      .outcome = Outcome::inode_bad,
      .dialects = handle_v3,
      .text = "an entry without an fhandle for a node that has one: the live inode is made bad and "
              "replaced, "
              "with \"NULL file handle for nodeid\" and once a stack trace in the log",
      .evidence = Evidence::seen},
     loses_fhandle,
     lookups | creations,
     When::succeeded},
    {{.id = "node-replaced",
      .outcome = Outcome::inode_bad,
      .text = "another generation or type for a live node: its old inode is made bad, so that "
              "descriptors on "
              "it get EIO, and a new inode takes its place",
      .evidence = Evidence::live},
     replaces_node,
     lookups | creations,
     When::succeeded},
    {{.id = "handle-none",
      .outcome = Outcome::warning,
      .dialects = handle_v3,
      .text = "a new node without an fhandle: \"NULL file handle for nodeid\" and once a stack "
              "trace in the "
              "log; names below it are looked up without an extension, and it is dropped when it "
              "is looked "
              "up next",
      .evidence = Evidence::seen},
     has_no_fhandle,
     lookups | creations,
     When::succeeded},
    {{.id = "root-generation",
      .outcome = Outcome::fields_ignored,
      .text = "a generation for nodeid 1 is taken as 0, with a line in the log the first time"},
     root_generation,
     lookups,
     When::succeeded},
    {{.id = "generation-cut",
      .outcome = Outcome::fields_ignored,
      .text = "only 32 bits of the generation are kept",
      .evidence = Evidence::live},
     wide_generation,
     lookups | creations,
     When::succeeded},
    {{.id = "nanoseconds-clamped",
      .outcome = Outcome::fields_ignored,
      .text = "nanoseconds of a second and more count as 999999999",
      .evidence = Evidence::live},
     too_many_nanoseconds,
     lookups | creations,
     When::succeeded},
};

} // namespace

constexpr VerdictFamily verdicts::entries{"Entries", answers};

} // namespace fusewire
