// The ledgers of nodes and fhandles, as text and as JSON (docs/schema.json).
#pragma once

#include "dissector/ledger.h"

#include <string>

namespace fusewire {

void append_nodes_text(std::string& out, const Ledger& ledger, const Checker& checker);
void append_nodes_json(std::string& out, const Ledger& ledger, const Checker& checker);
void append_fhandles_text(std::string& out, const Ledger& ledger, const Checker& checker);
void append_fhandles_json(std::string& out, const Ledger& ledger, const Checker& checker);

} // namespace fusewire
