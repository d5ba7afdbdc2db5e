// The options of `capture` that leave messages out in the kernel, and what they mean.
#pragma once

#include "capture/live/message_filter.h"
#include "dissector/result.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace fusewire {

struct FilterOptions {
    static constexpr std::uint64_t all_bytes = std::numeric_limits<std::uint64_t>::max();

    std::vector<std::string> opcodes; // names or numbers; all but those if each begins with '!'
    std::vector<std::uint32_t> pids;
    std::string uid; // a number or a name; empty: any
    std::uint32_t server_pid = 0;
    bool errors = false;
    std::uint64_t data_bytes = all_bytes;
};

// --opcode, --pid, --uid, --server-pid, --errors, --data-bytes.
void add_filter_options(CLI::App& capture, FilterOptions& options);

// Errc::usage names the option, what is wrong with it and what is expected. Connections are left to
// the caller.
[[nodiscard]] Result<MessageFilter> make_filter(const FilterOptions& options);

} // namespace fusewire
