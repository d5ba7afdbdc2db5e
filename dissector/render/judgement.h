// One finding, the same in every view.
#pragma once

#include "dissector/checker.h"

#include <string>

namespace fusewire {

// An object as docs/schema.json describes it, without a newline.
void append_json(std::string& out, const Judgement& judgement);

// Where it is: "frame 14, LOOKUP, operation 0, nodeid 5 /dir/file, unique 22".
void append_place(std::string& out, const Judgement& judgement);

// What was seen there: "handle a1, expected a2 (see frame 6)"; empty if the rule says it all.
void append_evidence(std::string& out, const Judgement& judgement);

// The same behind what is wrong there, where that is not what the rule says.
void append_sighting(std::string& out, const Judgement& judgement);

} // namespace fusewire
