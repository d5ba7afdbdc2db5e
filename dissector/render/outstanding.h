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

// How long ago it began; absent without a clock.
std::optional<std::int64_t> age_of(const OutstandingRequest& request,
                                   const OutstandingScene& scene);

// One request in words, the same in every view.
struct OutstandingWords {
    std::string age;        // "3 min 20 s", "> 5.2 s", "old"
    std::string opcode;     // its name, or "opcode 200"
    std::string operations; // of a COMPOUND: "LOOKUP_HANDLE, STATX"
    std::string read_by;    // "nobody", "somebody", "801/803", "?"
    std::string node;       // "5 /dir/file", as far as it is known
    std::string arguments;
    std::string marks; // "interrupted, reply in frame 7 refused"
};
OutstandingWords words_of(const OutstandingRequest& request, const OutstandingScene& scene);

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
