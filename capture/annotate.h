// Writes a capture with other comments and marks than it has. Of a pcapng file every other byte stays as
// it is, damage included; what is no pcapng becomes one.
#pragma once

#include "capture/source.h"
#include "dissector/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fusewire {

// Longest comment, in bytes.
inline constexpr std::size_t most_comment_bytes = 65535;

// What is to be changed about a packet; what is not said stays.
struct PacketNote {
    std::optional<std::string> comment; // in place of all that it has; empty: none
    std::optional<bool> marked;
};
// The comment that a message with this one gets, its mark included.
std::string with_note(std::string_view comment, const PacketNote& note);

struct Annotations {
    std::map<std::uint64_t, PacketNote> packets; // by frame
    std::optional<std::string> capture;          // of the first section; empty: none
};

// Writes `output`, which may be `input`, by way of a new file that comes in its place when it is whole;
// `go_on` is asked meanwhile, and false stops it with Errc::io. Errc::usage for frames that are no
// packets with room for a comment, and for comments that are too long.
using GoOn = std::function<bool(Progress)>;
[[nodiscard]] Result<void> annotate(const std::string& input, const std::string& output,
                                    const Annotations& changes, const GoOn& go_on = {});

// The comments on the capture as a whole, as lines of one text; empty for what is no pcapng.
[[nodiscard]] Result<std::string> capture_comment(const std::string& path);

} // namespace fusewire
