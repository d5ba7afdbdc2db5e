// StatxView: what becomes of each field of a STATX reply. The kernel asks with a mask, the server
// answers with another, and what is used depends on neither alone: upstream keeps the fields only when
// all basic ones are answered, a kernel with LOOKUP_HANDLE uses those beside a lookup whatever the
// mask says. Each field is compared with what was known of the node and of its name.
#pragma once

#include "dissector/operation.h"
#include "dissector/state.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace fusewire {

enum class StatxUse : std::uint8_t {
    ignored, // nobody sees it
    passed,  // the caller sees it, the kernel keeps what it has
    kept,    // cached, and seen by everybody until it expires
    refused, // the kernel does not take the reply because of this field
};
std::string_view spelling(StatxUse use);

enum class StatxShape : std::uint8_t { number, octal, hex, time, device };

// A field of struct fuse_statx; `type` and `mode` share one.
struct StatxRow {
    const char* name;  // "ino", as in the tables but for `type`, `rdev` and `dev`
    std::uint32_t bit; // STATX_*; 0: no mask speaks of it
    StatxShape shape;
    StatxUse complete;   // what upstream does when all basic fields are answered
    StatxUse incomplete; // and when they are not
    StatxUse looked_up;  // what becomes of it beside LOOKUP_HANDLE and MKOBJ_HANDLE
};
std::span<const StatxRow> statx_rows();

struct StatxValue {
    std::uint64_t number = 0; // seconds of a time (signed), major of a device
    std::uint32_t rest = 0;   // nanoseconds of a time, minor of a device
    bool operator==(const StatxValue&) const = default;
};

struct StatxDifference {
    StatxValue value;        // what was known before
    std::uint64_t frame = 0; // of the message that said so
};

struct StatxFact {
    const StatxRow* row = nullptr;
    StatxValue value;
    std::uint32_t offset = 0; // in the message, with its width in bytes
    std::uint32_t width = 0;
    bool requested = false; // by the mask of the request; false without a bit
    bool answered = false;  // by the mask of the reply
    StatxUse use = StatxUse::ignored;
    std::optional<StatxDifference> from_node;   // differs from the node's last attributes
    std::optional<StatxDifference> from_dirent; // differs from the directory entry of its name

    bool used() const { return use == StatxUse::passed || use == StatxUse::kept; }
    // The mask says one thing and the kernel does another.
    bool surprises() const { return row->bit != 0 && use == StatxUse::kept && !answered; }
};

// The STATX of one message, or of one of its sub-operations.
struct StatxReport {
    std::int16_t sub = no_sub;
    std::uint64_t nodeid = 0; // that it describes
    std::vector<StatxFact> facts;
};

// Empty when the reply is an error or is not whole. `node` is the one described, as it was before the
// reply; it and `dirent` may be nullptr.
std::vector<StatxFact> view_statx(const Operation& request, const Operation& reply,
                                  DialectName dialect, const NodeState* node,
                                  const DirentFact* dirent);

// Every STATX that the reply answers. `entries` are those that it hands out; state is as it was before.
void view_statx_replies(const Message& request, const Message& reply,
                        std::span<const Entry> entries, const State& state,
                        std::vector<StatxReport>& out);

} // namespace fusewire
