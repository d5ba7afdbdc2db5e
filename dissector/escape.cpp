#include "dissector/escape.h"

#include <algorithm>
#include <cstdint>

namespace fusewire {

namespace {

constexpr char digits[] = "0123456789abcdef";

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none. Overlong
// forms, surrogates and numbers above U+10FFFF are not well formed.
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = at(0);
    if (first < 0x80)
        return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return 0;
    const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at(1) < low || at(1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((at(i) & 0xc0) != 0x80)
            return 0;
    return length;
}

// C1 controls (U+0080 to U+009F) steer terminals as well as the C0 ones do.
bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1)
        return first < 0x20 || first == 0x7f;
    return first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

void append_byte(std::string& out, const char* prefix, unsigned char byte) {
    out += prefix;
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

// The letter of a C escape for `c`, 0 when it has none.
char escape_letter(char c) {
    switch (c) {
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '\r':
        return 'r';
    case '"':
        return '"';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

// Calls plain(sequence) for what can be shown as it is, and byte(b) for every other byte.
template <class Plain, class Byte>
void walk(std::string_view bytes, Plain plain, Byte byte) {
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        const std::string_view sequence = bytes.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0 || is_control(sequence) || escape_letter(sequence[0]) != 0)
            for (const char c : sequence)
                byte(static_cast<unsigned char>(c));
        else
            plain(sequence);
        bytes.remove_prefix(sequence.size());
    }
}

// Letters where C and JSON have the same ones, `prefix` and two digits for other bytes.
void append_with(std::string& out, std::string_view bytes, const char* prefix) {
    walk(
        bytes, [&](std::string_view plain) { out += plain; },
        [&](unsigned char byte) {
            const char letter = escape_letter(static_cast<char>(byte));
            if (letter != 0) {
                out += '\\';
                out += letter;
            } else {
                append_byte(out, prefix, byte);
            }
        });
}

} // namespace

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length == 0)
            return false;
        bytes.remove_prefix(length);
    }
    return true;
}

void append_escaped(std::string& out, std::string_view bytes) {
    append_with(out, bytes, "\\x");
}

void append_printable(std::string& out, std::string_view text) {
    walk(
        text, [&](std::string_view plain) { out += plain; },
        [&](unsigned char byte) {
            if (byte == '"' || byte == '\\')
                out += static_cast<char>(byte);
            else
                append_byte(out, "\\x", byte);
        });
}

void append_quoted(std::string& out, std::string_view bytes) {
    out += '"';
    append_escaped(out, bytes);
    out += '"';
}

void append_json_string(std::string& out, std::string_view bytes) {
    out += '"';
    append_with(out, bytes, "\\u00");
    out += '"';
}

void append_hex(std::string& out, Bytes bytes) {
    for (const std::byte byte : bytes) {
        const auto value = std::to_integer<unsigned>(byte);
        out += digits[value >> 4];
        out += digits[value & 15];
    }
}

} // namespace fusewire
