// Dialect: what a connection speaks, beyond its bytes. Which opcodes exist, which layouts they have
// and what INIT bits mean all depend on it. Upstream is Linux include/uapi/linux/fuse.h up to 7.46;
// the others are out-of-tree series that share numbers with it.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

namespace fusewire {

enum class DialectName : std::uint8_t {
    unknown, // no decisive message seen: upstream opcodes, and 54-56 as lookup-handle-v3
    upstream,
    lookup_handle_v2,
    lookup_handle_v3, // LOOKUP_HANDLE RFC v3 (2026-02-25) on COMPOUND v5
    compound_rfc,     // COMPOUND RFC v2/v3, opcode 101
    compound_v4,
    compound_v5,
    compound_v6,
    compound_v7,
    fusex_a,
    fusex_b,
};
inline constexpr int dialect_count = 11;

using DialectSet = std::uint16_t; // one bit a DialectName

constexpr DialectSet in_dialect(DialectName name) {
    return static_cast<DialectSet>(1u << static_cast<unsigned>(name));
}
template <class... Names>
constexpr DialectSet in_dialects(Names... names) {
    return static_cast<DialectSet>((in_dialect(names) | ...));
}
inline constexpr DialectSet all_dialects = (1u << dialect_count) - 1;

// The spelling used in JSON, on the command line and in docs ("lookup-handle-v3").
std::string_view spelling(DialectName name);
// What it is, in a sentence without a full stop.
std::string_view description(DialectName name);
// False when `text` is no dialect.
bool parse_dialect(std::string_view text, DialectName& name);

enum class ByteOrder : std::uint8_t { little, big };
inline constexpr ByteOrder host_order =
    std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

// What INIT settled, as far as it is known. `minor` 0 and `init_known` false: INIT was not seen, so
// layouts are told from lengths.
struct Dialect {
    DialectName name = DialectName::unknown;
    ByteOrder order = ByteOrder::little; // used when a message's own length does not tell
    bool init_known = false;
    std::uint32_t minor = 0;      // the lower of both sides' minors
    std::uint64_t init_flags = 0; // flags of the INIT reply, flags2 in the upper half
    // They are what the kernel kept of an INIT that was not captured; it does not keep every flag.
    bool from_facts = false;

    bool operator==(const Dialect&) const = default;
};

} // namespace fusewire
