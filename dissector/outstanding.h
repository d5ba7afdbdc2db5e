// OutstandingRequests: what is unanswered on each connection, since when, who asked for it and who has
// it. Fed with messages in their order, and with looks at what the kernel has in flight where a source
// can make them. Memory is bounded: of too many requests the latest are only counted.
#pragma once

#include "dissector/request_key.h"
#include "dissector/session.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace fusewire {

// Who has read a request from the device.
enum class ReadBy : std::uint8_t {
    unknown,  // the capture cannot tell
    nobody,   // it waits in the kernel's queue
    somebody, // a thread of the server, it is not known which
    thread,   // server_pid and server_tid
};

struct OutstandingOperation {
    const Opcode* opcode = nullptr; // nullptr: unknown
    std::uint32_t opcode_number = 0;
};

struct OutstandingRequest {
    static constexpr std::size_t most_operations = 16; // kept of a COMPOUND
    static constexpr std::size_t most_text = 512;      // bytes

    ConnId conn{};
    std::uint64_t frame = 0;  // where it was first seen
    std::uint64_t unique = 0; // 0: not known yet
    const Opcode* opcode = nullptr;
    std::uint32_t opcode_number = 0;
    std::vector<OutstandingOperation> operations; // of a COMPOUND
    std::uint64_t nodeid = 0;                     // of a COMPOUND that of its first operation
    std::uint32_t pid = 0, uid = 0;               // who asked
    std::string text;                             // names and arguments, for people
    // When it began, or was first listed as in flight; absent without a clock.
    std::optional<std::int64_t> since_ns;
    bool began_unseen = false; // it is older than `since_ns`
    ReadBy read_by = ReadBy::unknown;
    std::uint32_t server_pid = 0, server_tid = 0;
    std::uint64_t interrupt_frame = 0; // of the latest INTERRUPT for it that was seen; 0: none
    std::uint64_t refused_frame = 0;   // of a reply to it that the kernel did not take; 0: none

    std::uint64_t look = 0; // the latest one that it was there at
    unsigned missed = 0;    // looks in a row that did not list it
};

class OutstandingRequests {
  public:
    static constexpr std::size_t kept = std::size_t{1} << 16;
    // A request can slip through a look while it moves from one of the kernel's lists to another.
    static constexpr unsigned looks_to_miss = 2;

    // Puts the arguments of a request into words.
    using Describe = void (*)(std::string& out, const Message& request);
    explicit OutstandingRequests(Describe describe) : describe_(describe) {}

    void see(const Decoded& decoded);

    // The records until end_look() list all that the kernel has in flight. If they are `complete`,
    // a request that two looks do not list was answered unseen, and goes.
    void begin_look() { ++look_; }
    void end_look(bool complete);

    std::size_t size() const { return requests_.size(); }
    std::size_t count_on(ConnId conn) const;
    // The oldest ones first, `most` of them.
    std::vector<const OutstandingRequest*> oldest(std::size_t most) const;
    // Requests that were too many to be kept.
    std::uint64_t dropped() const { return dropped_; }
    // Requests whose answer was not seen, as looks told.
    std::uint64_t answered_unseen() const { return answered_unseen_; }

  private:
    using Map = std::unordered_map<RequestKey, OutstandingRequest, RequestKeyHash>;

    void see_request(const Decoded& decoded);
    void see_reply(const Decoded& decoded);
    void see_interrupt(const Decoded& decoded);
    void add(const Decoded& decoded);
    void refresh(OutstandingRequest& request, const Record& record, const Message& message);
    void erase(Map::iterator request);
    void erase_all(ConnId conn);

    Describe describe_;
    Map requests_;
    std::map<std::uint32_t, std::size_t> counts_; // by connection
    std::uint64_t look_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t answered_unseen_ = 0;
};

} // namespace fusewire
