// State: what one connection has open, as the kernel must see it: nodes with their references and
// names, open files, what is outstanding, and the limits that INIT settled. Bounded by live objects;
// what is gone is remembered only for a while, so that a late use can be named.
#pragma once

#include "dissector/course.h"
#include "dissector/directory_reads.h"
#include "dissector/entry.h"
#include "dissector/interrupts.h"
#include "dissector/lock_table.h"
#include "dissector/record.h"
#include "dissector/requests.h"
#include "dissector/retrieves.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fusewire {

inline constexpr std::uint64_t root_nodeid = 1;

enum class HandleState : std::uint8_t {
    none,    // known through classic entries only
    known,   // `handle` is what the server returned
    unsound, // missing, cut short or too large: what the kernel holds is not known
};

using NameKey = std::pair<std::uint64_t, std::string>; // parent nodeid, name
using NameView = std::pair<std::uint64_t, std::string_view>;

// Names are looked up far more often than they change, without making a string for it.
struct NameHash {
    using is_transparent = void;
    std::size_t operator()(const NameView& key) const {
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
        return std::hash<std::string_view>{}(key.second) ^ (key.first + 1) * odd;
    }
    std::size_t operator()(const NameKey& key) const { return (*this)(NameView(key)); }
};
struct SameName {
    using is_transparent = void;
    bool operator()(const NameView& a, const NameView& b) const { return a == b; }
};

struct NodeState {
    static constexpr std::size_t most_names = 64;  // hard links kept for each node
    static constexpr std::size_t most_handles = 8; // earlier fhandles kept for each node

    std::uint64_t nodeid = 0;
    // References handed out: `sent` counts every reply of the server, `accepted` those that the
    // kernel certainly took. The truth is between the two.
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::uint64_t generation = 0;
    std::uint64_t parent = 0; // of the latest name
    std::string name;
    std::vector<NameKey> names;             // every (parent, name) that leads here
    std::string handle;                     // fhandle
    std::vector<std::string> older_handles; // those before it, which the kernel may still send
    HandleState handle_state = HandleState::none;
    std::uint64_t handle_frame = 0;
    std::optional<Attributes> attributes; // the latest that the kernel took
    std::uint64_t attributes_frame = 0;
    Op attributes_op{};                 // what brought them
    std::uint64_t introduced_frame = 0; // of the first entry since it was last forgotten
    std::uint64_t entry_frame = 0;      // of the latest entry
    std::uint64_t written_end = 0;      // end of what was written through this connection
    std::uint64_t modified_frame = 0;   // last request that may change its attributes; 0: none
    bool assumed = false;  // used before it was introduced: the capture began late or has a gap
    bool modified = false; // written, truncated or changed since `attributes`
    bool made_bad = false; // the kernel gave it up
    bool classic_entry = false;  // the latest entry had no fhandle field
    bool foreign_handle = false; // the kernel was once made to take other bytes for its fhandle

    std::uint32_t type() const { return attributes ? attributes->type() : 0; }
    bool live() const { return sent > 0 || assumed || nodeid == root_nodeid; }
    // Whether the kernel may hold these bytes as its fhandle.
    bool may_hold(std::string_view fhandle) const;
};

// A node that came to zero references.
struct ForgottenNode {
    std::uint64_t generation = 0;
    std::uint32_t type = 0;
    std::uint64_t ino = 0;
    std::string handle;
    std::uint64_t frame = 0; // of the FORGET
    NameKey name;            // its latest
    // References are left that the kernel may have taken after all.
    bool uncertain = false;
};

// What a name leads to, from the latest entry for it.
struct NameState {
    std::uint64_t nodeid = 0;
    std::uint64_t frame = 0;
    Op op{}; // what brought it: LOOKUP, MKDIR, READDIRPLUS, RENAME …
    std::optional<std::int64_t> expires_ns; // the kernel may use it until then; absent: no clock
    bool expired = false;                   // a notification said so
};

// A name that was taken away.
struct RemovedName {
    std::uint64_t nodeid = 0; // 0: not known
    std::uint64_t frame = 0;  // of the reply
    Op op{};                  // unlink, rmdir, rename, rename2
};

