// Ledger: what became of every node and every fhandle of a capture, live or gone. State knows only
// what is live; this is the record beside it for those who ask, with memory for each distinct node
// and fhandle up to a cap.
#pragma once

#include "dissector/checker.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fusewire {

// A value from a frame on.
template <class Value>
struct Since {
    Value value{};
    std::uint64_t frame = 0;
};

struct NodeEntry {
    static constexpr std::size_t most_values = 16; // kept of names, generations and fhandles, each

    ConnId conn{};
    std::uint64_t nodeid = 0;
    std::vector<Since<std::string>> paths; // it was called, the latest last
    std::vector<Since<std::uint64_t>> generations;
    std::vector<Since<std::string>> fhandles; // bytes
    std::uint32_t type = 0;                   // S_IFMT bits; 0: not known
    std::uint64_t ino = 0;                    // 0: not known
    // References handed out in all: `sent` in every reply, `accepted` in those that the kernel
    // certainly took; and given back.
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::uint64_t forgotten = 0;
    std::uint64_t first_frame = 0;
    std::uint64_t last_frame = 0;      // of the latest message about it
    std::uint64_t forgotten_frame = 0; // of the FORGET of its last reference; 0: live
    bool assumed = false;              // used before anybody introduced it

    bool live() const { return forgotten_frame == 0; }
};

// One node bore an fhandle, in some frames.
struct FhandleBearer {
    std::uint64_t nodeid = 0;
    std::uint64_t generation = 0;
    std::uint64_t first_frame = 0;
    std::uint64_t last_frame = 0; // 0: it still does at the end
};

struct FhandleEntry {
    static constexpr std::size_t most_bearers = 16;

    ConnId conn{};
    std::string bytes;
    std::vector<FhandleBearer> bearers; // in order
    std::uint64_t more_bearers = 0;     // that were too many to be kept
    std::uint64_t returned = 0;         // how often the server returned it
    std::uint64_t sent = 0;             // how often the kernel sent it in an extension
    std::uint64_t first_frame = 0;
    std::uint64_t last_frame = 0; // of the latest message that has it

    bool live() const;
};

class Ledger {
  public:
    using Key = std::pair<std::uint32_t, std::uint64_t>;      // connection, nodeid
    using FhandleKey = std::pair<std::uint32_t, std::string>; // connection, bytes

    // Distinct nodes, and distinct fhandles, that are kept: some 400 bytes each.
    static constexpr std::size_t kept = 500'000;

    // After the checker has seen the message.
    void see(const Record& record, const Message& message, const Exchange& exchange,
             const Checker& checker);

    const std::map<Key, NodeEntry>& nodes() const { return nodes_; }
    const std::map<FhandleKey, FhandleEntry, std::less<>>& fhandles() const { return fhandles_; }
    // Nodes and fhandles that were too many to be kept.
    std::uint64_t dropped() const { return dropped_; }

  private:
    // One message, with the state that its connection is in behind it.
    struct Sight {
        ConnId conn;
        std::uint64_t frame;
        const State& state;
        const Verdict& verdict;
    };
    void end_connection(const Sight& sight);
    void see_request(const Sight& sight, const Message& request);
    void see_reply(const Sight& sight, const Message& request, const Message& reply);
    void see_extensions(const Sight& sight, const Operation& operation);
    void see_forgets(const Sight& sight, const Operation& operation);
    void see_entry(const Sight& sight, const Entry& entry);
    NodeEntry* see_node(const Sight& sight, std::uint64_t nodeid);
    void see_fhandle(const Sight& sight, NodeEntry& row, const NodeState& node);
    void bear(const Sight& sight, const NodeEntry& row);
    void end(const Sight& sight, NodeEntry& row);
    void end_fhandle(const Sight& sight, const NodeEntry& row);
    NodeEntry* row_of(const Sight& sight, std::uint64_t nodeid);
    FhandleEntry* known_fhandle(ConnId conn, std::string_view bytes);

    std::map<Key, NodeEntry> nodes_;
    std::map<FhandleKey, FhandleEntry, std::less<>> fhandles_;
    std::uint64_t dropped_ = 0;

    // Kept for their memory.
    std::vector<Entry> entries_;
    std::vector<Forgotten> forgets_;
    std::vector<ExtensionRecord> extensions_;
};

} // namespace fusewire
