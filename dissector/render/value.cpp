#include "dissector/render/value.h"

#include "dissector/errno_names.h"
#include "dissector/escape.h"
#include "dissector/opcodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace fusewire {

namespace {

constexpr std::size_t shown_bytes = 32; // of opaque data in text

auto end_of(std::string& out) {
    return std::back_inserter(out);
}

void append_names(std::string& out, const Message& message, const Node& node) {
    const ValueNames found = names_of(*node.field, node.value, message.dialect);
    if (found.names.empty() && (found.unnamed == 0 || !is_flag_set(*node.field)))
        return;
    out += " (";
    const char* separator = "";
    for (const char* name : found.names) {
        out += separator;
        out += name;
        separator = ", ";
    }
    if (found.unnamed != 0)
        fmt::format_to(end_of(out), "{}0x{:x} unknown", separator, found.unnamed);
    out += ')';
}

void append_mode(std::string& out, const Message& message, const Node& node) {
    fmt::format_to(end_of(out), "0{:o}", node.value);
    const ValueNames found = names_of(*node.field, node.value, message.dialect);
    if (!found.names.empty())
        fmt::format_to(end_of(out), " ({} 0{:o})", found.names.front(), node.value & 07777);
}

// Linux "new" dev_t encoding: minor in bits 0-7 and 20-31, major in bits 8-19.
void append_device(std::string& out, std::uint64_t value) {
    fmt::format_to(end_of(out), "{}:{}", value >> 8 & 0xfff,
                   (value & 0xff) | (value >> 12 & 0xfff00));
}

// The date beside the number, which is what people know; 0 is mostly no time at all.
void append_timestamp(std::string& out, std::int64_t seconds) {
    constexpr std::int64_t first = -62'135'596'800, end = 253'402'300'800; // years 1 to 9999
    fmt::format_to(end_of(out), "{}", seconds);
    if (seconds == 0 || seconds < first || seconds >= end)
        return;
    out += " (";
    append_utc(out, seconds);
    out += " UTC)";
}

// By name, or as <asm-generic/ioctl.h> puts it together: number, type, size and direction.
void append_ioctl(std::string& out, const Message& message, const Node& node) {
    constexpr const char* makers[] = {"_IO", "_IOW", "_IOR", "_IOWR"};
    const std::uint64_t command = node.value;
    fmt::format_to(end_of(out), "0x{:x}", command);
    if (!names_of(*node.field, command, message.dialect).names.empty())
        return append_names(out, message, node);
    const auto number = command & 0xff, type = command >> 8 & 0xff, size = command >> 16 & 0x3fff;
    const char letter = static_cast<char>(type);
    const bool readable = letter > ' ' && letter <= '~' && letter != '\'';
    fmt::format_to(end_of(out), " ({}({}, {}", makers[command >> 30 & 3],
                   readable ? fmt::format("'{}'", letter) : fmt::format("0x{:x}", type), number);
    if (size != 0)
        fmt::format_to(end_of(out), ", {} bytes", size);
    out += "))";
}

void append_bytes(std::string& out, const Message& message, const Node& node) {
    const Bytes bytes = message.bytes_of(node);
    const bool all_zero = std::all_of(bytes.begin(), bytes.end(),
                                      [](std::byte byte) { return byte == std::byte{0}; });
    fmt::format_to(end_of(out), "{} byte{}", node.width, node.width == 1 ? "" : "s");
    if (bytes.size() < node.width)
        fmt::format_to(end_of(out), ", {} captured", bytes.size());
    if (bytes.empty())
        return;
    if (all_zero && bytes.size() > 1) {
        out += ", all zero";
        return;
    }
    out += ": ";
    append_hex(out, bytes.first(std::min(bytes.size(), shown_bytes)));
    if (bytes.size() > shown_bytes)
        out += "...";
}

void append_guess(std::string& out, const Message& message, const Node& node) {
    const auto fitting =
        opcodes_with_reply_size(static_cast<std::uint32_t>(node.value), message.dialect);
    if (fitting.empty())
        out += "no fixed reply";
    const char* separator = "";
    for (const Opcode* opcode : fitting) {
        out += separator;
        out += opcode->name;
        separator = ", ";
    }
}

} // namespace

