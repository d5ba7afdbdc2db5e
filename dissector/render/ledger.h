// The ledgers of nodes and fhandles, as text and as JSON (docs/schema.json).
#pragma once

#include "dissector/ledger.h"

#include <cstdint>
#include <string>

namespace fusewire {

// "directory" for S_IFDIR; nullptr when the bits are no type.
const char* node_type_word(std::uint32_t type);

void append_nodes_text(std::string& out, const Ledger& ledger, const Checker& checker);
void append_nodes_json(std::string& out, const Ledger& ledger, const Checker& checker);
void append_fhandles_text(std::string& out, const Ledger& ledger, const Checker& checker);
void append_fhandles_json(std::string& out, const Ledger& ledger, const Checker& checker);

} // namespace fusewire
