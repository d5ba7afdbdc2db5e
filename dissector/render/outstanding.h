// What is unanswered, as a table for people and as JSON.
#pragma once

#include "dissector/outstanding.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace fusewire {

// The unanswered requests at one moment, with what is known beside them.
struct OutstandingScene {
    const OutstandingRequests& requests;
    std::span<const Connection> connections;
    std::optional<std::int64_t> now_ns; // since the epoch; absent without a clock
    std::uint64_t messages = 0;         // seen so far
    std::uint64_t lost = 0;             // messages
    // The path of a node as far as it is known, else "".
    std::function<std::string(ConnId, std::uint64_t nodeid)> path_of;
};

struct OutstandingStyle {
    bool color = false;
    std::size_t width = 0;  // columns that a line has; 0: any number
    std::size_t height = 0; // lines; 0: any number
};

// A head and one line a request, oldest first; what finds no room is counted in the last line.
void append_outstanding_text(std::string& out, const OutstandingScene& scene,
                             const OutstandingStyle& style);

// One object, without a newline.
void append_outstanding_json(std::string& out, const OutstandingScene& scene);

} // namespace fusewire
