// MessageFilter: which messages the probe hands over. It is applied in the kernel, before a message
// is copied, so that what is left out costs next to nothing.
#pragma once

#include "dissector/record.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace fusewire {

// The most connections that one capture can be limited to.
inline constexpr std::size_t max_filtered_connections = 32;

// Opcodes that can be told apart; all higher ones are taken together.
inline constexpr std::size_t filtered_opcodes = 256;

struct OpcodeFilter {
    std::bitset<filtered_opcodes> opcodes;
    bool others = false; // opcodes from filtered_opcodes on
};

struct MessageFilter {
    std::vector<ConnId> connections;         // empty: all
    std::optional<OpcodeFilter> opcodes;     // requests of these, and their replies
    std::vector<std::uint32_t> pids;         // callers: processes, by the thread in the header
    std::optional<std::uint32_t> uid;        // caller, as in the header
    std::uint32_t server_pid = 0;            // serves connections already; 0: every server
    bool errors = false;                     // replies with an error, and their requests
    std::optional<std::uint32_t> data_bytes; // kept of the file data in WRITE and READ
};

} // namespace fusewire