bool is_flag_set(const Field& field) {
    return field.kind == Kind::flags || field.kind == Kind::open_flags;
}

bool has_names(const Field& field) {
    return is_flag_set(field) || field.kind == Kind::enumeration || field.kind == Kind::mode ||
           field.kind == Kind::ioctl_command;
}

bool is_number(const Node& node) {
    switch (node.field->kind) {
    case Kind::name:
    case Kind::text:
    case Kind::data:
    case Kind::group:
    case Kind::note:
        return false;
    default:
        return node.width <= 8 && (node.width & (node.width - 1)) == 0 && node.width != 0 &&
               node.field->width == node.width;
    }
}

bool is_signed(const Field& field) {
    return field.kind == Kind::signed_number || field.kind == Kind::error ||
           field.kind == Kind::timestamp;
}

ValueNames names_of(const Field& field, std::uint64_t value, DialectName dialect) {
    ValueNames found;
    found.unnamed = value;
    std::uint64_t seen = 0; // masks that are used up: O_SYNC includes the bit of O_DSYNC
    for (const Value& row : field.values) {
        const bool matches = (row.dialects & in_dialect(dialect)) != 0 &&
                             (value & row.mask) == row.value && (seen & row.mask) != row.mask;
        if (!matches)
            continue;
        found.names.push_back(row.name);
        found.unnamed &= ~row.mask;
        seen |= row.mask;
    }
    return found;
}

void append_utc(std::string& out, std::int64_t seconds) {
    using namespace std::chrono;
    const sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    fmt::format_to(end_of(out), "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
                   static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                   static_cast<unsigned>(date.day()), clock.hours().count(),
                   clock.minutes().count(), clock.seconds().count());
}

void append_value(std::string& out, const Message& message, const Node& node) {
    const Field& field = *node.field;
    if (field.kind == Kind::name || field.kind == Kind::text)
        return append_quoted(out, message.text_of(node));
    if (field.kind == Kind::note)
        return append_guess(out, message, node);
    if (!is_number(node))
        return append_bytes(out, message, node);
    switch (field.kind) {
    case Kind::mode:
        return append_mode(out, message, node);
    case Kind::permissions:
        fmt::format_to(end_of(out), "0{:o}", node.value);
        return;
    case Kind::timestamp:
        return append_timestamp(out, static_cast<std::int64_t>(node.value));
    case Kind::ioctl_command:
        return append_ioctl(out, message, node);
    case Kind::rdev:
        return append_device(out, node.value);
    case Kind::hex:
    case Kind::reserved:
    case Kind::lock_owner:
    case Kind::poll_handle:
        fmt::format_to(end_of(out), "0x{:x}", node.value);
        return;
    case Kind::flags:
    case Kind::open_flags:
        fmt::format_to(end_of(out), "0x{:x}", node.value);
        return append_names(out, message, node);
    case Kind::opcode:
        fmt::format_to(end_of(out), "{}", node.value);
        if (const Opcode* row =
                find_opcode(static_cast<std::uint32_t>(node.value), message.dialect))
            fmt::format_to(end_of(out), " ({})", row->name);
        return;
    case Kind::enumeration:
        fmt::format_to(end_of(out), "{}", node.value);
        return append_names(out, message, node);
    case Kind::error:
        fmt::format_to(end_of(out), "{}", static_cast<std::int64_t>(node.value));
        if (node.value != 0 && !errno_name(static_cast<std::int64_t>(node.value)).empty())
            fmt::format_to(end_of(out), " ({})", errno_name(static_cast<std::int64_t>(node.value)));
        return;
    default:
        if (is_signed(field))
            fmt::format_to(end_of(out), "{}", static_cast<std::int64_t>(node.value));
        else
            fmt::format_to(end_of(out), "{}", node.value);
    }
}

} // namespace fusewire
