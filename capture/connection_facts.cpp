#include "capture/connection_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

namespace fusewire::files {

namespace {

constexpr std::string_view prefix = "fusewire:";

std::uint32_t number(ConnId conn) {
    return static_cast<std::uint32_t>(conn);
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Length of the UTF-8 sequence that `lead` begins, 0 if it begins none.
std::size_t sequence_length(char lead) {
    const auto c = static_cast<unsigned char>(lead);
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c < 0xe0)
        return 2;
    if (c >= 0xe0 && c < 0xf0)
        return 3;
    return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text.front());
        if (length == 0 || length > text.size() ||
            !std::ranges::all_of(text.substr(1, length - 1), is_continuation))
            return false;
        text.remove_prefix(length);
    }
    return true;
}

// pcapng strings are UTF-8 and a fact is one line, but a mount point may be any bytes.
std::string escape(std::string_view text) {
    const bool utf8 = is_utf8(text);
    std::string out;
    for (const char c : text) {
        const auto value = static_cast<unsigned char>(c);
        if (value < 0x20 || value == 0x7f || value == '%' || (value >= 0x80 && !utf8))
            out += fmt::format("%{:02X}", value);
        else
            out += c;
    }
    return out;
}

template <std::integral T>
bool parse(std::string_view text, T& value, int base = 10) {
    if (base == 16 && text.starts_with("0x"))
        text.remove_prefix(2);
    T parsed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed, base);
    if (error != std::errc{} || end != text.data() + text.size())
        return false;
    value = parsed;
    return true;
}

std::string unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        unsigned value = 0;
        if (text.size() >= 3 && text[0] == '%' && parse(text.substr(1, 2), value, 16)) {
            out += static_cast<char>(value);
            text.remove_prefix(3);
        } else {
            out += text[0];
            text.remove_prefix(1);
        }
    }
    return out;
}

struct TextFact {
    std::string_view key;
    std::string Connection::*member;
};

constexpr std::array text_facts{
    TextFact{"mount", &Connection::mount_point},  TextFact{"type", &Connection::fs_type},
    TextFact{"source", &Connection::source},      TextFact{"options", &Connection::options},
    TextFact{"server", &Connection::server_name}, TextFact{"kernel", &Connection::kernel},
    TextFact{"tier", &Connection::tier},
};

} // namespace

std::string facts_of(const Connection& connection) {
    std::string lines;
    const auto add = [&lines](std::string_view key, std::string_view value) {
        if (!value.empty())
            lines += fmt::format("{}{}{}={}", lines.empty() ? "" : "\n", prefix, key, value);
    };
    add("conn", fmt::to_string(number(connection.conn)));
    for (const TextFact& fact : text_facts)
        add(fact.key, escape(connection.*fact.member));
    for (const std::string& phrase : connection.cannot_see)
        add("cannot_see", escape(phrase));
    if (connection.server_pid != 0)
        add("server_pid", fmt::to_string(connection.server_pid));
    if (connection.began_ns != 0)
        add("began", fmt::to_string(connection.began_ns));
    if (connection.minor != 0) {
        add("minor", fmt::to_string(connection.minor));
        add("init_flags", fmt::format("{:#x}", connection.init_flags));
    }
    return lines;
}

void FactsParser::read(std::string_view comment) {
    while (!comment.empty()) {
        const std::size_t end = std::min(comment.find('\n'), comment.size());
        if (comment.starts_with(prefix))
            read_line(comment.substr(prefix.size(), end - prefix.size()));
        comment.remove_prefix(std::min(end + 1, comment.size()));
    }
}

void FactsParser::read_line(std::string_view line) {
    const std::size_t equals = line.find('=');
    bytes_ += line.size();
    if (equals == std::string_view::npos || bytes_ > max_bytes)
        return;
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    for (const TextFact& fact : text_facts) {
        if (key == fact.key)
            connection_.*fact.member = unescape(value);
    }
    if (std::uint32_t conn = 0; key == "conn" && parse(value, conn)) {
        connection_.conn = ConnId{conn};
        names_connection_ = true;
    }
    if (key == "cannot_see")
        connection_.cannot_see.push_back(unescape(value));
    if (key == "server_pid")
        parse(value, connection_.server_pid);
    if (key == "began")
        parse(value, connection_.began_ns);
    if (key == "minor")
        parse(value, connection_.minor);
    if (key == "init_flags")
        parse(value, connection_.init_flags, 16);
}

std::string summary_of(const Connection& connection) {
    std::string text = connection.fs_type.empty() ? "FUSE" : escape(connection.fs_type);
    if (!connection.source.empty())
        text += " " + escape(connection.source);
    if (!connection.server_name.empty())
        text += fmt::format(", server {}", escape(connection.server_name));
    if (connection.server_pid != 0)
        text += fmt::format(" (pid {})", connection.server_pid);
    if (!connection.tier.empty())
        text += fmt::format(", captured by {}", escape(connection.tier));
    return text;
}

std::string interface_name_of(const Connection& connection) {
    return connection.mount_point.empty() ? fmt::format("connection {}", number(connection.conn))
                                          : escape(connection.mount_point);
}

} // namespace fusewire::files
