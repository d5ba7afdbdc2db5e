// Events: what the checker shows to the rules. Each kind is one question that many rules ask of a
// capture ("an entry was handed out", "a nodeid was used"), with everything a predicate may look at.
// State is always as it was before the message.
#pragma once

#include "dissector/entry.h"
#include "dissector/operation.h"
#include "dissector/reply_size.h"
#include "dissector/session.h"
#include "dissector/state.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fusewire {

struct DirentRecord;
struct Verdict;

// What every event can look at.
struct Scene {
    const Record& record;
    const Message& message;
    const Exchange& exchange;
    const State& state;

    std::uint64_t frame() const { return record.frame; }
    // The header's len is what crossed the connection, and no byte of the form was made up.
    bool has_true_length() const {
        constexpr std::uint32_t made_up = record_stale | record_fault | record_gap;
        return message.length == record.wire_length && (record.flags & made_up) == 0;
    }
    // Its place in the capture says nothing of when it was sent.
    bool was_in_flight() const { return (record.flags & record_in_flight) != 0; }
    std::optional<std::int64_t> time_ns() const {
        return record.has_time() ? std::optional(record.time_ns) : std::nullopt;
    }
};

// Every message, even one whose form is broken; the only event of such a message.
struct MessageEvent : Scene {};

// Every operation of a request: sub-operations of a COMPOUND, but not the COMPOUND itself.
struct RequestEvent : Scene {
    Operation operation;
    // The request is a message of its own, or the whole COMPOUND for its first operation.
    bool top_level() const { return operation.sub() == no_sub; }
};

// A request as a message: once for each, whether it is a COMPOUND or not.
struct AskEvent : Scene {
    Operation operation;                      // of the message; a COMPOUND itself
    const Outstanding* outstanding = nullptr; // an unanswered request with this unique
    const Settled* settled = nullptr;         // an answered one
};

// A whole reply with its request, once for each message.
struct ExchangeEvent : Scene {
    const Message& request;
    std::span<const Entry> entries; // that it hands out
    const Outstanding* outstanding = nullptr;
    std::optional<ReplySize> room;    // for a successful reply; nullopt: not known
    const Verdict* verdict = nullptr; // what the kernel does; nullptr while that is being found out
};

// Every answered operation: the message, or each sub-operation of a COMPOUND that is there.
struct ReplyEvent : Scene {
    Operation request;
    Operation reply;
    const Verdict& verdict;
};

// A reply that nothing waits for.
struct StrayReplyEvent : Scene {
    const Settled* settled = nullptr; // the request was answered before
};

// The INIT request, and INIT answered without an error. `state.limits` are those before it.
struct InitRequestEvent : Scene {
    Operation operation;
};
struct InitEvent : Scene {
    Operation request;
    Operation reply;
    Limits limits; // what comes of it
};

// A notification.
struct NotifyEvent : Scene {
    Operation notification;
    NotifyCode code() const {
        return static_cast<NotifyCode>(notification.message().opcode_number);
    }
};

// What the kernel really answered the server's write(), where the capture has it. `reply` is the frame
// that was written, and what was foretold for it.
struct WriteResultEvent : Scene {
    std::uint64_t reply_frame = 0;
    const Verdict& verdict;
    std::int32_t result = 0; // negative errno, or 0
};

enum class NodeRole : std::uint8_t { target, new_parent, old_node, copy_destination };

// A request names a node.
struct NodeUseEvent : Scene {
    Operation operation;
    NodeRole role = NodeRole::target;
    std::uint64_t nodeid = 0;
    std::uint32_t offset = 0;
    const NodeState* node = nullptr;          // nullptr: never introduced, or forgotten
    const ForgottenNode* forgotten = nullptr; // when it was known once
};

// An entry was handed out in a reply that the kernel read (its write() did not fail).
struct EntryEvent : Scene {
    const Message& request;
    Operation operation; // of the request
    const Entry& entry;
    const Verdict& verdict;
    const NodeState* before = nullptr; // the node as it was known; nullptr: new
    const ForgottenNode* forgotten = nullptr;
    const NodeState* parent = nullptr;
    const NameState* name = nullptr;      // what the name led to until now
    const RemovedName* removed = nullptr; // the name was taken away before
};

