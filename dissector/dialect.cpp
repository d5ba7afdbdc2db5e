#include "dissector/dialect.h"

#include <array>

namespace fusewire {

namespace {

constexpr std::array<std::string_view, dialect_count> spellings = {
    "unknown",      "upstream",    "lookup-handle-v2", "lookup-handle-v3",
    "compound-rfc", "compound-v4", "compound-v5",      "compound-v6",
    "compound-v7",  "fusex-a",     "fusex-b"};

} // namespace

std::string_view spelling(DialectName name) {
    return spellings[static_cast<std::size_t>(name)];
}

bool parse_dialect(std::string_view text, DialectName& name) {
    for (std::size_t i = 0; i < spellings.size(); ++i)
        if (spellings[i] == text) {
            name = static_cast<DialectName>(i);
            return true;
        }
    return false;
}

} // namespace fusewire
