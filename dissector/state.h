// State: what one connection has open, as the kernel must see it: nodes with their references, open
// files, locks, and the limits that INIT settled. Bounded by live objects; what was forgotten is
// remembered only for a while, so that a late use can be named.
#pragma once

#include "dissector/entry.h"
#include "dissector/record.h"
#include "dissector/session.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace fusewire {

inline constexpr std::uint64_t root_nodeid = 1;

enum class HandleState : std::uint8_t {
    none,    // known through classic entries only
    known,   // `handle` is what the server returned
    unsound, // missing, cut short or too large: what the kernel holds is not known
};

struct NodeState {
    std::uint64_t nodeid = 0;
    // References handed out: `sent` counts every reply of the server, `accepted` those that the
    // kernel certainly took. The truth is between the two.
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::uint64_t generation = 0;
    std::uint64_t parent = 0; // of the latest name
    std::string name;
    std::vector<std::pair<std::uint64_t, std::string>>
        names; // every (parent, name) that leads here
    std::string handle;
    HandleState handle_state = HandleState::none;
    std::optional<Attributes> attributes; // the latest that the kernel took
    std::uint64_t attributes_frame = 0;
    std::uint64_t introduced_frame = 0; // of the first entry since it was last forgotten
    std::uint64_t entry_frame = 0;      // of the latest entry
    std::uint64_t written_end = 0;      // end of what was written through this connection
    bool assumed = false;  // used before it was introduced: the capture began late or has a gap
    bool modified = false; // written, truncated or changed since `attributes`
    bool made_bad = false; // the kernel gave it up

    std::uint32_t type() const { return attributes ? attributes->type() : 0; }
    bool live() const { return sent > 0 || assumed || nodeid == root_nodeid; }
};

// A node that came to zero references.
struct ForgottenNode {
    std::uint64_t generation = 0;
    std::uint32_t type = 0;
    std::uint64_t ino = 0;
    std::string handle;
    std::uint64_t frame = 0; // of the FORGET
};

enum class FhSpace : std::uint8_t { file, directory };

struct OpenFile {
    std::uint64_t opens = 0;    // how often this fh was returned for the node and not released yet
    std::uint64_t released = 0; // how often it was released
    std::uint32_t flags = 0;    // open(2) flags of the latest open
    std::uint32_t fopen = 0;    // FOPEN_* flags of its reply
    std::uint64_t open_frame = 0;
    std::uint64_t release_frame = 0;
    bool assumed = false;
    bool from_mkobj = false; // OPEN inside MKOBJ_HANDLE: its flags say nothing
};

struct FhKey {
    FhSpace space;
    std::uint64_t nodeid;
    std::uint64_t fh;
    auto operator<=>(const FhKey&) const = default;
};

// Where the effects of INIT end up: the values the kernel works with.
struct Limits {
    bool known = false;
    std::uint32_t minor = 0;
    std::uint64_t offered = 0;  // flags of the request
    std::uint64_t accepted = 0; // flags of the reply that count (flags2 only with INIT_EXT)
    std::uint32_t max_write = 0;
    std::uint32_t max_pages = 32;
    std::uint32_t name_max = 1024;

    bool has(unsigned bit) const { return (accepted >> bit & 1) != 0; }
};

class State {
  public:
    // Forgotten nodes and answered uniques remembered for the sake of messages.
    static constexpr std::size_t remembered = 4096;

    // True when every message since INIT is there: state rules may be sure of themselves.
    bool complete() const { return init_seen && !gap; }

    NodeState* find(std::uint64_t nodeid);
    const NodeState* find(std::uint64_t nodeid) const;
    const ForgottenNode* forgotten(std::uint64_t nodeid) const;
    // A node that is used though nobody introduced it.
    NodeState& assume(std::uint64_t nodeid, std::uint64_t frame);
    NodeState& introduce(std::uint64_t nodeid, std::uint64_t frame);
    // Takes references back; the node is remembered as forgotten when none is left.
    void forget(std::uint64_t nodeid, std::uint64_t nlookup, std::uint64_t frame);
    void name(std::uint64_t nodeid, std::uint64_t parent, std::string_view name);
    void unname(std::uint64_t parent, std::string_view name);
    // The node last known under this name; nullptr when none is.
    const NodeState* at(std::uint64_t parent, std::string_view name) const;
    // "/dir/file" as far as names are known; "?" stands for what is not.
    std::string path(std::uint64_t nodeid) const;

    OpenFile* find(const FhKey& key);
    const OpenFile* find(const FhKey& key) const;

    std::unordered_map<std::uint64_t, NodeState> nodes;
    std::map<FhKey, OpenFile> files;
    std::unordered_map<std::uint64_t, std::uint64_t> enosys; // opcode -> frame of the ENOSYS reply
    Limits limits;
    DialectName dialect = DialectName::unknown;
    bool init_seen = false;
    bool gap = false; // messages are missing somewhere behind us
    std::uint64_t first_frame = 0;
    std::uint64_t messages = 0;

  private:
    using NameKey = std::pair<std::uint64_t, std::string>;
    std::map<NameKey, std::uint64_t, std::less<>> names_; // (parent, name) -> nodeid
    std::unordered_map<std::uint64_t, ForgottenNode> forgotten_;
    std::deque<std::uint64_t> forgotten_order_;
};

} // namespace fusewire