// Attributes of a node in a reply that the kernel read: of an entry, of GETATTR, SETATTR or STATX.
// A STATX beside LOOKUP_HANDLE or MKOBJ_HANDLE is shown with its entry, and nodeid is the entry's.
struct AttributesEvent : Scene {
    Operation request; // that asked for them
    Operation reply;
    std::uint64_t nodeid = 0;
    const Attributes& attributes;
    const NodeState* node = nullptr; // as it was known
    const Entry* entry = nullptr;    // when an entry brought them
};

// FORGET, or one item of BATCH_FORGET.
struct ForgetEvent : Scene {
    std::uint64_t nodeid = 0;
    std::uint64_t nlookup = 0;
    std::uint32_t offset = 0;
    const NodeState* node = nullptr;
    const ForgottenNode* forgotten = nullptr;
};

// A reply that the kernel took returned an open file or directory.
struct OpenEvent : Scene {
    Operation request; // OPEN, OPENDIR, CREATE, TMPFILE
    Operation reply;
    FhKey key;
    std::uint32_t open_flags = 0; // of the request
    std::uint32_t fopen = 0;      // FOPEN_* of the reply
    std::uint32_t offset = 0;     // of fh
    bool from_mkobj = false;
    const OpenFile* file = nullptr; // the same fh of this node, when it is known
};

// A request uses an open file or directory.
struct FhUseEvent : Scene {
    Operation operation;
    FhKey key;
    std::uint32_t offset = 0;
    const OpenFile* file = nullptr;        // in its own space and for this node; maybe released
    const OpenFile* other_space = nullptr; // the same number and node in the other space
    std::uint64_t other_node = 0;          // a node that this fh is open on, 0: none
};

enum class NameRole : std::uint8_t {
    looked_up,
    created,
    removed, // UNLINK, RMDIR, the old name of RENAME
    xattr,
    target, // of SYMLINK
    tmpfile
};

// A name in a request.
struct NameEvent : Scene {
    Operation operation;
    NameRole role = NameRole::looked_up;
    std::string_view name; // without the NUL
    std::uint32_t offset = 0;
};

// One extension record of a request.
struct ExtensionEvent : Scene {
    Operation operation;
    std::uint32_t type = 0; // below 32: number of security contexts; 32 groups; 33 fhandle
    std::uint32_t size = 0; // of the record
    std::uint32_t offset = 0;
    std::string_view fhandle;               // bytes, of type 33
    std::uint32_t fhandle_size = 0;         // its size field
    const NodeState* parent = nullptr;      // the node of the operation
    std::span<const std::uint32_t> earlier; // types of the records before it in this operation
};

// A COMPOUND request as a whole, and a reply to one that has no error in its outer header.
struct CompoundEvent : Scene {
    Operation operation;
};
struct CompoundReplyEvent : Scene {
    const Message& request;
    Operation reply; // of the outer message
    std::span<const Entry> entries;
    const Verdict& verdict;
};

// One record of a READDIR or READDIRPLUS reply.
struct DirentEvent : Scene {
    Operation request;
    Operation reply;
    std::uint64_t ino = 0;
    std::uint64_t off = 0;
    std::uint32_t type = 0; // DT_*
    std::uint32_t namelen = 0;
    std::string_view name;
    std::uint32_t offset = 0;     // of the dirent's header
    std::size_t index = 0;        // in the reply
    const Entry* entry = nullptr; // READDIRPLUS
};

// A whole reply to READDIR or READDIRPLUS that the kernel read, up to the record it stops at.
struct ListingEvent : Scene {
    Operation request;
    Operation reply;
    std::uint64_t offset = 0;              // asked for
    std::span<const DirentRecord> records; // without the one it stops at
    const DirectoryRead* read = nullptr;   // what this open directory returned so far
};

// The end of a connection in the capture.
struct EndEvent {
    const State& state;
    ConnId conn{};
    std::uint64_t last_frame = 0;
    std::optional<std::int64_t> last_time_ns;
};

} // namespace fusewire
