// The families of rules, one file each. A family gives its rows for each kind of event that it looks
// at; checker.cpp joins them. Adding a rule is one row, adding a family one line here and one there.
#pragma once

#include "dissector/findings/events.h"
#include "dissector/findings/row.h"

namespace fusewire {

// lifetime.cpp: references and nodeids (LOOKUP to FORGET).
Checks<NodeUseEvent> lifetime_node_use_checks();
Checks<ForgetEvent> lifetime_forget_checks();

} // namespace fusewire
