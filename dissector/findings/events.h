// Events: what the checker shows to the rules. Each kind is one question that many rules ask of a
// capture ("an entry was handed out", "a nodeid was used"), with everything a predicate may look at.
// State is always as it was before the event.
#pragma once

#include "dissector/entry.h"
#include "dissector/operation.h"
#include "dissector/session.h"
#include "dissector/state.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace fusewire {

// What every event can look at.
struct Scene {
    const Record& record;
    const Message& message;
    const Exchange& exchange;
    const State& state;
};

// Every message.
struct MessageEvent : Scene {};

// Every operation of a request, sub-operations of a COMPOUND included.
struct RequestEvent : Scene {
    Operation operation;
};

// Every answered operation. The kernel took the reply unless `refused`.
struct ReplyEvent : Scene {
    Operation request;
    Operation reply;
    bool refused = false;
};

// A reply without a request.
struct StrayReplyEvent : Scene {
    std::uint64_t answered_frame = 0; // an earlier reply to the same unique
};

// An INIT exchange.
struct InitEvent : Scene {
    Operation request;
    Operation reply;
};

// A notification.
struct NotifyEvent : Scene {
    Operation notification;
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

// An entry was handed out in a reply that the kernel took.
struct EntryEvent : Scene {
    const Message& request;
    const Entry& entry;
    const NodeState* before = nullptr; // the node as it was known
    const ForgottenNode* forgotten = nullptr;
};

// Attributes of a node in a reply: of an entry, of GETATTR, SETATTR or STATX.
struct AttributesEvent : Scene {
    Operation request;
    std::uint64_t nodeid = 0;
    const Attributes& attributes;
    const NodeState* node = nullptr;
    const Entry* entry = nullptr; // when an entry brought them
};

// FORGET, or one item of BATCH_FORGET.
struct ForgetEvent : Scene {
    std::uint64_t nodeid = 0;
    std::uint64_t nlookup = 0;
    std::uint32_t offset = 0;
    const NodeState* node = nullptr;
    const ForgottenNode* forgotten = nullptr;
};

// A reply returned an open file or directory.
struct OpenEvent : Scene {
    Operation request;
    FhKey key;
    std::uint32_t open_flags = 0; // of the request
    std::uint32_t fopen = 0;      // FOPEN_* of the reply
    std::uint32_t offset = 0;
};

// A request uses an open file or directory.
struct FhUseEvent : Scene {
    Operation operation;
    FhKey key;
    std::uint32_t offset = 0;
    const OpenFile* file = nullptr;        // in its own space and for this node
    const OpenFile* other_space = nullptr; // the same number in the other space
    std::uint64_t other_node = 0;          // a node that this fh is open on, 0: none
};

enum class NameRole : std::uint8_t { component, created, removed, link_target, xattr, tmpfile };

// A name in a request.
struct NameEvent : Scene {
    Operation operation;
    NameRole role = NameRole::component;
    std::string_view name;
    std::uint32_t offset = 0;
};

// One extension record of a request.
struct ExtensionEvent : Scene {
    Operation operation;
    std::uint32_t type = 0; // below 32: number of security contexts
    std::uint32_t size = 0;
    std::uint32_t offset = 0;
    const FhandleFact* fhandle = nullptr; // of type 33
    const NodeState* parent = nullptr;
    std::span<const std::uint32_t> earlier; // types of the records before it
};

// A COMPOUND request as a whole, and a reply to one.
struct CompoundEvent : Scene {};
struct CompoundReplyEvent : Scene {
    const Message& request;
    std::span<const Entry> entries;
};

// One record of a READDIR or READDIRPLUS reply, and such a reply as a whole.
struct DirentEvent : Scene {
    Operation request;
    std::uint64_t ino = 0;
    std::uint64_t off = 0;
    std::uint32_t type = 0; // DT_*
    std::string_view name;
    std::uint32_t offset = 0;
    std::size_t index = 0;
    const Entry* entry = nullptr; // READDIRPLUS
};

// The end of the capture, for each connection; `unanswered` is what is still outstanding.
struct EndEvent {
    const State& state;
    ConnId conn{};
    std::uint64_t last_frame = 0;
};

} // namespace fusewire