// Where a forgotten node's fhandle was last seen.
struct ForgottenHandle {
    std::uint64_t nodeid = 0;
    std::uint64_t frame = 0; // of the FORGET
    std::uint64_t ino = 0;
    std::uint32_t type = 0;
};

// A directory as the STATX beside a LOOKUP_HANDLE or MKOBJ_HANDLE described it.
struct StatxEcho {
    std::uint64_t nodeid = 0; // 0: none yet
    std::uint64_t frame = 0;
    Attributes attributes;
};

// The COMPOUND that was answered with ENOSYS first.
struct DeclinedCompound {
    std::uint64_t frame = 0; // of the reply; 0: none
    std::uint32_t pid = 0;   // of the caller
};

enum class FhSpace : std::uint8_t { file, directory };

struct OpenFile {
    std::uint64_t opens = 0;    // how often this fh was returned for the node and not released yet
    std::uint64_t released = 0; // how often it was released
    std::uint32_t flags = 0;    // open(2) flags of the latest open
    std::uint32_t fopen = 0;    // FOPEN_* flags of its reply
    std::uint64_t open_frame = 0;
    std::uint64_t release_frame = 0;
    bool assumed = false;    // used before it was opened
    bool from_mkobj = false; // OPEN inside MKOBJ_HANDLE: its flags say nothing
    bool doubtful = false;   // the kernel may not have kept it: its compound failed later on
};

struct FhKey {
    FhSpace space;
    std::uint64_t fh;
    std::uint64_t nodeid;
    auto operator<=>(const FhKey&) const = default;
};

// Where the effects of INIT end up: the values the kernel works with.
struct Limits {
    bool known = false;             // INIT and its reply were captured
    bool minor_known = false;       // `minor` is: from INIT, or from the kernel without one
    std::uint32_t major = 0;        // of the reply
    std::uint32_t minor = 0;        // the lower of both sides'
    std::uint32_t kernel_minor = 0; // of the request: what the kernel itself knows
    std::uint64_t offered = 0;      // flags of the request
    std::uint64_t accepted = 0;     // flags of the reply that count (flags2 only with INIT_EXT)
    std::uint32_t max_write = 0;    // at least 4096
    std::uint32_t max_pages = 32;
    std::uint32_t name_max = 1024;   // bytes
    std::uint16_t max_handle_sz = 0; // lookup-handle-v2

    void set_minor(std::uint32_t negotiated) {
        minor = negotiated;
        minor_known = true;
    }
    bool has(unsigned bit) const { return (accepted >> bit & 1) != 0; }
    bool offers(unsigned bit) const { return (offered >> bit & 1) != 0; }
};

// How long the server last said the value of an extended attribute is.
struct XattrSize {
    std::uint32_t size = 0;
    std::uint64_t frame = 0; // of the request that asked
};
// `name` is empty for the list of names.
std::uint64_t xattr_key(std::uint64_t nodeid, std::string_view name);

class State {
  public:
    // Forgotten nodes, names and fhandles remembered, of each kind.
    static constexpr std::size_t remembered = 4096;
    // Live nodes kept, and names of them. Beyond it the node that was introduced first goes, and from
    // then on something is missing: `gap`.
    static constexpr std::size_t most_nodes = std::size_t{1} << 20;

    // Nothing is missing since the beginning of the capture.
    bool unbroken() const { return !gap; }
    // Every message since INIT is there: state rules may be sure of themselves.
    bool complete() const { return init_seen && !gap; }

    NodeState* find(std::uint64_t nodeid);
    const NodeState* find(std::uint64_t nodeid) const;
    const ForgottenNode* forgotten(std::uint64_t nodeid) const;
    // A node that is used though nobody introduced it.
    NodeState& assume(std::uint64_t nodeid, std::uint64_t frame);
    NodeState& introduce(std::uint64_t nodeid, std::uint64_t frame);
    // Takes references back; the node is remembered as forgotten when none is left.
    void forget(std::uint64_t nodeid, std::uint64_t nlookup, std::uint64_t frame);

