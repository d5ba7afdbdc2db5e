#include "dissector/dialect.h"

#include <array>

namespace fusewire {

namespace {

struct Row {
    DialectName name;
    std::string_view spelling;
    std::string_view description;
};

constexpr std::array<Row, dialect_count> rows = {{
    {DialectName::unknown, "unknown",
     "not decided: upstream, and opcodes 54 to 56 as lookup-handle-v3 has them"},
    {DialectName::upstream, "upstream", "Linux 7.1 to 7.46, and what is compatible with it"},
    {DialectName::lookup_handle_v2, "lookup-handle-v2",
     "LOOKUP_HANDLE v1 and v2 (2025-11, 2025-12): opcode 54, fhandles with a type in entries"},
    {DialectName::lookup_handle_v3, "lookup-handle-v3",
     "LOOKUP_HANDLE RFC v3 (2026-02) on COMPOUND v5: opcodes 54 to 56, FUSE_EXT_HANDLE"},
    {DialectName::compound_rfc, "compound-rfc",
     "COMPOUND RFC v2 and v3 (2025-12, 2026-01): opcode 101, and a vendor's DLM_WB_LOCK (100)"},
    {DialectName::compound_v4, "compound-v4",
     "COMPOUND v4 (2026-01): opcode 54, a head of 24 bytes, no flags yet"},
    {DialectName::compound_v5, "compound-v5",
     "COMPOUND v5 (2026-02) without LOOKUP_HANDLE: flags SEPARABLE and ATOMIC"},
    {DialectName::compound_v6, "compound-v6",
     "COMPOUND v6 (2026-02): a head of 16 bytes, operations numbered by unique, flag CONTINUE"},
    {DialectName::compound_v7, "compound-v7",
     "COMPOUND v7 (2026-06): each operation has its dependency in front"},
    {DialectName::fusex_a, "fusex-a",
     "fusex as first posted (2026-04, 7.45): LOOKUP_ROOT, LOOKUPX, MKOBJX, SETSTATX"},
    {DialectName::fusex_b, "fusex-b",
     "fusex as its tree has it later (7.46): MKOBJX rearranged, COMPOUND with number 60"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].name) != i)
            return false;
    return true;
}
static_assert(in_order());

} // namespace

std::string_view spelling(DialectName name) {
    return rows[static_cast<std::size_t>(name)].spelling;
}

std::string_view description(DialectName name) {
    return rows[static_cast<std::size_t>(name)].description;
}

bool parse_dialect(std::string_view text, DialectName& name) {
    for (const Row& row : rows)
        if (row.spelling == text) {
            name = row.name;
            return true;
        }
    return false;
}

} // namespace fusewire
