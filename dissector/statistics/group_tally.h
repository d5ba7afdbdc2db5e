// GroupTally: messages counted by what they have in common: their opcode, node, caller, connection or
// server thread. A reply counts for the group of its request, and requests are followed until they are
// answered. Memory is bounded: what belongs to too many groups is counted together.
#pragma once

#include "dissector/session.h"
#include "dissector/statistics/tally.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace fusewire {

enum class GroupBy : std::uint8_t { opcode, nodeid, pid, conn, thread };

struct GroupKey {
    enum class Kind : std::uint8_t {
        known,
        notification, // by opcode: `id` is the notify code
        unknown,      // the capture does not tell
    };
    Kind kind = Kind::known;
    std::uint32_t conn = 0; // 0 by opcode
    std::uint64_t id = 0;   // opcode number, nodeid, pid or server_tid
    const Opcode* opcode = nullptr;
    bool operator==(const GroupKey&) const = default;
};

struct MessageGroup {
    GroupKey key;
    std::uint32_t server_pid = 0; // by thread; 0: not known
    Tally tally;
};

// What latencies count from.
enum class LatencyStart : std::uint8_t {
    queued,  // the caller handed the request to the kernel's queue
    read,    // a thread of the server had read it
    unknown, // the source does not tell
};
inline constexpr std::size_t latency_start_count = 3;

class GroupTally {
  public:
    // Groups kept: some 300 bytes each while few messages belong to it.
    static constexpr std::size_t kept = 500'000;

    explicit GroupTally(GroupBy by, std::size_t most = kept) : by_(by), most_(most) {}
    GroupTally(const GroupTally&) = delete;
    GroupTally& operator=(const GroupTally&) = delete;

    // Messages that are not `counted` are looked at only to know what was answered.
    void see(const Decoded& decoded, bool counted = true);

    GroupBy by() const { return by_; }
    std::vector<const MessageGroup*> groups() const;
    // Messages of groups that were too many to be kept.
    const Tally& others() const { return others_.tally; }
    Tally total() const;
    // How many latencies count from where.
    std::uint64_t latencies_from(LatencyStart start) const {
        return starts_[static_cast<std::size_t>(start)];
    }

  private:
    struct KeyHash {
        std::size_t operator()(const GroupKey& key) const {
            constexpr std::uint64_t odd = 0x9e3779b97f4a7c15u;
            const std::uint64_t parts = key.id * odd ^ (std::uint64_t{key.conn} << 32) ^
                                        static_cast<std::uint64_t>(key.kind);
            return (parts ^ std::hash<const Opcode*>{}(key.opcode)) * odd;
        }
    };
    struct RequestKey {
        std::uint32_t conn;
        bool by_address; // unique was not assigned yet
        std::uint64_t id;
        bool operator==(const RequestKey&) const = default;
    };
    struct RequestHash {
        std::size_t operator()(const RequestKey& key) const {
            return (key.id * 0x9e3779b97f4a7c15u) ^ (std::uint64_t{key.conn} << 32) ^
                   key.by_address;
        }
    };
    struct Waiting {                   // a request without a reply
        MessageGroup* group = nullptr; // null: it is not counted
        std::uint64_t frame = 0;
        std::uint32_t bytes = 0;
        LatencyStart start = LatencyStart::unknown;
        bool unread = false;
        std::optional<std::int64_t> seen_ns; // when it was first seen
        std::optional<std::uint64_t> queue_ns;
    };
    using WaitingMap = std::unordered_map<RequestKey, Waiting, RequestHash>;

    void see_request(const Decoded& decoded, bool counted);
    void see_again(const Decoded& decoded);
    void see_reply(const Decoded& decoded, bool counted);
    void move_to_thread(Waiting& waiting, const Record& reply);
    void settle(WaitingMap::iterator waiting);
    void follow(const Decoded& decoded, MessageGroup* group);
    void forget_oldest();
    WaitingMap::iterator find(const Record& record, const Message& message);
    MessageGroup& group_of(const Record& record, const Message* request);
    MessageGroup& group_at(const GroupKey& key);

    GroupBy by_;
    std::size_t most_;
    std::unordered_map<GroupKey, MessageGroup, KeyHash> groups_;
    MessageGroup others_;
    WaitingMap waiting_;
    WaitingMap::node_type spare_; // for its memory
    std::array<std::uint64_t, latency_start_count> starts_{};
};

} // namespace fusewire
