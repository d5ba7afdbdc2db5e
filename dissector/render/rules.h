// The reference of rules: what each finds, what comes of it, what to change; and which were left out.
#pragma once

#include "dissector/findings/families.h"

#include <span>
#include <string>

namespace fusewire {

using RuleList = std::span<const RuleInfo* const>;
using OmittedList = std::span<const OmittedRule>;

void append_rules_text(std::string& out, RuleList rules, OmittedList omitted);
// One object: "rules" and "omitted".
void append_rules_json(std::string& out, RuleList rules, OmittedList omitted);
// A section for each area.
void append_rules_markdown(std::string& out, RuleList rules, OmittedList omitted);

} // namespace fusewire