    void name(std::uint64_t parent, std::string_view name, const NameState& leads_to);
    // The name is gone; `how` is remembered unless it has no frame.
    void unname(std::uint64_t parent, std::string_view name, const RemovedName& how = {});
    // The server said that the name is not what the kernel knows, or not any more.
    void expire(std::uint64_t parent, std::string_view name);
    // The kernel still takes the name from its cache; false without a clock.
    bool cached(const NameState& name, std::optional<std::int64_t> now_ns) const;
    // What is last known under this name; nullptr when nothing is.
    const NameState* at(std::uint64_t parent, std::string_view name) const;
    const RemovedName* removed(std::uint64_t parent, std::string_view name) const;
    // "/dir/file" as far as names are known; "?" stands for what is not.
    std::string path(std::uint64_t nodeid) const;

    void set_handle(NodeState& node, std::string_view handle, std::uint64_t frame);
    void drop_handle(NodeState& node, HandleState now);
    // A live node with this fhandle other than `except`; 0: none.
    std::uint64_t handle_owner(std::string_view handle, std::uint64_t except) const;
    const ForgottenHandle* forgotten_handle(std::string_view handle) const;

    OpenFile* find(const FhKey& key);
    const OpenFile* find(const FhKey& key) const;
    OpenFile& open(const FhKey& key, std::uint64_t frame);
    // Takes an open back; what is released is remembered for a while.
    void release(const FhKey& key, std::uint64_t frame);
    // The node that this fh is open on, other than `except`; 0: none, or numbers are shared.
    std::uint64_t other_node(FhSpace space, std::uint64_t fh, std::uint64_t except) const;
    // The server returns one number for several open files: numbers tell nothing apart.
    bool shares_fhs(FhSpace space) const { return shared_fhs_[static_cast<std::size_t>(space)]; }

    std::unordered_map<std::uint64_t, NodeState> nodes;
    std::size_t node_limit = most_nodes;
    std::map<FhKey, OpenFile> files;
    std::unordered_map<std::uint32_t, std::uint64_t> enosys; // opcode number -> frame of the reply
    Requests requests;
    Course course;
    DirectoryReads directories;
    BoundedMap<std::uint64_t, std::uint64_t, remembered> poll_handles; // kh -> frame of the POLL
    BoundedMap<std::uint64_t, XattrSize, remembered> xattr_sizes;      // by xattr_key()
    Interrupts interrupts;
    LockTable locks;
    Retrieves retrieves;
    Limits limits;
    DialectName dialect = DialectName::unknown;
    bool init_seen = false;          // the INIT request is in the capture
    bool gap = false;                // messages are missing somewhere behind us
    bool sees_forgets = true;        // the tier of the capture shows FORGETs
    bool resend_asked = false;       // RESEND was notified
    std::uint64_t init_frame = 0;    // of the INIT reply; 0: none yet
    std::uint64_t destroy_frame = 0; // of the DESTROY request
    std::uint64_t epoch_frame = 0;   // of the latest INC_EPOCH: names of before are expired
    std::uint64_t first_frame = 0;
    std::uint64_t messages = 0;

    std::optional<std::uint32_t> fhandle_size; // of the first sound one
    StatxEcho last_directory;                  // that STATX beside LOOKUP_HANDLE described
    DeclinedCompound declined;

  private:
    void remember_handle(const NodeState& node, std::uint64_t frame);
    void make_room();
    void erase(NodeState& node);

    // Nodes in the order of their introduction, with its frame; some were forgotten since.
    std::deque<std::pair<std::uint64_t, std::uint64_t>> introduced_;
    std::unordered_map<NameKey, NameState, NameHash, SameName> names_;
    std::unordered_map<NameKey, RemovedName, NameHash, SameName> removed_;
    std::deque<NameKey> removed_order_;
    std::unordered_map<std::uint64_t, ForgottenNode> forgotten_;
    std::deque<std::uint64_t> forgotten_order_;
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> handle_owners_; // live nodeids
    std::map<std::string, ForgottenHandle, std::less<>> forgotten_handles_;
    std::deque<std::string> forgotten_handle_order_;
    std::deque<FhKey> released_order_;
    // Until a server shares numbers, each is open on one node: fh -> nodeid, for each FhSpace.
    std::unordered_map<std::uint64_t, std::uint64_t> open_on_[2];
    bool shared_fhs_[2] = {};
};

} // namespace fusewire
