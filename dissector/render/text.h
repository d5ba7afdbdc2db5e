// Text for people: one line a message, the tree, and hex.
#pragma once

#include "dissector/session.h"

#include <cstdint>
#include <string>

namespace fusewire {

enum class TimeStyle : std::uint8_t {
    relative, // seconds since time_origin_ns
    epoch,    // seconds since the epoch, with nanoseconds
    absolute, // local date and time, with nanoseconds
};

struct TextStyle {
    bool color = false;
    TimeStyle time = TimeStyle::relative;
    std::int64_t time_origin_ns = 0;
    bool latency = true; // false where a column of its own has it
};

// One line without a newline: frame, time in seconds, connection, direction (> request, < reply,
// ! notification), opcode, unique, nodeid, then names, key fields, result, latency and findings.
void append_line(std::string& out, const Decoded& decoded, const TextStyle& style);

// What stands behind the numbers in that line, each part with a space in front.
void append_info(std::string& out, const Decoded& decoded, const TextStyle& style);

// What tells a request from others, each with a space in front: names, key fields, operations.
void append_request(std::string& out, const Message& request, const TextStyle& style);

// What stands behind the name of a sub-operation there, with a space in front: nodeid or result, names
// and key fields.
void append_operation(std::string& out, const Message& message, const SubMessage& sub,
                      const TextStyle& style);

// What a reply says, for the line of its request: result, latency and key fields.
void append_result(std::string& out, const Decoded& reply, const TextStyle& style);

// What is shown at the end of a line: messages lost before it, findings, the comment of the capture.
void append_marks(std::string& out, const Decoded& decoded, const TextStyle& style);

// The whole tree, a field a line, each with a newline.
void append_tree(std::string& out, const Decoded& decoded, const TextStyle& style);

// Offset, 16 bytes in hex and ASCII, a line each.
void append_hex_dump(std::string& out, Bytes bytes);

// "113 us", "2.40 ms", "1.50 s"
void append_duration(std::string& out, std::int64_t nanoseconds);

} // namespace fusewire
