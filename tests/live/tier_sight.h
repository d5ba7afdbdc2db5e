// What each capture tier can see of what a server logs, so that one test binary serves all of them.
#pragma once

#include "dissector/record.h"
#include "tests/live/raw_log.h"

#include <string>
#include <string_view>
#include <vector>

namespace fusewire::live_test {

// A row of the table.
struct TierSight {
    std::string_view tier;
    bool device;   // FORGET, INTERRUPT, notifications, and replies that the kernel refuses
    bool splice;   // requests and replies by splice
    bool io_uring; // the same over io_uring
    bool unread;   // a request as soon as it is sent; else when a server thread reads it
};

// Throws std::invalid_argument for a tier that the table does not know.
const TierSight& sight_of(std::string_view tier);

// How a server that was told these ways moves a message.
struct ServerWays {
    std::string requests = "read";
    std::string replies = "write";
    bool io_uring = false;

    // Options of raw_server.
    std::vector<std::string> options() const;

    Transport transport_of(const LogRecord& record) const;
};

// The part of a log that the tier sees.
std::vector<const LogRecord*> visible(const std::vector<LogRecord>& log, const TierSight& sight,
                                      const ServerWays& ways = {});

// False for requests that have no reply.
bool is_answered(std::uint32_t opcode);

// Fields of the two headers, for keys and conditions.
std::uint32_t opcode_of(const Buffer& request);
std::uint64_t unique_of(const Buffer& message, LogDirection direction);

} // namespace fusewire::live_test
